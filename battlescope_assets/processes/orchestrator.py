"""Dagster's own environment, and what its book-keeping says about days; what Dagster runs is assembled in build.py."""

import os
import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime

import psutil

from battlescope_assets.io.ledgers import days_asked_for
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.processes.database import database_url, dbt_environment, sqlalchemy_url
from battlescope_assets.settings import REPOSITORY, Settings


def dagster_environment(settings: Settings) -> dict[str, str]:
    """The environment variables every Dagster process and the dbt it starts need; makes DAGSTER_HOME, with its file."""
    folder = settings.home.absolute()
    home = folder / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    unfinished = home / f"dagster.yaml.{os.getpid()}"
    shutil.copyfile(REPOSITORY / "dagster.yaml", unfinished)
    unfinished.replace(home / "dagster.yaml")
    return {
        "DAGSTER_HOME": os.fspath(home),
        "DAGSTER_SCHEDULE_GRPC_TIMEOUT_SECONDS": "300",  # a schedule asks an upstream, which may be slow
        "DBT_TARGET_PATH": os.fspath(folder / "dbt" / "target"),  # the code's own folder may be read-only
        "BATTLESCOPE_DAGSTER_POSTGRES_URL": sqlalchemy_url(settings, settings.dagster_database),
    } | dbt_environment(settings)


def report_orphaned_runs() -> int:
    """Reports runs that were going on as failed; returns how many.

    To be called while nothing can run: before the code server starts, whose children runs are. Left alone, they would
    hold the run queue for ever. Queued runs have no process yet and are left to the daemon.
    """
    import dagster as dg  # noqa: PLC0415  # takes a second

    started = datetime.fromtimestamp(psutil.Process().create_time(), UTC)  # later ones are not left over
    going_on = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    with dg.DagsterInstance.get() as instance:
        runs = instance.get_runs(dg.RunsFilter(statuses=going_on, created_before=started))
        for run in runs:
            instance.report_run_failed(run, "Its process ended without a word: BattleScope was killed or crashed.")
        return len(runs)


def unfinished_days(settings: Settings, days: Sequence[date]) -> list[date]:
    """Those of the days that never landed or whose battles were never built.

    The last day alone where only the marts are behind.
    """
    import dagster as dg  # noqa: PLC0415  # takes a second

    battles, docs = dg.AssetKey(["core", "battles"]), dg.AssetKey(["app", "dbt_docs"])
    with Warehouse(database_url(settings)).transaction() as connection:
        asked_for = days_asked_for(connection)
    with dg.DagsterInstance.get() as instance:
        built = instance.get_materialized_partitions(battles)
        missing = [day for day in days if day.isoformat() not in built or day not in asked_for]
        newest_battles = instance.get_latest_materialization_event(battles)
        newest_docs = instance.get_latest_materialization_event(docs)
    if not missing and newest_battles and (not newest_docs or newest_docs.timestamp < newest_battles.timestamp):
        return [max(days)]
    return missing
