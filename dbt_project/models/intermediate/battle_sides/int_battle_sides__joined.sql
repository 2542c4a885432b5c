select
    sides.battle_id,
    (totals.entry ->> 0)::smallint as side,
    (totals.entry ->> 1)::integer as pilots,
    (totals.entry ->> 2)::integer as ships_lost,
    (totals.entry ->> 3)::double precision as ships_destroyed,
    (totals.entry ->> 4)::numeric(24, 2) as isk_lost,
    (totals.entry ->> 5)::numeric(24, 2) as isk_destroyed,
    sides.groups,
    sides.parts
from {{ ref('stg_battles__sides') }} as sides
inner join {{ ref('stg_battles__battles') }} as battles using (battle_id)
cross join lateral (select battles.sides -> (sides.position - 1)::integer as entry) as totals
