select
    trends.window_days,
    trends.first_day,
    trends.end_day,
    regions.region_id,
    regions.region_name,
    trends.ship_type_id,
    types.type_name as ship_type_name,
    types.group_id,
    types.group_name,
    types.category_id,
    types.category_name,
    trends.ships_lost,
    trends.destroyed_isk,
    trends.dropped_isk,
    trends.previous_ships_lost,
    trends.previous_destroyed_isk,
    trends.previous_dropped_isk,
    trends.trend,
    trends.rank_by_units,
    trends.rank_by_isk
from {{ ref('int_ship_losses__trended') }} as trends
left join {{ ref('stg_static_data__regions') }} as regions on trends.region_id = regions.region_id
left join {{ ref('stg_static_data__types') }} as types on trends.ship_type_id = types.type_id
