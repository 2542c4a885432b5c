select
    states.campaign_id,
    states.solar_system_id,
    states.constellation_id,
    states.structure_id,
    states.event_type,
    states.starts_at,
    states.defender_id as defender_alliance_id,
    states.defender_score,
    states.attackers_score,
    states.participant_alliance_ids,
    states.participant_scores,
    (
        select min(every.first_seen_at)
        from {{ source('sovereignty_campaigns', 'sovereignty_campaigns') }} as every
        where every.campaign_id = states.campaign_id
    ) as first_seen_at,
    states.last_seen_at,
    states.ended_at as resolved_at
from {{ source('sovereignty_campaigns', 'sovereignty_campaigns') }} as states
-- The last state by this and not by `distinct on`: those that go on are then found by their index.
where
    not exists (
        select from {{ source('sovereignty_campaigns', 'sovereignty_campaigns') }} as later
        where later.campaign_id = states.campaign_id and later.first_seen_at > states.first_seen_at
    )
