select
    battle_id,
    character_ids
from {{ source('battles', 'battle_details') }}
