select
    day,
    hour,
    solar_system_id,
    ship_kills,
    pod_kills,
    npc_kills
from {{ source('system_kills', 'system_kills') }}
