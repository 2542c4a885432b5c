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
)

select
    joint.*,
    coalesce(conflicts.kills + conflicts.losses, 0) as opposed_kills,
    joint_kills
    / least(groups.kills + groups.friendly_kills, allies.kills + allies.friendly_kills)::double precision as weight
from joint
inner join {{ ref('int_groups__summed') }} as groups using (window_days, group_id)
inner join {{ ref('int_groups__summed') }} as allies
    on joint.window_days = allies.window_days and joint.ally_group_id = allies.group_id
left join {{ ref('int_conflicts__summed') }} as conflicts
    on
        joint.window_days = conflicts.window_days
        and joint.group_id = conflicts.group_id
        and joint.ally_group_id = conflicts.opponent_group_id
