select
    changes.day,
    changes.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.region_id,
    solar_systems.region_name,
    changes.changed_after,
    changes.changed_before,
    coalesce(changes.previous_alliance_id, changes.previous_faction_id)::bigint as previous_holder_id,
    coalesce(previous_alliances.entity_name, previous_factions.faction_name) as previous_holder_name,
    coalesce(changes.alliance_id, changes.faction_id)::bigint as holder_id,
    coalesce(alliances.entity_name, factions.faction_name) as holder_name,
    changes.corporation_id::bigint as corporation_id,
    corporations.entity_name as corporation_name,
    changes.claimed_since
from {{ ref('int_sovereignty_holders__changed') }} as changes
left join {{ ref('int_solar_systems__located') }} as solar_systems
    on changes.solar_system_id = solar_systems.solar_system_id
left join {{ ref('stg_names__entities') }} as previous_alliances
    on changes.previous_alliance_id = previous_alliances.entity_id
left join {{ ref('stg_static_data__factions') }} as previous_factions
    on changes.previous_faction_id = previous_factions.faction_id
left join {{ ref('stg_names__entities') }} as alliances on changes.alliance_id = alliances.entity_id
left join {{ ref('stg_names__entities') }} as corporations on changes.corporation_id = corporations.entity_id
left join {{ ref('stg_static_data__factions') }} as factions on changes.faction_id = factions.faction_id
