select
    pilots.day,
    pilots.character_id,
    characters.entity_name as character_name,
    nullif(pilots.corporation_id, 0) as corporation_id,
    corporations.entity_name as corporation_name,
    nullif(pilots.alliance_id, 0) as alliance_id,
    alliances.entity_name as alliance_name,
    pilots.ship_types,
    pilots.solar_systems,
    pilots.kills,
    pilots.final_blows,
    pilots.losses,
    pilots.damage_done,
    pilots.damage_received,
    pilots.isk_destroyed,
    pilots.isk_lost,
    (pilots.isk_destroyed / nullif(pilots.isk_destroyed + pilots.isk_lost, 0))::double precision as efficiency,
    pilots.first_seen_at,
    pilots.last_seen_at
from (
    select
        day,
        character_id,
        (array_agg(corporation_id order by last_seen_at desc, corporation_id))[1] as corporation_id,
        (array_agg(alliance_id order by last_seen_at desc, corporation_id))[1] as alliance_id,
        count(distinct ship_type_id) as ship_types,
        count(distinct solar_system_id) as solar_systems,
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
    group by day, character_id
) as pilots
left join {{ ref('stg_names__entities') }} as characters on pilots.character_id = characters.entity_id
left join {{ ref('stg_names__entities') }} as corporations on pilots.corporation_id = corporations.entity_id
left join {{ ref('stg_names__entities') }} as alliances on pilots.alliance_id = alliances.entity_id
