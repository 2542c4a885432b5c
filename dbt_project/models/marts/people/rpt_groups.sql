select
    summed.window_days,
    summed.group_id,
    summed.group_kind,
    groups.entity_name as group_name,
    summed.active_days,
    summed.most_pilots,
    summed.kills,
    summed.final_blows,
    summed.losses,
    summed.friendly_kills,
    summed.isk_destroyed,
    summed.isk_lost,
    (summed.isk_destroyed / nullif(summed.isk_destroyed + summed.isk_lost, 0))::double precision as efficiency,
    summed.previous_kills,
    summed.previous_losses,
    summed.kills_trend,
    summed.losses_trend
from {{ ref('int_groups__summed') }} as summed
left join {{ ref('stg_names__entities') }} as groups on summed.group_id = groups.entity_id
