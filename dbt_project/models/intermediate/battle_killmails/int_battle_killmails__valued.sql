select
    battles.day,
    battle_killmails.battle_id,
    battle_killmails.killmail_id,
    battle_killmails.position,
    killmails.killmail_time,
    killmails.day as killmail_day,
    killmails.killmail_hash,
    killmails.solar_system_id,
    killmails.victim_character_id,
    killmails.victim_corporation_id,
    killmails.victim_alliance_id,
    killmails.victim_ship_type_id,
    types.type_name as victim_ship_type_name,
    types.group_name as victim_ship_group_name,
    killmails.damage_taken,
    battle_killmails.victim_side,
    valued.destroyed_isk,
    valued.dropped_isk,
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
inner join {{ ref('stg_battles__battles') }} as battles using (battle_id)
-- A mail that just vanished is in its battle until the day is clustered again.
inner join {{ ref('stg_killmails__index') }} as stored on battle_killmails.killmail_id = stored.killmail_id
-- `+ 0`: through equal ids PostgreSQL would look for a mail in every month before it looks up the mail's day.
inner join {{ ref('stg_killmails__killmails') }} as killmails
    on stored.day = killmails.day and stored.killmail_id + 0 = killmails.killmail_id
left join {{ ref('stg_killmail_values__values') }} as valued
    on stored.day = valued.day and stored.killmail_id = valued.killmail_id
left join {{ ref('stg_static_data__types') }} as types on killmails.victim_ship_type_id = types.type_id
