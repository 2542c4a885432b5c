{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['window_days', 'region_id', 'ship_type_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['window_days', 'region_id', 'ship_type_id'], 'unique': true},
        {'columns': ['ship_type_id', 'window_days']},
    ],
) }}

with losses as (
    select
        day,
        coalesce(region_id, 0) as region_id, -- 0 = of unknown systems
        ship_type_id,
        sum(ships_lost) as ships_lost,
        sum(destroyed_isk) as destroyed_isk,
        sum(dropped_isk) as dropped_isk
    from {{ ref('int_ship_losses__counted') }}
    left join {{ ref('int_solar_systems__located') }} using (solar_system_id)
    where day >= (select min(previous_first_day) from {{ ref('int_windows__dated') }})
    group by day, region_id, ship_type_id
),

summed as (
    select
        window_days,
        first_day,
        end_day,
        is_previous_covered,
        region_id,
        ship_type_id,
        coalesce(sum(ships_lost) filter (where day >= first_day), 0)::bigint as ships_lost,
        coalesce(sum(destroyed_isk) filter (where day >= first_day), 0)::numeric(24, 2) as destroyed_isk,
        coalesce(sum(dropped_isk) filter (where day >= first_day), 0)::numeric(24, 2) as dropped_isk,
        coalesce(sum(ships_lost) filter (where day < first_day), 0)::bigint as previous_ships_lost,
        coalesce(sum(destroyed_isk) filter (where day < first_day), 0)::numeric(24, 2) as previous_destroyed_isk,
        coalesce(sum(dropped_isk) filter (where day < first_day), 0)::numeric(24, 2) as previous_dropped_isk
    from losses
    inner join {{ ref('int_windows__dated') }} on day >= previous_first_day and day < end_day
    group by window_days, first_day, end_day, is_previous_covered, region_id, ship_type_id
),

ranked as (
    select
        summed.*,
        coalesce(types.category_id, 0) as kind, -- ranked among ships, among structures, …
        coalesce({{ is_capsule('types') }}, false) as is_capsule
    from summed
    left join {{ ref('stg_static_data__types') }} as types on summed.ship_type_id = types.type_id
)

select
    window_days,
    first_day,
    end_day,
    region_id,
    ship_type_id,
    ships_lost,
    destroyed_isk,
    dropped_isk,
    case when is_previous_covered then previous_ships_lost end as previous_ships_lost,
    (case when is_previous_covered then previous_destroyed_isk end)::numeric(24, 2) as previous_destroyed_isk,
    (case when is_previous_covered then previous_dropped_isk end)::numeric(24, 2) as previous_dropped_isk,
    case
        when is_previous_covered then ships_lost::double precision / greatest(previous_ships_lost, 1)
    end as trend,
    case
        when not is_capsule
            then rank() over (
                partition by window_days, region_id, kind, is_capsule order by ships_lost desc, ship_type_id
            )::integer
    end as rank_by_units,
    case
        when not is_capsule
            then rank() over (
                partition by window_days, region_id, kind, is_capsule order by destroyed_isk desc, ship_type_id
            )::integer
    end as rank_by_isk
from ranked
