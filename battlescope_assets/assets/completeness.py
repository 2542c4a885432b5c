"""Completeness of the killmail days: the daily schedule that heals them and the check that names those it cannot."""

from collections.abc import Iterator
from datetime import UTC, date

import dagster as dg

from battlescope_assets.assets.killmails import archive_totals
from battlescope_assets.domain.completeness import MOST_DAYS, RECENT_DAYS, differing_days, requests_of
from battlescope_assets.domain.window import ONE_DAY
from battlescope_assets.io.ledgers import day_requests, held_mails, incomplete_days, keep_day_requests
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.values import days_without_flags
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.partitions import stretches, tags_of_days

MOST_DAYS_NAMED = 100


def archive_days_schedule(target: dg.AssetSelection, first_day: date) -> dg.ScheduleDefinition:
    """Every morning, after EVE Ref has published yesterday: the last days, and older ones whose archive has grown.

    The last days are asked for again since late mails are added to them; an archive that has not changed costs a
    request. Older days are compared with the upstream's totals, all at once. Days whose mails were valued before there
    were flags are valued again, some a morning, with all that is made of their values.
    """

    @dg.schedule(
        cron_schedule="30 5 * * *",
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
        today = context.scheduled_execution_time.astimezone(UTC).date()
        if first_day < today:
            yield _request(today, max(first_day, today - RECENT_DAYS * ONE_DAY), today - ONE_DAY)
        with warehouse.transaction() as connection:
            lacking = days_without_flags(connection, first_day, MOST_DAYS)
        for first, last in stretches(lacking):
            yield _request(today, first, last)
        try:
            totals = archive_totals(everef)
        except SourceError as error:
            context.log.warning("older days are not compared this morning: %s", error)
            return
        with warehouse.transaction() as connection:
            announced = {day: mails for day, mails in totals.items() if day >= first_day}
            differing = differing_days(announced, held_mails(connection), today)
            book = requests_of(differing, day_requests(connection), today)
            keep_day_requests(connection, book)
        for request in book:
            context.log.info(
                "%s: %s; asked for %d times, again on %s",
                request.day, request.reason, request.requests, request.retry_on,
            )  # fmt: skip
        for first, last in stretches([request.day for request in book if request.requested_on == today]):
            yield _request(today, first, last)

    return archive_days


def _request(today: date, first_day: date, last_day: date) -> dg.RunRequest:
    """A run for these days, once this morning however often the tick is tried."""
    return dg.RunRequest(run_key=f"{today}: {first_day} to {last_day}", tags=tags_of_days(first_day, last_day))


@dg.asset_check(asset=["raw", "killmails"], name="days_are_complete", blocking=False)
def days_are_complete(warehouse: dg.ResourceParam[Warehouse]) -> dg.AssetCheckResult:
    """Every day asked for holds as many mails as the upstream announced; names the newest that do not, and why."""
    with warehouse.transaction() as connection:
        days = incomplete_days(connection, MOST_DAYS_NAMED)
    names = ("day", "status", "mails_expected", "mails_stored", "mails_quarantined", "source", "revision", "reason")
    records = [
        dg.TableRecord({name: str(value) for name, value in day._asdict().items() if value is not None}) for day in days
    ]
    schema = dg.TableSchema([dg.TableColumn(name, "string") for name in (*names, "requests", "retry_on")])
    return dg.AssetCheckResult(
        passed=not days,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{len(days)} days lack mails: {', '.join(str(day.day) for day in days)}" if days else None,
        metadata={"incomplete_days": dg.MetadataValue.table(records, schema)},
    )
