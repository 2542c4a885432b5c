"""Assembles the Dagster definitions from settings: the only place that knows every asset, resource and job."""

from datetime import UTC

import dagster as dg

from battlescope_assets.assets.battles import build_battles, ended_battles
from battlescope_assets.assets.feed import KILLMAIL_FEED, build_feed_sensor
from battlescope_assets.assets.killmails import build_killmails
from battlescope_assets.assets.market_history import build_market_history
from battlescope_assets.assets.marts import build_marts, dbt_resource
from battlescope_assets.assets.names import entity_names
from battlescope_assets.assets.static_data import static_data
from battlescope_assets.assets.values import build_killmail_values
from battlescope_assets.domain.window import ONE_DAY
from battlescope_assets.io.sources import Source
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.partitions import daily_partitions, tags_of_days
from battlescope_assets.processes.database import database_url
from battlescope_assets.settings import Settings

LAND_DAYS = "land_days"
LOAD_STATIC_DATA = "load_static_data"
REBUILD_BATTLES = "rebuild_battles"
BUILD_MARTS = "build_marts"
RECENT_DAYS = 3
"""EVE Ref adds late mails to a day for about as long as zKillboard lets corporations delay them (72 hours)."""


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
    land_days = dg.define_asset_job(LAND_DAYS, dg.AssetSelection.assets(*days))
    warehouse = Warehouse(database_url(settings))
    zkillboard = Source(settings.killmail_feed_url, settings.user_agent, settings.home / "cache" / "zkillboard")
    return dg.Definitions(
        assets=[static_data, KILLMAIL_FEED, *days, entity_names, *marts],
        jobs=[
            land_days,
            dg.define_asset_job(LOAD_STATIC_DATA, dg.AssetSelection.assets(static_data)),
            dg.define_asset_job(REBUILD_BATTLES, dg.AssetSelection.assets(days[-1])),
            dg.define_asset_job(BUILD_MARTS, dg.AssetSelection.assets(entity_names, *marts)),
        ],
        schedules=[recent_days_schedule()],
        sensors=[ended_battles, build_feed_sensor(zkillboard, warehouse, settings, LAND_DAYS)],
        resources={
            "settings": settings,
            "warehouse": warehouse,
            "zkillboard": zkillboard,
            "everef": Source(settings.everef_url, settings.user_agent, settings.home / "cache" / "everef"),
            "ccp": Source(settings.static_data_url, settings.user_agent, settings.home / "cache" / "static-data"),
            "esi": Source(settings.esi_url, settings.user_agent, settings.home / "cache" / "esi"),
            "dbt": dbt_resource(settings),
        },
        executor=dg.in_process_executor,
    )


def recent_days_schedule() -> dg.ScheduleDefinition:
    """Every morning, after EVE Ref has published yesterday: the last days again, since late mails are added to them."""

    @dg.schedule(
        cron_schedule="30 5 * * *",
        execution_timezone="UTC",
        target=dg.AssetSelection.all() - dg.AssetSelection.assets(static_data),
        name="recent_days",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def recent_days(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        today = context.scheduled_execution_time.astimezone(UTC).date()
        return dg.RunRequest(tags=tags_of_days(today - RECENT_DAYS * ONE_DAY, today - ONE_DAY))

    return recent_days
