select
    type_id,
    type_name,
    group_id,
    group_name,
    category_id,
    category_name,
    slot,
    market_group_id,
    meta_group_id,
    volume_m3
from {{ source('static_data', 'types') }}
