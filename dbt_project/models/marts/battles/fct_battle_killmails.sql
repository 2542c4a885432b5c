select
    killmails.day,
    killmails.battle_id,
    killmails.killmail_id,
    killmails.killmail_time,
    killmails.killmail_day,
    killmails.killmail_hash,
    killmails.solar_system_id,
    solar_systems.solar_system_name,
    killmails.victim_character_id,
    characters.entity_name as victim_character_name,
    killmails.victim_corporation_id,
    corporations.entity_name as victim_corporation_name,
    killmails.victim_alliance_id,
    alliances.entity_name as victim_alliance_name,
    killmails.victim_ship_type_id,
    killmails.victim_ship_type_name,
    killmails.victim_ship_group_name,
    killmails.victim_side,
    exists (
        select 1
        from {{ ref('stg_battles__friendly_fire') }} as shots
        where killmails.battle_id = shots.battle_id and killmails.killmail_id = shots.killmail_id
    ) as is_friendly_fire,
    coalesce(killmails.destroyed_isk, 0)::numeric(24, 2) as destroyed_isk,
    coalesce(killmails.dropped_isk, 0)::numeric(24, 2) as dropped_isk,
    killmails.total_isk,
    killmails.link_evidence,
    killmails.linked_killmail_id,
    killmails.link_seconds,
    killmails.link_entity_ids
from {{ ref('int_battle_killmails__valued') }} as killmails
left join {{ ref('stg_static_data__solar_systems') }} as solar_systems
    on killmails.solar_system_id = solar_systems.solar_system_id
left join {{ ref('stg_names__entities') }} as characters on killmails.victim_character_id = characters.entity_id
left join {{ ref('stg_names__entities') }} as corporations on killmails.victim_corporation_id = corporations.entity_id
left join {{ ref('stg_names__entities') }} as alliances on killmails.victim_alliance_id = alliances.entity_id
