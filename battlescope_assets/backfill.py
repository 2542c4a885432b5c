"""Runs the asset graph for chosen days, in this process, recorded in the Dagster instance; the assets do the work."""

from collections.abc import Callable, Sequence
from datetime import date

import dagster as dg

from battlescope_assets.assets.archive_days import LANDED
from battlescope_assets.build import (
    BUILD_MARTS,
    FILL_SNAPSHOTS,
    LAND_DAYS,
    LOAD_STATIC_DATA,
    READ_SNAPSHOTS,
    REBUILD_BATTLES,
    build_definitions,
)
from battlescope_assets.domain.completeness import RECENT_DAYS
from battlescope_assets.domain.window import ONE_DAY
from battlescope_assets.io.ledgers import summary
from battlescope_assets.io.universe import stored_build
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.partitions import stretches, tags_of_days
from battlescope_assets.processes.database import database_url, unbuilt_marts
from battlescope_assets.settings import Settings

Progress = Callable[[str], None]


def backfill(settings: Settings, days: Sequence[date], span: Sequence[date], progress: Progress) -> None:
    """Materialises static data, then everything for the given days, snapshots, then the marts over the span.

    A day that fails holds up neither other days nor the marts. Snapshots are read as they are now, and gaps of the
    newest days filled: an answer a file, older days take too long to fill by the way. Those that cannot be had are no
    failure here, since they are asked for again by schedule.

    Args:
        settings: of the instance and its sources.
        days: to materialise.
        span: days whose marts may be behind, though the days themselves were built before.
        progress: shows a line.

    Raises:
        RuntimeError: runs failed; which, for which days and why is in the message, more in the runs' logs.
    """
    runs = Runs(settings, progress)
    runs.execute(LOAD_STATIC_DATA, "static data", {})
    _snapshots(runs, READ_SNAPSHOTS, "all sources", {}, progress)
    for first_day, last_day in stretches(sorted(set(span))[-RECENT_DAYS:]):
        _snapshots(runs, FILL_SNAPSHOTS, _span(first_day, last_day), tags_of_days(first_day, last_day), progress)
    failures = []
    for first_day, last_day in stretches(days):
        try:
            runs.execute(LAND_DAYS, _span(first_day, last_day), tags_of_days(first_day, last_day))
        except RuntimeError as error:
            progress(f"{error}")
            failures.append(error)
    runs.execute(BUILD_MARTS, "marts and docs", tags_of_days(min(span), max(span)))
    if failures:
        message = f"{len(failures)} runs failed: {'; '.join(map(str, failures))}"
        raise RuntimeError(message)


def build_missing(settings: Settings, progress: Progress) -> None:
    """Loads static data where none is stored, and builds the marts that a new version brought or a migration dropped.

    Nothing that fails here holds up what is served: the schedules of marts and static data try again.
    """
    runs = Runs(settings, progress)
    with Warehouse(database_url(settings)).transaction() as connection:
        build, newest = stored_build(connection), summary(connection).newest_day
    try:
        if build is None:
            runs.execute(LOAD_STATIC_DATA, "static data", {})
        if missing := unbuilt_marts(settings):
            # Tables that are missing are built whole, the others for a day.
            runs.execute(BUILD_MARTS, f"{len(missing)} missing", tags_of_days(newest, newest) if newest else {})
    except RuntimeError as error:
        progress(f"{error}")


def _snapshots(runs: "Runs", job: str, what: str, tags: dict[str, str], progress: Progress) -> None:
    try:
        runs.execute(job, what, tags)
    except RuntimeError as error:
        progress(f"{error}")


def recluster(settings: Settings, first_day: date, last_day: date, progress: Progress) -> None:
    """Reconstructs the battles of the days again from the stored mails.

    Raises:
        RuntimeError: a run failed.
    """
    runs = Runs(settings, progress)
    days = [first_day + i * ONE_DAY for i in range((last_day - first_day).days + 1)]
    for first, last in stretches(days):
        runs.execute(REBUILD_BATTLES, _span(first, last), tags_of_days(first, last))


class Runs:
    """Runs of our jobs in this process, recorded in the Dagster instance of DAGSTER_HOME."""

    def __init__(self, settings: Settings, progress: Progress) -> None:
        self._definitions = build_definitions(settings)
        self._instance = dg.DagsterInstance.get()
        self._progress = progress

    def execute(self, job: str, what: str, tags: dict[str, str]) -> None:
        """Runs the job to its end.

        Raises:
            RuntimeError: it failed, or days could not be had.
        """
        self._progress(f"{job}: {what} …")
        result = self._definitions.resolve_job_def(job).execute_in_process(
            instance=self._instance, tags=tags, raise_on_error=False
        )
        failures = [
            f"{event.step_key}: {event.event_specific_data.error_display_string.splitlines()[0]}"  # type: ignore[union-attr]
            for event in result.all_events
            if event.is_step_failure
        ] + [
            f"{check.asset_key.to_user_string()}: {check.description}"
            for check in result.get_asset_check_evaluations()
            if check.check_name == LANDED and not check.passed
        ]
        if failures or not result.success:
            message = f"{job} for {what} failed (run {result.run_id}): {'; '.join(failures)}"
            raise RuntimeError(message)


def _span(first_day: date, last_day: date) -> str:
    return f"{first_day}" if first_day == last_day else f"{first_day} to {last_day}"
