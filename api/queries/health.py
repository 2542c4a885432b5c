"""Whether the database holds what the API reads."""

from api.deps import Connection

MARTS = (
    "dim_doctrines",
    "dim_entity_names",
    "dim_regions",
    "dim_search_entries",
    "dim_solar_systems",
    "dim_stargates",
    "dim_types",
    "fct_battle_friendly_fire",
    "fct_battle_killmails",
    "fct_battle_lineage",
    "fct_battle_participants",
    "fct_battle_rosters",
    "fct_battle_sides",
    "fct_battle_timeline",
    "fct_battles",
    "fct_campaign_battles",
    "fct_doctrine_bursts",
    "fct_doctrine_groups",
    "fct_doctrine_items",
    "fct_group_days",
    "fct_pilot_days",
    "fct_pilot_ships",
    "fct_ship_losses",
    "fct_sovereignty_campaigns",
    "fct_sovereignty_systems",
    "fct_system_hours",
    "fct_type_losses",
    "rpt_allies",
    "rpt_campaigns",
    "rpt_coalition_members",
    "rpt_coalitions",
    "rpt_conflicts",
    "rpt_data_days",
    "rpt_data_status",
    "rpt_fw_systems",
    "rpt_group_hours",
    "rpt_group_ships",
    "rpt_group_systems",
    "rpt_groups",
    "rpt_item_loss_trends",
    "rpt_opponents",
    "rpt_pilot_ships",
    "rpt_pilot_systems",
    "rpt_ship_groups",
    "rpt_ship_loss_trends",
    "rpt_system_heat",
    "rpt_type_demand",
    "rpt_windows",
)


async def missing_marts(connection: Connection) -> list[str]:
    """Tables and views of `MARTS` the database does not hold."""
    cursor = await connection.execute(
        "select name from unnest(%(marts)s::text[]) as name where to_regclass('marts.' || name) is null order by name",
        {"marts": list(MARTS)},
    )
    return [row["name"] async for row in cursor]
