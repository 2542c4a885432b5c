select
    ranked.window_days,
    ranked.group_id,
    ranked.group_kind,
    groups.entity_name as group_name,
    ranked.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.region_id,
    solar_systems.region_name,
    ranked.rank,
    ranked.pilot_days,
    ranked.pilot_kills,
    ranked.losses,
    ranked.isk_destroyed,
    ranked.isk_lost
from (
    select
        windows.window_days,
        counted.group_id,
        counted.group_kind,
        counted.solar_system_id,
        sum(counted.pilots)::bigint as pilot_days,
        sum(counted.pilot_kills)::bigint as pilot_kills,
        sum(counted.losses)::bigint as losses,
        sum(counted.isk_destroyed)::numeric(24, 2) as isk_destroyed,
        sum(counted.isk_lost)::numeric(24, 2) as isk_lost,
        row_number() over (
            partition by windows.window_days, counted.group_id
            order by sum(counted.pilots) desc, sum(counted.pilot_kills) desc, counted.solar_system_id
        ) as rank
    from {{ ref('int_windows__dated') }} as windows
    inner join {{ ref('int_group_systems__counted') }} as counted
        on counted.day >= windows.first_day and counted.day < windows.end_day
    group by windows.window_days, counted.group_id, counted.group_kind, counted.solar_system_id
) as ranked
left join {{ ref('stg_names__entities') }} as groups on ranked.group_id = groups.entity_id
left join {{ ref('int_solar_systems__located') }} as solar_systems
    on ranked.solar_system_id = solar_systems.solar_system_id
