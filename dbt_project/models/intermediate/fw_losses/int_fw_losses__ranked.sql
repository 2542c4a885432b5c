{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['solar_system_id', 'kind', 'type_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['solar_system_id', 'kind', 'type_id'], 'unique': true}],
) }}

with solar_systems as (
    select solar_system_id
    from {{ ref('stg_faction_warfare__states') }}
    where is_current
),

days as (
    select first_day, end_day
    from {{ ref('int_windows__dated') }}
    where window_days = 7
),

losses as (
    select
        solar_system_id,
        'hull' as kind,
        ship_type_id as type_id,
        sum(ships_lost)::bigint as quantity
    from {{ ref('int_ship_losses__counted') }}
    inner join solar_systems using (solar_system_id)
    inner join {{ ref('stg_static_data__types') }} as types on ship_type_id = types.type_id
    where
        day >= (select first_day from days) and day < (select end_day from days)
        and {{ is_ship('types') }}
    group by solar_system_id, ship_type_id

    union all

    select
        solar_system_id,
        'module',
        item_type_id,
        sum(quantity_destroyed)::bigint -- who loots what dropped need not buy it
    from {{ ref('int_item_losses__counted') }}
    inner join solar_systems using (solar_system_id)
    inner join {{ ref('stg_static_data__types') }} as types on item_type_id = types.type_id
    where
        day >= (select first_day from days) and day < (select end_day from days)
        and types.category_name = 'Module' and quantity_destroyed > 0
    group by solar_system_id, item_type_id
),

ranked as (
    select
        solar_system_id,
        kind,
        type_id,
        quantity,
        row_number() over (partition by solar_system_id, kind order by quantity desc, type_id) as position
    from losses
)

select solar_system_id, kind, type_id, quantity, position
from ranked
where position <= 5
