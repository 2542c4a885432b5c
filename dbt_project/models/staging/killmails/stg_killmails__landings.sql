select
    landing_id,
    killmail_id,
    landed_at
from {{ source('killmails', 'killmail_landings') }}
