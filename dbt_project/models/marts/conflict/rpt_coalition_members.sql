select
    members.window_days,
    members.coalition_id,
    members.group_id,
    members.group_kind,
    groups.entity_name as group_name,
    members.kills,
    members.losses,
    members.isk_destroyed,
    members.isk_lost,
    (members.isk_destroyed / nullif(members.isk_destroyed + members.isk_lost, 0))::double precision as efficiency
from {{ ref('int_coalitions__joined') }} as members
left join {{ ref('stg_names__entities') }} as groups on members.group_id = groups.entity_id
