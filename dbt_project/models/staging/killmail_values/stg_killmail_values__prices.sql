select
    day,
    type_id,
    price_isk
from {{ source('killmail_values', 'type_prices') }}
