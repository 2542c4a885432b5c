select
    timers.campaign_id,
    timers.event_type,
    timers.solar_system_id,
    timers.starts_at,
    timers.defender_alliance_id,
    expected.scope as expectation_scope,
    expected.timers as expectation_timers,
    expected.fight_share,
    expected.fight_share_low,
    expected.fight_share_high,
    expected.median_ships_lost as expected_ships_lost,
    expected.median_isk_lost as expected_isk_lost
from {{ ref('stg_sovereignty_campaigns__campaigns') }} as timers
left join {{ ref('stg_static_data__solar_systems') }} as solar_systems
    on timers.solar_system_id = solar_systems.solar_system_id
-- Fewer than five say less than those of a wider group.
left join lateral (
    select
        outcomes.scope,
        outcomes.timers,
        outcomes.fight_share,
        outcomes.fight_share_low,
        outcomes.fight_share_high,
        outcomes.median_ships_lost,
        outcomes.median_isk_lost
    from {{ ref('int_timer_outcomes__counted') }} as outcomes
    where
        outcomes.scope = 'all'
        or (
            outcomes.timers >= 5
            and (
                outcomes.defender_alliance_id = timers.defender_alliance_id
                or outcomes.region_id = solar_systems.region_id
                or outcomes.event_type = timers.event_type
            )
        )
    order by array_position(array['defender', 'region', 'event_type', 'all'], outcomes.scope)
    limit 1
) as expected on true
where timers.resolved_at is null
