"""Whether the database holds what the API reads, and how much and how fresh that is."""

from datetime import datetime
from typing import NamedTuple

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
    "fct_battle_links",
    "fct_battle_participants",
    "fct_battle_rosters",
    "fct_battle_sides",
    "fct_battle_timeline",
    "fct_battles",
    "fct_campaign_battles",
    "fct_clusterings",
    "fct_doctrine_bursts",
    "fct_doctrine_groups",
    "fct_doctrine_items",
    "fct_fw_history",
    "fct_group_days",
    "fct_group_hours",
    "fct_item_losses",
    "fct_killmail_attributes",
    "fct_killmail_enrichments",
    "fct_killmail_landings",
    "fct_killmails",
    "fct_pilot_days",
    "fct_pilot_ships",
    "fct_player_kills",
    "fct_region_hours",
    "fct_ship_losses",
    "fct_sovereignty_battles",
    "fct_sovereignty_campaigns",
    "fct_sovereignty_systems",
    "fct_system_days",
    "fct_system_hours",
    "fct_type_losses",
    "rpt_allies",
    "rpt_campaigns",
    "rpt_coalition_members",
    "rpt_coalitions",
    "rpt_conflicts",
    "rpt_data_days",
    "rpt_data_status",
    "rpt_demand_backtests",
    "rpt_fw_systems",
    "rpt_group_hours",
    "rpt_group_ships",
    "rpt_group_systems",
    "rpt_groups",
    "rpt_hub_demand",
    "rpt_item_loss_trends",
    "rpt_opponents",
    "rpt_pilot_ships",
    "rpt_pilot_systems",
    "rpt_production_alerts",
    "rpt_quarantine",
    "rpt_region_demand",
    "rpt_route_risks",
    "rpt_ship_groups",
    "rpt_ship_loss_trends",
    "rpt_source_freshness",
    "rpt_stored_tables",
    "rpt_system_heat",
    "rpt_test_results",
    "rpt_timer_outcomes",
    "rpt_type_demand",
    "rpt_value_differences",
    "rpt_windows",
)


async def missing_marts(connection: Connection) -> list[str]:
    """Tables and views of `MARTS` the database does not hold."""
    cursor = await connection.execute(
        "select name from unnest(%(marts)s::text[]) as name where to_regclass('marts.' || name) is null order by name",
        {"marts": list(MARTS)},
    )
    return [row["name"] async for row in cursor]


class Holdings(NamedTuple):
    """What the database holds, as its marts tell."""

    as_of: datetime | None
    """Time of the newest killmail."""
    completeness: float | None
    failed_tests: int
    quarantined: dict[str, int]
    """Source → what was refused of it."""
    sources: list[tuple[str, int | None, bool]]
    """Source, seconds since it was last read (None: never), whether that is too long."""
    tables: list[tuple[str, int | None, int]]
    """Table below the marts, about how many rows (PostgreSQL's statistics; None: not counted), bytes with indexes."""
    database_bytes: int


async def holdings(connection: Connection) -> Holdings:
    """What the database holds."""
    cursor = await connection.execute(
        """
        select as_of, completeness, cardinality(failed_tests) as failed_tests,
            pg_database_size(current_database()) as database_bytes
        from marts.rpt_data_status
        """
    )
    status = await cursor.fetchone() or {}
    quarantined = await connection.execute(
        "select source, sum(quarantined)::bigint as refused from marts.rpt_quarantine group by source order by source"
    )
    sources = await connection.execute(
        "select source, age_seconds, is_stale from marts.rpt_source_freshness order by source"
    )
    tables = await connection.execute(
        """
        select table_schema || '.' || table_name as name, total_rows, total_bytes from marts.rpt_stored_tables
        order by name
        """
    )
    return Holdings(
        **status,
        quarantined={row["source"]: row["refused"] async for row in quarantined},
        sources=[(row["source"], row["age_seconds"], row["is_stale"]) async for row in sources],
        tables=[(row["name"], row["total_rows"], row["total_bytes"]) async for row in tables],
    )
