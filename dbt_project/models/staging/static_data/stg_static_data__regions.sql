select
    region_id,
    region_name
from {{ source('static_data', 'regions') }}
