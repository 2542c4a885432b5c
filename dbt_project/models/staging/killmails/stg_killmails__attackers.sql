select
    day,
    killmail_id,
    attacker_index,
    character_id,
    corporation_id,
    alliance_id,
    ship_type_id,
    damage_done,
    final_blow,
    character_id is not null
    -- An Upwell structure shoots without a character; NPC corporations have the ids from 1,000,000 up to 2,000,000.
    or coalesce(corporation_id not between 1000000 and 1999999, false) as is_player,
    weapon_type_id
from {{ source('killmails', 'killmail_attackers') }}
