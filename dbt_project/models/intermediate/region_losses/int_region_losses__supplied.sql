{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['region_id', 'hub_solar_system_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['region_id', 'hub_solar_system_id'], 'unique': true}],
) }}

with days as (
    select previous_first_day, first_day, end_day, is_previous_covered
    from {{ ref('int_windows__dated') }}
    where window_days = 7
),

losses as (
    select
        counted.day,
        counted.solar_system_id,
        counted.ships_lost,
        counted.destroyed_isk
    from {{ ref('int_ship_losses__counted') }} as counted
    inner join {{ ref('stg_static_data__types') }} as types on counted.ship_type_id = types.type_id
    where
        counted.day >= (select previous_first_day from days) and counted.day < (select end_day from days)
        and {{ is_ship('types') }}
),

summed as (
    select
        solar_systems.region_id,
        supplied.hub_solar_system_id,
        coalesce(sum(losses.ships_lost) filter (where losses.day >= days.first_day), 0)::bigint as ships_lost,
        coalesce(sum(losses.destroyed_isk) filter (where losses.day >= days.first_day), 0)::numeric(24, 2)
            as destroyed_isk,
        case
            when days.is_previous_covered
                then coalesce(sum(losses.ships_lost) filter (where losses.day < days.first_day), 0)::bigint
        end as ships_lost_before,
        round(
            sum(losses.ships_lost * supplied.hub_jumps) filter (where losses.day >= days.first_day)
            / sum(losses.ships_lost) filter (where losses.day >= days.first_day)
        )::integer as mean_hub_jumps
    from losses
    cross join days
    inner join {{ ref('stg_static_data__solar_systems') }} as solar_systems using (solar_system_id)
    inner join {{ ref('int_solar_systems__supplied') }} as supplied using (solar_system_id)
    where supplied.hub_solar_system_id is not null
    group by solar_systems.region_id, supplied.hub_solar_system_id, days.is_previous_covered
)

select * from summed
where ships_lost > 0
