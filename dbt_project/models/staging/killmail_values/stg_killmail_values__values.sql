select
    day,
    killmail_id,
    destroyed_isk,
    dropped_isk,
    total_isk
from {{ source('killmail_values', 'killmail_values') }}
