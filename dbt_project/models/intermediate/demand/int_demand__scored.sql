{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['place_kind', 'place_id', 'type_id', 'weeks_ago'],
    on_schema_change='fail',
    indexes=[{'columns': ['place_kind', 'place_id', 'type_id', 'weeks_ago'], 'unique': true}],
) }}

{%- set near_jumps = 10 %} -- what a hauler flies there and back in an evening

with newest as (
    select end_day
    from {{ ref('int_windows__dated') }}
    where window_days = 7
),

killmail_weeks as (
    select (days_ago - 1) / 7 as weeks_ago, count(*)::integer as killmail_days
    from newest
    cross join generate_series(1, 21) as days (days_ago)
    where exists (select from {{ ref('stg_killmails__index') }} as stored where stored.day = newest.end_day - days_ago)
    group by 1
),

-- The last week, and the one before it as it was when it was the last, if each day of it has killmails.
weeks as (
    select
        weeks.weeks_ago,
        newest.end_day - 7 * weeks.weeks_ago as end_day,
        weeks.killmail_days,
        weeks.killmail_days = 7 and coalesce(previous.killmail_days, 0) = 7 as is_previous_covered
    from killmail_weeks as weeks
    cross join newest
    left join killmail_weeks as previous on weeks.weeks_ago + 1 = previous.weeks_ago
    where weeks.weeks_ago = 0 or (weeks.weeks_ago = 1 and weeks.killmail_days = 7)
),

market_weeks as (
    select (newest.end_day - 1 - day) / 7 as weeks_ago, count(*)::integer as market_days
    from {{ ref('stg_market_history__days') }}
    cross join newest
    where status = 'stored' and day >= newest.end_day - 14 and day < newest.end_day
    group by 1
),

hub_regions as (
    select region_id, solar_system_id as hub_solar_system_id
    from {{ ref('int_solar_systems__supplied') }}
    where hub_jumps = 0
),

lost as (
    select day, solar_system_id, ship_type_id as type_id, ships_lost as destroyed, 0 as dropped
    from {{ ref('int_ship_losses__counted') }}
    where day >= (select end_day - 21 from newest) and day < (select end_day from newest)
    union all
    select day, solar_system_id, item_type_id, quantity_destroyed, quantity_dropped
    from {{ ref('int_item_demand__counted') }}
    where day >= (select end_day - 21 from newest) and day < (select end_day from newest)
),

lost_by_week as (
    select
        (newest.end_day - 1 - day) / 7 as weeks_ago,
        systems.region_id,
        systems.hub_solar_system_id,
        type_id,
        sum(destroyed)::bigint as destroyed,
        sum(dropped)::bigint as dropped,
        sum(destroyed * destroyed)::double precision as squared_destroyed, -- each row is what one system lost on one day
        sum(destroyed) filter (where systems.hub_jumps <= {{ near_jumps }})::bigint as destroyed_near,
        sum(destroyed * systems.hub_jumps)::bigint as destroyed_jumps
    from lost
    cross join newest
    left join {{ ref('int_solar_systems__supplied') }} as systems using (solar_system_id)
    group by 1, 2, 3, 4
),

-- 0 is an unknown region, and no hub: a key has no nulls.
lost_by_place as (
    select place_kind, place_id, lost_by_week.*
    from lost_by_week
    cross join lateral (
        values ('region', coalesce(region_id, 0)), ('hub', coalesce(hub_solar_system_id, 0)), ('new_eden', 0)
    ) as places (place_kind, place_id)
),

traded_by_week as (
    select
        (newest.end_day - 1 - day) / 7 as weeks_ago,
        region_id,
        type_id,
        sum(volume)::bigint as volume,
        sum(volume * average_isk) as turnover_isk
    from {{ ref('stg_market_history__trades') }}
    cross join newest
    where day >= (select end_day - 14 from newest) and day < (select end_day from newest)
    group by 1, 2, 3
),

-- Where something was sold in the two weeks, or is on the market now.
markets as (
    select distinct place_kind, place_id
    from (
        select region_id from traded_by_week
        union
        select region_id from {{ ref('stg_market_orders__stock') }}
    ) as known_regions
    left join hub_regions using (region_id)
    cross join lateral (
        values ('region', region_id), ('hub', hub_solar_system_id), ('new_eden', 0)
    ) as places (place_kind, place_id)
    where place_id is not null
),

-- What is summed lies one below the other and not side by side: the planner cannot know how many types a place has, and
-- the joins it chooses where it believes in a few take minutes.
facts as (
    select
        place_kind,
        place_id,
        type_id,
        weeks_ago,
        destroyed as losses,
        dropped,
        squared_destroyed as squared_losses,
        destroyed_near as losses_near,
        destroyed_jumps as jumps_of_losses,
        null::bigint as losses_previous,
        null::double precision as squared_losses_previous,
        null::bigint as volume,
        null::numeric as turnover_isk,
        null::bigint as stock,
        null::bigint as buy_volume,
        null::numeric as lowest_sell_isk
    from lost_by_place
    union all
    select
        place_kind, place_id, type_id, weeks_ago - 1,
        null, null, null, null, null, destroyed, squared_destroyed, null, null, null, null, null
    from lost_by_place
    union all
    select
        place_kind, place_id, type_id, weeks_ago,
        null, null, null, null, null, null, null, volume, turnover_isk, null, null, null
    from traded_by_week
    left join hub_regions using (region_id)
    cross join lateral (
        values ('region', region_id), ('hub', hub_solar_system_id), ('new_eden', 0)
    ) as places (place_kind, place_id)
    where place_id is not null
    union all
    -- Stock is known as it is now, not as it was a week ago.
    select
        place_kind, place_id, type_id, 0,
        null, null, null, null, null, null, null, null, null, units, buy_volume, lowest_isk
    from {{ ref('stg_market_orders__stock') }}
    left join hub_regions using (region_id)
    cross join lateral (
        values
        ('region', region_id, sell_volume, lowest_sell_isk),
        ('hub', hub_solar_system_id, hub_sell_volume, hub_lowest_sell_isk),
        ('new_eden', 0, sell_volume, lowest_sell_isk)
    ) as places (place_kind, place_id, units, lowest_isk)
    where place_id is not null
),

