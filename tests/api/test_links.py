"""Addresses of other sites."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.links import esi_killmail_url, zkillboard_kill_url, zkillboard_related_urls

moments = st.datetimes(datetime(2007, 12, 5), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive
lengths = st.timedeltas(timedelta(0), timedelta(days=2))


def shown(url: str) -> tuple[datetime, datetime]:
    hour = datetime.strptime(url.rsplit("/", 2)[1], "%Y%m%d%H%M").replace(tzinfo=UTC)
    return hour - timedelta(hours=1), hour + timedelta(hours=2)


@given(moments, lengths)
def test_related_pages_together_show_the_whole_battle(start: datetime, length: timedelta) -> None:
    pages = [shown(url) for url in zkillboard_related_urls(30000142, start, start + length)]
    assert pages[0][0] <= start
    assert pages[-1][1] >= start + length
    assert all(later[0] <= earlier[1] for earlier, later in pairwise(pages))


@given(moments, lengths)
def test_no_related_page_is_superfluous(start: datetime, length: timedelta) -> None:
    *all_but_last, _ = zkillboard_related_urls(30000142, start, start + length)
    assert not all_but_last or shown(all_but_last[-1])[1] < start + length


@pytest.mark.parametrize(
    ("started_at", "ended_at", "hours"),
    [
        ("2026-01-31T18:42:11", "2026-01-31T19:30:05", ["202601311800"]),
        ("2026-01-31T18:00:00", "2026-01-31T20:00:00", ["202601311800"]),
        ("2026-01-31T18:42:11", "2026-01-31T20:00:01", ["202601311800", "202601312100"]),
        ("2026-01-31T23:59:59", "2026-02-01T05:00:00", ["202601312300", "202602010200", "202602010500"]),
    ],
)
def test_related_pages(started_at: str, ended_at: str, hours: list[str]) -> None:
    start, end = (datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (started_at, ended_at))
    assert zkillboard_related_urls(30002187, start, end) == [
        f"https://zkillboard.com/related/30002187/{hour}/" for hour in hours
    ]


def test_a_killmails_pages() -> None:
    assert zkillboard_kill_url(7) == "https://zkillboard.com/kill/7/"
    assert esi_killmail_url(7, "a" * 40) == f"https://esi.evetech.net/killmails/7/{'a' * 40}"
    assert esi_killmail_url(7, None) is None
