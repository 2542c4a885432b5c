"""Asset app/killmail_enrichments: killmails in detail for those who ask, fetched by a sensor in its tick.

A run through the daemon takes seconds to start, which somebody who looks at a killmail would wait for. Requests are
rows, and every answer is a transaction of its own: a tick that dies leaves them to the next one.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import dagster as dg

from battlescope_assets.io.enrichments import (
    DEFERRED_PAUSE,
    ask,
    keep_failure,
    keep_payload,
    put_back,
    take_due,
    try_lock,
)
from battlescope_assets.io.sources import DeferredError, Source, SourceError
from battlescope_assets.io.warehouse import Warehouse

SECONDS_BETWEEN_TICKS = 3
MOST_KILLMAILS = 50
LONGEST_SECONDS = 15.0
"""Dagster gives a tick a minute, and other sensors wait for it."""

KILLMAIL_ENRICHMENTS = dg.AssetSpec(
    key=["app", "killmail_enrichments"],
    deps=[["raw", "killmails"], ["raw", "killmail_feed"]],
    group_name="killmails",
    kinds={"python", "postgres"},
    description=(
        "Killmails as ESI has them, attackers and items included: those somebody asked the API for, fetched by the "
        "sensor of the same name. What fails is asked for again ever later; all is forgotten after 30 days."
    ),
)


class Tick(NamedTuple):
    """What one tick did."""

    succeeded: int
    failed: int
    put_back: int
    """Not asked for: ESI must rest, or the tick had been long enough."""
    trouble: str | None
    """What went wrong first, in a sentence."""


def enrich(
    esi: Source,
    warehouse: Warehouse,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    longest_seconds: float = LONGEST_SECONDS,
) -> Tick | None:
    """Asks ESI for the killmails that are due; None where another process does."""
    began_at = time.monotonic()
    succeeded, failed, trouble = 0, 0, None
    with warehouse.transaction() as guard:
        if not try_lock(guard):
            return None
        with warehouse.transaction() as connection:
            due = take_due(connection, clock(), MOST_KILLMAILS)
        for place, wanted in enumerate(due):
            not_before, problem, payload = clock(), None, b""
            if time.monotonic() - began_at < longest_seconds:
                try:
                    payload = ask(esi, wanted)
                except DeferredError as error:
                    trouble = trouble or f"{error}"
                    not_before = error.not_before or clock() + DEFERRED_PAUSE
                except SourceError as error:
                    trouble, problem = trouble or f"{error}", f"{error}"
            with warehouse.transaction() as connection:
                if payload:
                    keep_payload(connection, wanted, payload, clock())
                    succeeded += 1
                elif problem:
                    keep_failure(connection, wanted, problem, clock())
                    failed += 1
                else:
                    put_back(connection, due[place:], not_before, clock())
                    return Tick(succeeded, failed, len(due) - place, trouble)
    return Tick(succeeded, failed, 0, trouble)


def build_enrichment_sensor(esi: Source, warehouse: Warehouse) -> dg.SensorDefinition:
    """The sensor; `esi` should have a tick's patience."""

    @dg.sensor(
        name="killmail_enrichments",
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks ESI for the killmails that somebody wants in detail; they are there when a tick ends.",
    )
    def killmail_enrichments(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        tick = enrich(esi, warehouse)
        if tick is None:
            return dg.SkipReason("another tick asks ESI for killmails")
        if tick.trouble:
            context.log.warning(tick.trouble)
        if not tick.succeeded + tick.failed:
            return dg.SkipReason(tick.trouble or "nobody waits for a killmail")
        return dg.SensorResult(
            asset_events=[
                dg.AssetMaterialization(
                    KILLMAIL_ENRICHMENTS.key,
                    metadata={
                        "killmails_succeeded": tick.succeeded,
                        "killmails_failed": tick.failed,
                        "killmails_put_back": tick.put_back,
                    }
                    | ({"trouble": tick.trouble} if tick.trouble else {}),
                )
            ]
        )

    return killmail_enrichments
