select
    battles.day,
    sides.battle_id,
    sides.side,
    sides.pilots,
    sides.ships_lost,
    sides.ships_destroyed,
    sides.isk_lost,
    sides.isk_destroyed,
    round(sides.isk_destroyed / nullif(sides.isk_destroyed + sides.isk_lost, 0), 4)::double precision as efficiency,
    sides.parts -> 0 as groups,
    sides.parts -> 1 as ship_types,
    sides.parts -> 2 as items_lost
from {{ ref('int_battle_sides__joined') }} as sides
inner join {{ ref('stg_battles__battles') }} as battles using (battle_id)
