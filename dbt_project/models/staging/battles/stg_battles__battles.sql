select
    battle_id,
    slug,
    day,
    kind,
    started_at,
    ended_at,
    tstzrange(started_at, ended_at, '[]') as lasting,
    solar_system_id,
    total_killmails,
    total_pilots,
    total_ships_lost,
    destroyed_isk,
    dropped_isk,
    is_decisive,
    winning_side,
    outcome_reason,
    (
        select coalesce(jsonb_agg(jsonb_build_object('solar_system_id', share -> 0, 'killmails', share -> 1)), '[]')
        from json_array_elements(systems) as share
    ) as systems,
    alliance_ids,
    corporation_ids,
    core.group_stretches(alliance_ids || corporation_ids, day) as group_stretches,
    sides,
    created_at,
    updated_at
from {{ source('battles', 'battles') }}
where deleted_at is null
