select
    hours.day,
    hours.hour,
    regions.region_id,
    regions.region_name,
    hours.killmails,
    hours.npc_killmails,
    hours.ships_lost_to_players,
    hours.destroyed_isk,
    hours.dropped_isk
from {{ ref('int_region_hours__counted') }} as hours
left join {{ ref('stg_static_data__regions') }} as regions on hours.region_id = regions.region_id
