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

hulls as (
    select distinct battle_id, ship_type_id
    from bursts
    where battle_id is not null
),

-- Materialized, for PostgreSQL would unpack a battle's pilots anew for each of its mails.
mails as materialized (
    select stored.day, stored.killmail_id, battle_killmails.battle_id
    from {{ ref('stg_battles__killmails') }} as battle_killmails
    inner join {{ ref('stg_killmails__index') }} as stored using (killmail_id)
    where {{ in_window('stored.day', 2) }} and battle_killmails.battle_id in (select battle_id from hulls)
),

pilots as materialized (
    select battle_id, side, character_id
    from {{ ref('stg_battles__participants') }}
    where battle_id in (select battle_id from hulls)
),

attackers as (
    select day, killmail_id, character_id, ship_type_id
    from {{ ref('stg_killmails__attackers') }}
    where {{ in_window('day', 2) }} and character_id is not null
),

seen as (
    select distinct mails.battle_id, attackers.ship_type_id, attackers.character_id
    from mails
    inner join attackers using (day, killmail_id)
    inner join hulls using (battle_id, ship_type_id)
),

-- Both put together by grouping: joined, they would be compared row by row where the planner expects few.
flown as (
    select battle_id, character_id, max(side) as side, array_remove(array_agg(ship_type_id), null) as ship_type_ids
    from (
        select battle_id, character_id, side, null::integer as ship_type_id
        from pilots

        union all

        select battle_id, character_id, null, ship_type_id
        from seen
    ) as known
    group by battle_id, character_id
),

counted as (
    select
        bursts.day,
        bursts.burst_id,
        bursts.losses,
        case
            when bursts.battle_id is not null
                then count(flown.character_id) filter (where flown.character_id <> all (bursts.lost_by))
        end as survivors
    from bursts
    left join flown
        on bursts.battle_id = flown.battle_id
        and bursts.side = flown.side
        and bursts.ship_type_id = any (flown.ship_type_ids)
    group by bursts.day, bursts.burst_id, bursts.battle_id, bursts.losses
)

select * from counted
