"""Pruning Dagster's own database, as this Dagster fills it: what is old goes, what still means something stays."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import psycopg
import pytest
from dagster._core.scheduler.instigation import InstigatorType, TickData, TickStatus

from battlescope_assets.assets.retention import prune_old_data
from battlescope_assets.io.event_log import Pruned, prune, prune_run_folders
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.processes.database import database_url, migrate
from battlescope_assets.settings import Settings
from tests.conftest import orchestrated

DAYS = dg.StaticPartitionsDefinition(["2026-09-01", "2026-09-02"])
MAILS = dg.AssetKey(["raw", "mails"])
BEFORE, RUNLESS_BEFORE = timedelta(days=30), timedelta(days=7)


@dg.asset(key=MAILS, partitions_def=DAYS, check_specs=[dg.AssetCheckSpec("is_complete", asset=MAILS)])
def mails() -> Iterator[dg.Output[None] | dg.AssetCheckResult]:
    """A day of mails."""
    yield dg.Output(None)
    yield dg.AssetCheckResult(passed=True)


class Log:
    """Dagster's books."""

    def __init__(self, instance: dg.DagsterInstance, settings: Settings) -> None:
        self.instance = instance
        self.settings = settings
        self.url = database_url(settings, settings.dagster_database)

    def run(self, day: str) -> str:
        job = dg.Definitions(assets=[mails], jobs=[dg.define_asset_job("land", [mails])]).resolve_job_def("land")
        result = job.execute_in_process(instance=self.instance, partition_key=day)
        assert result.success
        return result.run_id

    def report(self, day: str) -> None:
        """An event that belongs to no run, as sensors write it."""
        self.instance.report_runless_asset_event(dg.AssetMaterialization(MAILS, partition=day))

    def tick(self, selector: str) -> None:
        moment = datetime.now(UTC).timestamp()
        self.instance.create_tick(
            TickData(selector, "feed", InstigatorType.SENSOR, TickStatus.SKIPPED, moment, selector_id=selector)
        )

    def age(self, days: int) -> None:
        """Makes everything that many days older."""
        columns = {
            "event_logs": ["timestamp"],
            "runs": ["create_timestamp", "update_timestamp"],
            "asset_check_executions": ["create_timestamp"],
            "job_ticks": ["timestamp"],
        }
        with psycopg.connect(self.url) as connection:
            for table, names in columns.items():
                changes = ", ".join(f'"{name}" = "{name}" - interval \'{days} days\'' for name in names)
                connection.execute(f"update {table} set {changes}".encode())

    def count(self, table: str) -> int:
        with psycopg.connect(self.url) as connection:
            found = connection.execute(f"select count(*) from {table}".encode()).fetchone()
        return int(found[0]) if found else 0

    def prune(self) -> Pruned:
        now = datetime.now(UTC)
        return prune(self.url, now - BEFORE, now - RUNLESS_BEFORE)


@pytest.fixture(scope="module")
def books(server: Settings, worker_id: str) -> Iterator[Log]:
    settings = server.model_copy(update={"dagster_database": f"{worker_id}_pruned"})
    migrate(settings)
    with orchestrated(settings), dg.DagsterInstance.get() as instance:
        yield Log(instance, settings)


@pytest.fixture
def log(books: Log) -> Log:
    """The books, with nothing in them."""
    books.instance.wipe()
    assert books.instance.schedule_storage
    books.instance.schedule_storage.wipe()
    return books


def test_what_is_old_goes_and_what_partitions_are_known_by_stays(log: Log) -> None:
    first = log.run("2026-09-01")
    log.run("2026-09-01")
    log.report("2026-09-02")
    log.report("2026-09-02")
    log.tick("one")
    log.tick("one")
    assert log.prune() == Pruned(0, 0, 0, 0, 0)
    log.age(31)
    second = log.run("2026-09-02")
    log.tick("two")

    events = log.count("event_logs")
    pruned = log.prune()
    assert (pruned.runs, pruned.checks, pruned.ticks) == (2, 2, 1)
    assert log.instance.get_run_by_id(first) is None
    assert log.instance.get_run_by_id(second) is not None
    assert log.instance.get_materialized_partitions(MAILS) == set(DAYS.get_partition_keys())
    assert log.instance.get_latest_materialization_event(MAILS) is not None
    assert log.count("event_logs") == events - pruned.events
    # Of what is old only the latest materialisation of 2026-09-01 is left: that of 2026-09-02 is the new run's.
    with psycopg.connect(log.url) as connection:
        old = connection.execute(
            "select dagster_event_type, partition from event_logs where timestamp < now() - interval '30 days'"
        ).fetchall()
    assert old == [("ASSET_MATERIALIZATION", "2026-09-01")]
    assert log.prune() == Pruned(0, 0, 0, 0, 0)


