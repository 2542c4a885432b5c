{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'solar_system_id', 'item_type_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['day', 'solar_system_id', 'item_type_id'], 'unique': true},
        {'columns': ['solar_system_id', 'day']},
    ],
) }}

-- What a stack is worth is said in domain/valuation.py; these are its rules and figures, in hundredths of ISK as there.
{% set copy_of_a_blueprint, frigate_escape_bay, implant = 2, 179, 89 -%}
{% set golden_capsule_implant_type_id = 33329 -%}
{% set worthless_centi_isk = 1 -%}
{% set most_stack_centi_isk = 10 ** 15 -%}

with killmails as (
    select day, killmail_id, solar_system_id
    from {{ ref('stg_killmails__killmails') }}
    where {{ in_window('day') }}
),

valued as (
    select day, killmail_id
    from {{ ref('stg_killmail_values__values') }}
    where {{ in_window('day') }}
),

prices as (
    select day, type_id as item_type_id, (price_isk * 100)::bigint as centi_isk
    from {{ ref('stg_killmail_values__prices') }}
    where {{ in_window('day') }}
),

items as (
    select
        day,
        killmail_id,
        item_type_id,
        singleton = {{ copy_of_a_blueprint }}
        or flag = {{ frigate_escape_bay }}
        or (item_type_id = {{ golden_capsule_implant_type_id }} and flag = {{ implant }}) as is_worthless,
        quantity_destroyed,
        quantity_dropped
    from {{ ref('stg_killmails__items') }}
    where {{ in_window('day') }}
),

priced as (
    select
        items.day,
        killmails.solar_system_id,
        items.item_type_id,
        items.quantity_destroyed,
        items.quantity_dropped,
        case
            when valued.killmail_id is null then 0
            when
                (case when items.is_worthless then {{ worthless_centi_isk }} else prices.centi_isk end)::double precision
                * (items.quantity_destroyed::double precision + items.quantity_dropped)
                > {{ most_stack_centi_isk }}
                then 0
            when items.is_worthless then {{ worthless_centi_isk }}
            else coalesce(prices.centi_isk, 0)
        end as centi_isk
    from items
    inner join killmails using (day, killmail_id)
    left join valued using (day, killmail_id)
    left join prices using (day, item_type_id)
),

counted as (
    select
        day,
        solar_system_id,
        item_type_id,
        sum(quantity_destroyed)::bigint as quantity_destroyed,
        sum(quantity_dropped)::bigint as quantity_dropped,
        (sum(centi_isk * quantity_destroyed) / 100)::numeric(24, 2) as destroyed_isk,
        (sum(centi_isk * quantity_dropped) / 100)::numeric(24, 2) as dropped_isk
    from priced
    group by day, solar_system_id, item_type_id
)

select * from counted
order by day, solar_system_id -- a place's rows share blocks: few are read to sum up a region
