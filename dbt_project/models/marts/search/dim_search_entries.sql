select
    category as entry_kind,
    entity_id as entry_id,
    entity_name as entry_name,
    null::text as context,
    {{ searchable('entity_name') }}
from {{ ref('stg_names__entities') }}
where category <> 'faction'
union all
select
    'system' as entry_kind,
    solar_systems.solar_system_id::bigint as entry_id,
    solar_systems.solar_system_name as entry_name,
    regions.region_name as context,
    {{ searchable('solar_systems.solar_system_name') }}
from {{ ref('stg_static_data__solar_systems') }} as solar_systems
left join {{ ref('stg_static_data__regions') }} as regions on solar_systems.region_id = regions.region_id
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
    'ship_type' as entry_kind,
    type_id::bigint as entry_id,
    type_name as entry_name,
    group_name as context,
    {{ searchable('type_name') }}
from {{ ref('stg_static_data__types') }}
where category_name = 'Ship'
