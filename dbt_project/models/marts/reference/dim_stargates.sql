select
    from_solar_system_id,
    to_solar_system_id
from {{ ref('stg_static_data__stargates') }}
