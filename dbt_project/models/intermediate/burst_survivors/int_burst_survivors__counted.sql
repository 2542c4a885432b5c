{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    days_around=1,
    unique_key=['day', 'burst_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['burst_id'], 'unique': true}],
) }}

with bursts as (
    select day, burst_id, battle_id, side, ship_type_id, count(*) as losses, array_agg(character_id) as lost_by
    from {{ ref('int_bursts__gathered') }}
    where {{ in_window('day', 1) }}
    group by day, burst_id, battle_id, side, ship_type_id
),

battles as (
    select distinct battle_id
    from bursts
    where battle_id is not null
),

mails as (
    select stored.day, stored.killmail_id, battle_killmails.battle_id
    from battles
    inner join {{ ref('stg_battles__killmails') }} as battle_killmails using (battle_id)
    inner join {{ ref('stg_killmails__index') }} as stored using (killmail_id)
    where {{ in_window('stored.day', 2) }}
),

pilots as (
    select participants.battle_id, participants.side, participants.character_id
    from battles
    inner join {{ ref('stg_battles__participants') }} as participants using (battle_id)
),

attackers as (
    select day, killmail_id, character_id, ship_type_id
    from {{ ref('stg_killmails__attackers') }}
    where {{ in_window('day', 2) }} and character_id is not null and ship_type_id is not null
),

flown as (
    select distinct mails.battle_id, pilots.side, attackers.ship_type_id, attackers.character_id
    from mails
    inner join attackers using (day, killmail_id)
    inner join pilots using (battle_id, character_id)
),

counted as (
    select
        bursts.day,
        bursts.burst_id,
        bursts.losses,
        case
            when bursts.battle_id is not null
                then count(flown.character_id) filter (where flown.character_id <> all(bursts.lost_by))
        end as survivors
    from bursts
    left join flown using (battle_id, side, ship_type_id)
    group by bursts.day, bursts.burst_id, bursts.battle_id, bursts.losses
)

select * from counted
