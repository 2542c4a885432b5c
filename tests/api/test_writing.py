"""Readers while days are materialised again and mails land, by the real writers: nothing repeats, is missed or mixed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from api.app import create_app
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.universe import write_static_data
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.settings import Settings
from tests.api.conftest import served
from tests.assets.stored import FIRST_DAY, land, rebuild
from tests.conftest import Dbt
from tests.domain.tables import Row

DAYS = 3
BATTLES_OF_A_DAY = 24
"""One an hour, in turn in systems a to h, each of its own two groups' pilots."""
WALKS = 8
READS = 150


def fight(number: int, *, with_late_mail: bool) -> list[Row]:
    """A fight of three mails, or four; the late one is in the middle, so start and end stay as they are."""
    seconds, system = number * 3_600, "abcdefgh"[number % 8]
    # Pilots of their own, so that no fight is linked to another.
    ours, theirs = [f"A{3 * number + i}" for i in range(3)], [f"C{3 * number + i}" for i in range(3)]
    mails = [
        Row(10 * number + 1, seconds, system, ours[0], theirs),
        Row(10 * number + 2, seconds + 240, system, theirs[0], ours[1:]),
        Row(10 * number + 3, seconds + 300, system, ours[1], theirs[1:]),
    ]
    return [*mails, Row(10 * number + 4, seconds + 270, system, theirs[1], ours[1:])] if with_late_mail else mails


def day_of_fights(day: int, *, with_late_mails: bool, with_extra_fights: bool) -> list[Row]:
    """A day's mails; extra fights are half an hour after some of the others, elsewhere."""
    first = day * BATTLES_OF_A_DAY
    fights = [fight(number, with_late_mail=with_late_mails) for number in range(first, first + BATTLES_OF_A_DAY)]
    extra = [
        [
            Row(100_000 + 10 * number + i, number * 3_600 + 1_800 + 60 * i, "J1", victim, [killer])
            for i, (victim, killer) in enumerate(
                [(f"E{number}", f"G{number}"), (f"G{number}", f"E{1_000 + number}")], 1
            )
        ]
        for number in range(first, first + BATTLES_OF_A_DAY, 5)
        if with_extra_fights
    ]
    return [row for mails in [*fights, *extra] for row in mails]


class Site:
    """What readers see, and who writes."""

    def __init__(self, warehouse: Warehouse, api: httpx.Client) -> None:
        self.warehouse, self.api = warehouse, api

    def materialise(self, day: int, *, with_late_mails: bool, with_extra_fights: bool) -> None:
        rows = day_of_fights(day, with_late_mails=with_late_mails, with_extra_fights=with_extra_fights)
        date = FIRST_DAY + timedelta(days=day)
        land(self.warehouse, date, rows)
        rebuild(self.warehouse, date, date)

    def walk(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        cursor = None
        while True:
            answer = self.api.get("/api/battles", params=parameters | ({"cursor": cursor} if cursor else {}))
            assert answer.status_code == 200, answer.text
            page = answer.json()
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return


@pytest.fixture(scope="module")
def site(warehouse: Warehouse, dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with warehouse.transaction() as connection:
        write_static_data(connection, read_snapshot(), "snapshot", datetime.now(UTC))
    assert dbt("run", "--select", "+path:models/marts").success
    settings = Settings(home=tmp_path_factory.mktemp("api"), api_requests_per_minute=0)
    with served(create_app(settings, warehouse.url)) as client:
        made = Site(warehouse, client)
        for day in range(DAYS):
            made.materialise(day, with_late_mails=False, with_extra_fights=False)
        yield made


@contextmanager
def writing(write: Callable[[int], None]) -> Iterator[list[int]]:
    """`write(0)`, `write(1)`, … again and again in another thread; how often, in the end, and never less than once."""
    is_over, written, failed = Event(), [0], list[Exception]()

    def work() -> None:
        for turn in cycle(range(DAYS * 4)):
            try:
                write(turn)
            except Exception as error:  # noqa: BLE001  # it belongs to the test, not to this thread
                failed.append(error)
                return
            written[0] += 1
            if is_over.is_set():
                return

    thread = Thread(target=work)
    thread.start()
    try:
        yield written
    finally:
        is_over.set()
        thread.join()
    assert failed == []


@pytest.mark.parametrize("sort", ["-started_at", "started_at", "-pilots"])
def test_a_walk_under_writing_neither_repeats_nor_misses(site: Site, sort: str) -> None:
    """Battles come and go between those that stay, and mails land in those; their place in these sorts stays."""
    lasting = {battle["id"] for battle in site.walk(limit=100)}
    assert len(lasting) == DAYS * BATTLES_OF_A_DAY
    came_and_went = set()

    def write(turn: int) -> None:
        site.materialise(turn % DAYS, with_late_mails=False, with_extra_fights=turn // DAYS % 2 == 0)

    with writing(write) as written:
        walks = 0
        while walks < WALKS or not came_and_went:
            walked = [battle["id"] for battle in site.walk(sort=sort, limit=7)]
            assert len(walked) == len(set(walked))
            assert lasting <= set(walked)
            came_and_went |= set(walked) - lasting
            walks += 1
    assert written[0] > 1
    for day in range(DAYS):
        site.materialise(day, with_late_mails=False, with_extra_fights=False)


def test_an_answer_shows_a_day_before_or_after_it_was_written_never_half(site: Site) -> None:
    """All battles of the day have three mails, or all have four; what stands beside them agrees."""
    start = f"{FIRST_DAY}"
    end = f"{FIRST_DAY + timedelta(days=1)}"
    slug = next(site.walk(start=start, end=end, limit=1))["slug"]
    seen = set()

    def write(turn: int) -> None:
        site.materialise(0, with_late_mails=turn % 2 == 0, with_extra_fights=False)

    with writing(write):
        reads = 0
        while reads < READS or len(seen) < 2:
            reads += 1
            listed = site.api.get("/api/battles", params={"start": start, "end": end, "limit": 100, "total": True})
            assert listed.status_code == 200, listed.text
            battles = listed.json()["items"]
            assert len(battles) == listed.json()["total"] == BATTLES_OF_A_DAY
            (version,) = {battle["total_killmails"] for battle in battles}
            seen.add(version)
            found = site.api.get(f"/api/battles/{slug}")
            assert found.status_code == 200, found.text
            battle = found.json()
            assert len(battle["killmails"]) == battle["total_killmails"] == battle["systems"][0]["killmails"]
            assert sum(side["ships_lost"] for side in battle["sides"]) == battle["total_ships_lost"]
    assert seen == {3, 4}
