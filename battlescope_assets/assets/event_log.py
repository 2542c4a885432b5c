"""The job that prunes Dagster's own event log, and its schedule; the deleting is in io."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from battlescope_assets.io.event_log import prune
from battlescope_assets.processes.database import database_url
from battlescope_assets.settings import Settings

KEPT = timedelta(days=30)
"""As long as dagster.yaml keeps ticks: long enough to look into a failure, short enough that the log stays small."""


@dg.op(out=dg.Out(dg.Nothing), pool="event_log")
def prune_old_events(context: dg.OpExecutionContext, settings: dg.ResourceParam[Settings]) -> None:
    """Deletes finished runs, events, checks and ticks from before `KEPT`; every asset's and partition's latest stay."""
    pruned = prune(database_url(settings, settings.dagster_database), datetime.now(UTC) - KEPT)
    context.log.info("deleted %s", ", ".join(f"{count} {name}" for name, count in pruned._asdict().items()))


@dg.job
def prune_event_log() -> None:
    """Keeps Dagster's own database from growing for ever; events that belong to no run are pruned too."""
    prune_old_events()


prune_event_log_schedule = dg.ScheduleDefinition(
    job=prune_event_log,
    cron_schedule="45 4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
