select
    type_id,
    type_name,
    group_id,
    group_name,
    category_id,
    category_name,
    slot
from {{ ref('stg_static_data__types') }}
