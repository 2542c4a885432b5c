{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'type_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['day', 'type_id'], 'unique': true},
        {'columns': ['type_id', 'day']},
    ],
) }}

select
    day,
    type_id,
    sum(ships_lost)::bigint as ships_lost,
    sum(quantity_destroyed)::bigint as quantity_destroyed,
    sum(quantity_dropped)::bigint as quantity_dropped
from (
    select
        day,
        ship_type_id as type_id,
        ships_lost,
        0 as quantity_destroyed,
        0 as quantity_dropped
    from {{ ref('int_ship_losses__counted') }}
    where {{ in_window('day') }}

    union all

    select
        day,
        item_type_id,
        0,
        quantity_destroyed,
        quantity_dropped
    from {{ ref('int_item_losses__counted') }}
    where {{ in_window('day') }}
) as losses
group by day, type_id
