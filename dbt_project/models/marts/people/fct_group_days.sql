select
    counted.day,
    counted.group_id,
    counted.group_kind,
    groups.entity_name as group_name,
    counted.pilots,
    counted.kills,
    counted.final_blows,
    counted.losses,
    counted.friendly_kills,
    counted.isk_destroyed,
    counted.isk_lost,
    (counted.isk_destroyed / nullif(counted.isk_destroyed + counted.isk_lost, 0))::double precision as efficiency
from {{ ref('int_group_days__counted') }} as counted
left join {{ ref('stg_names__entities') }} as groups on counted.group_id = groups.entity_id
