{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['window_days', 'group_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['window_days', 'group_id'], 'unique': true}],
) }}

{#
    Fewer mails together are chance, and fewer against each other accidents.
#}
{% set least_joint_kills = 10 %}
{% set least_opposed_kills = 5 %}

-- A level is a least weight, in twentieths, from a quarter of the smaller group's kills on. Groups are joined level by
-- level along the pairs that weigh at least that much; each then stays in the widest set that holds no enemies.
-- A window's groups are numbered by their place in its array: PostgreSQL cannot know how few they are, and would join
-- tables of them by comparing all with all. What is materialized would else be computed once per group.
with recursive pairs as (
    select window_days, group_id, ally_group_id, weight
    from {{ ref('int_allies__weighed') }}
    where joint_kills >= {{ least_joint_kills }} and joint_kills > opposed_kills and weight >= 0.25
),

members as (
    select window_days, array_agg(group_id order by group_id) as group_ids
    from (
        select window_days, group_id from pairs
        union
        select window_days, ally_group_id from pairs
    ) as paired
    group by window_days
),

enemies as materialized (
    select
        conflicts.window_days,
        array_agg(array_position(members.group_ids, conflicts.group_id)) as numbers,
        array_agg(array_position(members.group_ids, conflicts.opponent_group_id)) as enemy_numbers
    from {{ ref('int_conflicts__summed') }} as conflicts
    inner join members
        on
            conflicts.window_days = members.window_days
            and conflicts.group_id = any(members.group_ids)
            and conflicts.opponent_group_id = any(members.group_ids)
    left join {{ ref('int_allies__weighed') }} as allies
        on
            conflicts.window_days = allies.window_days
            and conflicts.group_id = allies.group_id
            and conflicts.opponent_group_id = allies.ally_group_id
    where
        conflicts.kills + conflicts.losses >= {{ least_opposed_kills }}
        and conflicts.kills + conflicts.losses > coalesce(allies.joint_kills, 0)
    group by conflicts.window_days
),

levels as (
    select
        window_days,
        level,
        group_ids,
        array_agg(array_position(group_ids, group_id)) as numbers,
        array_agg(array_position(group_ids, ally_group_id)) as ally_numbers
    from pairs
    inner join members using (window_days)
    inner join generate_series(5, 20) as levels (level) on pairs.weight >= level / 20.0
    group by window_days, level, group_ids
),

-- Every member takes the smallest label among its own and its allies', until none changes.
labelled as (
    select
        window_days,
        level,
        array(select generate_series(1, cardinality(group_ids))) as labels,
        null::integer [] as labels_before,
        group_ids,
        numbers,
        ally_numbers
    from levels

    union all

    select
        window_days,
        level,
        array(
            select min(label)
            from (
                select own.number, own.label from unnest(labels) with ordinality as own (label, number)
                union all
                select edges.number, labels[edges.ally_number]
                from unnest(numbers, ally_numbers) as edges (number, ally_number)
                union all
                select edges.ally_number, labels[edges.number]
                from unnest(numbers, ally_numbers) as edges (number, ally_number)
            ) as neighbours
            group by number
            order by number
        ),
        labels,
        group_ids,
        numbers,
        ally_numbers
    from labelled
    where labels is distinct from labels_before
),

divided as materialized (
    select
        window_days,
        level,
        labels,
        group_ids,
        array(
            select labels[number]
            from enemies
            cross join lateral unnest(enemies.numbers, enemies.enemy_numbers) as pairs (number, enemy_number)
            where enemies.window_days = labelled.window_days and labels[number] = labels[enemy_number]
        ) as divided_labels
    from labelled
    where labels = labels_before
),

widest as (
    select distinct on (window_days, sets.group_id)
        window_days,
        sets.group_id,
        level,
        sets.label
    from divided
    cross join lateral unnest(labels, group_ids) as sets (label, group_id)
    where sets.label != all(divided_labels)
    order by window_days, sets.group_id, level
)

-- A coalition is known by its member with most kills.
select
    widest.window_days,
    first_value(widest.group_id) over by_kills as coalition_id,
    widest.group_id,
    groups.group_kind,
    groups.kills,
    groups.losses,
    groups.isk_destroyed,
    groups.isk_lost,
    widest.level / 20.0::double precision as least_weight
from (
    select *, count(*) over (partition by window_days, level, label) as size
    from widest
) as widest
inner join {{ ref('int_groups__summed') }} as groups using (window_days, group_id)
where widest.size > 1
window by_kills as (
    partition by widest.window_days, widest.level, widest.label order by groups.kills desc, widest.group_id
)
