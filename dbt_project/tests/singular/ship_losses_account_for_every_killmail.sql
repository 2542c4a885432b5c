{{ config(meta={'dagster': {'ref': {'name': 'fct_ship_losses'}}}) }}

-- Each day, as many ships were lost as there are killmails, and their worth is that of the valued ones.
with killmails as (
    select day, count(*) as ships_lost
    from {{ ref('stg_killmails__killmails') }}
    where {{ in_window('day') }}
    group by day
),

valued as (
    select day, sum(destroyed_isk) as destroyed_isk, sum(dropped_isk) as dropped_isk
    from {{ ref('stg_killmail_values__values') }}
    where {{ in_window('day') }}
    group by day
),

counted as (
    select day, sum(ships_lost) as ships_lost, sum(destroyed_isk) as destroyed_isk, sum(dropped_isk) as dropped_isk
    from {{ ref('fct_ship_losses') }}
    where {{ in_window('day') }}
    group by day
)

select *
from killmails
left join valued using (day)
full join counted using (day)
where
    killmails.ships_lost is distinct from counted.ships_lost
    or coalesce(valued.destroyed_isk, 0) is distinct from counted.destroyed_isk
    or coalesce(valued.dropped_isk, 0) is distinct from counted.dropped_isk
