select
    timers.campaign_id,
    timers.event_type,
    {{ event_in_words('timers.event_type') }} as structure_name,
    timers.structure_id,
    timers.solar_system_id,
    solar_systems.solar_system_name,
    timers.constellation_id,
    solar_systems.constellation_name,
    solar_systems.region_id,
    solar_systems.region_name,
    supplied.hub_solar_system_id,
    supplied.hub_solar_system_name,
    supplied.hub_jumps,
    timers.defender_alliance_id,
    defenders.entity_name as defender_alliance_name,
    timers.starts_at,
    case
        when timers.outcome = 'upcoming' then extract(epoch from timers.starts_at - {{ current_timestamp() }})::bigint
    end as seconds_until_start,
    timers.first_seen_at,
    timers.last_seen_at,
    timers.resolved_at,
    timers.resolved_at is not null as is_resolved,
    timers.defender_score,
    timers.attackers_score,
    timers.participant_alliance_ids,
    timers.outcome,
    case timers.outcome
        when 'upcoming'
            then format(
                'It starts in %s.',
                {{ duration_in_words('extract(epoch from timers.starts_at - ' ~ current_timestamp() ~ ')') }}
            )
        when 'ongoing'
            then format(
                'It started %s ago%s.',
                {{ duration_in_words('extract(epoch from ' ~ current_timestamp() ~ ' - timers.starts_at)') }},
                '; the defender''s score is ' || timers.defender_score
            )
        when 'cancelled'
            then format(
                'It vanished %s before its start.',
                {{ duration_in_words('extract(epoch from timers.starts_at - timers.resolved_at)') }}
            )
        when 'defended' then 'The defender held the system before and after it.'
        when 'lost'
            then format(
                '%s held the system when it was resolved.',
                case
                    when timers.holder_alliance_id_after is null then 'Nobody'
                    else coalesce(holders.entity_name, 'Alliance ' || timers.holder_alliance_id_after)
                end
            )
        else
            case
                when timers.event_type not in ('ihub_defense', 'tcu_defense') then 'Who has a station is not published.'
                when timers.is_holder_read then 'The system changed hands at another time.'
                else 'Who holds the system has not been read since.'
            end
    end as outcome_reason,
    timers.holder_alliance_id_after,
    holders.entity_name as holder_alliance_name_after,
    fights.battles,
    fights.ships_lost,
    fights.pilots,
    fights.isk_lost,
    fights.largest_battle_id,
    expected.expectation_scope,
    expected.expectation_timers,
    expected.fight_share,
    expected.fight_share_low,
    expected.fight_share_high,
    expected.expected_ships_lost,
    expected.expected_isk_lost
from {{ ref('int_sovereignty_timers__judged') }} as timers
left join {{ ref('int_solar_systems__located') }} as solar_systems
    on timers.solar_system_id = solar_systems.solar_system_id
left join {{ ref('int_solar_systems__supplied') }} as supplied on timers.solar_system_id = supplied.solar_system_id
left join {{ ref('stg_names__entities') }} as defenders on timers.defender_alliance_id = defenders.entity_id
left join {{ ref('stg_names__entities') }} as holders on timers.holder_alliance_id_after = holders.entity_id
-- Always a row, but PostgreSQL drops a left join whose columns nobody asks for.
left join lateral (
    select
        count(*) as battles,
        sum(battles.total_ships_lost) as ships_lost,
        max(battles.total_pilots) as pilots,
        sum(battles.destroyed_isk + battles.dropped_isk)::numeric(24, 2) as isk_lost,
        (array_agg(battles.battle_id order by battles.destroyed_isk + battles.dropped_isk desc, battles.battle_id))[1]
            as largest_battle_id
    from {{ ref('int_sovereignty_timers__followed') }} as followed
    inner join {{ ref('stg_battles__battles') }} as battles on followed.battle_id = battles.battle_id
    where followed.campaign_id = timers.campaign_id
) as fights on true
left join {{ ref('int_sovereignty_timers__awaited') }} as expected on timers.campaign_id = expected.campaign_id
