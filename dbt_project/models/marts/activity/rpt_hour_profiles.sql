select
    profiles.first_day,
    profiles.end_day,
    regions.region_id,
    regions.region_name,
    profiles.hour_of_day,
    profiles.ships_lost_to_players,
    profiles.destroyed_isk,
    profiles.share,
    profiles.is_prime_time,
    profiles.prime_time_from_hour,
    profiles.prime_time_hours,
    profiles.prime_time_band
from {{ ref('int_region_hours__profiled') }} as profiles
left join {{ ref('stg_static_data__regions') }} as regions on profiles.region_id = regions.region_id
