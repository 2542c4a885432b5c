select
    solar_system_id,
    solar_system_name,
    constellation_id,
    region_id,
    security_status,
    space_type,
    security_class
from {{ source('static_data', 'solar_systems') }}
