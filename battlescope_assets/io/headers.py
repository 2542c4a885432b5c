"""What an answer's headers say about asking again, read; waiting, remembering and sending belong elsewhere.

Headers are what others write: one that is missing, malformed or absurd is read as if it were not there. Points in
time are compared with the `Date` of the same answer, so neither side's clock has to be right; `now` stands in for it
where it is missing.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

MOST_REST_SECONDS = 7 * 86_400.0
"""No upstream asks for more; a header that does is a mistake, and would silence a source for good."""
MOST_FRESH_SECONDS = 30 * 86_400.0
"""ESI's longest cache time, that of a killmail."""
WINDOW_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


class TokenBucket(NamedTuple):
    """ESI's rate limit of a group of routes: `limit` tokens in any `window_seconds`, `remaining` of them left."""

    group: str
    limit: int
    window_seconds: float
    remaining: int


class ErrorBudget(NamedTuple):
    """ESI's error limit, of all routes without a token bucket: `remaining` errors until it is reset."""

    remaining: int
    reset_seconds: float


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long the upstream asks to be left alone, from Retry-After in seconds or as a date (RFC 9110 §10.2.3)."""
    asked = headers.get("Retry-After", "")
    seconds = _number(asked)
    if seconds is None:
        seconds = _seconds_after_answer(headers, asked, now)
    return None if seconds is None else min(max(0.0, seconds), MOST_REST_SECONDS)


def fresh_seconds(headers: Mapping[str, str], now: datetime) -> float:
    """How long the answer need not be asked for again, from Cache-Control, Age and Expires (RFC 9111 §4.2)."""
    directives = dict(
        (part.strip().lower().partition("=")[::2]) for part in headers.get("Cache-Control", "").split(",")
    )
    if directives.keys() & {"no-store", "no-cache"}:
        return 0.0
    seconds = _number(directives.get("max-age", "").strip('"'))
    if seconds is None:
        seconds = _seconds_after_answer(headers, headers.get("Expires", ""), now)
    else:
        seconds -= _number(headers.get("Age", "")) or 0.0
    return min(max(0.0, seconds or 0.0), MOST_FRESH_SECONDS)


def ahead_seconds(headers: Mapping[str, str], now: datetime) -> float:
    """How far the upstream's clock is ahead of ours, to the minute: the rest is the answer's way."""
    answered = http_date(headers.get("Date", "")) or now
    return 60.0 * round((answered - now).total_seconds() / 60)


def token_bucket(headers: Mapping[str, str]) -> TokenBucket | None:
    """The token bucket an ESI answer was paid from: `X-Ratelimit-Group: fw`, `-Limit: 150/15m`, `-Remaining: 148`."""
    limit = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,5})([smhd])", headers.get("X-Ratelimit-Limit", "").strip())
    remaining = _number(headers.get("X-Ratelimit-Remaining", ""))
    group = headers.get("X-Ratelimit-Group", "").strip()
    if limit is None or remaining is None or not group:
        return None
    window_seconds = min(float(limit[2]) * WINDOW_UNITS[limit[3]], MOST_REST_SECONDS)
    return TokenBucket(group, int(limit[1]), window_seconds, int(remaining))


def error_budget(headers: Mapping[str, str]) -> ErrorBudget | None:
    """ESI's error budget: `X-ESI-Error-Limit-Remain: 98`, `X-ESI-Error-Limit-Reset: 31`."""
    remaining = _number(headers.get("X-ESI-Error-Limit-Remain", ""))
    reset = _number(headers.get("X-ESI-Error-Limit-Reset", ""))
    return None if remaining is None or reset is None else ErrorBudget(int(remaining), min(reset, MOST_REST_SECONDS))


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,9})?", text := text.strip()) else None


def _seconds_after_answer(headers: Mapping[str, str], date: str, now: datetime) -> float | None:
    until = http_date(date)
    answered = http_date(headers.get("Date", "")) or now
    return None if until is None else (until - answered).total_seconds()


def http_date(text: str) -> datetime | None:
    """A header's point in time in UTC; None where it is none."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
