select
    pilots.day,
    pilots.battle_id,
    pilots.character_id,
    characters.entity_name as character_name,
    pilots.corporation_id,
    corporations.entity_name as corporation_name,
    pilots.alliance_id,
    alliances.entity_name as alliance_name,
    pilots.side,
    pilots.side_confidence,
    pilots.second_best_side,
    pilots.kills,
    pilots.final_blows,
    pilots.losses,
    pilots.damage_done,
    pilots.damage_received,
    pilots.isk_destroyed::numeric(24, 2) as isk_destroyed,
    pilots.isk_lost,
    array(
        select distinct type_id from unnest(pilots.flown_type_ids) as type_id where type_id is not null order by type_id
    ) as ship_type_ids,
    pilots.first_seen_at,
    pilots.last_seen_at
from {{ ref('int_battle_pilots__counted') }} as pilots
left join {{ ref('stg_names__entities') }} as characters on pilots.character_id = characters.entity_id
left join {{ ref('stg_names__entities') }} as corporations on pilots.corporation_id = corporations.entity_id
left join {{ ref('stg_names__entities') }} as alliances on pilots.alliance_id = alliances.entity_id
-- Between a change of mails and the re-clustering that follows it, a pilot may be on one of both only.
where pilots.side is not null and pilots.first_seen_at is not null
