{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['doctrine_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['doctrine_id'], 'unique': true}, {'columns': ['ship_type_id']}],
) }}

with fits as (
    select
        identified.doctrine_id,
        described.*,
        located.region_id,
        -- An attacker's fit is not known: who lived through a burst is shared out as the losses are.
        survivors.survivors * described.losses / survivors.losses::double precision as fit_survivors
    from {{ ref('int_doctrine_fits__identified') }} as identified
    inner join {{ ref('int_fits__described') }} as described using (fit_id)
    inner join {{ ref('int_burst_survivors__counted') }} as survivors using (burst_id)
    left join {{ ref('int_solar_systems__located') }} as located using (solar_system_id)
),

summed as (
    select
        fits.doctrine_id,
        fits.ship_type_id,
        min(fits.first_lost_at) as first_seen_at,
        max(fits.last_lost_at) as last_seen_at,
        count(distinct fits.burst_id) as bursts,
        sum(fits.losses)::bigint as losses,
        sum(fits.isk_lost)::numeric(24, 2) as isk_lost,
        coalesce(array_agg(distinct fits.region_id) filter (where fits.region_id is not null), '{}') as region_ids,
        avg(fits.losses + fits.fit_survivors) as mean_fleet_size,
        sum(fits.losses) filter (where fits.fit_survivors is not null)
        / sum(fits.losses + fits.fit_survivors)::double precision as loss_share,
        coalesce(
            sum(fits.losses) filter (where fits.day >= windows.first_day and fits.day < windows.end_day), 0
        )::bigint as losses_7d,
        coalesce(
            sum(fits.losses) filter (where fits.day >= windows.previous_first_day and fits.day < windows.first_day), 0
        )::bigint as losses_previous_7d,
        (array_agg(fits.fit_id order by fits.last_lost_at desc, fits.fit_id desc))[1] as newest_fit_id
    from fits
    inner join {{ ref('int_windows__dated') }} as windows on windows.window_days = 7
    group by fits.doctrine_id, fits.ship_type_id
)

-- What was lost in a week is bought again in the next.
select *, losses_7d as expected_restock_units from summed
