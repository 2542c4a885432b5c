"""Which archive days are asked for again: examples, and the laws of the book of requests."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.domain.completeness import (
    LONGEST_WAIT_DAYS,
    MOST_DAYS,
    DayRequest,
    days_to_look_at,
    differing_days,
    requests_of,
)

TODAY = date(2026, 9, 20)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("announced", "held", "expected"),
    [
        pytest.param({9: 5}, {9: 5}, {}, id="as announced"),
        pytest.param({9: 5}, {9: 4}, {9: "5 mails announced, 4 held"}, id="fewer"),
        pytest.param({9: 5}, {9: 6}, {}, id="more: the totals lag"),
        pytest.param({900: 5}, {900: 4}, {900: "5 mails announced, 4 held"}, id="however old"),
        pytest.param({9: 5}, {9: 0}, {9: "5 mails announced, 0 held"}, id="absent, and published since"),
        pytest.param({1: 5, 2: 5, 3: 5}, {1: 1, 2: 1, 3: 1}, {}, id="recent days are asked for anyway"),
        pytest.param({4: 5}, {4: 1}, {4: "5 mails announced, 1 held"}, id="the first that is not"),
        pytest.param({8: 5}, {9: 1, 7: 1}, {8: "5 mails announced, never stored"}, id="a gap"),
        pytest.param({8: 5}, {9: 1}, {8: "5 mails announced, never stored"}, id="a gap after a long stop"),
        pytest.param({10: 5}, {9: 1}, {}, id="before the first day stored"),
        pytest.param({31: 5}, {40: 1, 9: 1}, {}, id="long ago, stored on purpose only"),
        pytest.param({8: 0}, {9: 1}, {}, id="a day without mails"),
        pytest.param({8: 5}, {}, {}, id="nothing was ever stored"),
    ],
)
def test_which_days_differ(announced: dict[int, int], held: dict[int, int], expected: dict[int, str]) -> None:
    found = differing_days(
        {ago(days): mails for days, mails in announced.items()},
        {ago(days): mails for days, mails in held.items()},
        TODAY,
        "mails",
    )
    assert found == {ago(days): reason for days, reason in expected.items()}


def test_a_day_that_always_differs_is_asked_for_ever_more_rarely() -> None:
    book: list[DayRequest] = []
    asked = []
    for i in range(150):
        today = TODAY + timedelta(days=i)
        book = requests_of("killmails", {ago(9): "?"}, book, today)
        asked += [i for request in book if request.requested_on == today]
    assert asked == [0, 1, 3, 7, 15, 31, 63, 95, 127]
    assert book[0].requests == len(asked)
    assert requests_of("killmails", {}, book, TODAY) == []


def test_days_that_always_differ_keep_no_other_waiting() -> None:
    differing = {ago(days): "?" for days in range(9, 9 + 3 * MOST_DAYS)}
    book: list[DayRequest] = []
    asked: set[date] = set()
    for i in range(3):
        today = TODAY + timedelta(days=i)
        book = requests_of("killmails", differing, book, today)
        asked |= {request.day for request in book if request.requested_on == today}
    assert asked == differing.keys()


DAYS = st.integers(4, 200).map(ago)
BOOKS = st.dictionaries(DAYS, st.tuples(st.integers(1, 10), st.integers(1, 60), st.integers(1, 60)), max_size=80).map(
    lambda book: [
        DayRequest("killmails", day, "old", requests, ago(asked), ago(asked) + timedelta(days=wait))
        for day, (requests, asked, wait) in book.items()
    ]
)


@given(st.sets(DAYS, max_size=80), BOOKS)
def test_the_book_holds_what_differs_and_asks_within_its_bounds(differing: set[date], book: list[DayRequest]) -> None:
    before = {request.day: request for request in book}
    after = requests_of("killmails", dict.fromkeys(differing, "new"), book, TODAY)
    asked = [request for request in after if request.requested_on == TODAY]
    assert {request.day for request in after} <= differing
    assert {request.day for request in after} >= differing & before.keys()
    assert len(asked) <= MOST_DAYS
    for request in asked:
        old = before.get(request.day)
        assert old is None or old.retry_on <= TODAY
        assert request.requests == (old.requests + 1 if old else 1)
        assert 1 <= (request.retry_on - TODAY).days <= LONGEST_WAIT_DAYS
    due = [day for day in differing if day not in before or before[day].retry_on <= TODAY]
    assert len(asked) == min(len(due), MOST_DAYS)


def test_every_old_day_is_looked_at_within_two_weeks() -> None:
    held = [ago(days) for days in range(1, 600)]
    mornings = [days_to_look_at(held, TODAY + timedelta(days=i)) for i in range(13)]
    assert max(map(len, mornings)) <= MOST_DAYS
    assert {day for days in mornings for day in days} >= {ago(days) for days in range(4, 390)}
    assert days_to_look_at([], TODAY) == []


def test_the_books_of_two_archives_do_not_touch_each_other() -> None:
    book = requests_of("killmails", {ago(9): "?"}, [], TODAY)
    assert requests_of("market_history", {}, book, TODAY) == []
    [request] = requests_of("market_history", {ago(9): "?"}, book, TODAY)
    assert (request.source, request.requests) == ("market_history", 1)
