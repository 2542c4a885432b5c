"""Completeness of the archives' days: the schedule that heals them and the check that names those it cannot."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date

import dagster as dg

from battlescope_assets.assets.archive_days import archive_totals
from battlescope_assets.domain.completeness import (
    NOT_CLUSTERED,
    RECENT_DAYS,
    days_to_look_at,
    differing_days,
    requests_of,
)
from battlescope_assets.domain.window import ONE_DAY
from battlescope_assets.io import ledgers
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.warehouse import Connection, Warehouse
from battlescope_assets.partitions import stretches, tags_of_days
from battlescope_assets.sources import TICK_PATIENCE_SECONDS

MOST_DAYS_NAMED = 100
ARCHIVES: dict[str, tuple[str, Callable[[Connection], dict[date, int]]]] = {
    "killmails": ("mails", ledgers.held_mails),
    "market_history": ("rows", ledgers.held_rows),
}
"""What the totals of each count, and what is held."""
LANDING = [dg.AssetKey(["raw", archive]) for archive in ARCHIVES]


def archive_days_schedule(target: dg.AssetSelection, first_day: date) -> dg.ScheduleDefinition:
    """Twice a day: the last days, older ones that lack something, and some old ones whatever is known of them.

    In the morning EVE Ref has published yesterday's mails, at noon its market history (the game's is there at 11:05).
    The last days are asked for again since late mails are added to them; an archive that has not changed costs a
    request. Older days are compared with the upstream's totals, all at once; those that lack mails or market history,
    and those that were not valued and clustered since either changed, are asked for again. What changes without its
    count is found by looking at a block of old days a morning; what is found is valued and clustered by the next tick.
    """

    @dg.schedule(
        cron_schedule="20 6,12 * * *",
        execution_timezone="UTC",
        target=target,
        name="archive_days",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def archive_days(
        context: dg.ScheduleEvaluationContext,
        everef: dg.ResourceParam[Source],
        warehouse: dg.ResourceParam[Warehouse],
    ) -> Iterator[dg.RunRequest]:
        now = context.scheduled_execution_time.astimezone(UTC)
        today = now.date()
        if first_day < today:
            yield _request(f"{now:%F %R}", max(first_day, today - RECENT_DAYS * ONE_DAY), today - ONE_DAY)
        totals = {archive: _totals(context, everef, archive, first_day) for archive in ARCHIVES}
        with warehouse.transaction() as connection:
            known = ledgers.day_requests(connection)
            book = []
            for archive, (unit, held_by) in ARCHIVES.items():
                announced = totals[archive]
                if announced is None:  # what was known to differ still does
                    differing = {request.day: request.reason for request in known if request.source == archive}
                else:
                    differing = differing_days(announced, held_by(connection), today, unit)
                if archive == "killmails":
                    differing |= dict.fromkeys(ledgers.unclustered_days(connection, first_day), NOT_CLUSTERED)
                book += requests_of(archive, differing, known, today)
            ledgers.keep_day_requests(connection, book)
            looked_at = days_to_look_at(ledgers.held_mails(connection), today)
        for request in book:
            context.log.info(
                "%s of %s: %s; asked for %d times, again on %s",
                request.source, request.day, request.reason, request.requests, request.retry_on,
            )  # fmt: skip
        asked = {request.day for request in book if request.requested_on == today}
        for first, last in stretches(list(asked)):
            yield _request(f"{today}", first, last)
        for first, last in stretches([day for day in looked_at if day not in asked and day >= first_day]):
            yield _request(f"{today}", first, last, LANDING)

    return archive_days


def _totals(
    context: dg.ScheduleEvaluationContext, everef: Source, archive: str, first_day: date
) -> Mapping[date, int] | None:
    """What the upstream announces of the days since the first; None where it cannot be had."""
    try:
        # A tick that waits holds up the other schedules.
        totals = archive_totals(replace(everef, patience_seconds=TICK_PATIENCE_SECONDS), archive)
    except SourceError as error:
        context.log.warning("older days of %s are not compared now: %s", archive, error)
        return None
    return {day: count for day, count in totals.items() if day >= first_day}


def _request(tick: str, first_day: date, last_day: date, assets: Sequence[dg.AssetKey] | None = None) -> dg.RunRequest:
    """A run for these days, of these assets or all, once however often the tick is tried."""
    looks = " looked at" if assets else ""
    return dg.RunRequest(
        run_key=f"{tick}: {first_day} to {last_day}{looks}",
        tags=tags_of_days(first_day, last_day),
        asset_selection=assets,
    )


@dg.asset_check(asset=["raw", "killmails"], name="days_are_complete", blocking=False)
def days_are_complete(warehouse: dg.ResourceParam[Warehouse]) -> dg.AssetCheckResult:
    """Every day holds as many mails as were announced, valued and clustered; names the newest that do not, and why."""
    with warehouse.transaction() as connection:
        days = ledgers.incomplete_days(connection, MOST_DAYS_NAMED)
    names = ("day", "status", "mails_expected", "mails_stored", "mails_quarantined", "source", "revision", "reason")
    records = [
        dg.TableRecord({name: str(value) for name, value in day._asdict().items() if value is not None}) for day in days
    ]
    schema = dg.TableSchema([dg.TableColumn(name, "string") for name in (*names, "requests", "retry_on")])
    return dg.AssetCheckResult(
        passed=not days,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{len(days)} days lack mails, values or battles: {', '.join(str(day.day) for day in days)}"
        if days
        else None,
        metadata={"incomplete_days": dg.MetadataValue.table(records, schema)},
    )
