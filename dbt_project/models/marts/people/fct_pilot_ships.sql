select
    pilots.day,
    pilots.character_id,
    characters.entity_name as character_name,
    nullif(pilots.ship_type_id, 0) as ship_type_id,
    types.type_name as ship_type_name,
    types.group_name as ship_group_name,
    pilots.kills,
    pilots.final_blows,
    pilots.losses,
    pilots.damage_done,
    pilots.damage_received,
    pilots.isk_destroyed,
    pilots.isk_lost,
    pilots.first_seen_at,
    pilots.last_seen_at
from (
    select
        day,
        character_id,
        ship_type_id,
        sum(kills)::bigint as kills,
        sum(final_blows)::bigint as final_blows,
        sum(losses)::bigint as losses,
        sum(damage_done)::bigint as damage_done,
        sum(damage_received)::bigint as damage_received,
        sum(isk_destroyed)::numeric(24, 2) as isk_destroyed,
        sum(isk_lost)::numeric(24, 2) as isk_lost,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from {{ ref('int_pilot_days__counted') }}
    group by day, character_id, ship_type_id
) as pilots
left join {{ ref('stg_names__entities') }} as characters on pilots.character_id = characters.entity_id
left join {{ ref('stg_static_data__types') }} as types on pilots.ship_type_id = types.type_id
