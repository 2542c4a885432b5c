select
    day,
    battle_id,
    character_id,
    -- Whom he fought for first; to sort all that is seen of him for it takes longer than all the sums.
    (min(array[position * 2 + losses, corporation_id, alliance_id]))[2] as corporation_id,
    (min(array[position * 2 + losses, corporation_id, alliance_id]))[3] as alliance_id,
    sum(kills)::integer as kills,
    sum(final_blows)::integer as final_blows,
    sum(losses)::integer as losses,
    coalesce(sum(damage_done), 0)::bigint as damage_done,
    coalesce(sum(damage_received), 0)::bigint as damage_received,
    coalesce(sum(isk_lost), 0)::numeric(24, 2) as isk_lost,
    array_agg(ship_type_id) as flown_type_ids,
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
        pilots.character_id,
        pilots.corporation_id,
        pilots.alliance_id,
        pilots.ship_type_id,
        killmails.killmail_time,
        killmails.position,
        pilots.kills,
        pilots.final_blows,
        pilots.losses,
        pilots.damage_done,
        pilots.damage_received,
        pilots.isk_lost,
        null::smallint as side,
        null::real as side_confidence,
        null::smallint as second_best_side,
        null::bigint as isk_destroyed
    from {{ ref('int_battle_killmails__valued') }} as killmails
    -- Both of one mail at once, so that mails are found once; by the id alone PostgreSQL would look in every month.
    cross join lateral (
        select
            character_id,
            corporation_id,
            alliance_id,
            ship_type_id,
            1 as kills,
            final_blow::integer as final_blows,
            0 as losses,
            damage_done,
            null::bigint as damage_received,
            null::numeric as isk_lost
        from {{ ref('stg_killmails__attackers') }}
        where
            day = killmails.killmail_day and killmail_id = killmails.killmail_id
            -- Who is on his own loss did not kill himself.
            and character_id is distinct from killmails.victim_character_id

        union all

        select
            killmails.victim_character_id,
            killmails.victim_corporation_id,
            killmails.victim_alliance_id,
            killmails.victim_ship_type_id,
            0,
            0,
            1,
            null,
            killmails.damage_taken,
            killmails.total_isk
    ) as pilots

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
        null,
        null,
        null,
        participants.side,
        participants.side_confidence,
        participants.second_best_side,
        participants.isk_destroyed
    from {{ ref('stg_battles__participants') }} as participants
    inner join {{ ref('stg_battles__battles') }} as battles using (battle_id)
) as seen
where character_id is not null
group by day, battle_id, character_id
