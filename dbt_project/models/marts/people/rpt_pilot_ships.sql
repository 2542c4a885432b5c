select
    ranked.window_days,
    ranked.character_id,
    characters.entity_name as character_name,
    nullif(ranked.ship_type_id, 0) as ship_type_id,
    types.type_name as ship_type_name,
    types.group_name as ship_group_name,
    ranked.rank,
    ranked.days,
    ranked.kills,
    ranked.losses,
    ranked.isk_destroyed,
    ranked.isk_lost,
    ranked.first_seen_at,
    ranked.last_seen_at
from (
    select
        windows.window_days,
        counted.character_id,
        counted.ship_type_id,
        count(distinct counted.day) as days,
        sum(counted.kills)::bigint as kills,
        sum(counted.losses)::bigint as losses,
        sum(counted.isk_destroyed)::numeric(24, 2) as isk_destroyed,
        sum(counted.isk_lost)::numeric(24, 2) as isk_lost,
        min(counted.first_seen_at) as first_seen_at,
        max(counted.last_seen_at) as last_seen_at,
        row_number() over (
            partition by windows.window_days, counted.character_id
            order by count(distinct counted.day) desc, sum(counted.kills) desc, counted.ship_type_id
        ) as rank
    from {{ ref('int_windows__dated') }} as windows
    inner join {{ ref('int_pilot_days__counted') }} as counted
        on counted.day >= windows.first_day and counted.day < windows.end_day
    group by windows.window_days, counted.character_id, counted.ship_type_id
) as ranked
left join {{ ref('stg_names__entities') }} as characters on ranked.character_id = characters.entity_id
left join {{ ref('stg_static_data__types') }} as types on ranked.ship_type_id = types.type_id
