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

newest_days as (
    select 'killmails' as source, max(day) as day
    from killmail_days
    where status = 'stored'
    union all
    select 'market_history', max(day)
    from {{ ref('stg_market_history__days') }}
    where status = 'stored'
),

promised as (
{%- for source, seconds in var('fresh_for_seconds').items() %}
    select '{{ source }}' as source, interval '{{ seconds }} seconds' as fresh_for
    {{- ' union all' if not loop.last }}
{%- endfor %}
),

fetched as (
    select
        source,
        last_success_at
    from {{ ref('stg_source_fetches__sources') }}
    union all
    select
        'killmail_feed',
        read_at
    from {{ ref('stg_killmail_feed__position') }}
),

-- A day is published in the hours after it ended: two days after its end, the next one is late.
stale as (
    select source
    from newest_days
    where day is null or day + 3 <= ({{ current_timestamp() }} at time zone 'UTC')
    union all
    select 'static_data'
    where not exists (select from {{ ref('stg_static_data__builds') }})
    union all
    select promised.source
    from promised
    left join fetched on fetched.source = promised.source
    where fetched.last_success_at is null or {{ current_timestamp() }} - fetched.last_success_at > promised.fresh_for
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
