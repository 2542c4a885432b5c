select
    battle_killmails.day,
    battle_killmails.battle_id,
    battle_killmails.killmail_id,
    battle_killmails.killmail_time,
    battle_killmails.killmail_day,
    killmails.killmail_hash,
    battle_killmails.solar_system_id,
    solar_systems.solar_system_name,
    killmails.victim_character_id,
    characters.entity_name as victim_character_name,
    killmails.victim_corporation_id,
    corporations.entity_name as victim_corporation_name,
    killmails.victim_alliance_id,
    alliances.entity_name as victim_alliance_name,
    killmails.victim_ship_type_id,
    types.type_name as victim_ship_type_name,
    types.group_name as victim_ship_group_name,
    battle_killmails.victim_side,
    battle_killmails.is_friendly_fire,
    coalesce(valued.destroyed_isk, 0)::numeric(24, 2) as destroyed_isk,
    coalesce(valued.dropped_isk, 0)::numeric(24, 2) as dropped_isk,
    valued.total_isk,
    valued.total_low_isk,
    valued.total_high_isk,
    valued.is_npc,
    valued.is_solo,
    valued.is_awox,
    battle_killmails.link_evidence,
    battle_killmails.linked_killmail_id,
    battle_killmails.link_seconds,
    battle_killmails.link_entity_ids
from {{ ref('stg_battles__killmails') }} as battle_killmails
inner join {{ ref('stg_battles__battles') }} as battles using (day, battle_id)
left join {{ ref('stg_killmails__killmails') }} as killmails
    on
        battle_killmails.killmail_day = killmails.day
        and battle_killmails.killmail_id = killmails.killmail_id
left join {{ ref('stg_killmail_values__values') }} as valued
    on
        battle_killmails.killmail_day = valued.day
        and battle_killmails.killmail_id = valued.killmail_id
left join {{ ref('stg_static_data__solar_systems') }} as solar_systems
    on battle_killmails.solar_system_id = solar_systems.solar_system_id
left join {{ ref('stg_static_data__types') }} as types on killmails.victim_ship_type_id = types.type_id
left join {{ ref('stg_names__entities') }} as characters on killmails.victim_character_id = characters.entity_id
left join {{ ref('stg_names__entities') }} as corporations on killmails.victim_corporation_id = corporations.entity_id
left join {{ ref('stg_names__entities') }} as alliances on killmails.victim_alliance_id = alliances.entity_id
