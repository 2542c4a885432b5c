select
    outcomes.scope,
    outcomes.scope_key,
    outcomes.event_type,
    outcomes.region_id,
    regions.region_name,
    outcomes.defender_alliance_id,
    defenders.entity_name as defender_alliance_name,
    outcomes.timers,
    outcomes.fought_timers,
    outcomes.defended_timers,
    outcomes.lost_timers,
    outcomes.fight_share,
    outcomes.fight_share_low,
    outcomes.fight_share_high,
    outcomes.median_ships_lost,
    outcomes.median_pilots,
    outcomes.median_isk_lost,
    outcomes.largest_isk_lost
from {{ ref('int_timer_outcomes__counted') }} as outcomes
left join {{ ref('stg_static_data__regions') }} as regions on outcomes.region_id = regions.region_id
left join {{ ref('stg_names__entities') }} as defenders on outcomes.defender_alliance_id = defenders.entity_id
