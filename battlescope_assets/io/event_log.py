"""Prunes Dagster's own database and files, for which Dagster has no command; what runs and when belongs elsewhere.

The tables are Dagster's (`dagster._core.storage`, the pinned version); what Dagster needs to know which partitions are
materialised, and which checks passed, stays.
"""

import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import LiteralString, NamedTuple

import psycopg

ROWS_A_TRANSACTION = 20_000
"""So that Dagster, which writes all the while, never waits long."""

RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FINISHED = "('SUCCESS', 'FAILURE', 'CANCELED')"

OLD_RUNS = f"""
delete from runs
where id in (
    select id from runs
    where status in {FINISHED} and update_timestamp < %(before)s
    order by id limit %(most)s
)
"""
"""Tags of runs go with them."""

OLD_EVENTS = f"""
delete from event_logs
where id in (
    select e.id
    from event_logs as e
    where e.timestamp < case when e.run_id = '' then %(runless_before)s else %(before)s end
        and not exists (select from runs as r where r.run_id = e.run_id and r.status not in {FINISHED})
        and e.id not in (
            select max(id)
            from event_logs
            where dagster_event_type = 'ASSET_MATERIALIZATION' and asset_key is not null
            group by asset_key, partition
        )
    order by e.id limit %(most)s
)
"""
"""Events of runs that go on stay, and of every asset and partition the latest materialisation.

Events that belong to no run have an empty run id.
"""

OLD_CHECKS = """
delete from asset_check_executions
where id in (
    select id
    from asset_check_executions
    where create_timestamp < %(before)s
        and id not in (select max(id) from asset_check_executions group by asset_key, check_name, partition)
    order by id limit %(most)s
)
"""

OLD_TAGS = """
delete from asset_event_tags
where id in (
    select t.id
    from asset_event_tags as t
    where not exists (select from event_logs as e where e.id = t.event_id)
    order by t.id limit %(most)s
)
"""

OLD_TICKS = """
delete from job_ticks
where id in (
    select id
    from job_ticks
    where timestamp < %(before)s and id not in (select max(id) from job_ticks group by selector_id, job_origin_id)
    order by id limit %(most)s
)
"""
"""The latest tick of each schedule and sensor stays: a sensor's cursor and a schedule's place are found by it."""


class Pruned(NamedTuple):
    """How many rows went."""

    runs: int
    events: int
    checks: int
    event_tags: int
    ticks: int


def prune(url: str, before: datetime, runless_before: datetime) -> Pruned:
    """Deletes what Dagster's database at `url` holds from before a moment, but for what still means something.

    Events that belong to no run go by a moment of their own.
    """
    # Dagster's columns know no zone; they are in UTC.
    moments = {"before": before.replace(tzinfo=None), "runless_before": runless_before.replace(tzinfo=None)}
    with psycopg.connect(url, options="-c timezone=UTC", application_name="battlescope", autocommit=True) as connection:
        return Pruned(
            *(_delete(connection, query, moments) for query in (OLD_RUNS, OLD_EVENTS, OLD_CHECKS, OLD_TAGS, OLD_TICKS))
        )


def prune_run_folders(storage: Path, before: datetime, is_known: Callable[[str], bool]) -> int:
    """Deletes the folders of runs that Dagster knows no longer, their logs in them; returns how many.

    Args:
        storage: Dagster's folder of them, each named by its run's id.
        before: folders that changed since then stay: their runs may only just begin.
        is_known: whether Dagster knows a run.
    """
    deleted = 0
    for folder in storage.glob("*-*-*-*-*") if storage.is_dir() else ():
        if folder.stat().st_mtime < before.timestamp() and RUN_ID.fullmatch(folder.name) and not is_known(folder.name):
            shutil.rmtree(folder)
            deleted += 1
    return deleted


def _delete(
    connection: psycopg.Connection[tuple[object, ...]], query: LiteralString, moments: dict[str, datetime]
) -> int:
    parameters = {**moments, "most": ROWS_A_TRANSACTION}
    deleted = 0
    while gone := connection.execute(query, parameters).rowcount:
        deleted += gone
    return deleted
