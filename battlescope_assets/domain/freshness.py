"""Which sources there are, how often each is read and when it is stale; reading and recording belong elsewhere."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

HALF_HOUR = timedelta(minutes=30)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Promise(NamedTuple):
    """What users may expect of a source that is read again and again."""

    upstream: str
    """Where it is read, for people."""
    every: timedelta
    """How often it is asked."""
    fresh_for: timedelta
    """It is stale when it was last read longer ago: three readings in a row may fail before anybody is told."""
    schema: str = "raw"
    """Of its asset's key."""
    content_for: timedelta | None = None
    """It is stale, too, when what it holds ends longer ago, however often it is read: an upstream may stand still."""


PROMISES = {
    # New Eden has no hour without a loss but around its daily downtime.
    "killmail_feed": Promise(
        "zKillboard R2Z2 `ephemeral/`", timedelta(seconds=5), timedelta(minutes=15), content_for=HOUR
    ),
    "sovereignty_campaigns": Promise("ESI `/sovereignty/campaigns`", HALF_HOUR, 4 * HALF_HOUR),
    "faction_warfare": Promise("ESI `/fw/systems`", HALF_HOUR, 4 * HALF_HOUR),
    "sovereignty_systems": Promise("ESI `/sovereignty/systems`", HOUR, 4 * HOUR),
    "system_jumps": Promise("ESI `/universe/system_jumps`", HOUR, 4 * HOUR, content_for=4 * HOUR),
    "system_kills": Promise("ESI `/universe/system_kills`", HOUR, 4 * HOUR, content_for=4 * HOUR),
    "market_orders": Promise("EVE Ref `market-orders-latest.v3.csv.bz2`", HOUR, 4 * HOUR, content_for=4 * HOUR),
    "entity_names": Promise("ESI `/universe/names`", HOUR, 4 * HOUR, schema="app"),
    "market_prices": Promise("ESI `/markets/prices`", DAY, 4 * DAY),
    "static_data": Promise("CCP `tranquility/latest.jsonl`", DAY, 4 * DAY, schema="core"),
    # A day is published in the hours after it ended: two days after its end, the next one is late.
    "killmails": Promise("EVE Ref `killmails/`", DAY, 2 * DAY, content_for=2 * DAY),
    "market_history": Promise("EVE Ref `market-history/`", DAY, 2 * DAY, content_for=2 * DAY),
}
"""Every source, by the name that its asset and its row in the ledger have."""


@dataclass(frozen=True)
class SourceFetch:
    """What is known of reading a source."""

    source: str
    last_attempt_at: datetime
    last_success_at: datetime | None
    as_of: datetime | None
    """The newest moment the upstream's answers stand for."""
    last_error: str | None


def is_stale(promise: Promise, known: SourceFetch | None, now: datetime) -> bool:
    """Whether the source was read too long ago, or never, or what it holds ended too long ago."""
    return known is None or _is_late(known.last_success_at, promise.fresh_for, now) or _has_ended(promise, known, now)


def _has_ended(promise: Promise, known: SourceFetch, now: datetime) -> bool:
    return promise.content_for is not None and _is_late(known.as_of, promise.content_for, now)


def _is_late(moment: datetime | None, at_most: timedelta, now: datetime) -> bool:
    return moment is None or now - moment > at_most


def sentence(source: str, promise: Promise, known: SourceFetch | None, now: datetime) -> str:
    """How fresh a source is against its promise, and what went wrong last, for people."""
    every = f"read every {_span(promise.every)}"
    if known is None:
        return f"{source}: never read; to be {every}"
    error = f"; at the last attempt: {known.last_error}" if known.last_error else ""
    if known.last_success_at is None:
        return f"{source}: never read, to be {every}{error}"
    age = f"{source}: read {_span(now - known.last_success_at)} ago, {every}"
    late = ""
    if promise.content_for is not None and _has_ended(promise, known, now):
        late = f", promised to end at most {_span(promise.content_for)} ago"
    elif is_stale(promise, known, now):
        late = f", promised to be at most {_span(promise.fresh_for)} old"
    ends = "was as of" if promise.content_for is None else "ends"
    as_of = f"; it {ends} {known.as_of:%Y-%m-%d %H:%M} UTC" if known.as_of else ""
    return f"{age}{late}{as_of}{error}"


def _span(length: timedelta) -> str:
    """A length of time for people."""
    if length < timedelta(minutes=1):
        return f"{length.total_seconds():.0f} s"
    minutes = round(length.total_seconds() / 60)
    if minutes < 2 * 60:  # two hours
        return f"{minutes} min"
    return f"{minutes / 60:.0f} h" if minutes < 2 * 24 * 60 else f"{minutes / 60 / 24:.0f} days"
