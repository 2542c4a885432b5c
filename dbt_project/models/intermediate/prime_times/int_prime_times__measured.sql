select
    region_id,
    prime_time_from_hour as prime_hour,
    prime_time_hours as prime_hours,
    (sum(ships_lost_to_players) filter (where is_prime_time))::bigint as prime_ships_lost,
    sum(ships_lost_to_players)::bigint as ships_lost
from {{ ref('int_region_hours__profiled') }}
where region_id > 0 and prime_time_hours is not null
group by region_id, prime_time_from_hour, prime_time_hours
having sum(ships_lost_to_players) >= 48 -- two for each hour of day: fewer make no band
