select
    solar_systems.solar_system_id,
    solar_systems.solar_system_name,
    constellations.constellation_id,
    constellations.constellation_name,
    regions.region_id,
    regions.region_name,
    solar_systems.security_status,
    solar_systems.space_type,
    solar_systems.security_class
from {{ ref('stg_static_data__solar_systems') }} as solar_systems
inner join {{ ref('stg_static_data__constellations') }} as constellations using (constellation_id)
inner join {{ ref('stg_static_data__regions') }} as regions on regions.region_id = solar_systems.region_id
