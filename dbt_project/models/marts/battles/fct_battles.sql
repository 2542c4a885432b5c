{% set still_open = "interval '" ~ var('window_minutes') ~ " minutes'" %}

select
    battles.battle_id,
    battles.slug,
    battles.day,
    battles.kind,
    case
        when battles.ended_at > {{ current_timestamp() }} - {{ still_open }} then 'open'
        when battles.ended_at > {{ current_timestamp() }} - {{ still_open }} - interval '30 days' then 'closed'
        else 'historical'
    end as status,
    battles.started_at,
    battles.ended_at,
    battles.lasting,
    extract(epoch from battles.ended_at - battles.started_at)::integer as duration_seconds,
    battles.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.security_status,
    solar_systems.region_id,
    solar_systems.region_name,
    solar_systems.space_type,
    solar_systems.security_class,
    battles.total_killmails,
    battles.total_pilots,
    battles.total_ships_lost,
    battles.destroyed_isk,
    battles.dropped_isk,
    battles.is_decisive,
    battles.winning_side,
    battles.outcome_reason,
    battles.systems,
    battles.alliance_ids,
    battles.corporation_ids,
    battles.group_stretches,
    battles.sides,
    battles.created_at,
    battles.updated_at
from {{ ref('stg_battles__battles') }} as battles
left join {{ ref('int_solar_systems__located') }} as solar_systems using (solar_system_id)
