select
    duels.day,
    campaigns.campaign_id,
    duels.battle_id,
    campaigns.position,
    duels.kind,
    duels.started_at,
    duels.ended_at,
    duels.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.region_id,
    solar_systems.region_name,
    duels.total_killmails,
    duels.group_id,
    duels.side,
    duels.ships_lost,
    duels.isk_destroyed,
    duels.isk_lost,
    duels.opponent_group_id,
    duels.opponent_ships_lost,
    duels.opponent_isk_destroyed,
    duels.opponent_isk_lost
from {{ ref('int_campaign_battles__listed') }} as campaigns
inner join {{ ref('int_duels__matched') }} as duels
    on campaigns.day = duels.day and campaigns.battle_id = duels.battle_id
-- What a re-clustering has just deleted is in no mart.
inner join {{ ref('stg_battles__battles') }} as battles on duels.battle_id = battles.battle_id
left join {{ ref('int_solar_systems__located') }} as solar_systems
    on duels.solar_system_id = solar_systems.solar_system_id
