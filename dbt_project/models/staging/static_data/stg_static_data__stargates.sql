select
    from_solar_system_id,
    to_solar_system_id
from {{ source('static_data', 'stargates') }}
