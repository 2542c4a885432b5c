{#
    Each part of the union is a plain table, without conditions or joins: only then does PostgreSQL read the first names of
    all parts in the order of their indexes, where it would otherwise fetch and sort all that begin alike. What is no entry
    is left out around the union.
#}
select
    entry_kind,
    entry_id,
    entry_name,
    context,
    lower_name,
    words
from (
    select
        category as entry_kind,
        entity_id as entry_id,
        entity_name as entry_name,
        null::text as context,
        {{ searchable('entity_name') }}
    from {{ ref('stg_names__entities') }}
    union all
    select
        'system' as entry_kind,
        solar_system_id::bigint as entry_id,
        solar_system_name as entry_name,
        (
            select regions.region_name from {{ ref('stg_static_data__regions') }} as regions
            where regions.region_id = solar_systems.region_id
        ) as context,
        {{ searchable('solar_system_name') }}
    from {{ ref('stg_static_data__solar_systems') }} as solar_systems
    union all
    select
        'region' as entry_kind,
        region_id::bigint as entry_id,
        region_name as entry_name,
        null::text as context,
        {{ searchable('region_name') }}
    from {{ ref('stg_static_data__regions') }}
    union all
    select
        case category_name when 'Ship' then 'ship_type' else 'type' end as entry_kind,
        type_id::bigint as entry_id,
        type_name as entry_name,
        group_name as context,
        {{ searchable('type_name') }}
    from {{ ref('stg_static_data__types') }}
) as names
where entry_kind not in ('faction', 'type')
