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
with recursive pairs as (
    select window_days, group_id, ally_group_id, weight
    from {{ ref('int_allies__weighed') }}
    where joint_kills >= {{ least_joint_kills }} and joint_kills > opposed_kills and weight >= 0.25
),

members as (
    select
        window_days,
        group_id,
        row_number() over (partition by window_days order by group_id)::integer as number
    from (
        select window_days, group_id from pairs
        union
        select window_days, ally_group_id from pairs
    ) as paired
),

levels as (
    select
        pairs.window_days,
        level,
        array_agg(members.number) as numbers,
        array_agg(allies.number) as ally_numbers
    from pairs
    inner join members using (window_days, group_id)
    inner join members as allies on pairs.window_days = allies.window_days and pairs.ally_group_id = allies.group_id
    inner join generate_series(5, 20) as levels (level) on pairs.weight >= level / 20.0
    group by pairs.window_days, level
),

-- Every member takes the smallest label among its own and its allies', until none changes.
labelled as (
    select
        window_days,
        level,
        array(
            select number from members where members.window_days = levels.window_days order by number
        ) as labels,
        null::integer [] as labels_before,
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
        numbers,
        ally_numbers
    from labelled
    where labels is distinct from labels_before
),

sets as (
    select labelled.window_days, labelled.level, own.label, members.group_id
    from labelled
    cross join lateral unnest(labels) with ordinality as own (label, number)
    inner join members on labelled.window_days = members.window_days and own.number = members.number
    where labels = labels_before
),

-- Kept apart: PostgreSQL expects one row of each and would look for all enemies once per set.
enemies as materialized (
    select conflicts.window_days, conflicts.group_id, conflicts.opponent_group_id
    from {{ ref('int_conflicts__summed') }} as conflicts
    left join {{ ref('int_allies__weighed') }} as allies
        on
            conflicts.window_days = allies.window_days
            and conflicts.group_id = allies.group_id
            and conflicts.opponent_group_id = allies.ally_group_id
    where
        conflicts.kills + conflicts.losses >= {{ least_opposed_kills }}
        and conflicts.kills + conflicts.losses > coalesce(allies.joint_kills, 0)
),

divided as materialized (
    select distinct sets.window_days, sets.level, sets.label
    from enemies
    inner join sets on enemies.window_days = sets.window_days and enemies.group_id = sets.group_id
    inner join sets as opposed
        on
            sets.window_days = opposed.window_days
            and sets.level = opposed.level
            and sets.label = opposed.label
            and enemies.opponent_group_id = opposed.group_id
),

widest as (
    select distinct on (sets.window_days, sets.group_id)
        sets.window_days,
        sets.group_id,
        sets.level,
        sets.label
    from sets
    left join divided using (window_days, level, label)
    where divided.label is null
    order by sets.window_days, sets.group_id, sets.level
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
