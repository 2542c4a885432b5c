"""Addresses of other sites."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.sql import SQL
from psycopg.types.json import Json

from api.links import esi_killmail_url, zkillboard_kill_url
from api.queries.battles import ZKILLBOARD_URLS
from battlescope_assets.processes.database import database_url
from battlescope_assets.settings import Settings

RelatedUrls = Callable[[int, datetime, datetime], list[str]]

moments = st.datetimes(datetime(2007, 12, 5), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive
lengths = st.timedeltas(timedelta(0), timedelta(days=2))


@pytest.fixture(scope="module")
def related_urls(server: Settings) -> Iterator[RelatedUrls]:
    """As a list of battles has them."""
    statement = SQL(
        """
        select {} from (
            values (%(systems)s, %(start)s::timestamptz, %(end)s::timestamptz)
        ) as battles (systems, started_at, ended_at)
        """
    ).format(ZKILLBOARD_URLS)
    with psycopg.connect(database_url(server), autocommit=True, options="-c timezone=UTC") as connection:

        def urls(solar_system_id: int, start: datetime, end: datetime) -> list[str]:
            systems = Json([[solar_system_id, 2]])
            row = connection.execute(statement, {"systems": systems, "start": start, "end": end}).fetchone()
            assert row
            found: list[str] = row[0]
            return found

        yield urls


def shown(url: str) -> tuple[datetime, datetime]:
    hour = datetime.strptime(url.rsplit("/", 2)[1], "%Y%m%d%H%M").replace(tzinfo=UTC)
    return hour - timedelta(hours=1), hour + timedelta(hours=2)


@given(start=moments, length=lengths)
def test_related_pages_together_show_the_whole_battle(
    related_urls: RelatedUrls, start: datetime, length: timedelta
) -> None:
    pages = [shown(url) for url in related_urls(30000142, start, start + length)]
    assert pages[0][0] <= start
    assert pages[-1][1] >= start + length
    assert all(later[0] <= earlier[1] for earlier, later in pairwise(pages))


@given(start=moments, length=lengths)
def test_no_related_page_is_superfluous(related_urls: RelatedUrls, start: datetime, length: timedelta) -> None:
    *all_but_last, _ = related_urls(30000142, start, start + length)
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
def test_related_pages(related_urls: RelatedUrls, started_at: str, ended_at: str, hours: list[str]) -> None:
    start, end = (datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (started_at, ended_at))
    assert related_urls(30002187, start, end) == [f"https://zkillboard.com/related/30002187/{hour}/" for hour in hours]


def test_a_killmails_pages() -> None:
    assert zkillboard_kill_url(7) == "https://zkillboard.com/kill/7/"
    assert esi_killmail_url(7, "a" * 40) == f"https://esi.evetech.net/killmails/7/{'a' * 40}"
    assert esi_killmail_url(7, None) is None
