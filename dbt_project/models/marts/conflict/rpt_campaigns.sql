select
    campaigns.campaign_id,
    campaigns.group_id,
    campaigns.group_kind,
    groups.entity_name as group_name,
    campaigns.opponent_group_id,
    campaigns.opponent_group_kind,
    opponents.entity_name as opponent_group_name,
    campaigns.first_battle_at,
    campaigns.last_battle_at,
    campaigns.battles,
    campaigns.battle_days,
    campaigns.killmails,
    campaigns.ships_lost,
    campaigns.opponent_ships_lost,
    campaigns.isk_destroyed,
    campaigns.opponent_isk_destroyed,
    campaigns.isk_lost,
    campaigns.opponent_isk_lost,
    (campaigns.isk_destroyed / nullif(campaigns.isk_destroyed + campaigns.isk_lost, 0))::double precision as efficiency,
    case
        when campaigns.isk_destroyed > campaigns.opponent_isk_destroyed then campaigns.group_id
        when campaigns.isk_destroyed < campaigns.opponent_isk_destroyed then campaigns.opponent_group_id
    end as leading_group_id,
    campaigns.solar_systems,
    campaigns.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.region_id,
    solar_systems.region_name,
    campaigns.battle_ids
from {{ ref('int_campaigns__joined') }} as campaigns
left join {{ ref('stg_names__entities') }} as groups on campaigns.group_id = groups.entity_id
left join {{ ref('stg_names__entities') }} as opponents on campaigns.opponent_group_id = opponents.entity_id
left join {{ ref('int_solar_systems__located') }} as solar_systems
    on campaigns.solar_system_id = solar_systems.solar_system_id