def test_events_of_a_run_that_goes_on_stay(log: Log) -> None:
    run_id = log.run("2026-09-01")
    log.age(31)
    with psycopg.connect(log.url) as connection:
        connection.execute("update runs set status = 'STARTED' where run_id = %s", [run_id])
    kept = len(log.instance.all_logs(run_id))
    assert kept > 5
    log.prune()
    assert len(log.instance.all_logs(run_id)) == kept


def test_events_of_no_run_go_sooner(log: Log) -> None:
    log.prune()
    for _ in range(3):
        log.report("2026-09-02")
    run_id = log.run("2026-09-01")
    log.age(8)
    kept = len(log.instance.all_logs(run_id))
    assert log.prune().events >= 2
    assert len(log.instance.all_logs(run_id)) == kept
    assert log.instance.get_materialized_partitions(MAILS) == set(DAYS.get_partition_keys())


def test_folders_of_runs_that_are_gone_go(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    old = (now - timedelta(days=31)).timestamp()
    gone, known, young = (f"{digit * 8}-aaaa-4aaa-8aaa-aaaaaaaaaaaa" for digit in "123")
    for name in (gone, known, young, "something-else-that-is-old"):
        (tmp_path / name / "compute_logs").mkdir(parents=True)
        (tmp_path / name / "compute_logs" / "x.err").write_text("what a step printed")
        if name != young:
            os.utime(tmp_path / name, (old, old))
    assert prune_run_folders(tmp_path, now - BEFORE, lambda run_id: run_id == known) == 1
    assert {folder.name for folder in tmp_path.iterdir()} == {known, young, "something-else-that-is-old"}
    assert prune_run_folders(tmp_path / "nothing", now, lambda _: False) == 0


def test_the_job_deletes_what_is_old_wherever_it_is(log: Log, warehouse: Warehouse) -> None:
    old, folders = log.run("2026-09-01"), Path(log.instance.storage_directory())
    (folders / old / "compute_logs").mkdir(parents=True, exist_ok=True)
    log.age(31)
    long_ago = (datetime.now(UTC) - timedelta(days=31)).timestamp()
    os.utime(folders / old, (long_ago, long_ago))
    with warehouse.transaction() as connection:
        for number, days in ((1, 89), (2, 91)):
            connection.execute(
                "insert into raw.feed_rejections values (%s, null, 'malformed', '', now() - make_interval(days => %s))",
                [number, days],
            )
            connection.execute(
                "insert into raw.snapshots values ('system_jumps', now() - make_interval(days => %(days)s), 'x', "
                "repeat('0', 64), 0, 1, now() - make_interval(days => %(days)s))",
                {"days": days},
            )
        connection.execute(
            "insert into raw.quarantined_rows select source, as_of, 0, null, 'odd', '{}' from raw.snapshots"
        )
    resources = {"settings": log.settings, "warehouse": warehouse}
    job = dg.Definitions(jobs=[prune_old_data], resources=resources).resolve_job_def("prune_old_data")
    assert job.execute_in_process(instance=log.instance).success
    assert log.instance.get_run_by_id(old) is None
    assert not (folders / old).exists()
    with warehouse.transaction() as connection:
        assert connection.execute("select sequence_id from raw.feed_rejections").fetchall() == [(1,)]
        assert connection.execute("select count(*) from raw.quarantined_rows").fetchone() == (1,)
        assert connection.execute("select count(*) from raw.snapshots").fetchone() == (2,)
