select
    day,
    type_id,
    average_isk,
    adjusted_isk
from {{ source('market_prices', 'market_prices') }}
