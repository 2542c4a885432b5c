"""What runs by itself: every source of snapshots has a schedule that is on from the start and keeps its promise."""

from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest
from dagster._utils.schedules import cron_string_iterator

from battlescope_assets.assets.completeness import archive_days_schedule
from battlescope_assets.assets.killmails import build_killmails
from battlescope_assets.assets.snapshot_archives import build_snapshot_archives, snapshot_gaps_schedule
from battlescope_assets.build import SNAPSHOT_SCHEDULES, build_definitions
from battlescope_assets.domain.freshness import PROMISES
from battlescope_assets.io.sources import Source
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.partitions import daily_partitions, tags_of_days
from battlescope_assets.settings import Settings

KEYS = {dg.AssetKey([promise.schema, source]): source for source, promise in PROMISES.items()}
MIDNIGHT = datetime(2026, 9, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_definitions(Settings(home=tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def read_by(definitions: dg.Definitions) -> dict[str, dg.ScheduleDefinition]:
    """The schedule of each source; of two, the one that runs more often."""
    found: dict[str, dg.ScheduleDefinition] = {}
    for one in sorted(definitions.schedules or [], key=lambda one: one.name == "recent_marts"):
        schedule = definitions.resolve_schedule_def(one.name)
        keys = definitions.resolve_job_def(schedule.job_name).asset_layer.selected_asset_keys
        found |= {key.path[-1]: schedule for key in keys if key in KEYS}
    return found


def test_every_source_is_read_as_often_as_promised(read_by: dict[str, dg.ScheduleDefinition]) -> None:
    assert set(read_by) == set(PROMISES) - {"killmail_feed"}  # which a sensor reads
    for source, schedule in read_by.items():
        ticks = cron_string_iterator(MIDNIGHT.timestamp(), f"{schedule.cron_schedule}", "UTC")
        pauses = {later - earlier for earlier, later in pairwise(next(ticks) for _ in range(4))}
        if source in {"killmails", "market_history"}:  # a file a day, looked for more often
            assert max(pauses) <= PROMISES[source].every, source
        else:
            assert pauses == {PROMISES[source].every}, source


@pytest.mark.parametrize("first_day", [date(2026, 9, 14), date(2026, 9, 15)])
def test_no_day_before_the_first_is_asked_for(tmp_path: Path, warehouse: Warehouse, first_day: date) -> None:
    killmails = build_killmails(daily_partitions(first_day))
    gaps = snapshot_gaps_schedule(build_snapshot_archives(daily_partitions(first_day)), first_day)
    days = archive_days_schedule(dg.AssetSelection.assets(killmails), first_day)
    expected = [tags_of_days(first_day, date(2026, 9, 14))] if first_day < MIDNIGHT.date() else []
    resources = {"everef": Source(f"{tmp_path}", "tests", tmp_path / "cache"), "warehouse": warehouse}
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_schedule_context(instance, MIDNIGHT, resources=resources) as context,
    ):
        for schedule in (gaps, days):
            requests = schedule.evaluate_tick(context).run_requests or ()
            asked = [{tag: request.tags[tag] for tag in tags_of_days(first_day, first_day)} for request in requests]
            assert asked == expected, schedule.name


def test_every_schedule_runs_from_the_start_in_utc(definitions: dg.Definitions) -> None:
    for one in definitions.schedules or []:
        schedule = definitions.resolve_schedule_def(one.name)
        assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
        assert schedule.execution_timezone == "UTC"


def test_the_last_days_of_snapshots_are_asked_for_again(definitions: dg.Definitions) -> None:
    context = dg.build_schedule_context(scheduled_execution_time=MIDNIGHT)
    [request] = definitions.resolve_schedule_def("snapshot_gaps").evaluate_tick(context).run_requests or ()
    assert request.tags.items() >= tags_of_days(date(2026, 9, 12), date(2026, 9, 14)).items()


def test_no_two_schedules_of_snapshots_start_in_one_minute() -> None:
    minutes = [minute for cron, _ in SNAPSHOT_SCHEDULES.values() for minute in cron.split()[0].split(",")]
    assert len(minutes) == len(set(minutes))


def test_the_ui_knows_when_a_source_is_stale(definitions: dg.Definitions) -> None:
    specs = {spec.key: spec for spec in definitions.resolve_all_asset_specs()}
    for key, source in KEYS.items():
        policy = specs[key].freshness_policy
        assert policy == dg.FreshnessPolicy.time_window(fail_window=PROMISES[source].fresh_for), source
