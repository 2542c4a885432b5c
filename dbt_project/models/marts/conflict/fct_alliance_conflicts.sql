select
    conflicts.day,
    conflicts.attacker_group_id,
    conflicts.attacker_group_kind,
    attackers.entity_name as attacker_group_name,
    conflicts.victim_group_id,
    conflicts.victim_group_kind,
    victims.entity_name as victim_group_name,
    conflicts.killmails,
    conflicts.final_blows,
    conflicts.kills_share,
    conflicts.destroyed_isk,
    conflicts.dropped_isk
from (
    select
        day,
        attacker_group_id,
        attacker_group_kind,
        victim_group_id,
        victim_group_kind,
        sum(killmails)::bigint as killmails,
        sum(final_blows)::bigint as final_blows,
        sum(kills_share)::numeric(18, 6) as kills_share,
        sum(destroyed_isk)::numeric(24, 2) as destroyed_isk,
        sum(dropped_isk)::numeric(24, 2) as dropped_isk
    from {{ ref('int_group_kills__shared') }}
    group by day, attacker_group_id, attacker_group_kind, victim_group_id, victim_group_kind
) as conflicts
left join {{ ref('stg_names__entities') }} as attackers on conflicts.attacker_group_id = attackers.entity_id
left join {{ ref('stg_names__entities') }} as victims on conflicts.victim_group_id = victims.entity_id
