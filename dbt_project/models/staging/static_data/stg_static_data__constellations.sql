select
    constellation_id,
    constellation_name,
    region_id
from {{ source('static_data', 'constellations') }}
