select
    battles.day,
    participants.battle_id,
    participants.character_id,
    characters.entity_name as character_name,
    pilots.corporation_id,
    corporations.entity_name as corporation_name,
    pilots.alliance_id,
    alliances.entity_name as alliance_name,
    participants.side,
    participants.side_confidence,
    participants.second_best_side,
    pilots.kills,
    pilots.final_blows,
    pilots.losses,
    pilots.damage_done,
    pilots.damage_received,
    participants.isk_destroyed::numeric(24, 2) as isk_destroyed,
    pilots.isk_lost,
    pilots.ship_type_ids,
    pilots.first_seen_at,
    pilots.last_seen_at
from {{ ref('stg_battles__participants') }} as participants
inner join {{ ref('stg_battles__battles') }} as battles using (battle_id)
inner join {{ ref('int_battle_pilots__counted') }} as pilots
    on
        battles.day = pilots.day
        and participants.battle_id = pilots.battle_id
        and participants.character_id = pilots.character_id
left join {{ ref('stg_names__entities') }} as characters on participants.character_id = characters.entity_id
left join {{ ref('stg_names__entities') }} as corporations on pilots.corporation_id = corporations.entity_id
left join {{ ref('stg_names__entities') }} as alliances on pilots.alliance_id = alliances.entity_id
