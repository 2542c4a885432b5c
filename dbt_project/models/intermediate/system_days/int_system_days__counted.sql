{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'solar_system_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['day', 'solar_system_id'], 'unique': true}],
) }}

with losses as (
    select
        day,
        solar_system_id,
        ship_type_id as type_id,
        ships_lost,
        npc_losses,
        destroyed_isk,
        dropped_isk
    from {{ ref('int_ship_losses__counted') }}
    where {{ in_window('day') }}
),

types as (
    select
        type_id,
        {{ is_ship('types') }} as is_ship,
        {{ is_capsule('types') }} as is_capsule,
        {{ is_structure('types') }} as is_structure
    from {{ ref('stg_static_data__types') }} as types
)

select
    day,
    solar_system_id,
    sum(ships_lost)::bigint as killmails,
    sum(npc_losses)::bigint as npc_killmails,
    coalesce(sum(ships_lost) filter (where is_capsule), 0)::bigint as capsule_killmails,
    coalesce(sum(ships_lost) filter (where is_structure), 0)::bigint as structure_killmails,
    coalesce(sum(ships_lost - npc_losses) filter (where is_ship), 0)::bigint as ships_lost_to_players,
    sum(destroyed_isk)::numeric(24, 2) as destroyed_isk,
    sum(dropped_isk)::numeric(24, 2) as dropped_isk
from losses
left join types using (type_id)
group by day, solar_system_id
order by day, solar_system_id -- days side by side from the first: windows of days are read
