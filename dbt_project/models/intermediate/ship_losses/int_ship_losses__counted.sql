{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'solar_system_id', 'ship_type_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['day', 'solar_system_id', 'ship_type_id'], 'unique': true},
        {'columns': ['solar_system_id', 'day']},
    ],
) }}

with killmails as (
    select day, killmail_id, solar_system_id, victim_ship_type_id as ship_type_id
    from {{ ref('stg_killmails__killmails') }}
    where {{ in_window('day') }}
),

valued as (
    select day, killmail_id, destroyed_isk, dropped_isk
    from {{ ref('stg_killmail_values__values') }}
    where {{ in_window('day') }}
),

shot_by_players as (
    select distinct day, killmail_id
    from {{ ref('stg_killmails__attackers') }}
    where is_player and {{ in_window('day') }}
),

counted as (
    select
        day,
        solar_system_id,
        ship_type_id,
        count(*) as ships_lost,
        count(*) filter (where shot_by_players.killmail_id is null) as npc_losses,
        count(*) filter (where valued.killmail_id is null) as unvalued_losses,
        coalesce(sum(destroyed_isk), 0)::numeric(24, 2) as destroyed_isk,
        coalesce(sum(dropped_isk), 0)::numeric(24, 2) as dropped_isk
    from killmails
    left join valued using (day, killmail_id)
    left join shot_by_players using (day, killmail_id)
    group by day, solar_system_id, ship_type_id
)

select * from counted
order by day, solar_system_id -- a place's rows share blocks: few are read to sum up a region
