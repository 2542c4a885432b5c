select
    states.solar_system_id,
    states.owner_faction_id,
    states.occupier_faction_id,
    states.contested,
    states.victory_points,
    states.victory_points_threshold,
    100 * states.contested_share as contested_percent,
    sources.as_of,
    moved.observed_hours,
    moved.changes_24h,
    case
        when moved.observed_hours >= 1
            then 100 * moved.points_6h / least(moved.observed_hours, 6) / states.victory_points_threshold
    end as percent_per_hour_6h,
    case
        when moved.observed_hours >= 1
            then 100 * moved.points_24h / moved.observed_hours / states.victory_points_threshold
    end as percent_per_hour_24h,
    -- The changes are taken as jumps that come by chance: the error of their sum is the root of the sum of their squares.
    case
        when moved.observed_hours >= 1
            then 100 * sqrt(moved.squared_points_24h) / moved.observed_hours / states.victory_points_threshold
    end as percent_per_hour_24h_error
from {{ ref('stg_faction_warfare__states') }} as states
left join {{ ref('stg_source_fetches__sources') }} as sources on sources.source = 'faction_warfare'
-- What moved within 24 hours since the last capture and the last time that nobody looked.
left join lateral (
    select
        extract(epoch from sources.as_of - greatest(min(kept.first_seen_at), sources.as_of - interval '24 hours'))
        ::double precision / 3600 as observed_hours,
        count(*) filter (where kept.points != 0) as changes_24h,
        coalesce(sum(kept.points), 0) as points_24h,
        coalesce(sum(kept.points) filter (where kept.first_seen_at > sources.as_of - interval '6 hours'), 0) as points_6h,
        coalesce(sum(kept.points ^ 2), 0) as squared_points_24h
    from (
        select
            followed.first_seen_at,
            case when not followed.is_break then followed.points::double precision end as points,
            count(*) filter (where followed.is_break)
                over (order by followed.first_seen_at rows between 1 following and unbounded following) as later_breaks
        from (
            select
                each.first_seen_at,
                each.victory_points - lag(each.victory_points) over by_time as points,
                coalesce(
                    each.occupier_faction_id != lag(each.occupier_faction_id) over by_time
                    or each.first_seen_at - lag(each.last_seen_at) over by_time
                    > interval '{{ var("fresh_for_seconds")["faction_warfare"] }} seconds',
                    false
                ) as is_break
            from {{ ref('stg_faction_warfare__states') }} as each
            where
                each.solar_system_id = states.solar_system_id
                and each.first_seen_at >= coalesce(
                    (
                        select max(earlier.first_seen_at)
                        from {{ ref('stg_faction_warfare__states') }} as earlier
                        where
                            earlier.solar_system_id = states.solar_system_id
                            and earlier.first_seen_at <= sources.as_of - interval '24 hours'
                    ),
                    '-infinity'
                )
            window by_time as (order by each.first_seen_at)
        ) as followed
    ) as kept
    where kept.later_breaks = 0
) as moved on true
where states.is_current
