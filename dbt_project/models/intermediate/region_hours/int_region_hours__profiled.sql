{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['region_id', 'hour_of_day'],
    on_schema_change='fail',
    indexes=[{'columns': ['region_id', 'hour_of_day'], 'unique': true}],
) }}

{% set window_days = 30 -%}
{# Prime times by the names players know, as (name, first hour, hours); the figures are those of the War Room's design. #}
{% set bands = [('AUTZ', 2, 3), ('EUTZ', 18, 4), ('USTZ', 0, 3)] -%}

with hours as (
    select
        first_day,
        end_day,
        region_id,
        extract(hour from hour at time zone 'UTC')::integer as hour_of_day,
        sum(ships_lost_to_players)::bigint as ships_lost_to_players,
        sum(destroyed_isk) as destroyed_isk
    from {{ ref('int_region_hours__counted') }}
    inner join {{ ref('int_windows__dated') }} on day >= first_day and day < end_day and window_days = {{ window_days }}
    group by first_day, end_day, region_id, hour_of_day
),

regions as (
    select first_day, end_day, region_id, sum(ships_lost_to_players) as ships_lost_to_players
    from hours
    group by first_day, end_day, region_id
),

profiles as (
    select
        regions.first_day,
        regions.end_day,
        regions.region_id,
        hour_of_day,
        coalesce(hours.ships_lost_to_players, 0) as ships_lost_to_players,
        coalesce(hours.destroyed_isk, 0)::numeric(24, 2) as destroyed_isk,
        regions.ships_lost_to_players as all_hours
    from regions
    cross join generate_series(0, 23) as hour_of_day
    left join hours using (region_id, hour_of_day)
),

-- Every run of hours around the clock: from each hour on, 1 to 24 of them.
stretches as (
    select
        first.region_id,
        first.hour_of_day as from_hour,
        length as hours,
        sum(second.ships_lost_to_players) as ships_lost_to_players
    from profiles as first
    cross join generate_series(1, 24) as length
    inner join profiles as second
        on first.region_id = second.region_id and (second.hour_of_day - first.hour_of_day + 24) % 24 < length
    where first.all_hours > 0
    group by first.region_id, first.hour_of_day, length, first.all_hours
    having 2 * sum(second.ships_lost_to_players) >= first.all_hours
),

prime_times as (
    select distinct on (region_id) region_id, from_hour, hours
    from stretches
    order by region_id, hours, ships_lost_to_players desc, from_hour
),

named as (
    select distinct on (region_id) region_id, band
    from prime_times
    cross join (
        values
        {%- for band, first_hour, hours in bands %}
            ('{{ band }}', {{ first_hour }}, {{ hours }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as bands (band, band_from_hour, band_hours)
    cross join lateral (
        select count(*) as shared_hours
        from generate_series(0, 23) as hour
        where (hour - from_hour + 24) % 24 < hours and (hour - band_from_hour + 24) % 24 < band_hours
    ) as shared
    where 2 * shared_hours >= band_hours
    order by region_id, shared_hours::double precision / band_hours desc, shared_hours desc, band
)

select
    profiles.first_day,
    profiles.end_day,
    profiles.region_id,
    profiles.hour_of_day,
    profiles.ships_lost_to_players,
    profiles.destroyed_isk,
    profiles.ships_lost_to_players::double precision / nullif(profiles.all_hours, 0) as share,
    prime_times.from_hour as prime_time_from_hour,
    prime_times.hours as prime_time_hours,
    coalesce((profiles.hour_of_day - prime_times.from_hour + 24) % 24 < prime_times.hours, false) as is_prime_time,
    named.band as prime_time_band
from profiles
left join prime_times using (region_id)
left join named using (region_id)
