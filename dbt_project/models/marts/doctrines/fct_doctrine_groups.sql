select
    summed.doctrine_id,
    summed.group_id,
    summed.group_kind,
    names.entity_name as group_name,
    summed.first_seen_at,
    summed.last_seen_at,
    summed.bursts,
    summed.losses,
    summed.losses_7d
from {{ ref('int_doctrine_groups__summed') }} as summed
left join {{ ref('stg_names__entities') }} as names on summed.group_id = names.entity_id
