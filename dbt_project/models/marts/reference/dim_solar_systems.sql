select * from {{ ref('int_solar_systems__located') }}
