select
    solar_system_id,
    first_seen_at,
    last_seen_at,
    ended_at,
    ended_at is null as is_current,
    owner_faction_id,
    occupier_faction_id,
    contested,
    victory_points,
    victory_points_threshold,
    victory_points / victory_points_threshold::double precision as contested_share
from {{ source('faction_warfare', 'faction_warfare') }}
