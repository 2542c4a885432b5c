"""Readers while days are materialised again and mails land, by the real writers: nothing repeats, is missed, mixed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from api.app import create_app
from battlescope_assets.assets.battles import recluster
from battlescope_assets.domain.window import Window
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.universe import write_static_data
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.settings import Settings
from tests.api.conftest import served
from tests.assets.stored import FIRST_DAY, NOW, land, rebuild
from tests.conftest import Dbt
from tests.domain.tables import PARAMS, WORLD, Row

DAYS = 3
BATTLES_OF_A_DAY = 24
"""One an hour, in turn in systems a to h, each of its own two groups' pilots."""
WALKS = 8
READS = 100
MARTS = ("+fct_battles", "+fct_battle_sides", "+dim_entity_names", "+rpt_data_status")
"""What the list of battles reads."""


def fight(number: int) -> list[Row]:
    """Three mails of pilots of their own, so that no fight is linked to another."""
    seconds, system = number * 3_600, "abcdefgh"[number % 8]
    ours, theirs = [f"A{3 * number + i}" for i in range(3)], [f"C{3 * number + i}" for i in range(3)]
    return [
        Row(10 * number + 1, seconds, system, ours[0], theirs),
        Row(10 * number + 2, seconds + 240, system, theirs[0], ours[1:]),
        Row(10 * number + 3, seconds + 300, system, ours[1], theirs[1:]),
    ]


def passing_fight(number: int) -> list[Row]:
    """Two mails half an hour after a fight, elsewhere."""
    seconds, ours, theirs = number * 3_600 + 1_800, f"E{number}", f"G{number}"
    return [
        Row(100_000 + 10 * number, seconds, "J1", ours, [theirs]),
        Row(100_001 + 10 * number, seconds + 60, "J1", theirs, [f"E{1_000 + number}"]),
    ]


class Site:
    """What readers see, and who writes."""

    def __init__(self, warehouse: Warehouse, api: httpx.Client) -> None:
        self.warehouse, self.api = warehouse, api

    def materialise(self, day: int, *, with_passing_fights: bool) -> None:
        numbers = range(day * BATTLES_OF_A_DAY, (day + 1) * BATTLES_OF_A_DAY)
        fights = [fight(number) for number in numbers]
        passing = [passing_fight(number) for number in numbers[::5] if with_passing_fights]
        date = FIRST_DAY + timedelta(days=day)
        land(self.warehouse, date, [row for mails in [*fights, *passing] for row in mails])
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
    assert dbt("run", "--select", *MARTS).success
    settings = Settings(home=tmp_path_factory.mktemp("api"), api_requests_per_minute=0)
    with served(create_app(settings, warehouse.url)) as client:
        made = Site(warehouse, client)
        for day in range(DAYS):
            made.materialise(day, with_passing_fights=False)
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
    """Battles come and go between those that stay."""
    lasting = {battle["id"] for battle in site.walk(limit=100)}
    assert len(lasting) == DAYS * BATTLES_OF_A_DAY
    came_and_went = set[str]()

    def write(turn: int) -> None:
        site.materialise(turn % DAYS, with_passing_fights=turn // DAYS % 2 == 0)

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
        site.materialise(day, with_passing_fights=False)


def test_an_answer_shows_a_day_before_or_after_it_was_written_never_half(site: Site) -> None:
    """By one rule all battles of the day are battles, by the other skirmishes; an answer asks for them twice."""
    day = Window.of_day(FIRST_DAY)
    rules = [replace(PARAMS, battle_least_ships_lost=ships, battle_least_pilots=2) for ships in (1, 100)]
    asked: dict[str, Any] = {
        "start": f"{FIRST_DAY}",
        "end": f"{FIRST_DAY + timedelta(days=1)}",
        "limit": 100,
        "total": True,
    }
    seen = set[int]()

    def write(turn: int) -> None:
        with site.warehouse.transaction() as connection:
            recluster(connection, day, WORLD, rules[turn % 2], NOW)

    with writing(write):
        reads = 0
        while reads < READS or len(seen) < 2:
            reads += 1
            answer = site.api.get("/api/battles", params=asked | {"kind": "skirmish"})
            assert answer.status_code == 200, answer.text
            found = answer.json()
            assert len(found["items"]) == found["total"] in {0, BATTLES_OF_A_DAY}
            seen.add(found["total"])
            kinds = {battle["kind"] for battle in site.walk(**asked)}
            assert kinds in ({"battle"}, {"skirmish"})
    assert seen == {0, BATTLES_OF_A_DAY}
