{{ config(meta={'dagster': {'ref': {'name': 'fct_alliance_conflicts'}}}) }}

-- Each day and victim's group, the shares of all attackers add up to the mails and their worth, to the last hundredth.
with killmails as (
    select
        day,
        {{ group_id('victim_character_id', 'victim_corporation_id', 'victim_alliance_id') }} as victim_group_id,
        killmail_id
    from {{ ref('stg_killmails__killmails') }}
    where {{ in_window('day') }}
),

valued as (
    select day, killmail_id, destroyed_isk, dropped_isk
    from {{ ref('stg_killmail_values__values') }}
    where {{ in_window('day') }}
),

lost as (
    select
        day,
        victim_group_id,
        count(*) as killmails,
        coalesce(sum(destroyed_isk), 0) as destroyed_isk,
        coalesce(sum(dropped_isk), 0) as dropped_isk
    from killmails
    left join valued using (day, killmail_id)
    group by day, victim_group_id
),

shared as (
    select
        day,
        victim_group_id,
        sum(kills_share) as killmails,
        sum(destroyed_isk) as destroyed_isk,
        sum(dropped_isk) as dropped_isk
    from {{ ref('fct_alliance_conflicts') }}
    where {{ in_window('day') }}
    group by day, victim_group_id
)

select *
from lost
full join shared using (day, victim_group_id)
where
    lost.killmails is distinct from shared.killmails
    or lost.destroyed_isk is distinct from shared.destroyed_isk
    or lost.dropped_isk is distinct from shared.dropped_isk
