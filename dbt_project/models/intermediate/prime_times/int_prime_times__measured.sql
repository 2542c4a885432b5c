{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['region_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['region_id'], 'unique': true}],
) }}

with counted as (
    select
        solar_systems.region_id,
        extract(hour from hours.hour at time zone 'UTC')::integer as hour_of_day,
        sum(hours.killmails - hours.npc_killmails) as killmails
    from {{ ref('int_windows__dated') }} as windows
    inner join {{ ref('int_system_hours__counted') }} as hours
        on windows.first_day <= hours.day and windows.end_day > hours.day
    inner join {{ ref('stg_static_data__solar_systems') }} as solar_systems
        on hours.solar_system_id = solar_systems.solar_system_id
    where windows.window_days = 30
    group by solar_systems.region_id, hour_of_day
),

regions as (
    select
        region_id,
        sum(killmails) as killmails
    from counted
    group by region_id
    having sum(killmails) >= 48 -- two for each hour of day: fewer make no band
),

-- Two days, since a band may last over midnight.
summed as (
    select
        regions.region_id,
        position,
        sum(coalesce(counted.killmails, 0)) over (partition by regions.region_id order by position) as killmails_until
    from regions
    cross join generate_series(0, 47) as positions (position)
    left join counted on regions.region_id = counted.region_id and position % 24 = counted.hour_of_day
),

bands as (
    select
        regions.region_id,
        starts.position as prime_hour,
        ends.position - starts.position + 1 as prime_hours,
        ends.killmails_until - coalesce(befores.killmails_until, 0) as prime_killmails,
        regions.killmails
    from regions
    inner join summed as starts on regions.region_id = starts.region_id and starts.position < 24
    inner join summed as ends
        on regions.region_id = ends.region_id and ends.position between starts.position and starts.position + 23
    left join summed as befores on regions.region_id = befores.region_id and starts.position - 1 = befores.position
),

shortest as (
    select distinct on (region_id)
        region_id,
        prime_hour,
        prime_hours,
        prime_killmails::bigint as prime_killmails,
        killmails::bigint as killmails
    from bands
    where 2 * prime_killmails >= killmails
    order by region_id, prime_hours, prime_killmails desc, prime_hour
)

select * from shortest
