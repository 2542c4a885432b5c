select
    day,
    region_id,
    type_id,
    average_isk,
    highest_isk,
    lowest_isk,
    order_count,
    volume
from {{ source('market_history', 'market_history') }}
