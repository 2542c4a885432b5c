select
    conflicts.window_days,
    conflicts.group_id,
    conflicts.group_kind,
    groups.entity_name as group_name,
    conflicts.opponent_group_id,
    conflicts.opponent_group_kind,
    opponents.entity_name as opponent_group_name,
    conflicts.kills,
    conflicts.losses,
    conflicts.kills_share,
    conflicts.losses_share,
    conflicts.isk_destroyed,
    conflicts.isk_lost,
    conflicts.isk_total,
    (conflicts.isk_destroyed / nullif(conflicts.isk_total, 0))::double precision as efficiency,
    conflicts.previous_killmails,
    conflicts.trend,
    conflicts.solar_systems,
    conflicts.solar_system_id,
    solar_systems.solar_system_name,
    conflicts.solar_system_killmails,
    solar_systems.region_id,
    solar_systems.region_name,
    conflicts.hub_solar_system_id,
    hubs.solar_system_name as hub_solar_system_name,
    conflicts.hub_killmails,
    conflicts.hub_jumps
from {{ ref('int_conflicts__summed') }} as conflicts
left join {{ ref('stg_names__entities') }} as groups on conflicts.group_id = groups.entity_id
left join {{ ref('stg_names__entities') }} as opponents on conflicts.opponent_group_id = opponents.entity_id
left join {{ ref('int_solar_systems__located') }} as solar_systems
    on conflicts.solar_system_id = solar_systems.solar_system_id
left join {{ ref('stg_static_data__solar_systems') }} as hubs
    on conflicts.hub_solar_system_id = hubs.solar_system_id
