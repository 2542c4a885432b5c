{{ config(meta={'dagster': {'ref': {'name': 'fct_group_days'}}}) }}

-- A group's day is its conflicts of that day: what it destroyed of others, and all it lost.
with conflicts as (
    select
        day,
        attacker_group_id,
        victim_group_id,
        final_blows,
        kills_share,
        destroyed_isk + dropped_isk as isk
    from {{ ref('fct_alliance_conflicts') }}
    where {{ in_window('day') }}
),

expected as (
    select
        day,
        group_id,
        sum(final_blows) as final_blows,
        sum(isk_destroyed) as isk_destroyed,
        sum(losses) as losses,
        sum(isk_lost) as isk_lost
    from (
        select day, attacker_group_id as group_id, final_blows, isk as isk_destroyed, 0 as losses, 0 as isk_lost
        from conflicts
        where attacker_group_id != victim_group_id
        union all
        select day, victim_group_id, 0, 0, kills_share, isk
        from conflicts
    ) as both_sides
    where group_id > 0
    group by day, group_id
),

found as (
    select day, group_id, final_blows, isk_destroyed, losses, isk_lost
    from {{ ref('fct_group_days') }}
    where {{ in_window('day') }}
)

select *
from expected
left join found using (day, group_id)
where
    expected.final_blows is distinct from found.final_blows
    or expected.losses is distinct from found.losses
    or expected.isk_lost is distinct from found.isk_lost
    or expected.isk_destroyed is distinct from found.isk_destroyed
