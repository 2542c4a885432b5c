select
    day,
    battle_id,
    killmail_id,
    killmail_time,
    killmail_day,
    solar_system_id,
    victim_side,
    is_friendly_fire,
    link_evidence,
    linked_killmail_id,
    link_seconds,
    link_entity_ids
from {{ source('battles', 'battle_killmails') }}
