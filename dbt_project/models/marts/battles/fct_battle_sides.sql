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
    sides.groups,
    sides.ship_types,
    sides.items_lost
from {{ ref('int_battle_sides__joined') }} as sides
inner join {{ ref('stg_battles__battles') }} as battles using (battle_id)
