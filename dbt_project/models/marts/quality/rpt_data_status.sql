with killmail_days as (
    select * from {{ ref('stg_killmails__days') }}
),

newest as (
    select
        max(day) as day,
        max(day) filter (where mails_stored > 0) as day_with_mails,
        greatest(min(day), max(day) - 6) as first_of_last_days
    from killmail_days
),

-- The feed brings mails of days that no archive holds yet.
newest_killmail as (
    select max(killmail_time) as killmail_time
    from {{ ref('stg_killmails__killmails') }}
    where
        day = (
            select max(day)
            from {{ ref('stg_killmails__killmails') }}
            where day >= (select coalesce(day_with_mails, '-infinity') from newest)
        )
),

-- A day never asked for has no row and counts 0; one that is rightly absent is left out.
last_days as (
    select avg(case when killmail_days.day is null then 0 else killmail_days.completeness end) as completeness
    from newest
    cross join generate_series(newest.first_of_last_days, newest.day, interval '1 day') as series (day)
    left join killmail_days on killmail_days.day = series.day::date
),

promised as (
{%- for source, seconds in var('fresh_for_seconds').items() %}
    select
        '{{ source }}' as source,
        interval '{{ seconds }} seconds' as fresh_for,
        {{ source in var('fresh_by_content') }} as is_by_content
    {{- ' union all' if not loop.last }}
{%- endfor %}
),

stale as (
    select promised.source
    from promised
    left join {{ ref('stg_source_fetches__sources') }} as fetched on fetched.source = promised.source
    cross join lateral (
        select case when promised.is_by_content then fetched.as_of else fetched.last_success_at end as fresh_at
    ) as judged
    where judged.fresh_at is null or {{ current_timestamp() }} - judged.fresh_at > promised.fresh_for
),

status as (
    select
        newest_killmail.killmail_time as as_of,
        last_days.completeness,
        array(select source from stale order by source) as stale_sources
    from newest_killmail
    cross join last_days
)

select * from status
