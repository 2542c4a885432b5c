select
    ranked.window_days,
    ranked.group_id,
    ranked.group_kind,
    groups.entity_name as group_name,
    ranked.opponent_group_id,
    ranked.opponent_group_kind,
    opponents.entity_name as opponent_group_name,
    ranked.rank,
    ranked.kills,
    ranked.losses,
    ranked.kills_share,
    ranked.losses_share,
    ranked.isk_destroyed,
    ranked.isk_lost,
    (ranked.isk_destroyed / nullif(ranked.isk_destroyed + ranked.isk_lost, 0))::double precision as efficiency,
    ranked.trend
from (
    select
        both_ways.*,
        row_number() over (
            partition by window_days, group_id order by kills + losses desc, opponent_group_id
        ) as rank
    from (
        select
            window_days,
            group_id,
            group_kind,
            opponent_group_id,
            opponent_group_kind,
            kills,
            losses,
            kills_share,
            losses_share,
            isk_destroyed,
            isk_lost,
            trend
        from {{ ref('int_conflicts__summed') }}
        union all
        select
            window_days,
            opponent_group_id,
            opponent_group_kind,
            group_id,
            group_kind,
            losses,
            kills,
            losses_share,
            kills_share,
            isk_lost,
            isk_destroyed,
            trend
        from {{ ref('int_conflicts__summed') }}
    ) as both_ways
) as ranked
left join {{ ref('stg_names__entities') }} as groups on ranked.group_id = groups.entity_id
left join {{ ref('stg_names__entities') }} as opponents on ranked.opponent_group_id = opponents.entity_id
