select
    coalitions.window_days,
    coalitions.coalition_id,
    leaders.entity_name as coalition_name,
    coalitions.groups,
    coalitions.losses,
    coalitions.isk_destroyed,
    coalitions.isk_lost,
    (coalitions.isk_destroyed / nullif(coalitions.isk_destroyed + coalitions.isk_lost, 0))::double precision
        as efficiency,
    coalitions.least_weight
from (
    select
        window_days,
        coalition_id,
        count(*) as groups,
        sum(losses)::bigint as losses,
        sum(isk_destroyed)::numeric(24, 2) as isk_destroyed,
        sum(isk_lost)::numeric(24, 2) as isk_lost,
        min(least_weight) as least_weight
    from {{ ref('int_coalitions__joined') }}
    group by window_days, coalition_id
) as coalitions
left join {{ ref('stg_names__entities') }} as leaders on coalitions.coalition_id = leaders.entity_id
