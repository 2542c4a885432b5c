select
    index.killmail_id,
    index.day,
    killmails.killmail_time,
    killmails.killmail_hash,
    killmails.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.security_status,
    killmails.victim_character_id,
    characters.entity_name as victim_character_name,
    killmails.victim_corporation_id,
    corporations.entity_name as victim_corporation_name,
    killmails.victim_alliance_id,
    alliances.entity_name as victim_alliance_name,
    killmails.victim_ship_type_id,
    types.type_name as victim_ship_type_name,
    types.group_name as victim_ship_group_name,
    killmails.damage_taken,
    killmails.attacker_count,
    valued.destroyed_isk,
    valued.dropped_isk,
    valued.total_isk,
    zkb.total_value_isk as zkb_total_isk,
    zkb.points as zkb_points,
    zkb.npc as zkb_npc,
    zkb.solo as zkb_solo,
    zkb.awox as zkb_awox,
    zkb.labels as zkb_labels,
    solar_systems.region_id,
    solar_systems.region_name,
    solar_systems.security_class,
    valued.is_npc,
    valued.is_solo,
    valued.is_awox
from {{ ref('stg_killmails__index') }} as index
inner join {{ ref('stg_killmails__killmails') }} as killmails using (day, killmail_id)
left join {{ ref('stg_killmails__zkb') }} as zkb using (day, killmail_id)
left join {{ ref('stg_killmail_values__values') }} as valued using (day, killmail_id)
left join {{ ref('int_solar_systems__located') }} as solar_systems using (solar_system_id)
left join {{ ref('stg_static_data__types') }} as types on killmails.victim_ship_type_id = types.type_id
left join {{ ref('stg_names__entities') }} as characters on killmails.victim_character_id = characters.entity_id
left join {{ ref('stg_names__entities') }} as corporations on killmails.victim_corporation_id = corporations.entity_id
left join {{ ref('stg_names__entities') }} as alliances on killmails.victim_alliance_id = alliances.entity_id
