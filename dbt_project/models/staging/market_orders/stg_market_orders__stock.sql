select
    region_id,
    type_id,
    sell_volume,
    sell_orders,
    lowest_sell_isk,
    hub_sell_volume,
    hub_lowest_sell_isk,
    buy_volume,
    buy_orders,
    highest_buy_isk
from {{ source('market_orders', 'market_orders') }}
