select
    bursts.day,
    bursts.burst_id,
    items.killmail_id,
    items.item_index,
    items.item_type_id,
    items.quantity_destroyed + items.quantity_dropped as quantity,
    case
        when types.category_name in ('Charge', 'Drone', 'Fighter') then lower(types.category_name)
        when items.container_index is not null or types.category_name not in ('Module', 'Subsystem') then 'cargo'
        when items.flag between 27 and 34 then 'high'
        when items.flag between 19 and 26 then 'mid'
        when items.flag between 11 and 18 then 'low'
        when items.flag between 92 and 99 then 'rig'
        when items.flag between 125 and 132 then 'subsystem'
        else 'cargo'
    end as place,
    types.category_name in ('Module', 'Subsystem')
    and items.container_index is null
    and (items.flag between 11 and 34 or items.flag between 92 and 99 or items.flag between 125 and 132) as is_module,
    -- Meta variants share their market group, which also tells sizes apart; what has none goes by its group.
    coalesce(types.market_group_id, -types.group_id) as family_id
from {{ ref('int_bursts__gathered') }} as bursts
inner join {{ ref('stg_killmails__items') }} as items
    on bursts.killmail_day = items.day and bursts.killmail_id = items.killmail_id
inner join {{ ref('stg_static_data__types') }} as types on items.item_type_id = types.type_id
