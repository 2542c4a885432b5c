select
    states.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.region_id,
    solar_systems.region_name,
    states.first_seen_at,
    states.last_seen_at,
    states.ended_at,
    states.owner_faction_id,
    owners.faction_name as owner_faction_name,
    states.occupier_faction_id,
    occupiers.faction_name as occupier_faction_name,
    states.contested,
    states.victory_points,
    states.victory_points_threshold,
    100 * states.contested_share as contested_percent
from {{ ref('stg_faction_warfare__states') }} as states
left join {{ ref('int_solar_systems__located') }} as solar_systems
    on states.solar_system_id = solar_systems.solar_system_id
left join {{ ref('stg_static_data__factions') }} as owners on states.owner_faction_id = owners.faction_id
left join {{ ref('stg_static_data__factions') }} as occupiers on states.occupier_faction_id = occupiers.faction_id
