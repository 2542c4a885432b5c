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
from {{ ref('int_system_days__counted') }}
inner join {{ ref('int_windows__dated') }} on day >= previous_first_day and day < end_day
group by window_days, first_day, end_day, is_previous_covered, solar_system_id
