select
    campaigns.campaign_id,
    campaigns.solar_system_id,
    campaigns.constellation_id,
    campaigns.structure_id,
    campaigns.event_type,
    campaigns.starts_at,
    campaigns.defender_alliance_id,
    campaigns.defender_score,
    campaigns.attackers_score,
    campaigns.participant_alliance_ids,
    campaigns.first_seen_at,
    campaigns.last_seen_at,
    campaigns.resolved_at,
    holders.solar_system_id is not null as is_holder_read,
    holders.alliance_id as holder_alliance_id_after,
    case
        when campaigns.resolved_at is null and campaigns.starts_at > {{ current_timestamp() }} then 'upcoming'
        when campaigns.resolved_at is null then 'ongoing'
        when campaigns.resolved_at <= campaigns.starts_at then 'cancelled'
        -- Only these two are about who holds the system.
        when campaigns.event_type not in ('ihub_defense', 'tcu_defense') or holders.solar_system_id is null then 'unknown'
        when
            holders.alliance_id = campaigns.defender_alliance_id
            and coalesce(holders.claimed_since <= campaigns.starts_at, true)
            then 'defended'
        when
            holders.alliance_id is distinct from campaigns.defender_alliance_id
            and (
                holders.claimed_since between campaigns.starts_at and campaigns.resolved_at
                -- Whoever is seen later may have it from a later campaign, or may have been given it.
                or holders.first_seen_at <= campaigns.resolved_at + interval '4 hours'
            )
            then 'lost'
        else 'unknown'
    end as outcome
from {{ ref('stg_sovereignty_campaigns__campaigns') }} as campaigns
-- Who held the system by the first answer that was given after the campaign was resolved.
left join lateral (
    select
        states.solar_system_id,
        states.alliance_id,
        states.claimed_since,
        states.first_seen_at
    from {{ ref('stg_sovereignty_systems__states') }} as states
    left join {{ ref('stg_source_fetches__sources') }} as sources
        on sources.source = 'sovereignty_systems'
    where
        states.solar_system_id = campaigns.solar_system_id
        and coalesce(states.last_seen_at, sources.as_of) >= campaigns.resolved_at
    order by states.first_seen_at
    limit 1
) as holders on true
