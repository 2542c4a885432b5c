select
    trends.window_days,
    trends.first_day,
    trends.end_day,
    regions.region_id,
    regions.region_name,
    trends.item_type_id,
    types.type_name as item_type_name,
    types.group_id,
    types.group_name,
    types.category_id,
    types.category_name,
    trends.quantity_destroyed,
    trends.quantity_dropped,
    trends.destroyed_isk,
    trends.dropped_isk,
    trends.previous_quantity_destroyed,
    trends.previous_quantity_dropped,
    trends.previous_destroyed_isk,
    trends.previous_dropped_isk,
    trends.trend,
    trends.rank_by_units,
    trends.rank_by_isk
from {{ ref('int_item_losses__trended') }} as trends
left join {{ ref('stg_static_data__regions') }} as regions on trends.region_id = regions.region_id
left join {{ ref('stg_static_data__types') }} as types on trends.item_type_id = types.type_id
