{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['fit_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['fit_id'], 'unique': true}, {'columns': ['doctrine_id']}],
) }}

with recursive cores as (
    select
        ship_type_id,
        core_modules,
        cardinality(core_modules) as size,
        row_number() over (partition by ship_type_id order by min(first_lost_at), min(fit_id)) as number
    from {{ ref('int_fits__described') }}
    group by ship_type_id, core_modules
),

spread as (
    select ship_type_id, number, size, unnest(core_modules) as module
    from cores
),

alike as (
    select
        later.ship_type_id,
        later.number,
        earlier.number as earlier_number,
        count(*)::double precision / (later.size + earlier.size - count(*)) as similarity
    from spread as later
    inner join spread as earlier
        on later.ship_type_id = earlier.ship_type_id and later.module = earlier.module and later.number > earlier.number
    group by later.ship_type_id, later.number, later.size, earlier.number, earlier.size
    having {{ fits_are_alike('count(*)', 'later.size', 'earlier.size') }}
),

candidates as (
    select ship_type_id, number, array_agg(earlier_number order by similarity desc, earlier_number) as earlier_numbers
    from alike
    group by ship_type_id, number
),

-- In the order in which a hull's fits were first seen, each joins the most similar founder, or founds a doctrine.
joined (ship_type_id, number, founder_number, founder_numbers) as (
    select ship_type_id, number, number, array[number]
    from cores
    where number = 1

    union all

    select
        cores.ship_type_id,
        cores.number,
        coalesce(founder.number, cores.number),
        case when founder.number is null then joined.founder_numbers || cores.number else joined.founder_numbers end
    from joined
    inner join cores on joined.ship_type_id = cores.ship_type_id and joined.number + 1 = cores.number
    left join candidates on cores.ship_type_id = candidates.ship_type_id and cores.number = candidates.number
    left join lateral (
        select earlier.number
        from unnest(candidates.earlier_numbers) with ordinality as earlier (number, position)
        where earlier.number = any(joined.founder_numbers)
        order by earlier.position
        limit 1
    ) as founder on true
)

select
    fits.fit_id,
    md5(concat_ws(' ', fits.ship_type_id, array_to_string(founders.core_modules, ' ')))::uuid as doctrine_id
from {{ ref('int_fits__described') }} as fits
inner join cores on fits.ship_type_id = cores.ship_type_id and fits.core_modules = cores.core_modules
inner join joined on cores.ship_type_id = joined.ship_type_id and cores.number = joined.number
inner join cores as founders
    on joined.ship_type_id = founders.ship_type_id and joined.founder_number = founders.number
