select distinct on (campaign_id)
    campaign_id,
    solar_system_id,
    constellation_id,
    structure_id,
    event_type,
    starts_at,
    defender_id as defender_alliance_id,
    defender_score,
    attackers_score,
    min(states.first_seen_at) over (partition by campaign_id) as first_seen_at,
    last_seen_at,
    ended_at as resolved_at
from {{ source('sovereignty_campaigns', 'sovereignty_campaigns') }} as states
order by campaign_id, states.first_seen_at desc
