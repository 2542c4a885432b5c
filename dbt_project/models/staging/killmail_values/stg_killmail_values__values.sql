select
    day,
    killmail_id,
    destroyed_isk,
    dropped_isk,
    total_isk,
    hull_isk,
    total_low_isk,
    total_high_isk,
    is_npc,
    is_solo,
    is_awox
from {{ source('killmail_values', 'killmail_values') }}
