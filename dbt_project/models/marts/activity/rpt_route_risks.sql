select
    risks.solar_system_id,
    solar_systems.solar_system_name,
    solar_systems.region_id,
    solar_systems.region_name,
    solar_systems.space_type,
    solar_systems.security_class,
    risks.as_of,
    risks.ships_lost_1_hour,
    risks.ships_lost_24_hours,
    risks.ships_lost_7_days,
    risks.camp_share,
    risks.exposed_losses,
    risks.ship_jumps,
    risks.losses_per_jump,
    risks.losses_per_jump_now,
    risks.losses_per_jump_from_00_to_06,
    risks.losses_per_jump_from_06_to_12,
    risks.losses_per_jump_from_12_to_18,
    risks.losses_per_jump_from_18_to_24,
    case
        when risks.ships_lost_24_hours > 0
            then
                concat_ws(
                    '; ',
                    format(
                        'Ships lost to players: %s in 24 hours, %s in the last hour',
                        risks.ships_lost_24_hours,
                        risks.ships_lost_1_hour
                    ),
                    case
                        when risks.camp_share > 0
                            then
                                format(
                                    'camps and ganks hold %s %% of the killmails of 7 days',
                                    round(risks.camp_share * 100)
                                )
                    end,
                    'about 1 of ' || {{ units_in_words('1 / risks.losses_per_jump') }} || ' passing ships is lost'
                )
    end as warning
from {{ ref('int_route_risks__estimated') }} as risks
left join {{ ref('int_solar_systems__located') }} as solar_systems using (solar_system_id)
