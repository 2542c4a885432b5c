select
    source,
    last_attempt_at,
    last_success_at,
    as_of,
    last_error
from {{ source('source_fetches', 'source_fetches') }}
