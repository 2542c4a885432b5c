select
    killmails.day,
    killmails.killmail_id,
    killmails.killmail_time,
    killmails.solar_system_id,
    shot.by_smart_bombs as is_smart_bombed,
    zkb.location_id between 50000000 and 59999999 as is_at_stargate -- the ids that CCP gives to stargates
from {{ ref('stg_killmails__killmails') }} as killmails
inner join {{ ref('stg_static_data__types') }} as types
    on
        killmails.victim_ship_type_id = types.type_id
        and {{ is_ship('types') }}
left join {{ ref('stg_killmails__zkb') }} as zkb using (day, killmail_id)
-- An aggregate is looked up mail by mail; a join with all attackers would read every month of them.
cross join lateral (
    select
        bool_or(attackers.is_player) as by_players,
        coalesce(bool_or({{ is_smart_bomb('weapons') }}), false) as by_smart_bombs
    from {{ ref('stg_killmails__attackers') }} as attackers
    left join {{ ref('stg_static_data__types') }} as weapons on attackers.weapon_type_id = weapons.type_id
    where attackers.day = killmails.day and attackers.killmail_id = killmails.killmail_id
) as shot
where shot.by_players
