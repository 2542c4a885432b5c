"""Windows: half-open, UTC, and made of whole days where days are asked for."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.domain.window import ONE_DAY, Window, windows_of

DAYS = st.dates(date(2007, 12, 5), date(2100, 1, 1))
MOMENTS = st.datetimes(datetime(2007, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds the zone


@given(MOMENTS)
def test_every_moment_lies_in_the_window_of_its_day_only(moment: datetime) -> None:
    day = moment.date()
    assert [moment in Window.of_day(day + days * ONE_DAY) for days in (-1, 0, 1)] == [False, True, False]


@given(DAYS, st.integers(0, 400))
def test_days_are_the_days_given(first_day: date, count: int) -> None:
    last_day = first_day + count * ONE_DAY
    window = Window.of_days(first_day, last_day)
    days = list(window.days())
    assert days == sorted(set(days))
    assert (days[0], days[-1], len(days)) == (first_day, last_day, count + 1)
    assert (window.first_day, window.last_day) == (first_day, last_day)


@given(DAYS, st.timedeltas(timedelta(), timedelta(days=3)))
def test_padding_widens_both_ends(day: date, margin: timedelta) -> None:
    window = Window.of_day(day)
    assert window.padded(margin).end - window.padded(margin).start == ONE_DAY + 2 * margin
    assert window.start in window.padded(margin)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 1, 1), datetime(2026, 1, 2, tzinfo=UTC)),  # noqa: DTZ001  # what must be refused
        (datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))), datetime(2026, 1, 2, tzinfo=UTC)),
        (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)),
        (datetime(2026, 1, 3, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)),
    ],
)
def test_what_is_no_utc_window_is_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match="a window needs"):
        Window(start, end)


@given(st.lists(st.integers(0, 5_000)), st.integers(0, 600))
def test_windows_of_moments_hold_each_and_no_longer_pause(seconds: list[int], longest_pause: int) -> None:
    origin = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [origin + timedelta(seconds=second) for second in seconds]
    pause = timedelta(seconds=longest_pause)
    windows = windows_of(moments, pause)
    assert all(sum(moment in window for window in windows) == 1 for moment in moments)
    assert all(before.end + pause < after.start for before, after in pairwise(windows))
    for window in windows:
        inside = sorted({moment for moment in moments if moment in window})
        assert (inside[0], inside[-1] + timedelta(seconds=1)) == (window.start, window.end)
        assert all(after - before <= pause + timedelta(seconds=1) for before, after in pairwise(inside))
