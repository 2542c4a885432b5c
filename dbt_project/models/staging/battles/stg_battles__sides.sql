select
    battle_id,
    side,
    pilots,
    ships_lost,
    ships_destroyed,
    isk_lost,
    isk_destroyed,
    efficiency,
    groups,
    ship_types,
    items_lost
from {{ source('battles', 'battle_sides') }}
