select
    participants.day,
    participants.battle_id,
    participants.character_id,
    characters.entity_name as character_name,
    participants.corporation_id,
    corporations.entity_name as corporation_name,
    participants.alliance_id,
    alliances.entity_name as alliance_name,
    participants.side,
    participants.side_confidence,
    participants.second_best_side,
    participants.kills,
    participants.final_blows,
    participants.losses,
    participants.damage_done,
    participants.damage_received,
    participants.isk_destroyed,
    participants.isk_lost,
    participants.ship_type_ids,
    participants.first_seen_at,
    participants.last_seen_at
from {{ ref('stg_battles__participants') }} as participants
inner join {{ ref('stg_battles__battles') }} as battles using (day, battle_id)
left join {{ ref('stg_names__entities') }} as characters on participants.character_id = characters.entity_id
left join {{ ref('stg_names__entities') }} as corporations on participants.corporation_id = corporations.entity_id
left join {{ ref('stg_names__entities') }} as alliances on participants.alliance_id = alliances.entity_id
