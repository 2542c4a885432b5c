select
    solar_system_id,
    hub_solar_system_id,
    jumps
from {{ source('static_data', 'hub_jumps') }}
