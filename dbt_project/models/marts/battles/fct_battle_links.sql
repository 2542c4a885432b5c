select
    battles.day,
    links.battle_id,
    links.position,
    links.killmail_id,
    links.link_evidence,
    links.linked_killmail_id,
    links.link_seconds,
    links.link_entity_ids
from {{ ref('stg_battles__killmails') }} as links
inner join {{ ref('stg_battles__battles') }} as battles using (battle_id)
-- A mail that just vanished is in its battle until the day is clustered again.
inner join {{ ref('stg_killmails__index') }} as stored using (killmail_id)
