"""Which archive days to ask for again, and when; what their archives hold and who asks belongs elsewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from battlescope_assets.domain.window import ONE_DAY

RECENT_DAYS = 3
"""Asked for every morning: late mails come for as long as zKillboard lets corporations delay them (72 hours)."""
GAP_DAYS = 30
"""A day missing among the stored ones of so many days is a gap to fill; older days are stored on purpose only."""
MOST_DAYS = 31
"""Asked for in one morning, besides the recent ones: a run takes seconds a day, and the rest has another morning."""
LONGEST_WAIT_DAYS = 32
LOOKED_AT_BLOCKS = 13
"""Blocks of `MOST_DAYS` days, one of which is looked at each morning: 403 days, all of them every 13 mornings."""
NOT_CLUSTERED = "not valued and clustered since it or its market history changed"


@dataclass(frozen=True)
class DayRequest:
    """A day that lacks something, and how often it has been asked for again since it does."""

    source: str
    day: date
    reason: str
    requests: int
    requested_on: date
    retry_on: date


def differing_days(announced: Mapping[date, int], held: Mapping[date, int], today: date, unit: str) -> dict[date, str]:
    """Days before the recent ones that lack mails (or rows), each with why it is thought so.

    A day that holds more than announced differs by nothing: mails are added to an archive before the totals say so.
    What changes without changing the count is not seen here: `days_to_look_at` is for that.

    Args:
        announced: mails per day by the upstream's totals.
        held: mails per day that is stored or known to be absent, quarantined ones included.
        today: the UTC day it is.
        unit: what is counted, for people.
    """
    end = today - RECENT_DAYS * ONE_DAY
    first_gap = max(min(held, default=today), today - GAP_DAYS * ONE_DAY)
    return {
        day: f"{count} {unit} announced, {f'{held[day]} held' if day in held else 'never stored'}"
        for day, count in announced.items()
        if day < end and (count > held[day] if day in held else count > 0 and day >= first_gap)
    }


def days_to_look_at(held: Iterable[date], today: date) -> list[date]:
    """The stored days whose archives are looked at this morning, changed or not, whatever the totals say.

    The days before the recent ones, as far back as `LOOKED_AT_BLOCKS` blocks of `MOST_DAYS` reach, a block a morning.
    """
    days = LOOKED_AT_BLOCKS * MOST_DAYS
    return sorted(
        day
        for day in held
        if RECENT_DAYS < (today - day).days <= days
        and (day.toordinal() // MOST_DAYS - today.toordinal()) % LOOKED_AT_BLOCKS == 0
    )


def requests_of(
    source: str, differing: Mapping[date, str], known: Iterable[DayRequest], today: date
) -> list[DayRequest]:
    """The source's book of requests as of today: the days to ask for have `requested_on` today, at most `MOST_DAYS`.

    A day is asked for at once, then after 1, 2, 4, … days as long as it differs; days that no longer differ are gone.
    """
    before = {request.day: request for request in known if request.source == source}
    due = [day for day in differing if day not in before or before[day].retry_on <= today]
    # Those asked for least come first, so that days that always fail keep no other waiting.
    due.sort(key=lambda day: (-before[day].requests if day in before else 0, day), reverse=True)
    asked = set(due[:MOST_DAYS])
    book = []
    for day, reason in differing.items():
        old = before.get(day)
        if day in asked:
            count = old.requests + 1 if old else 1
            wait = timedelta(days=min(2 ** (count - 1), LONGEST_WAIT_DAYS))
            book.append(DayRequest(source, day, reason, count, today, today + wait))
        elif old:
            book.append(old)
    return sorted(book, key=lambda request: request.day, reverse=True)
