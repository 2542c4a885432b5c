select
    'sovereignty_timer' as alert_kind,
    timers.campaign_id::text as alert_key,
    solar_systems.region_id,
    solar_systems.region_name,
    timers.solar_system_id,
    solar_systems.solar_system_name,
    supplied.hub_solar_system_id,
    supplied.hub_solar_system_name,
    supplied.hub_jumps,
    timers.starts_at,
    extract(epoch from timers.starts_at - {{ current_timestamp() }})::double precision / 3600 as hours_until,
    timers.expected_ships_lost as ships_lost,
    timers.expected_isk_lost as isk_lost,
    concat(
        format(
            'Timer in %s in %s (%s): %s defends a %s.',
            {{ duration_in_words('extract(epoch from timers.starts_at - ' ~ current_timestamp() ~ ')') }},
            coalesce(solar_systems.solar_system_name, 'system ' || timers.solar_system_id),
            coalesce(solar_systems.region_name, 'unknown region'),
            coalesce(defenders.entity_name, 'alliance ' || timers.defender_alliance_id, 'nobody'),
            {{ event_in_words('timers.event_type') }}
        ),
        -- Without a figure that a part is about, concat leaves the part out.
        ' ' || round(100 * timers.fight_share) || ' % of ' || timers.expectation_timers || ' timers of '
        || case timers.expectation_scope
            when 'defender' then 'this defender'
            when 'region' then 'this region'
            when 'event_type' then 'this kind'
            else 'all kinds'
        end
        || ' were fought over.',
        ' Half of these fights cost ' || {{ units_in_words('timers.expected_ships_lost') }} || ' ships and '
        || {{ isk_in_words('timers.expected_isk_lost') }} || ' or more.',
        ' Stock up in ' || supplied.hub_solar_system_name || ', ' || {{ jumps_in_words('supplied.hub_jumps') }} || '.'
    ) as sentence
from {{ ref('int_sovereignty_timers__awaited') }} as timers
left join {{ ref('int_solar_systems__located') }} as solar_systems
    on timers.solar_system_id = solar_systems.solar_system_id
left join {{ ref('int_solar_systems__supplied') }} as supplied on timers.solar_system_id = supplied.solar_system_id
left join {{ ref('stg_names__entities') }} as defenders on timers.defender_alliance_id = defenders.entity_id
where
    timers.starts_at > {{ current_timestamp() }}
    and timers.starts_at <= {{ current_timestamp() }} + interval '96 hours' -- what is further ahead is not built today

union all

select
    'prime_time',
    prime_times.region_id::text,
    prime_times.region_id,
    regions.region_name,
    null,
    null,
    fed.hub_solar_system_id,
    hubs.solar_system_name,
    fed.mean_hub_jumps,
    bands.starts_at,
    greatest(extract(epoch from bands.starts_at - {{ current_timestamp() }}), 0)::double precision / 3600,
    null,
    null,
    concat(
        format(
            'Prime time in %s %s (%s:00-%s:00 UTC): %s %% of its %s ships lost to players in 30 days.',
            coalesce(regions.region_name, 'region ' || prime_times.region_id),
            case
                when bands.starts_at <= {{ current_timestamp() }} then 'is on'
                else
                    'begins in '
                    || {{ duration_in_words('extract(epoch from bands.starts_at - ' ~ current_timestamp() ~ ')') }}
            end,
            lpad(prime_times.prime_hour::text, 2, '0'),
            lpad(((prime_times.prime_hour + prime_times.prime_hours) % 24)::text, 2, '0'),
            round(100.0 * prime_times.prime_ships_lost / prime_times.ships_lost),
            {{ units_in_words('prime_times.ships_lost') }}
        ),
        ' Stock up in ' || hubs.solar_system_name || ', ' || {{ jumps_in_words('fed.mean_hub_jumps') }} || '.'
    )
from {{ ref('int_prime_times__measured') }} as prime_times
-- The band that is on or comes next: that of yesterday may last over midnight.
cross join lateral (
    select min(days.midnight + make_interval(hours => prime_times.prime_hour)) as starts_at
    from (
        select
            date_trunc('day', {{ current_timestamp() }}, 'UTC') + make_interval(hours => 24 * ahead) as midnight
        from generate_series(-1, 1) as days_ahead (ahead)
    ) as days
    where
        days.midnight + make_interval(hours => prime_times.prime_hour + prime_times.prime_hours)
        > {{ current_timestamp() }}
) as bands
left join {{ ref('stg_static_data__regions') }} as regions on prime_times.region_id = regions.region_id
left join lateral (
    select
        losses.hub_solar_system_id,
        losses.mean_hub_jumps
    from {{ ref('int_region_losses__supplied') }} as losses
    where losses.region_id = prime_times.region_id
    order by losses.ships_lost desc, losses.hub_solar_system_id
    limit 1
) as fed on true
left join {{ ref('stg_static_data__solar_systems') }} as hubs on fed.hub_solar_system_id = hubs.solar_system_id

union all

select
    'hub_demand',
    losses.region_id || '-' || losses.hub_solar_system_id,
    losses.region_id,
    regions.region_name,
    null,
    null,
    losses.hub_solar_system_id,
    hubs.solar_system_name,
    losses.mean_hub_jumps,
    null,
    null,
    losses.ships_lost,
    losses.destroyed_isk,
    concat(
        format(
            'Losses in %s feed %s, %s: %s ships worth %s in 7 days',
            coalesce(regions.region_name, 'region ' || losses.region_id),
            hubs.solar_system_name,
            {{ jumps_in_words('losses.mean_hub_jumps') }},
            {{ units_in_words('losses.ships_lost') }},
            {{ isk_in_words('losses.destroyed_isk') }}
        ),
        case
            when losses.ships_lost > losses.ships_lost_before
                then format(', up from %s in the 7 days before', {{ units_in_words('losses.ships_lost_before') }})
            when losses.ships_lost < losses.ships_lost_before
                then format(', down from %s in the 7 days before', {{ units_in_words('losses.ships_lost_before') }})
            when losses.ships_lost = losses.ships_lost_before then ', as many as in the 7 days before'
        end,
        '.'
    )
from {{ ref('int_region_losses__supplied') }} as losses
left join {{ ref('stg_static_data__regions') }} as regions on losses.region_id = regions.region_id
left join {{ ref('stg_static_data__solar_systems') }} as hubs on losses.hub_solar_system_id = hubs.solar_system_id
where losses.ships_lost >= {{ var('war_heatmap_min_kills') }}
