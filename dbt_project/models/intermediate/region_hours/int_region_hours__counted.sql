{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'hour', 'region_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['day', 'hour', 'region_id'], 'unique': true},
        {'columns': ['region_id', 'hour']},
    ],
) }}

select
    hours.day,
    hours.hour,
    coalesce(solar_systems.region_id, 0) as region_id, -- 0 = of unknown systems
    sum(hours.killmails)::bigint as killmails,
    sum(hours.npc_killmails)::bigint as npc_killmails,
    sum(hours.ships_lost_to_players)::bigint as ships_lost_to_players,
    sum(hours.destroyed_isk)::numeric(24, 2) as destroyed_isk,
    sum(hours.dropped_isk)::numeric(24, 2) as dropped_isk
from {{ ref('int_system_hours__counted') }} as hours
left join {{ ref('stg_static_data__solar_systems') }} as solar_systems using (solar_system_id)
where {{ in_window('hours.day') }}
group by hours.day, hours.hour, coalesce(solar_systems.region_id, 0)
order by hours.day, hours.hour, region_id -- days side by side from the first: windows of days are read
