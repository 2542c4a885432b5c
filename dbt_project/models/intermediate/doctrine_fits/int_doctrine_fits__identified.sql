{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['fit_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['fit_id'], 'unique': true}, {'columns': ['doctrine_id']}],
) }}

-- Materialized where PostgreSQL would compute it anew in each step of the recursion.
with recursive fits as materialized (
    select
        fit_id,
        ship_type_id,
        first_lost_at,
        core_modules,
        md5(concat_ws(' ', ship_type_id, array_to_string(core_modules, ' ')))::uuid as core_id
    from {{ ref('int_fits__described') }}
),

-- Fits with the very same core are compared once.
cores as materialized (
    select
        core_id,
        ship_type_id,
        core_modules,
        cardinality(core_modules) as size,
        row_number() over (partition by ship_type_id order by min(first_lost_at), min(fit_id)) as number
    from fits
    group by core_id, ship_type_id, core_modules
),

modules as (
    select distinct ship_type_id, unnest(core_modules) as module
    from cores
),

-- A core with a bit for each module known of its hull: what two have in common is counted without joining their modules.
encoded as materialized (
    select
        cores.core_id,
        cores.ship_type_id,
        cores.size,
        cores.number,
        string_agg(
            case when modules.module = any (cores.core_modules) then '1' else '0' end, '' order by modules.module
        )::bit varying as bits
    from cores
    inner join modules using (ship_type_id)
    group by cores.core_id, cores.ship_type_id, cores.size, cores.number
),

compared as (
    select
        later.core_id,
        later.size,
        earlier.core_id as earlier_id,
        earlier.number as earlier_number,
        earlier.size as earlier_size,
        bit_count(later.bits & earlier.bits) as shared
    from encoded as later
    inner join encoded as earlier on later.ship_type_id = earlier.ship_type_id and later.number > earlier.number
),

candidates as materialized (
    select
        core_id,
        array_agg(
            earlier_id order by shared::double precision / (size + earlier_size - shared) desc, earlier_number
        ) as earlier_ids
    from compared
    where {{ fits_are_alike('shared', 'size', 'earlier_size') }}
    group by core_id
),

ordered as materialized (
    select cores.ship_type_id, cores.number, cores.core_id, candidates.earlier_ids
    from cores
    left join candidates using (core_id)
),

-- In the order in which a hull's fits were first seen, each joins the most similar founder, or founds a doctrine.
joined (ship_type_id, number, core_id, doctrine_id, doctrine_ids) as (
    select ship_type_id, number, core_id, core_id, array[core_id]
    from ordered
    where number = 1

    union all

    select
        ordered.ship_type_id,
        ordered.number,
        ordered.core_id,
        coalesce(founder.core_id, ordered.core_id),
        case when founder.core_id is null then joined.doctrine_ids || ordered.core_id else joined.doctrine_ids end
    from joined
    inner join ordered on joined.ship_type_id = ordered.ship_type_id and joined.number + 1 = ordered.number
    left join lateral (
        select earlier.core_id
        from unnest(ordered.earlier_ids) with ordinality as earlier (core_id, position)
        where earlier.core_id = any (joined.doctrine_ids)
        order by earlier.position
        limit 1
    ) as founder on true
)

select fits.fit_id, joined.doctrine_id
from fits
inner join joined using (core_id)
