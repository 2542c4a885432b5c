"""Prunes Dagster's own database, for which Dagster has no command; what runs and when belongs elsewhere.

The tables are Dagster's (`dagster._core.storage`, the pinned version); what Dagster needs to know which partitions are
materialised, and which checks passed, stays.
"""

from datetime import datetime
from typing import LiteralString, NamedTuple

import psycopg

ROWS_A_TRANSACTION = 20_000
"""So that Dagster, which writes all the while, never waits long."""

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
    where e.timestamp < %(before)s
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
"""Events of runs that go on stay, and of every asset and partition the latest materialisation."""

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


def prune(url: str, before: datetime) -> Pruned:
    """Deletes what Dagster's database at `url` holds from before a moment, but for what still means something."""
    with psycopg.connect(url, options="-c timezone=UTC", application_name="battlescope", autocommit=True) as connection:
        return Pruned(
            *(_delete(connection, query, before) for query in (OLD_RUNS, OLD_EVENTS, OLD_CHECKS, OLD_TAGS, OLD_TICKS))
        )


def _delete(connection: psycopg.Connection[tuple[object, ...]], query: LiteralString, before: datetime) -> int:
    # Dagster's columns know no zone; they are in UTC.
    parameters = {"before": before.replace(tzinfo=None), "most": ROWS_A_TRANSACTION}
    deleted = 0
    while gone := connection.execute(query, parameters).rowcount:
        deleted += gone
    return deleted
