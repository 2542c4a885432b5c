"""Assembles the Dagster definitions from settings: the only place that knows every asset, resource and job."""

from dataclasses import replace

import dagster as dg

from battlescope_assets.assets.battles import build_battles, ended_battles
from battlescope_assets.assets.completeness import archive_days_schedule, days_are_complete
from battlescope_assets.assets.enrichments import KILLMAIL_ENRICHMENTS, build_enrichment_sensor
from battlescope_assets.assets.feed import KILLMAIL_FEED, Follower, build_feed_sensor
from battlescope_assets.assets.freshness import source_freshness, sources_are_fresh
from battlescope_assets.assets.item_retention import prune_items_schedule
from battlescope_assets.assets.killmails import build_killmails
from battlescope_assets.assets.market_history import build_market_history
from battlescope_assets.assets.market_orders import market_orders
from battlescope_assets.assets.marts import build_marts, dbt_resource, recent_marts_schedule
from battlescope_assets.assets.names import entity_names
from battlescope_assets.assets.retention import prune_schedule
from battlescope_assets.assets.snapshot_archives import build_snapshot_archives, snapshot_gaps_schedule
from battlescope_assets.assets.snapshots import build_snapshots
from battlescope_assets.assets.static_data import static_data
from battlescope_assets.assets.values import build_killmail_values
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.partitions import daily_partitions
from battlescope_assets.processes.database import database_url
from battlescope_assets.settings import Settings
from battlescope_assets.sources import TICK_PATIENCE_SECONDS, sources

LAND_DAYS = "land_days"
LOAD_STATIC_DATA = "load_static_data"
REBUILD_BATTLES = "rebuild_battles"
BUILD_MARTS = "build_marts"
READ_SNAPSHOTS = "read_snapshots"
FILL_SNAPSHOTS = "fill_snapshots"
SNAPSHOT_SCHEDULES = {
    "half_hourly_snapshots": ("7,37 * * * *", ("sovereignty_campaigns", "faction_warfare")),
    "hourly_snapshots": ("22 * * * *", ("sovereignty_systems", "system_jumps", "system_kills")),
    "hourly_orders": ("52 * * * *", ("market_orders",)),
    "daily_prices": ("35 11 * * *", ("market_prices",)),
}
"""When sources are read. Several in one run, since a run costs five seconds and most of them less than one; orders a
while after EVE Ref's scrape at a quarter to the hour; prices after the game's daily downtime."""


def build_definitions(settings: Settings) -> dg.Definitions:
    """Everything Dagster needs to know, for these settings."""
    partitions = daily_partitions(settings.first_day)
    days = [
        build_killmails(partitions),
        build_market_history(partitions),
        build_killmail_values(partitions),
        build_battles(partitions),
    ]
    marts = build_marts(settings)
    archives = build_snapshot_archives(partitions)
    snapshots = [*build_snapshots(), market_orders]
    land_days = dg.define_asset_job(LAND_DAYS, dg.AssetSelection.assets(*days))
    warehouse = Warehouse(database_url(settings))
    upstreams = sources(settings)
    feed = replace(upstreams.zkillboard, patience_seconds=TICK_PATIENCE_SECONDS)
    esi = replace(upstreams.esi, patience_seconds=TICK_PATIENCE_SECONDS)
    return dg.Definitions(
        assets=[static_data, KILLMAIL_FEED, KILLMAIL_ENRICHMENTS, *days, *snapshots, archives, entity_names, *marts],
        jobs=[
            land_days,
            dg.define_asset_job(READ_SNAPSHOTS, dg.AssetSelection.assets(*snapshots)),
            dg.define_asset_job(FILL_SNAPSHOTS, dg.AssetSelection.assets(archives)),
            dg.define_asset_job(LOAD_STATIC_DATA, dg.AssetSelection.assets(static_data)),
            dg.define_asset_job(REBUILD_BATTLES, dg.AssetSelection.assets(days[-1])),
            dg.define_asset_job(BUILD_MARTS, dg.AssetSelection.assets(entity_names, *marts)),
        ],
        sensors=[
            ended_battles,
            source_freshness,
            build_feed_sensor(Follower(feed, warehouse, settings), LAND_DAYS),
            build_enrichment_sensor(esi, warehouse),
        ],
        asset_checks=[days_are_complete, sources_are_fresh],
        schedules=[
            archive_days_schedule(dg.AssetSelection.assets(*days, entity_names, *marts), settings.first_day),
            recent_marts_schedule(dg.AssetSelection.assets(entity_names, marts[0])),
            snapshot_gaps_schedule(archives, settings.first_day),
            prune_schedule,
            prune_items_schedule,
            *snapshot_schedules(),
            dg.ScheduleDefinition(
                name="daily_static_data",
                cron_schedule="42 11 * * *",
                execution_timezone="UTC",
                target=dg.AssetSelection.assets(static_data),
                default_status=dg.DefaultScheduleStatus.RUNNING,
                description="After EVE's daily downtime at 11:00, with which new builds come.",
            ),
        ],
        resources={
            "settings": settings,
            "warehouse": warehouse,
            **upstreams._asdict(),
            "dbt": dbt_resource(settings),
        },
        executor=dg.in_process_executor,
    )


def snapshot_schedules() -> list[dg.ScheduleDefinition]:
    """What reads the sources of snapshots, again and again."""
    return [
        dg.ScheduleDefinition(
            name=name,
            cron_schedule=cron_schedule,
            execution_timezone="UTC",
            target=dg.AssetSelection.assets(*(["raw", source] for source in sources)),
            default_status=dg.DefaultScheduleStatus.RUNNING,
        )
        for name, (cron_schedule, sources) in SNAPSHOT_SCHEDULES.items()
    ]
