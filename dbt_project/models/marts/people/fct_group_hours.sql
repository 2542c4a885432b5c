select
    counted.day,
    counted.hour,
    counted.group_id,
    counted.group_kind,
    groups.entity_name as group_name,
    counted.kills,
    counted.final_blows,
    counted.losses,
    counted.friendly_kills,
    counted.isk_destroyed,
    counted.isk_lost
from {{ ref('int_group_hours__counted') }} as counted
left join {{ ref('stg_names__entities') }} as groups on counted.group_id = groups.entity_id
