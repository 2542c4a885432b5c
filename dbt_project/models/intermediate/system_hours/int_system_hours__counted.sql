{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'hour', 'solar_system_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['day', 'hour', 'solar_system_id'], 'unique': true},
        {'columns': ['solar_system_id', 'hour']},
    ],
) }}

with killmails as (
    select
        day,
        killmail_id,
        date_trunc('hour', killmail_time, 'UTC') as hour,
        solar_system_id,
        victim_ship_type_id
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

types as (
    select type_id, {{ is_ship('types') }} as is_ship, {{ is_capsule('types') }} as is_capsule
    from {{ ref('stg_static_data__types') }} as types
),

counted as (
    select
        day,
        hour,
        solar_system_id,
        count(*) as killmails,
        count(*) filter (where shot_by_players.killmail_id is null) as npc_killmails,
        count(*) filter (where is_capsule) as capsule_killmails,
        count(*) filter (where is_ship and shot_by_players.killmail_id is not null) as ships_lost_to_players,
        coalesce(sum(destroyed_isk), 0)::numeric(24, 2) as destroyed_isk,
        coalesce(sum(dropped_isk), 0)::numeric(24, 2) as dropped_isk
    from killmails
    left join valued using (day, killmail_id)
    left join shot_by_players using (day, killmail_id)
    left join types on killmails.victim_ship_type_id = types.type_id
    group by day, hour, solar_system_id
)

select * from counted
order by day, hour, solar_system_id -- days side by side from the first: windows of days are read
