select
    battle_id,
    slug,
    day,
    kind,
    started_at,
    ended_at,
    solar_system_id,
    total_killmails,
    total_pilots,
    total_ships_lost,
    destroyed_isk,
    dropped_isk,
    is_decisive,
    winning_side,
    outcome_reason,
    systems,
    top_killers,
    top_losers,
    created_at,
    updated_at
from {{ source('battles', 'battles') }}
where deleted_at is null
