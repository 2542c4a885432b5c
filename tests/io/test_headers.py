"""What headers say, as tables; and that nothing an upstream may write there is more than ignored."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.io.headers import (
    MOST_FRESH_SECONDS,
    MOST_REST_SECONDS,
    ErrorBudget,
    TokenBucket,
    error_budget,
    fresh_seconds,
    http_date,
    retry_after_seconds,
    token_bucket,
)

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
NOON = "Tue, 03 Nov 2026 12:00:00 GMT"
LATER = "Tue, 03 Nov 2026 12:05:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": " 7 "}, 7),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": LATER}, 300),
        ({"Retry-After": LATER, "Date": "Tue, 03 Nov 2026 12:04:00 GMT"}, 60),
        ({"Retry-After": NOON, "Date": LATER}, 0),
        ({"Retry-After": "-7"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Tue, 99 Nov 2026 12:00:00 GMT"}, None),
        ({"Retry-After": "999999999999"}, MOST_REST_SECONDS),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"Cache-Control": "max-age=300"}, 300),
        ({"Cache-Control": "public, Max-Age=300", "Age": "100"}, 200),
        ({"Cache-Control": "max-age=300", "Age": "400"}, 0),
        ({"Cache-Control": "no-store, max-age=300"}, 0),
        ({"Cache-Control": "no-cache", "Expires": LATER}, 0),
        ({"Cache-Control": "max-age=60", "Expires": LATER}, 60),
        ({"Cache-Control": "public", "Expires": LATER, "Date": NOON}, 300),
        ({"Expires": LATER, "Date": "Tue, 03 Nov 2026 12:04:00 GMT"}, 60),
        ({"Expires": LATER}, 300),
        ({"Expires": NOON, "Date": LATER}, 0),
        ({"Expires": "0"}, 0),
        ({"Expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, MOST_FRESH_SECONDS),
        ({"Cache-Control": "max-age=soon"}, 0),
    ],
)
def test_how_long_it_stays_fresh(headers: dict[str, str], seconds: float) -> None:
    assert fresh_seconds(headers, NOW) == seconds


def test_the_limits_of_esi() -> None:
    paid = {"X-Ratelimit-Group": "fw", "X-Ratelimit-Limit": "150/15m", "X-Ratelimit-Remaining": "148"}
    assert token_bucket(paid) == TokenBucket("fw", 150, 900, 148)
    assert token_bucket(paid | {"X-Ratelimit-Limit": "150 per quarter"}) is None
    assert token_bucket({"X-Ratelimit-Group": "fw"}) is None
    limited = {"X-ESI-Error-Limit-Remain": "98", "X-ESI-Error-Limit-Reset": "31"}
    assert error_budget(limited) == ErrorBudget(98, 31)
    assert error_budget({"X-ESI-Error-Limit-Remain": "98"}) is None


@given(st.integers(-86_400, 86_400), st.integers(0, 86_400))
def test_no_clock_has_to_be_right(ahead: int, seconds: int) -> None:
    """Both what the upstream's clock says and what ours does leave no trace."""
    theirs = NOW + timedelta(seconds=ahead)
    until = format_datetime(theirs + timedelta(seconds=seconds), usegmt=True)
    date = format_datetime(theirs, usegmt=True)
    assert retry_after_seconds({"Date": date, "Retry-After": until}, NOW) == seconds
    assert fresh_seconds({"Date": date, "Expires": until}, NOW) == seconds


values = st.text(max_size=40) | st.sampled_from(
    [
        "9" * 400,
        "1e9",
        "nan",
        "inf",
        "-1",
        "٣",
        "Tue, 03 Nov 2026 12:00:00 +9999",
        NOON,
        "1/0s",
        "150/15m",
        "max-age=1,,=",
    ]
)
NAMES = [
    "Retry-After",
    "Date",
    "Expires",
    "Age",
    "Cache-Control",
    "X-Ratelimit-Group",
    "X-Ratelimit-Limit",
    "X-Ratelimit-Remaining",
    "X-ESI-Error-Limit-Remain",
    "X-ESI-Error-Limit-Reset",
]


@given(st.dictionaries(st.sampled_from(NAMES), values))
def test_nothing_written_there_does_harm(written: dict[str, str]) -> None:
    headers = httpx.Headers([(name.encode(), value.encode()) for name, value in written.items()])
    asked = retry_after_seconds(headers, NOW)
    assert asked is None or 0 <= asked <= MOST_REST_SECONDS
    assert 0 <= fresh_seconds(headers, NOW) <= MOST_FRESH_SECONDS
    budget = error_budget(headers)
    assert budget is None or 0 <= budget.reset_seconds <= MOST_REST_SECONDS
    bucket = token_bucket(headers)
    assert bucket is None or (bucket.remaining >= 0 and bucket.group)
    date = http_date(headers.get("Date", ""))
    assert date is None or date.utcoffset() == timedelta(0)
