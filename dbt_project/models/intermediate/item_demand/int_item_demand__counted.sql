{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'solar_system_id', 'item_type_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['day', 'solar_system_id', 'item_type_id'], 'unique': true}],
) }}

-- Flags are EVE's inventory flags: low, medium and high slots, drone bay, implants, rigs, subsystems, fighter bay and
-- tubes, structure services and fuel. The frigate of an escape bay (179) is what the pilot flies on in: not lost.
{%- set fitted = 'flag between 11 and 34 or flag in (87, 89) or flag between 92 and 99 or flag between 125 and 132'
    ~ ' or flag between 158 and 172' %}
-- Cargo hold and ammunition hold: charges in them are the ship's own supply, anything else is freight or loot.
{%- set in_hold = 'flag in (5, 143)' %}
-- Hauler, Deep Space Transport, Freighter, Capital Industrial Ship, Jump Freighter, Industrial Command Ship, Blockade
-- Runner: what these carry is somebody's goods, charges too.
{%- set carriers_of_goods = '28, 380, 513, 883, 902, 941, 1202' %}

with killmails as (
    select
        killmails.day,
        killmails.killmail_id,
        killmails.solar_system_id,
        coalesce(types.group_id in ({{ carriers_of_goods }}), false) as carries_goods
    from {{ ref('stg_killmails__killmails') }} as killmails
    left join {{ ref('stg_static_data__types') }} as types on killmails.victim_ship_type_id = types.type_id
    where {{ in_window('killmails.day') }}
),

-- What lies in a container is being moved, whatever the flag it shares with the container.
items as (
    select day, killmail_id, item_type_id, quantity_destroyed, quantity_dropped, {{ in_hold }} as is_in_hold
    from {{ ref('stg_killmails__items') }}
    where container_index is null and ({{ fitted }} or {{ in_hold }}) and {{ in_window('day') }}
),

charges as (
    select type_id
    from {{ ref('stg_static_data__types') }}
    where category_id = 8
),

counted as (
    select
        day,
        solar_system_id,
        item_type_id,
        sum(quantity_destroyed)::bigint as quantity_destroyed,
        sum(quantity_dropped)::bigint as quantity_dropped
    from items
    inner join killmails using (day, killmail_id)
    left join charges on items.item_type_id = charges.type_id
    where not is_in_hold or (charges.type_id is not null and not carries_goods)
    group by day, solar_system_id, item_type_id
)

select * from counted
