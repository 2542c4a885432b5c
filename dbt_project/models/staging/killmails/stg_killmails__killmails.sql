select
    day,
    killmail_id,
    killmail_time,
    killmail_hash,
    solar_system_id,
    victim_character_id,
    victim_corporation_id,
    victim_alliance_id,
    victim_ship_type_id,
    damage_taken,
    attacker_count
from {{ source('killmails', 'killmails') }}
