{{ config(meta={'dagster': {'ref': {'name': 'fct_pilot_days'}}}) }}

-- Each day, pilots lost the mails that have a pilot as victim, with their damage and worth, and together they destroyed
-- no more than was lost.
with killmails as (
    select day, killmail_id, damage_taken
    from {{ ref('stg_killmails__killmails') }}
    where victim_character_id is not null and {{ in_window('day') }}
),

valued as (
    select day, killmail_id, total_isk
    from {{ ref('stg_killmail_values__values') }}
    where {{ in_window('day') }}
),

lost as (
    select day, count(*) as losses, sum(damage_taken) as damage_received, coalesce(sum(total_isk), 0) as isk_lost
    from killmails
    left join valued using (day, killmail_id)
    group by day
),

worth as (
    select day, sum(total_isk) as total_isk
    from valued
    group by day
),

counted as (
    select
        day,
        sum(losses) as losses,
        sum(damage_received) as damage_received,
        sum(isk_lost) as isk_lost,
        sum(isk_destroyed) as isk_destroyed
    from {{ ref('fct_pilot_days') }}
    where {{ in_window('day') }}
    group by day
)

select *
from lost
left join worth using (day)
left join counted using (day)
where
    lost.losses is distinct from counted.losses
    or lost.damage_received is distinct from counted.damage_received
    or lost.isk_lost is distinct from counted.isk_lost
    or (counted.isk_destroyed <= coalesce(worth.total_isk, 0)) is not true
