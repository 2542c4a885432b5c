select
    days.day,
    days.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.region_id,
    solar_systems.region_name,
    solar_systems.space_type,
    solar_systems.security_class,
    days.killmails,
    days.npc_killmails,
    days.capsule_killmails,
    days.structure_killmails,
    days.ships_lost_to_players,
    days.destroyed_isk,
    days.dropped_isk
from {{ ref('int_system_days__counted') }} as days
left join {{ ref('int_solar_systems__located') }} as solar_systems using (solar_system_id)
