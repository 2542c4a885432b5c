"""The job that deletes what has been kept long enough, and its schedule; the deleting is in io."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from battlescope_assets.io.event_log import prune, prune_run_folders
from battlescope_assets.io.retention import deleted_months, expired_months, prune_ledgers, prune_month, prune_refusals
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.processes.database import database_url
from battlescope_assets.settings import Settings

EVENTS_KEPT = timedelta(days=30)
"""Long enough to look into a failure, short enough that the log stays small."""
RUNLESS_EVENTS_KEPT = timedelta(days=7)
"""Events that belong to no run: the feed's, one every five seconds on a busy day, are ten times all others."""
REFUSALS_KEPT = timedelta(days=90)


@dg.op(out=dg.Out(dg.Nothing), pool="event_log")
def prune_event_log(context: dg.OpExecutionContext, settings: dg.ResourceParam[Settings]) -> None:
    """Deletes finished runs with their files, events, checks and ticks; every asset's and partition's latest stay."""
    now = datetime.now(UTC)
    before = now - EVENTS_KEPT
    pruned = prune(database_url(settings, settings.dagster_database), before, now - RUNLESS_EVENTS_KEPT)
    folders = prune_run_folders(Path(context.instance.storage_directory()), before, context.instance.has_run)
    counts = {**pruned._asdict(), "run folders": folders}
    context.log.info("deleted %s", ", ".join(f"{count} {name}" for name, count in counts.items()))


@dg.op(out=dg.Out(dg.Nothing))
def prune_warehouse(
    context: dg.OpExecutionContext, warehouse: dg.ResourceParam[Warehouse], settings: dg.ResourceParam[Settings]
) -> None:
    """Deletes what was refused or noted long ago, and mails and battles older than they are kept, month by month.

    Of months that expire, and of those that `battlescope prune` names, battles go first and what they are made of a
    week later.
    """
    now = datetime.now(UTC)
    with warehouse.transaction() as connection:
        refused = prune_refusals(connection, now - REFUSALS_KEPT)
        noted = prune_ledgers(connection, now)
        expired = expired_months(connection, settings.retention_months, now.date()) if settings.retention_months else []
        months = sorted({*expired, *deleted_months(connection)})
    context.log.info("deleted %d rows and documents that had been refused", refused)
    context.log.info("deleted %d notes of landings and clusterings, and killmails in detail", noted)
    for month in months:
        with warehouse.transaction() as connection:
            pruned = prune_month(connection, month, f"kept for {settings.retention_months} months", now)
        context.log.info(
            "%s: %s", f"{month:%Y-%m}", "purged" if pruned.is_purged else f"{pruned.battles_deleted} battles deleted"
        )


@dg.job
def prune_old_data() -> None:
    """Keeps what only grows from growing for ever: Dagster's own database and files, what was refused, old months."""
    prune_event_log()
    prune_warehouse()


prune_schedule = dg.ScheduleDefinition(
    job=prune_old_data,
    cron_schedule="45 4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
