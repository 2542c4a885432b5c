"""The job that deletes items of mails which outlived their retention, and its schedule; the deleting is in io."""

from datetime import UTC, datetime

import dagster as dg

from battlescope_assets.domain.retention import outlived
from battlescope_assets.io.item_retention import days_with_items, prune
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.settings import FIRST_KILLMAIL_DAY, Settings


@dg.op(out=dg.Out(dg.Nothing), pool="raw_killmails")
def prune_old_items(
    context: dg.OpExecutionContext, settings: dg.ResourceParam[Settings], warehouse: dg.ResourceParam[Warehouse]
) -> None:
    """Deletes the items of days older than WAR_DATA_RETENTION_DAYS that nobody asked for since they were that old."""
    now = datetime.now(UTC)
    with warehouse.transaction() as connection:
        days = days_with_items(connection, FIRST_KILLMAIL_DAY, now.date())
    old = [
        day for day, stays in days.items() if not stays and outlived(day, now.date(), settings.war_data_retention_days)
    ]
    pruned = prune(warehouse, old, now)
    for day, stacks in pruned.stacks.items():
        context.log.info("%s: deleted %d stacks of items", day, stacks)
    for day, reason in pruned.left.items():
        context.log.warning("%s keeps its items: %s", day, reason)
    for table in pruned.read_meanwhile:
        context.log.warning("%s is read for long: its space is given back another day", table)


@dg.job
def prune_items() -> None:
    """Keeps the largest table as small as WAR_DATA_RETENTION_DAYS says; what was lost per day and system stays."""
    prune_old_items()


prune_items_schedule = dg.ScheduleDefinition(
    job=prune_items,
    cron_schedule="10 7 * * *",  # after the morning's archives have landed and are counted
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
