"""Which sources there are, how often each is read and when it is stale; reading and recording belong elsewhere."""

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


PROMISES = {
    "killmail_feed": Promise("zKillboard R2Z2 `ephemeral/`", timedelta(seconds=5), timedelta(minutes=15)),
    "sovereignty_campaigns": Promise("ESI `/sovereignty/campaigns`", HALF_HOUR, 4 * HALF_HOUR),
    "faction_warfare": Promise("ESI `/fw/systems`", HALF_HOUR, 4 * HALF_HOUR),
    "sovereignty_systems": Promise("ESI `/sovereignty/systems`", HOUR, 4 * HOUR),
    "system_jumps": Promise("ESI `/universe/system_jumps`", HOUR, 4 * HOUR),
    "system_kills": Promise("ESI `/universe/system_kills`", HOUR, 4 * HOUR),
    "market_orders": Promise("EVE Ref `market-orders-latest.v3.csv.bz2`", HOUR, 4 * HOUR),
    "market_prices": Promise("ESI `/markets/prices`", DAY, 4 * DAY),
}
"""Sources read again and again, by the name that their asset in `raw` and their rows in the ledgers have."""

DAYS_LATE = 3 * DAY
"""An archive of days is stale when so much time has passed since its newest day began: the next one is a day late."""


def is_stale(last_success_at: datetime | None, promise: Promise, now: datetime) -> bool:
    """Whether the source was read too long ago, or never."""
    return last_success_at is None or now - last_success_at > promise.fresh_for
