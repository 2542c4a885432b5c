select
    build_number,
    loaded_at
from {{ source('static_data', 'static_data_builds') }}
