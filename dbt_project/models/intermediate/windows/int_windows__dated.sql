{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['window_days'],
    on_schema_change='fail',
) }}

with newest as (
    select least(({{ current_timestamp() }} at time zone 'UTC')::date, max(day) + 1) as end_day
    from {{ ref('stg_killmails__index') }}
),

windows as (
    select
        window_days,
        end_day - window_days as first_day,
        end_day,
        end_day - 2 * window_days as previous_first_day
    from newest
    cross join unnest(array[1, 7, 30]) as lengths (window_days)
    where end_day is not null
),

dated as (
    select
        windows.*,
        not exists (
            select
            from generate_series(previous_first_day, end_day - 1, interval '1 day') as days (day)
            where not exists (select from {{ ref('stg_killmails__index') }} as stored where stored.day = days.day::date)
        ) as is_previous_covered
    from windows
)

select * from dated
