select
    killmails.day,
    killmails.killmail_id,
    killmails.killmail_time,
    killmails.solar_system_id,
    solar_systems.region_id,
    solar_systems.security_class,
    killmails.victim_character_id,
    killmails.victim_corporation_id,
    killmails.victim_alliance_id,
    killmails.victim_ship_type_id,
    valued.total_isk,
    valued.is_npc,
    valued.is_solo,
    valued.is_awox
from {{ ref('stg_killmails__killmails') }} as killmails
left join {{ ref('stg_killmail_values__values') }} as valued using (day, killmail_id)
left join {{ ref('stg_static_data__solar_systems') }} as solar_systems using (solar_system_id)
