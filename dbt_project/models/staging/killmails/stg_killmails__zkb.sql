select
    day,
    killmail_id,
    hash,
    location_id,
    fitted_value_isk,
    dropped_value_isk,
    destroyed_value_isk,
    total_value_isk,
    points,
    npc,
    solo,
    awox,
    labels
from {{ source('killmails', 'killmail_zkb') }}
