select
    solar_system_id,
    first_seen_at,
    last_seen_at,
    ended_at,
    ended_at is null as is_current,
    alliance_id,
    corporation_id,
    faction_id,
    claimed_since,
    is_capital_system,
    sovereignty_hub_id,
    vulnerable_from,
    vulnerable_until,
    activity_defense_multiplier,
    industrial_level,
    military_level,
    strategic_level
from {{ source('sovereignty_systems', 'sovereignty_systems') }}
