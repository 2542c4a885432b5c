select
    ranked.window_days,
    ranked.group_id,
    ranked.group_kind,
    groups.entity_name as group_name,
    ranked.ally_group_id,
    ranked.ally_group_kind,
    allies.entity_name as ally_group_name,
    ranked.rank,
    ranked.joint_kills,
    ranked.opposed_kills,
    ranked.weight
from (
    select
        both_ways.*,
        row_number() over (partition by window_days, group_id order by joint_kills desc, ally_group_id) as rank
    from (
        select window_days, group_id, group_kind, ally_group_id, ally_group_kind, joint_kills, opposed_kills, weight
        from {{ ref('int_allies__weighed') }}
        union all
        select window_days, ally_group_id, ally_group_kind, group_id, group_kind, joint_kills, opposed_kills, weight
        from {{ ref('int_allies__weighed') }}
    ) as both_ways
) as ranked
left join {{ ref('stg_names__entities') }} as groups on ranked.group_id = groups.entity_id
left join {{ ref('stg_names__entities') }} as allies on ranked.ally_group_id = allies.entity_id
