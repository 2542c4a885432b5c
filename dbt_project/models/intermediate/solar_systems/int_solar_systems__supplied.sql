{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['solar_system_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['solar_system_id'], 'unique': true}],
) }}

select
    solar_systems.solar_system_id,
    solar_systems.region_id,
    nearest.hub_solar_system_id,
    hubs.solar_system_name as hub_solar_system_name,
    nearest.jumps as hub_jumps
from {{ ref('stg_static_data__solar_systems') }} as solar_systems
left join (
    select distinct on (solar_system_id) solar_system_id, hub_solar_system_id, jumps
    from {{ ref('stg_static_data__hub_jumps') }}
    order by solar_system_id, jumps, hub_solar_system_id
) as nearest using (solar_system_id)
left join {{ ref('stg_static_data__solar_systems') }} as hubs on nearest.hub_solar_system_id = hubs.solar_system_id