summed as (
    select
        place_kind,
        place_id,
        type_id,
        weeks_ago,
        coalesce(sum(losses), 0)::bigint as losses_7d,
        coalesce(sum(dropped), 0)::bigint as dropped_7d,
        coalesce(sum(losses_previous), 0)::bigint as losses_previous_7d,
        coalesce(sum(losses_near), 0)::bigint as losses_near_7d,
        (sum(jumps_of_losses) / nullif(sum(losses) filter (where jumps_of_losses is not null), 0))::double precision
            as mean_jumps,
        nullif(sum(squared_losses), 0) as squared_losses,
        sum(squared_losses_previous) as squared_losses_previous,
        coalesce(sum(volume), 0)::bigint as volume_7d,
        (sum(turnover_isk) / nullif(sum(volume), 0))::numeric(20, 2) as average_isk,
        coalesce(sum(stock), 0)::bigint as stock,
        coalesce(sum(buy_volume), 0)::bigint as buy_volume,
        min(lowest_sell_isk)::numeric(20, 2) as lowest_sell_isk
    from facts
    group by place_kind, place_id, type_id, weeks_ago
    having sum(losses + dropped) > 0 or sum(losses_previous) > 0
),

-- What is not known is null and not 0: the week before without killmails, volume without market history, stock without
-- a snapshot of orders, and both where there is no market, as in wormholes. A market that neither history nor orders
-- know is none, unless they know none at all.
known as (
    select
        summed.place_kind,
        summed.place_id,
        summed.type_id,
        summed.weeks_ago,
        weeks.end_day,
        weeks.killmail_days,
        places.has_market,
        coalesce(market_weeks.market_days, 0) as market_days,
        summed.losses_7d,
        summed.dropped_7d,
        case when weeks.is_previous_covered then summed.losses_previous_7d end as losses_previous_7d,
        summed.losses_near_7d,
        summed.mean_jumps,
        case when market_weeks.market_days > 0 and places.has_market then summed.volume_7d end as volume_7d,
        summed.average_isk,
        case when orders.are_known and places.has_market then summed.stock end as stock,
        case when orders.are_known and places.has_market then summed.buy_volume end as buy_volume,
        summed.lowest_sell_isk,
        prices.price_isk,
        power(summed.losses_7d, 2) / summed.squared_losses as fights,
        case when weeks.is_previous_covered then
            (summed.losses_7d - summed.losses_previous_7d)
            / sqrt(nullif(coalesce(summed.squared_losses, 0) + coalesce(summed.squared_losses_previous, 0), 0))
        end as change_standard_errors,
        case when weeks.is_previous_covered then
            least(3, greatest(0.5, summed.losses_7d::double precision / greatest(summed.losses_previous_7d, 1)))
        end as trend
    from summed
    inner join weeks using (weeks_ago)
    left join market_weeks using (weeks_ago)
    left join (select 0 as weeks_ago, exists (select from {{ ref('stg_market_orders__stock') }}) as are_known) as orders
        using (weeks_ago)
    left join markets using (place_kind, place_id)
    cross join lateral (
        select case when exists (select from markets) then markets.place_id is not null end as has_market
    ) as places
    left join {{ ref('int_type_prices__selected') }} as prices using (type_id)
    left join {{ ref('stg_static_data__types') }} as types using (type_id)
    -- What no market sells, such as capsules, no market can lack.
    where types.type_id is null or types.market_group_id is not null
),

-- The score is losses over volume times trend. Where market history has fewer days than the week has killmails, its
-- volume is brought to as many. Without a trend the score is that of a steady week.
-- Confidence: what one system loses on one day is one fight, and fights are what chance hands out. A sum of n equal
-- fights has a standard error of 1 / sqrt(n) of itself; `fights` is that n for unequal ones (Kish's effective sample
-- size), so that a week of one great battle has confidence 0, one of 25 like ones 0.8.
scored as (
    select
        *,
        case when volume_7d is not null then
            coalesce(trend, 1) * losses_7d / greatest(volume_7d * killmail_days::double precision / market_days, 1)
        end as demand_score,
        losses_7d - stock as gap_units,
        (losses_7d * price_isk)::numeric(24, 2) as losses_7d_isk,
        ((losses_7d - stock) * price_isk)::numeric(24, 2) as gap_isk,
        coalesce(1 - 1 / sqrt(fights), 0) as confidence
    from known
)

select * from scored
