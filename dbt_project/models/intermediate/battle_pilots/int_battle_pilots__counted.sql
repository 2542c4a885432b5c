select
    day,
    battle_id,
    character_id,
    (array_agg(corporation_id order by killmail_time, killmail_id, losses))[1] as corporation_id,
    (array_agg(alliance_id order by killmail_time, killmail_id, losses))[1] as alliance_id,
    sum(kills)::integer as kills,
    sum(final_blows)::integer as final_blows,
    sum(losses)::integer as losses,
    sum(damage_done)::bigint as damage_done,
    sum(damage_received)::bigint as damage_received,
    sum(isk_lost)::numeric(24, 2) as isk_lost,
    array_remove(array_agg(distinct ship_type_id), null) as ship_type_ids,
    min(killmail_time) as first_seen_at,
    max(killmail_time) as last_seen_at,
    max(side) as side,
    max(side_confidence) as side_confidence,
    max(second_best_side) as second_best_side,
    max(isk_destroyed) as isk_destroyed
-- Of one union, since PostgreSQL does not carry a range of days over a join: it would read all history for one day.
from (
    select
        killmails.day,
        killmails.battle_id,
        attackers.character_id,
        attackers.corporation_id,
        attackers.alliance_id,
        attackers.ship_type_id,
        killmails.killmail_time,
        killmails.killmail_id,
        1 as kills,
        attackers.final_blow::integer as final_blows,
        0 as losses,
        attackers.damage_done,
        0 as damage_received,
        0 as isk_lost,
        null::smallint as side,
        null::real as side_confidence,
        null::smallint as second_best_side,
        null::bigint as isk_destroyed
    from {{ ref('int_battle_killmails__valued') }} as killmails
    -- `offset 0` keeps the two conditions together: by the id alone PostgreSQL would look in every month, for each mail.
    cross join lateral (
        select character_id, corporation_id, alliance_id, ship_type_id, final_blow, damage_done
        from {{ ref('stg_killmails__attackers') }}
        where day = killmails.killmail_day and killmail_id = killmails.killmail_id
        offset 0
    ) as attackers
    -- Who is on his own loss did not kill himself.
    where attackers.character_id is distinct from killmails.victim_character_id

    union all

    select
        day,
        battle_id,
        victim_character_id,
        victim_corporation_id,
        victim_alliance_id,
        victim_ship_type_id,
        killmail_time,
        killmail_id,
        0,
        0,
        1,
        0,
        damage_taken,
        coalesce(total_isk, 0),
        null,
        null,
        null,
        null
    from {{ ref('int_battle_killmails__valued') }}

    union all

    select
        battles.day,
        battle_id,
        participants.character_id,
        null,
        null,
        null,
        null,
        null,
        0,
        0,
        0,
        0,
        0,
        0,
        participants.side,
        participants.side_confidence,
        participants.second_best_side,
        participants.isk_destroyed
    from {{ ref('stg_battles__participants') }} as participants
    inner join {{ ref('stg_battles__battles') }} as battles using (battle_id)
) as seen
where character_id is not null
group by day, battle_id, character_id
