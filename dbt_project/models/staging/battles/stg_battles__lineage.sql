select
    old_battle_id,
    old_slug,
    battle_id,
    reason,
    happened_at
from {{ source('battles', 'battle_lineage') }}
