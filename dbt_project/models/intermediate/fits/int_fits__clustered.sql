{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    days_around=1,
    unique_key=['day', 'killmail_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['day', 'killmail_id'], 'unique': true}, {'columns': ['fit_id']}],
) }}

with fitted as (
    select
        day,
        burst_id,
        killmail_id,
        modules,
        min(killmail_id) over (partition by burst_id, modules) as variant_id
    from {{ ref('int_fits__assembled') }}
    where {{ in_window('day', 1) }}
),

-- Losses with the very same modules are compared once.
variants as (
    select burst_id, variant_id, modules, cardinality(modules) as size, count(*) as losses
    from fitted
    group by burst_id, variant_id, modules
),

spread as (
    select burst_id, variant_id, size, losses, unnest(modules) as module
    from variants
),

alike as (
    select
        one.burst_id,
        one.variant_id,
        other.variant_id as other_id,
        other.losses as other_losses,
        count(*)::double precision / (one.size + other.size - count(*)) as similarity
    from spread as one
    inner join spread as other using (burst_id, module)
    group by one.burst_id, one.variant_id, one.size, other.variant_id, other.size, other.losses
    having {{ fits_are_alike('count(*)', 'one.size', 'other.size') }}
),

-- How many losses are like this one: what most pilots were told to fly has the most.
dense as (
    select variant_id, sum(other_losses) as losses_alike
    from alike
    group by variant_id
),

ranked as (
    select
        alike.*,
        rank() over (
            partition by alike.variant_id order by dense.losses_alike desc, alike.other_losses desc, alike.other_id
        ) as place
    from alike
    inner join dense on alike.other_id = dense.variant_id
),

-- A fit is led by the variant that nothing like it outranks, and has the losses like it.
leaders as (
    select variant_id
    from ranked
    where place = 1 and other_id = variant_id
),

followers as (
    select distinct on (ranked.variant_id)
        ranked.variant_id,
        ranked.other_id as leader_id
    from ranked
    inner join leaders on ranked.other_id = leaders.variant_id
    order by ranked.variant_id, ranked.similarity desc, ranked.place
),

clustered as (
    select
        fitted.day,
        fitted.burst_id,
        min(fitted.killmail_id) over (partition by followers.leader_id) as fit_id,
        count(*) over (partition by followers.leader_id) as losses,
        fitted.killmail_id
    from fitted
    inner join followers using (variant_id)
)

select day, burst_id, fit_id, killmail_id
from clustered
where losses >= {{ var('war_doctrine_min_fleet_size') }}
