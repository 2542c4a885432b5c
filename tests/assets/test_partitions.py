"""Days, windows and runs: which days a run covers and how chosen days become runs."""

from datetime import UTC, date, datetime

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.domain.window import ONE_DAY, Window
from battlescope_assets.partitions import DAYS_PER_RUN, daily_partitions, stretches, tags_of_days, window_of_tags

FIRST = date(2026, 11, 1)


def test_today_is_a_partition_before_it_ends() -> None:
    partitions = daily_partitions(FIRST)
    with dg.partition_loading_context(datetime(2026, 11, 3, 0, 5, tzinfo=UTC)):
        assert partitions.get_partition_keys() == ["2026-11-01", "2026-11-02", "2026-11-03"]


@pytest.mark.parametrize(
    ("tags", "window"),
    [
        ({}, None),
        ({"dagster/partition": "2026-11-02"}, Window.of_day(date(2026, 11, 2))),
        (tags_of_days(date(2026, 11, 2), date(2026, 11, 4)), Window.of_days(date(2026, 11, 2), date(2026, 11, 4))),
    ],
)
def test_a_run_s_tags_say_its_days(tags: dict[str, str], window: Window | None) -> None:
    assert window_of_tags(tags) == window


@given(st.lists(st.integers(0, 120), min_size=1))
def test_stretches_cover_exactly_the_chosen_days_in_runs_of_bounded_length(offsets: list[int]) -> None:
    days = [FIRST + offset * ONE_DAY for offset in offsets]
    spans = list(stretches(days))
    covered = [day for first, last in spans for day in Window.of_days(first, last).days()]
    assert covered == sorted(set(days))
    assert all((last - first).days < DAYS_PER_RUN for first, last in spans)
