select
    type_id,
    type_name,
    group_id,
    group_name,
    category_id,
    category_name,
    slot
from {{ source('static_data', 'types') }}
