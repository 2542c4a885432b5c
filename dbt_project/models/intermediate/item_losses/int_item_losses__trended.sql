{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['window_days', 'region_id', 'item_type_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['window_days', 'region_id', 'item_type_id'], 'unique': true},
        {'columns': ['item_type_id', 'window_days']},
    ],
) }}

with losses as (
    select
        day,
        coalesce(region_id, 0) as region_id, -- 0 = of unknown systems
        item_type_id,
        sum(quantity_destroyed) as quantity_destroyed,
        sum(quantity_dropped) as quantity_dropped,
        sum(destroyed_isk) as destroyed_isk,
        sum(dropped_isk) as dropped_isk
    from {{ ref('int_item_losses__counted') }}
    left join {{ ref('int_solar_systems__located') }} using (solar_system_id)
    where day >= (select min(previous_first_day) from {{ ref('int_windows__dated') }})
    group by day, region_id, item_type_id
),

summed as (
    select
        window_days,
        first_day,
        end_day,
        is_previous_covered,
        region_id,
        item_type_id,
        coalesce(sum(quantity_destroyed) filter (where day >= first_day), 0)::bigint as quantity_destroyed,
        coalesce(sum(quantity_dropped) filter (where day >= first_day), 0)::bigint as quantity_dropped,
        coalesce(sum(destroyed_isk) filter (where day >= first_day), 0)::numeric(24, 2) as destroyed_isk,
        coalesce(sum(dropped_isk) filter (where day >= first_day), 0)::numeric(24, 2) as dropped_isk,
        coalesce(sum(quantity_destroyed) filter (where day < first_day), 0)::bigint as previous_quantity_destroyed,
        coalesce(sum(quantity_dropped) filter (where day < first_day), 0)::bigint as previous_quantity_dropped,
        coalesce(sum(destroyed_isk) filter (where day < first_day), 0)::numeric(24, 2) as previous_destroyed_isk,
        coalesce(sum(dropped_isk) filter (where day < first_day), 0)::numeric(24, 2) as previous_dropped_isk
    from losses
    inner join {{ ref('int_windows__dated') }} on day >= previous_first_day and day < end_day
    group by window_days, first_day, end_day, is_previous_covered, region_id, item_type_id
)

select
    window_days,
    first_day,
    end_day,
    region_id,
    item_type_id,
    quantity_destroyed,
    quantity_dropped,
    destroyed_isk,
    dropped_isk,
    case when is_previous_covered then previous_quantity_destroyed end as previous_quantity_destroyed,
    case when is_previous_covered then previous_quantity_dropped end as previous_quantity_dropped,
    (case when is_previous_covered then previous_destroyed_isk end)::numeric(24, 2) as previous_destroyed_isk,
    (case when is_previous_covered then previous_dropped_isk end)::numeric(24, 2) as previous_dropped_isk,
    case
        when is_previous_covered then quantity_destroyed::double precision / greatest(previous_quantity_destroyed, 1)
    end as trend,
    rank() over (
        partition by window_days, region_id order by quantity_destroyed desc, item_type_id
    )::integer as rank_by_units,
    rank() over (
        partition by window_days, region_id order by destroyed_isk desc, item_type_id
    )::integer as rank_by_isk
from summed
