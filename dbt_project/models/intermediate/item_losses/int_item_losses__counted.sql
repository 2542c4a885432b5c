{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'solar_system_id', 'item_type_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['day', 'solar_system_id', 'item_type_id'], 'unique': true}],
) }}

with killmails as (
    select day, killmail_id, solar_system_id
    from {{ ref('stg_killmails__killmails') }}
    where {{ in_window('day') }}
),

items as (
    select day, killmail_id, item_type_id, quantity_destroyed, quantity_dropped
    from {{ ref('stg_killmails__items') }}
    where {{ in_window('day') }}
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
    group by day, solar_system_id, item_type_id
)

select * from counted
