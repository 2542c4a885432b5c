select
    ranked.window_days,
    nullif(ranked.ship_type_id, 0) as ship_type_id,
    types.type_name as ship_type_name,
    types.group_name as ship_group_name,
    ranked.group_id,
    ranked.group_kind,
    groups.entity_name as group_name,
    ranked.rank,
    ranked.pilot_days,
    ranked.pilot_kills,
    ranked.losses,
    ranked.isk_destroyed,
    ranked.isk_lost
from (
    select
        windows.window_days,
        counted.ship_type_id,
        counted.group_id,
        counted.group_kind,
        sum(counted.pilots)::bigint as pilot_days,
        sum(counted.pilot_kills)::bigint as pilot_kills,
        sum(counted.losses)::bigint as losses,
        sum(counted.isk_destroyed)::numeric(24, 2) as isk_destroyed,
        sum(counted.isk_lost)::numeric(24, 2) as isk_lost,
        row_number() over (
            partition by windows.window_days, counted.ship_type_id, counted.group_kind
            order by sum(counted.pilots) desc, sum(counted.pilot_kills) desc, counted.group_id
        ) as rank
    from {{ ref('int_windows__dated') }} as windows
    inner join {{ ref('int_group_ships__counted') }} as counted
        on counted.day >= windows.first_day and counted.day < windows.end_day
    group by windows.window_days, counted.ship_type_id, counted.group_id, counted.group_kind
) as ranked
left join {{ ref('stg_names__entities') }} as groups on ranked.group_id = groups.entity_id
left join {{ ref('stg_static_data__types') }} as types on ranked.ship_type_id = types.type_id
