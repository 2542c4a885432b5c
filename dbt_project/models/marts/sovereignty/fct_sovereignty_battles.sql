select
    followed.campaign_id,
    followed.battle_id,
    battles.slug,
    battles.kind,
    battles.started_at,
    battles.ended_at,
    (extract(epoch from battles.started_at - followed.starts_at) / 60)::integer as minutes_after_start,
    battles.solar_system_id,
    solar_systems.solar_system_name,
    followed.is_in_system,
    battles.total_pilots,
    battles.total_ships_lost,
    (battles.destroyed_isk + battles.dropped_isk)::numeric(24, 2) as isk_lost,
    followed.defender_alliance_id,
    array(
        select distinct (parties.entry ->> 'group_id')::bigint as alliance_id
        from {{ ref('int_battle_sides__joined') }} as sides
        inner join {{ ref('int_battle_sides__joined') }} as defenders
            on sides.battle_id = defenders.battle_id and sides.side != defenders.side
        cross join lateral jsonb_array_elements(sides.groups) as parties (entry)
        where
            sides.battle_id = followed.battle_id
            and sides.side > 0
            and defenders.side > 0
            and defenders.groups @> jsonb_build_array(jsonb_build_object('group_id', followed.defender_alliance_id))
            and parties.entry ->> 'group_kind' = 'alliance'
        order by alliance_id
    ) as attacker_alliance_ids
from {{ ref('int_sovereignty_timers__followed') }} as followed
inner join {{ ref('stg_battles__battles') }} as battles on followed.battle_id = battles.battle_id
left join {{ ref('int_solar_systems__located') }} as solar_systems
    on battles.solar_system_id = solar_systems.solar_system_id
