"""Whether the database holds what the API reads."""

from api.deps import Connection

MARTS = (
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
    "fct_fw_history",
    "fct_group_hours",
    "fct_item_losses",
    "fct_region_hours",
    "fct_ship_losses",
    "fct_sovereignty_battles",
    "fct_sovereignty_campaigns",
    "fct_sovereignty_systems",
    "fct_system_days",
    "fct_system_hours",
    "rpt_data_days",
    "rpt_data_status",
    "rpt_demand_backtests",
    "rpt_fw_systems",
    "rpt_hub_demand",
    "rpt_item_loss_trends",
    "rpt_production_alerts",
    "rpt_quarantine",
    "rpt_region_demand",
    "rpt_ship_loss_trends",
    "rpt_source_freshness",
    "rpt_stored_tables",
    "rpt_test_results",
    "rpt_timer_outcomes",
    "rpt_type_demand",
    "rpt_value_differences",
)


async def missing_marts(connection: Connection) -> list[str]:
    """Tables and views of `MARTS` the database does not hold."""
    cursor = await connection.execute(
        "select name from unnest(%(marts)s::text[]) as name where to_regclass('marts.' || name) is null order by name",
        {"marts": list(MARTS)},
    )
    return [row["name"] async for row in cursor]
