select
    details.battle_id,
    mails.killmail_id,
    mails.position,
    mails.victim_side,
    core.link_evidence(mails.link_evidence) as link_evidence,
    details.killmail_ids[mails.linked_position] as linked_killmail_id,
    mails.link_seconds::integer as link_seconds,
    array_remove(array[mails.link_entity_id, mails.link_enemy_id], null) as link_entity_ids
from {{ source('battles', 'battle_details') }} as details
cross join lateral unnest(
    details.killmail_ids,
    details.victim_sides,
    details.link_evidences,
    details.linked_positions,
    details.link_seconds,
    details.link_entity_ids,
    details.link_enemy_ids
) with ordinality as mails (
    killmail_id, victim_side, link_evidence, linked_position, link_seconds, link_entity_id, link_enemy_id, position
)
