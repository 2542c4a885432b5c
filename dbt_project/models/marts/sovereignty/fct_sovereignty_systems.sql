select
    states.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.constellation_id,
    solar_systems.constellation_name,
    solar_systems.region_id,
    solar_systems.region_name,
    supplied.hub_solar_system_id,
    supplied.hub_solar_system_name,
    supplied.hub_jumps,
    coalesce(states.alliance_id, states.faction_id)::bigint as holder_id,
    coalesce(alliances.entity_name, factions.faction_name) as holder_name,
    case
        when states.alliance_id is not null then 'alliance'
        when states.faction_id is not null then 'faction'
    end as holder_category,
    states.corporation_id::bigint as corporation_id,
    corporations.entity_name as corporation_name,
    states.claimed_since,
    states.is_capital_system,
    states.sovereignty_hub_id,
    states.vulnerable_from,
    states.vulnerable_until,
    coalesce(
        states.vulnerable_from <= {{ current_timestamp() }} and {{ current_timestamp() }} < states.vulnerable_until, false
    ) as is_vulnerable,
    states.activity_defense_multiplier,
    states.industrial_level,
    states.military_level,
    states.strategic_level,
    sources.as_of
from {{ ref('stg_sovereignty_systems__states') }} as states
left join {{ ref('stg_source_fetches__sources') }} as sources on sources.source = 'sovereignty_systems'
left join {{ ref('int_solar_systems__located') }} as solar_systems
    on states.solar_system_id = solar_systems.solar_system_id
left join {{ ref('int_solar_systems__supplied') }} as supplied on states.solar_system_id = supplied.solar_system_id
left join {{ ref('stg_names__entities') }} as alliances on states.alliance_id = alliances.entity_id
left join {{ ref('stg_names__entities') }} as corporations on states.corporation_id = corporations.entity_id
left join {{ ref('stg_static_data__factions') }} as factions on states.faction_id = factions.faction_id
where states.is_current
