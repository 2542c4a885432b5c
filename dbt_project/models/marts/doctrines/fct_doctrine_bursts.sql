select
    described.day,
    described.fit_id,
    described.burst_id,
    identified.doctrine_id,
    described.ship_type_id,
    types.type_name as ship_type_name,
    described.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.region_id,
    solar_systems.region_name,
    described.battle_id,
    described.side,
    described.group_ids,
    described.first_lost_at,
    described.last_lost_at,
    described.losses,
    described.isk_lost,
    round(survivors.survivors * described.losses / survivors.losses::numeric)::integer as survivors
from {{ ref('int_fits__described') }} as described
inner join {{ ref('int_doctrine_fits__identified') }} as identified using (fit_id)
inner join {{ ref('int_burst_survivors__counted') }} as survivors using (burst_id)
left join {{ ref('stg_static_data__types') }} as types on described.ship_type_id = types.type_id
left join {{ ref('int_solar_systems__located') }} as solar_systems using (solar_system_id)
