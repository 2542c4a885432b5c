select
    profiles.window_days,
    profiles.group_id,
    profiles.group_kind,
    groups.entity_name as group_name,
    profiles.hour_of_day,
    profiles.active_days,
    profiles.kills,
    profiles.losses,
    profiles.isk_destroyed,
    profiles.isk_lost,
    profiles.share
from (
    select
        windows.window_days,
        counted.group_id,
        counted.group_kind,
        extract(hour from counted.hour at time zone 'UTC')::smallint as hour_of_day,
        count(*) as active_days,
        sum(counted.kills)::bigint as kills,
        sum(counted.losses)::bigint as losses,
        sum(counted.isk_destroyed)::numeric(24, 2) as isk_destroyed,
        sum(counted.isk_lost)::numeric(24, 2) as isk_lost,
        (
            sum(counted.kills + counted.losses)
            / nullif(
                sum(sum(counted.kills + counted.losses)) over (partition by windows.window_days, counted.group_id), 0
            )
        )::double precision as share
    from {{ ref('int_windows__dated') }} as windows
    inner join {{ ref('int_group_hours__counted') }} as counted
        on
            counted.hour >= windows.first_day::timestamp at time zone 'UTC'
            and counted.hour < windows.end_day::timestamp at time zone 'UTC'
    group by
        windows.window_days,
        counted.group_id,
        counted.group_kind,
        extract(hour from counted.hour at time zone 'UTC')::smallint
) as profiles
left join {{ ref('stg_names__entities') }} as groups on profiles.group_id = groups.entity_id
