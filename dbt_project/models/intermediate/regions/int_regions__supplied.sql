{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['region_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['region_id'], 'unique': true}],
) }}

select
    systems.region_id,
    chosen.hub_solar_system_id,
    percentile_disc(0.5) within group (order by hub_jumps.jumps) as jumps,
    bool_and(systems.security_class = 'nullsec') as is_nullsec
from {{ ref('stg_static_data__solar_systems') }} as systems
inner join (
    select region_id, mode() within group (order by hub_solar_system_id) as hub_solar_system_id
    from {{ ref('int_solar_systems__supplied') }}
    group by region_id
) as chosen on systems.region_id = chosen.region_id
inner join {{ ref('stg_static_data__hub_jumps') }} as hub_jumps
    on systems.solar_system_id = hub_jumps.solar_system_id
    and chosen.hub_solar_system_id = hub_jumps.hub_solar_system_id
group by systems.region_id, chosen.hub_solar_system_id
