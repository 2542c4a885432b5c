select
    heat.window_days,
    heat.first_day,
    heat.end_day,
    heat.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.region_id,
    solar_systems.region_name,
    solar_systems.space_type,
    solar_systems.security_class,
    heat.killmails,
    heat.npc_killmails,
    heat.capsule_killmails,
    heat.ships_lost_to_players,
    heat.destroyed_isk,
    heat.dropped_isk,
    heat.previous_ships_lost_to_players,
    heat.trend,
    heat.ships_lost_to_players >= {{ var('war_heatmap_min_kills') }} as is_hot
from {{ ref('int_system_heat__summed') }} as heat
left join {{ ref('int_solar_systems__located') }} as solar_systems using (solar_system_id)
