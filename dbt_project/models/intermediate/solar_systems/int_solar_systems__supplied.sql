select
    solar_systems.solar_system_id,
    nearest.hub_solar_system_id,
    hubs.solar_system_name as hub_solar_system_name,
    nearest.jumps as hub_jumps
from {{ ref('stg_static_data__solar_systems') }} as solar_systems
cross join lateral (
    select
        hub_jumps.hub_solar_system_id,
        hub_jumps.jumps
    from {{ ref('stg_static_data__hub_jumps') }} as hub_jumps
    where hub_jumps.solar_system_id = solar_systems.solar_system_id
    order by hub_jumps.jumps, hub_jumps.hub_solar_system_id
    limit 1
) as nearest
left join {{ ref('stg_static_data__solar_systems') }} as hubs on nearest.hub_solar_system_id = hubs.solar_system_id
