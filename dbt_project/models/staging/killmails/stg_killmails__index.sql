select
    killmail_id,
    day
from {{ source('killmails', 'killmail_index') }}
