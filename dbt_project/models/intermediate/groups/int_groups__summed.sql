{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['window_days', 'group_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['group_id', 'window_days'], 'unique': true},
        {'columns': ['window_days', 'isk_destroyed']},
    ],
) }}

with windows as (
    select * from {{ ref('int_windows__dated') }}
),

summed as (
    select
        window_days,
        group_id,
        group_kind,
        count(*) filter (where day >= first_day) as active_days,
        coalesce(max(pilots) filter (where day >= first_day), 0) as most_pilots,
        coalesce(sum(kills) filter (where day >= first_day), 0)::bigint as kills,
        coalesce(sum(final_blows) filter (where day >= first_day), 0)::bigint as final_blows,
        coalesce(sum(losses) filter (where day >= first_day), 0)::bigint as losses,
        coalesce(sum(friendly_kills) filter (where day >= first_day), 0)::bigint as friendly_kills,
        coalesce(sum(isk_destroyed) filter (where day >= first_day), 0)::numeric(24, 2) as isk_destroyed,
        coalesce(sum(isk_lost) filter (where day >= first_day), 0)::numeric(24, 2) as isk_lost,
        coalesce(sum(kills) filter (where day < first_day), 0)::bigint as previous_kills,
        coalesce(sum(losses) filter (where day < first_day), 0)::bigint as previous_losses
    from {{ ref('int_group_days__counted') }} as counted
    inner join windows on counted.day >= windows.previous_first_day and counted.day < windows.end_day
    where counted.day >= (select min(previous_first_day) from windows)
    group by window_days, group_id, group_kind
    having bool_or(day >= first_day)
)

select
    summed.*,
    case when is_previous_covered then kills / greatest(previous_kills, 1)::double precision end as kills_trend,
    case when is_previous_covered then losses / greatest(previous_losses, 1)::double precision end as losses_trend
from summed
inner join windows using (window_days)
