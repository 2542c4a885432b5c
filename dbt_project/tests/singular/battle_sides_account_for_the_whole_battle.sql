{{ config(meta={'dagster': {'ref': {'name': 'fct_battle_sides'}}}) }}

-- Every pilot, and every ship and ISK lost, is on a side, the unaligned included; nobody destroys what nobody lost.
with battles as (
    select day, battle_id, total_pilots, total_ships_lost, destroyed_isk + dropped_isk as isk_lost
    from {{ ref('fct_battles') }}
    where {{ in_window('day') }}
),

sides as (
    select
        day,
        battle_id,
        sum(pilots) as pilots,
        sum(ships_lost) as ships_lost,
        sum(isk_lost) as isk_lost,
        sum(isk_destroyed) as isk_destroyed,
        (count(*) + 2) * 0.01 as rounding_isk -- each amount was rounded to cents by itself
    from {{ ref('fct_battle_sides') }}
    where {{ in_window('day') }}
    group by day, battle_id
)

select *
from battles
full join sides using (day, battle_id)
where
    (battles.total_pilots <= sides.pilots) is not true -- who changes corporation in a fight may be on two sides
    or battles.total_ships_lost is distinct from sides.ships_lost
    or (abs(battles.isk_lost - sides.isk_lost) <= sides.rounding_isk) is not true
    or (sides.isk_destroyed <= sides.isk_lost + sides.rounding_isk) is not true
