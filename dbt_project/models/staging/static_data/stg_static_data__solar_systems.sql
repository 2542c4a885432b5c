select
    solar_system_id,
    solar_system_name,
    constellation_id,
    region_id,
    security_status,
    space_type,
    security_class,
    x_m,
    z_m,
    map_x_m,
    map_y_m
from {{ source('static_data', 'solar_systems') }}
