"""What archives of days have in common: totals that announce them, landing day by day; what is in them is not here."""

from collections.abc import Callable, Mapping
from datetime import date

import dagster as dg
import msgspec
import structlog

from battlescope_assets.domain.window import Window
from battlescope_assets.io.archive import ArchiveError
from battlescope_assets.io.freshness import attempt
from battlescope_assets.io.ledgers import Day
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.partitions import days_of

log = structlog.get_logger()

LANDED = "days_have_landed"
"""The check of an asset of days that says which could not be had."""
TOTALS = {"killmails": "killmails/totals.json", "market_history": "market-history/totals.json"}
"""Where EVE Ref says how many mails, or rows, each day has."""


def archive_totals(everef: Source, source: str) -> dict[date, int]:
    """How much EVE Ref says each day has; empty where it publishes no totals. An odd entry announces nothing.

    Raises:
        SourceError: the totals cannot be had, or are none.
    """
    path = TOTALS[source]
    fetched = everef.fetch(path)
    if fetched is None:
        return {}
    try:
        totals = msgspec.json.decode(fetched.path.read_bytes(), type=dict[str, msgspec.Raw])
    except ValueError as error:
        everef.forget(path)
        message = f"{fetched.source} has no totals: {error}"
        raise SourceError(message) from error
    announced = {}
    for key, count in totals.items():
        try:
            announced[date.fromisoformat(key)] = msgspec.json.decode(count, type=int)
        except ValueError:
            log.warning("totals.odd", source=fetched.source, day=key)
    return announced


def land_days(
    context: dg.AssetExecutionContext,
    warehouse: Warehouse,
    source: str,
    land: Callable[[date], Day],
    facts: Callable[[Day], Mapping[str, str | int]],
) -> dg.MaterializeResult[None]:
    """Lands the run's days one by one, and records the attempt.

    A day that cannot be had holds up neither other days nor what is made of them: the run goes on, with the check
    `LANDED` failed, and the day is asked for again.

    Args:
        context: of the asset's run.
        warehouse: of the ledger.
        source: the asset's name in the ledger of sources.
        land: makes the warehouse hold a day; raises ArchiveError or SourceError where the day cannot be had.
        facts: metadata of a day that landed.
    """
    with attempt(warehouse, source, (ArchiveError, SourceError)) as made:
        for day in days_of(context):
            try:
                landed = land(day)
            except (ArchiveError, SourceError) as error:
                context.log.error("%s: %s", day, error)  # noqa: TRY400  # the sentence says it all
                made.problems.append(f"{day}: {error}")
                context.add_asset_metadata({"status": "failed", "error": f"{error}"}, partition_key=day.isoformat())
                continue
            told = {"status": landed.status, "source": landed.source, "revision": landed.revision, **facts(landed)}
            context.log.info("%s: %s", day, ", ".join(f"{name} {value}" for name, value in told.items()))
            context.add_asset_metadata(told, partition_key=day.isoformat())
            if landed.status == "stored":
                made.moments.append(Window.of_day(day).end)
    return dg.MaterializeResult(
        check_results=[
            dg.AssetCheckResult(
                passed=not made.problems,
                check_name=LANDED,
                severity=dg.AssetCheckSeverity.ERROR,
                description="; ".join(made.problems) or None,
            )
        ]
    )
