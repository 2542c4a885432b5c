"""What runs by itself: every source of snapshots has a schedule that is on from the start and keeps its promise."""

from datetime import UTC, date, datetime

import dagster as dg
import pytest
from dagster._utils.schedules import cron_string_iterator

from battlescope_assets.build import SNAPSHOT_SCHEDULES, build_definitions
from battlescope_assets.domain.freshness import PROMISES
from battlescope_assets.partitions import tags_of_days
from battlescope_assets.settings import Settings

MIDNIGHT = datetime(2026, 9, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_definitions(Settings(home=tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def read_by(definitions: dg.Definitions) -> dict[str, dg.ScheduleDefinition]:
    """The schedule of each source."""
    found: dict[str, dg.ScheduleDefinition] = {}
    for one in definitions.schedules or []:
        schedule = definitions.resolve_schedule_def(one.name)
        keys = definitions.resolve_job_def(schedule.job_name).asset_layer.selected_asset_keys
        found |= {key.path[1]: schedule for key in keys if schedule.name in SNAPSHOT_SCHEDULES}
    return found


def test_every_source_is_read_as_often_as_promised(read_by: dict[str, dg.ScheduleDefinition]) -> None:
    assert set(read_by) == set(PROMISES) - {"killmail_feed"}  # which a sensor reads
    for source, schedule in read_by.items():
        ticks = cron_string_iterator(MIDNIGHT.timestamp(), f"{schedule.cron_schedule}", "UTC")
        first, second, third = (next(ticks) for _ in range(3))
        assert third - second == second - first == PROMISES[source].every, source


def test_every_schedule_runs_from_the_start_in_utc(definitions: dg.Definitions) -> None:
    for one in definitions.schedules or []:
        schedule = definitions.resolve_schedule_def(one.name)
        assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
        assert schedule.execution_timezone == "UTC"


@pytest.mark.parametrize(("name", "days"), [("recent_marts", (12, 15)), ("snapshot_gaps", (12, 14))])
def test_the_last_days_are_asked_for_again(definitions: dg.Definitions, name: str, days: tuple[int, int]) -> None:
    context = dg.build_schedule_context(scheduled_execution_time=MIDNIGHT)
    [request] = definitions.resolve_schedule_def(name).evaluate_tick(context).run_requests or ()
    first, last = (date(2026, 9, day) for day in days)
    assert request.tags.items() >= tags_of_days(first, last).items()


def test_no_two_schedules_start_in_one_minute(read_by: dict[str, dg.ScheduleDefinition]) -> None:
    schedules = {schedule.name: f"{schedule.cron_schedule}" for schedule in read_by.values()}
    minutes = [minute for cron in schedules.values() for minute in cron.split()[0].split(",")]
    assert len(minutes) == len(set(minutes))


def test_the_ui_knows_when_a_snapshot_is_stale(
    definitions: dg.Definitions, read_by: dict[str, dg.ScheduleDefinition]
) -> None:
    specs = {spec.key: spec for spec in definitions.resolve_all_asset_specs()}
    for source in read_by:
        policy = specs[dg.AssetKey(["raw", source])].freshness_policy
        assert policy == dg.FreshnessPolicy.time_window(fail_window=PROMISES[source].fresh_for), source
