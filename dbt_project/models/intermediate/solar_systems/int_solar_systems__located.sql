select
    solar_systems.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.constellation_id,
    constellations.constellation_name,
    solar_systems.region_id,
    regions.region_name,
    solar_systems.security_status,
    solar_systems.space_type,
    solar_systems.security_class,
    coalesce(solar_systems.map_x_m, solar_systems.x_m) / 9.46e15 as map_x_ly,
    coalesce(solar_systems.map_y_m, solar_systems.z_m) / 9.46e15 as map_y_ly
from {{ ref('stg_static_data__solar_systems') }} as solar_systems
-- Each system has both, but PostgreSQL drops a left join whose columns nobody asks for, and keeps the order of what
-- is joined to this: an inner one makes it sort all battles to show the newest fifty.
left join {{ ref('stg_static_data__constellations') }} as constellations
    on solar_systems.constellation_id = constellations.constellation_id
left join {{ ref('stg_static_data__regions') }} as regions on solar_systems.region_id = regions.region_id
