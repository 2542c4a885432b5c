select
    hours.day,
    hours.hour,
    hours.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.region_id,
    solar_systems.region_name,
    solar_systems.space_type,
    solar_systems.security_class,
    hours.killmails,
    hours.npc_killmails,
    hours.capsule_killmails,
    hours.ships_lost_to_players,
    hours.destroyed_isk,
    hours.dropped_isk,
    jumps.ship_jumps,
    kills.npc_kills
from {{ ref('int_system_hours__counted') }} as hours
left join {{ ref('int_solar_systems__located') }} as solar_systems using (solar_system_id)
left join {{ ref('stg_system_jumps__hours') }} as jumps
    on hours.day = jumps.day and hours.hour = jumps.hour and hours.solar_system_id = jumps.solar_system_id
left join {{ ref('stg_system_kills__hours') }} as kills
    on hours.day = kills.day and hours.hour = kills.hour and hours.solar_system_id = kills.solar_system_id
