select
    losses.day,
    losses.type_id,
    types.type_name,
    types.group_id,
    types.group_name,
    types.category_id,
    types.category_name,
    losses.ships_lost,
    losses.quantity_destroyed,
    losses.quantity_dropped
from {{ ref('int_type_losses__counted') }} as losses
left join {{ ref('stg_static_data__types') }} as types using (type_id)
