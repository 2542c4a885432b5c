select
    entity_kind,
    entity_id,
    started_at,
    battle_id
from {{ source('battles', 'battle_entities') }}
