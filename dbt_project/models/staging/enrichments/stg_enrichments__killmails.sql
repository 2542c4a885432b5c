select
    killmail_id,
    status,
    payload,
    error,
    attempts,
    created_at,
    fetched_at,
    updated_at
from {{ source('enrichments', 'killmail_enrichments') }}
