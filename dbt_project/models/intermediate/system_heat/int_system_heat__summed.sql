{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['window_days', 'solar_system_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['window_days', 'solar_system_id'], 'unique': true},
        {'columns': ['window_days', 'ships_lost_to_players']},
    ],
) }}

with days as (
    select
        day,
        solar_system_id,
        sum(killmails) as killmails,
        sum(npc_killmails) as npc_killmails,
        sum(capsule_killmails) as capsule_killmails,
        sum(ships_lost_to_players) as ships_lost_to_players,
        sum(destroyed_isk) as destroyed_isk,
        sum(dropped_isk) as dropped_isk
    from {{ ref('int_system_hours__counted') }}
    where day >= (select min(previous_first_day) from {{ ref('int_windows__dated') }})
    group by day, solar_system_id
)

select
    window_days,
    first_day,
    end_day,
    solar_system_id,
    coalesce(sum(killmails) filter (where day >= first_day), 0)::bigint as killmails,
    coalesce(sum(npc_killmails) filter (where day >= first_day), 0)::bigint as npc_killmails,
    coalesce(sum(capsule_killmails) filter (where day >= first_day), 0)::bigint as capsule_killmails,
    coalesce(sum(ships_lost_to_players) filter (where day >= first_day), 0)::bigint as ships_lost_to_players,
    coalesce(sum(destroyed_isk) filter (where day >= first_day), 0)::numeric(24, 2) as destroyed_isk,
    coalesce(sum(dropped_isk) filter (where day >= first_day), 0)::numeric(24, 2) as dropped_isk,
    case
        when is_previous_covered
            then coalesce(sum(ships_lost_to_players) filter (where day < first_day), 0)::bigint
    end as previous_ships_lost_to_players,
    case
        when is_previous_covered
            then
                coalesce(sum(ships_lost_to_players) filter (where day >= first_day), 0)::double precision
                / greatest(sum(ships_lost_to_players) filter (where day < first_day), 1)
    end as trend
from days
inner join {{ ref('int_windows__dated') }} on day >= previous_first_day and day < end_day
group by window_days, first_day, end_day, is_previous_covered, solar_system_id
