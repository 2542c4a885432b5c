{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    days_around=1,
    unique_key=['day', 'fit_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['fit_id'], 'unique': true}, {'columns': ['day']}],
) }}

with losses as (
    select
        fits.day,
        fits.fit_id,
        fits.burst_id,
        bursts.ship_type_id,
        bursts.solar_system_id,
        bursts.battle_id,
        bursts.side,
        bursts.group_id,
        bursts.group_kind,
        bursts.killmail_day,
        bursts.killmail_time,
        fits.killmail_id
    from {{ ref('int_fits__clustered') }} as fits
    inner join {{ ref('int_bursts__gathered') }} as bursts using (day, killmail_id)
    where {{ in_window('fits.day', 1) }} and {{ in_window('bursts.day', 1) }}
),

valued as (
    select day as killmail_day, killmail_id, total_isk
    from {{ ref('stg_killmail_values__values') }}
    where {{ in_window('day', 2) }}
),

described as (
    select
        day,
        fit_id,
        burst_id,
        ship_type_id,
        battle_id,
        side,
        mode() within group (order by solar_system_id) as solar_system_id,
        min(killmail_time) as first_lost_at,
        max(killmail_time) as last_lost_at,
        count(*) as losses,
        coalesce(sum(total_isk), 0)::numeric(24, 2) as isk_lost
    from losses
    left join valued using (killmail_day, killmail_id)
    group by day, fit_id, burst_id, ship_type_id, battle_id, side
),

-- Who flew it, most losses first.
flyers as (
    select
        fit_id,
        array_agg(group_id order by losses desc, group_id) as group_ids,
        array_agg(group_kind order by losses desc, group_id) as group_kinds,
        array_agg(losses order by losses desc, group_id) as group_losses
    from (
        select fit_id, group_id, group_kind, count(*) as losses
        from losses
        group by fit_id, group_id, group_kind
    ) as counted
    group by fit_id
),

-- As in int_fits__clustered, each copy of a module for itself.
cores as (
    select fit_id, array_agg(family_id::bigint * 100 + copy order by family_id, copy) as core_modules
    from (
        select fit_id, family_id, sum(quantity_per_ship) as copies
        from {{ ref('int_fit_items__counted') }}
        where {{ in_window('day', 1) }} and is_core and place in ('high', 'mid', 'low', 'rig', 'subsystem')
        group by fit_id, family_id
    ) as families
    cross join lateral generate_series(1, copies) as copy
    group by fit_id
)

select
    described.*,
    flyers.group_ids,
    flyers.group_kinds,
    flyers.group_losses,
    coalesce(cores.core_modules, '{}') as core_modules
from described
inner join flyers using (fit_id)
left join cores using (fit_id)
