"""Whether the database holds what the API reads."""

from api.deps import Connection

MARTS = (
    "dim_entity_names",
    "dim_regions",
    "dim_search_entries",
    "dim_solar_systems",
    "dim_types",
    "fct_battle_friendly_fire",
    "fct_battle_killmails",
    "fct_battle_lineage",
    "fct_battle_participants",
    "fct_battle_rosters",
    "fct_battle_sides",
    "fct_battle_timeline",
    "fct_battles",
    "fct_ship_losses",
    "fct_sovereignty_battles",
    "fct_sovereignty_campaigns",
    "fct_system_hours",
    "rpt_data_days",
    "rpt_data_status",
    "rpt_source_freshness",
    "rpt_test_results",
)


async def missing_marts(connection: Connection) -> list[str]:
    """Tables and views of `MARTS` the database does not hold."""
    cursor = await connection.execute(
        "select name from unnest(%(marts)s::text[]) as name where to_regclass('marts.' || name) is null order by name",
        {"marts": list(MARTS)},
    )
    return [row["name"] async for row in cursor]
