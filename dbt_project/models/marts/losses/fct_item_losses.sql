select
    losses.day,
    losses.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.region_id,
    solar_systems.region_name,
    solar_systems.space_type,
    solar_systems.security_class,
    losses.item_type_id,
    types.type_name as item_type_name,
    types.group_id,
    types.group_name,
    types.category_id,
    types.category_name,
    losses.quantity_destroyed,
    losses.quantity_dropped,
    losses.destroyed_isk,
    losses.dropped_isk
from {{ ref('int_item_losses__counted') }} as losses
left join {{ ref('int_solar_systems__located') }} as solar_systems using (solar_system_id)
left join {{ ref('stg_static_data__types') }} as types on losses.item_type_id = types.type_id
