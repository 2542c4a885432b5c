select
    timers.campaign_id,
    timers.starts_at,
    timers.defender_alliance_id,
    battles.battle_id,
    battles.solar_system_id = timers.solar_system_id as is_in_system
from {{ ref('stg_sovereignty_campaigns__campaigns') }} as timers
inner join {{ ref('stg_battles__battles') }} as battles
    on
        -- Fleets form up before, and whoever has not come four hours later does not fight over this timer. Nobody does
        -- over one that vanished before. Battles have an index on their range.
        tstzrange(battles.started_at, battles.ended_at, '[]') && tstzrange(
            timers.starts_at - interval '30 minutes',
            greatest(
                timers.starts_at - interval '30 minutes',
                least(timers.resolved_at, timers.starts_at + interval '4 hours')
            ),
            '()'
        )
        and battles.kind in ('battle', 'skirmish', 'structure_bash')
inner join {{ ref('stg_static_data__solar_systems') }} as solar_systems
    on battles.solar_system_id = solar_systems.solar_system_id
where
    battles.solar_system_id = timers.solar_system_id
    -- Its nodes spawn all over the constellation, where the defender's fights are about them as well.
    or (
        solar_systems.constellation_id = timers.constellation_id
        and timers.defender_alliance_id = any(battles.alliance_ids)
    )
