select
    states.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.constellation_id,
    solar_systems.constellation_name,
    solar_systems.region_id,
    solar_systems.region_name,
    supplied.hub_solar_system_id,
    supplied.hub_solar_system_name,
    supplied.hub_jumps,
    states.owner_faction_id,
    owners.faction_name as owner_faction_name,
    states.occupier_faction_id,
    occupiers.faction_name as occupier_faction_name,
    enemies.attacker_faction_id,
    attackers.faction_name as attacker_faction_name,
    states.contested,
    states.victory_points,
    states.victory_points_threshold,
    states.contested_percent,
    states.contested_percent >= 50 as is_hotspot,
    states.contested_percent >= 90 as is_vulnerable,
    states.observed_hours,
    states.changes_24h,
    states.percent_per_hour_6h,
    states.percent_per_hour_24h,
    states.percent_per_hour_24h_error,
    states.as_of + states.flip_hours * interval '1 hour' as expected_flip_at,
    states.flip_hours,
    states.flip_hours_low,
    states.flip_hours_high,
    states.flip_reason,
    fought.killmails_24h,
    fought.destroyed_isk_24h,
    (
        select
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'type_id', lost.type_id, 'type_name', types.type_name, 'group_name', types.group_name,
                        'quantity', lost.quantity
                    )
                    order by lost.position
                ),
                '[]'
            )
        from {{ ref('int_fw_losses__ranked') }} as lost
        left join {{ ref('stg_static_data__types') }} as types on lost.type_id = types.type_id
        where lost.solar_system_id = states.solar_system_id and lost.kind = 'hull'
    ) as hulls_lost_7d,
    (
        select
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'type_id', lost.type_id, 'type_name', types.type_name, 'group_name', types.group_name,
                        'quantity', lost.quantity
                    )
                    order by lost.position
                ),
                '[]'
            )
        from {{ ref('int_fw_losses__ranked') }} as lost
        left join {{ ref('stg_static_data__types') }} as types on lost.type_id = types.type_id
        where lost.solar_system_id = states.solar_system_id and lost.kind = 'module'
    ) as modules_lost_7d,
    states.as_of
from {{ ref('int_fw_systems__forecasted') }} as states
left join {{ ref('int_solar_systems__located') }} as solar_systems
    on states.solar_system_id = solar_systems.solar_system_id
left join {{ ref('int_solar_systems__supplied') }} as supplied on states.solar_system_id = supplied.solar_system_id
left join {{ ref('stg_static_data__factions') }} as owners on states.owner_faction_id = owners.faction_id
left join {{ ref('stg_static_data__factions') }} as occupiers on states.occupier_faction_id = occupiers.faction_id
-- The four militias' enemies, which neither ESI nor the static data names.
left join (
    values (500001, 500004), (500004, 500001), (500002, 500003), (500003, 500002)
) as enemies (faction_id, attacker_faction_id)
    on states.occupier_faction_id = enemies.faction_id
left join {{ ref('stg_static_data__factions') }} as attackers on enemies.attacker_faction_id = attackers.faction_id
-- The last 24 clock hours that have killmails anywhere: archives come a day late.
cross join lateral (
    select
        coalesce(sum(hours.killmails), 0)::bigint as killmails_24h,
        coalesce(sum(hours.destroyed_isk), 0)::numeric(24, 2) as destroyed_isk_24h
    from {{ ref('int_system_hours__counted') }} as hours
    where
        hours.solar_system_id = states.solar_system_id
        and hours.hour > (
            select max(newest.hour) - interval '24 hours'
            from {{ ref('int_system_hours__counted') }} as newest
            where newest.day = (select max(days.day) from {{ ref('int_system_hours__counted') }} as days)
        )
) as fought
