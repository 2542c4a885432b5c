"""The live stream over HTTP: order of landing, filters, going on after a loss, bounds; killmails of the golden war."""

import asyncio
import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

import httpx
import pytest

from api import live
from api.live import ended_by_signals
from api.queries import live as queries
from tests.conftest import Golden

PATH = "/api/live"


class Event(NamedTuple):
    """A server-sent event."""

    id: int
    data: dict[str, Any] | None
    """None where it only carries the place on."""


@contextmanager
def listening(api: httpx.Client, last: int | None = None, **filters: Any) -> Iterator[Iterator[Event]]:
    """The events of a stream that is open; the first one says where it begins."""
    headers = {"Accept-Encoding": "gzip"} | ({} if last is None else {"Last-Event-ID": f"{last}"})
    with api.stream("GET", PATH, params=filters, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert "Content-Encoding" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
        yield events(answer.iter_lines())


def events(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            assert ("data" in fields) == (fields.get("event") == "killmail")
            yield Event(int(fields["id"]), json.loads(fields["data"]) if "data" in fields else None)
            fields = {}


@pytest.fixture(scope="module")
def stored(golden: Golden) -> list[int]:
    """Killmails of the golden war, in an order that is not that of time."""
    with golden.warehouse.transaction() as connection:
        found = connection.execute("select killmail_id from raw.killmail_index order by md5(killmail_id::text)")
        return [int(str(killmail_id)) for (killmail_id,) in found.fetchall()]


@pytest.fixture
def land(golden: Golden) -> Iterator[Callable[[list[int]], list[int]]]:
    """Lets killmails that are stored land once more; returns the numbers of their landings."""

    def now(killmail_ids: list[int]) -> list[int]:
        with golden.warehouse.transaction() as connection:
            connection.execute("update raw.killmails set damage_taken = damage_taken where false")  # which is notified
            found = connection.execute(
                """
                insert into raw.killmail_landings (killmail_id)
                select killmail_id from unnest(%s::bigint[]) with ordinality as mails (killmail_id, place)
                order by place
                returning landing_id
                """,
                [killmail_ids],
            ).fetchall()
            return [int(str(landing_id)) for (landing_id,) in found]

    yield now
    with golden.warehouse.transaction() as connection:
        connection.execute("delete from raw.killmail_landings")


Land = Callable[[list[int]], list[int]]


def take(stream: Iterator[Event], count: int) -> list[Event]:
    """The next killmails."""
    found: list[Event] = []
    while len(found) < count:
        event = next(stream)
        found += [event] if event.data else []
    return found


def ids(found: list[Event]) -> list[int]:
    return [event.data["killmail_id"] for event in found if event.data]


def test_what_lands_is_told_in_its_order_to_everybody(golden_api: httpx.Client, stored: list[int], land: Land) -> None:
    land(stored[:3])
    with listening(golden_api) as one, listening(golden_api) as other:
        assert next(one) == next(other)
        for batch in (stored[3:4], stored[4:9], stored[9:20]):
            numbers = land(batch)
            for stream in (one, other):
                found = take(stream, len(batch))
                assert ids(found) == batch
                assert [event.id for event in found] == numbers == sorted(numbers)
    killmail = golden_api.get(f"/api/killmails/{ids(found)[-1]}").json()
    told = found[-1].data or {}
    assert {field: killmail[field] for field in told if field in killmail} == {
        field: told[field] for field in told if field not in {"landed_at", "alliance_ids"}
    }


def test_who_comes_back_misses_and_repeats_nothing(golden_api: httpx.Client, stored: list[int], land: Land) -> None:
    first, *_ = land(stored[:20])
    seen: list[Event] = []
    with listening(golden_api, after=first - 1) as stream:
        next(stream)
        seen += take(stream, 7)
    for start in (20, 30, 40):
        land(stored[start : start + 10])
        with listening(golden_api, last=seen[-1].id) as stream:
            assert next(stream) == (seen[-1].id, None)
            seen += take(stream, 6)
    with listening(golden_api, last=seen[-1].id) as stream:
        next(stream)
        seen += take(stream, 50 - len(seen))
    assert ids(seen) == stored[:50]


def test_a_flood_reaches_those_behind_and_those_ahead(
    monkeypatch: pytest.MonkeyPatch, golden_api: httpx.Client, stored: list[int], land: Land
) -> None:
    monkeypatch.setattr(queries, "MOST_LANDINGS", 3)
    monkeypatch.setattr(live, "KEPT", 5)
    first, *_ = land(stored[:10])
    with listening(golden_api) as ahead, listening(golden_api, after=first - 1) as behind:
        next(ahead), next(behind)
        land(stored[10:60])
        assert ids(take(behind, 60)) == stored[:60]
        assert ids(take(ahead, 50)) == stored[10:60]


@pytest.mark.parametrize("name", ["region_id", "system_id", "ship_type_id", "alliance_id", "min_isk"])
def test_a_filter_leaves_what_meets_it_and_carries_the_place_on(
    golden_api: httpx.Client, stored: list[int], land: Land, name: str
) -> None:
    numbers = land(stored[:60])
    before = numbers[0] - 1
    with listening(golden_api, after=before) as stream:
        next(stream)
        everything = take(stream, 60)
    value_of: dict[str, Callable[[dict[str, Any]], list[int]]] = {
        "region_id": lambda mail: [mail["region"]["id"]],
        "system_id": lambda mail: [mail["system"]["id"]],
        "ship_type_id": lambda mail: [mail["victim"]["ship"]["id"]],
        "alliance_id": lambda mail: mail["alliance_ids"],
        "min_isk": lambda mail: [mail["isk_total"]],
    }
    values = sorted(value for event in everything if event.data for value in value_of[name](event.data))
    wanted = values[len(values) // 2]
    expected = [
        event
        for event in everything
        if event.data
        and (event.data["isk_total"] > wanted if name == "min_isk" else wanted in value_of[name](event.data))
    ]
    assert 0 < len(expected) < 60
    with listening(golden_api, after=before, **{name: wanted + (name == "min_isk")}) as stream:
        next(stream)
        found = take(stream, len(expected))
        assert found == expected
        while found[-1].id < numbers[-1]:
            found.append(next(stream))
    assert found[-1].id == numbers[-1]


def test_the_alliances_of_a_mail_are_the_victims_and_the_attackers(
    golden: Golden, golden_api: httpx.Client, stored: list[int], land: Land
) -> None:
    first, *_ = land(stored[:30])
    with listening(golden_api, after=first - 1) as stream:
        next(stream)
        told = {event.data["killmail_id"]: event.data["alliance_ids"] for event in take(stream, 30) if event.data}
    bodies = {mail["killmail_id"]: mail for day in golden.days for mail in golden.war.killmails(day)}
    for killmail_id, alliance_ids in told.items():
        people = [bodies[killmail_id]["victim"], *bodies[killmail_id]["attackers"]]
        assert alliance_ids == sorted({one["alliance_id"] for one in people if one.get("alliance_id")})


def test_a_place_nobody_has_yet_is_the_newest(golden_api: httpx.Client, stored: list[int], land: Land) -> None:
    *_, newest = land(stored[:3])
    with listening(golden_api, last=2**62) as stream:
        assert next(stream) == (newest, None)
    with listening(golden_api, last=newest - 1, after=0) as stream:  # the header is the newer of the two
        assert next(stream) == (newest - 1, None)


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "region_id=0", "min_isk=-1", "sort=time", "after=9223372036854775808"]
)
def test_what_cannot_be_followed_is_refused(golden_api: httpx.Client, query: str) -> None:
    assert golden_api.get(f"{PATH}?{query}").status_code == 422
    assert golden_api.get(PATH, headers={"Last-Event-ID": "yesterday"}).status_code == 422


@pytest.mark.parametrize("bound", ["MOST_FOLLOWERS", "MOST_OF_ONE_CLIENT"])
def test_places_are_bounded_and_given_back(
    monkeypatch: pytest.MonkeyPatch, golden_api: httpx.Client, bound: str
) -> None:
    monkeypatch.setattr(live, bound, 1)
    with listening(golden_api) as stream:
        next(stream)
        refused = golden_api.get(PATH)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    for _ in range(1_000):  # the server hears of the end in its own time
        with golden_api.stream("GET", PATH) as answer:
            if answer.status_code == 200:
                return
    pytest.fail("the place was not given back")


def test_a_host_with_many_addresses_is_one_client(monkeypatch: pytest.MonkeyPatch, golden_api: httpx.Client) -> None:
    def ask(address: str) -> AbstractContextManager[httpx.Response]:
        return golden_api.stream("GET", PATH, headers={"X-Forwarded-For": address})

    monkeypatch.setattr(live, "MOST_OF_ONE_CLIENT", 1)
    with ask("2001:db8:0:1::1") as first, ask("2001:db8:0:1::2") as same, ask("2001:db8:0:2::1") as other:
        assert [answer.status_code for answer in (first, same, other)] == [200, 503, 200]


def test_streams_end_when_the_process_is_told_to_stop(golden: Golden) -> None:
    """Before the server's own handler has waited for them."""
    heard: list[str] = []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append("server"))

    async def stop() -> None:
        ended = asyncio.Event()
        with ended_by_signals(ended.set):
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(ended.wait(), 10)
        heard.append("streams")

    try:
        asyncio.run(stop())
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == ["server", "streams", "server"]
    assert golden.days
