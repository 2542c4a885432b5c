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
    select
        avg(case when killmail_days.day is null then 0 else killmail_days.completeness end) as completeness,
        sum(killmail_days.mails_quarantined) as mails_quarantined
    from newest
    cross join generate_series(newest.first_of_last_days, newest.day, interval '1 day') as series (day)
    left join killmail_days on killmail_days.day = series.day::date
),

status as (
    select
        newest_killmail.killmail_time as as_of,
        last_days.completeness,
        coalesce(last_days.mails_quarantined, 0) as mails_quarantined,
        array(
            select source from {{ ref('int_sources__promised') }} where is_stale order by source
        ) as stale_sources,
        array(
            select test_name
            from {{ ref('stg_dbt__test_results') }}
            where status not in ('pass', 'warn')
            order by test_name
        ) as failed_tests
    from newest_killmail
    cross join last_days
)

select * from status
