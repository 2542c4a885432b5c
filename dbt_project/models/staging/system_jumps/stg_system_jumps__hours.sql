select
    day,
    hour,
    solar_system_id,
    ship_jumps
from {{ source('system_jumps', 'system_jumps') }}
