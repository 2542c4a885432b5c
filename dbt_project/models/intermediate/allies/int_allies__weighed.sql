{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['window_days', 'group_id', 'ally_group_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['group_id', 'window_days', 'ally_group_id'], 'unique': true},
        {'columns': ['ally_group_id', 'window_days']},
    ],
) }}

with windows as (
    select * from {{ ref('int_windows__dated') }}
),

joint as (
    select
        window_days,
        group_id,
        group_kind,
        ally_group_id,
        ally_group_kind,
        sum(joint_kills)::bigint as joint_kills
    from {{ ref('int_joint_kills__counted') }} as counted
    inner join windows on counted.day >= windows.first_day and counted.day < windows.end_day
    where counted.day >= (select min(first_day) from windows)
    group by window_days, group_id, group_kind, ally_group_id, ally_group_kind
),

groups as (
    select window_days, group_id, sum(kills + friendly_kills) as kills
    from {{ ref('int_group_days__counted') }} as counted
    inner join windows on counted.day >= windows.first_day and counted.day < windows.end_day
    where counted.day >= (select min(first_day) from windows)
    group by window_days, group_id
)

select
    joint.*,
    coalesce(conflicts.kills + conflicts.losses, 0) as opposed_kills,
    joint_kills / least(groups.kills, ally_groups.kills)::double precision as weight
from joint
inner join groups using (window_days, group_id)
inner join groups as ally_groups
    on joint.window_days = ally_groups.window_days and joint.ally_group_id = ally_groups.group_id
left join {{ ref('int_conflicts__summed') }} as conflicts
    on
        joint.window_days = conflicts.window_days
        and joint.group_id = conflicts.group_id
        and joint.ally_group_id = conflicts.opponent_group_id
