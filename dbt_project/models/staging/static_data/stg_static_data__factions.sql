select
    faction_id,
    faction_name
from {{ source('static_data', 'factions') }}
