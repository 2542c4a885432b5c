"""Characters, corporations and alliances over HTTP, recomputed from the war's own killmails."""

from collections import Counter
from typing import Any

import httpx
import pytest

from api.schemas.entities import ShipSort
from tests.api.test_routes import ALL_KINDS, walk
from tests.conftest import Golden

Item = dict[str, Any]
KINDS = {"alliance": "alliances", "corporation": "corporations", "character": "characters"}


@pytest.fixture(scope="module")
def mails(golden: Golden) -> list[Item]:
    return [mail for day in golden.days for mail in golden.war.killmails(day)]


@pytest.fixture(scope="module")
def worth(golden: Golden) -> dict[int, float]:
    """ISK of each killmail."""
    with golden.warehouse.transaction() as connection:
        rows: list[Any] = connection.execute("select killmail_id, total_isk from core.killmail_values").fetchall()
    return {killmail_id: float(isk) for killmail_id, isk in rows}


@pytest.fixture(scope="module")
def busiest(mails: list[Item]) -> dict[str, int]:
    """Of each kind, whoever lost most."""
    return {
        kind: Counter(
            mail["victim"][f"{kind}_id"] for mail in mails if mail["victim"].get(f"{kind}_id", 0) >= 90_000_000
        ).most_common(1)[0][0]
        for kind in KINDS
    }


@pytest.fixture(scope="module")
def versatile(mails: list[Item]) -> int:
    """The pilot with most hulls."""
    hulls: dict[int, set[int]] = {}
    for mail in mails:
        for who in (mail["victim"], *mail["attackers"]):
            if "character_id" in who and "ship_type_id" in who:
                hulls.setdefault(who["character_id"], set()).add(who["ship_type_id"])
    return max(hulls, key=lambda pilot: len(hulls[pilot]))


def group(who: Item) -> tuple[str, int] | None:
    """Whom someone fights for: the alliance, else the player corporation, else himself."""
    for kind in KINDS:
        if who.get(f"{kind}_id", 0) >= 2_000_000:
            return kind, who[f"{kind}_id"]
    return None


@pytest.mark.parametrize("kind", list(KINDS))
def test_statistics_are_those_of_the_killmails(
    golden_api: httpx.Client, mails: list[Item], worth: dict[int, float], busiest: dict[str, int], kind: str
) -> None:
    one, key = busiest[kind], f"{kind}_id"
    found = golden_api.get(f"/api/{KINDS[kind]}/{one}").json()
    lost = [mail for mail in mails if mail["victim"].get(key) == one]
    kills = [
        mail
        for mail in mails
        if any(
            shooter.get(key) == one and (group(shooter) is None or group(shooter) != group(mail["victim"]))
            for shooter in mail["attackers"]
        )
    ]
    week, month, ever = found["statistics"]
    assert [week["days"], month["days"], ever["days"]] == [7, 30, None]
    for statistics in (week, month, ever):  # three days, all in each window
        assert statistics["losses"] == len(lost)
        assert statistics["kills"] == len(kills)
        assert abs(statistics["isk_lost"] - sum(worth[mail["killmail_id"]] for mail in lost)) <= 1
        both = statistics["isk_destroyed"] + statistics["isk_lost"]
        assert abs(statistics["efficiency"] - statistics["isk_destroyed"] / both) <= 0.001
    assert found["id"] == one
    assert found["name"]


@pytest.mark.parametrize("kind", ["alliance", "corporation"])
def test_lists_are_parts_of_what_a_group_did(golden_api: httpx.Client, busiest: dict[str, int], kind: str) -> None:
    found = golden_api.get(f"/api/{KINDS[kind]}/{busiest[kind]}").json()
    _, month, _ = found["statistics"]
    assert [hour["hour"] for hour in found["hours"]] == list(range(24))
    for figure in ("kills", "losses"):
        assert sum(hour[figure] for hour in found["hours"]) == month[figure]
    for ranked in (found["ships"], found["systems"]):
        days = [each["pilot_days"] for each in ranked]
        assert 0 < len(days) <= 10
        assert days == sorted(days, reverse=True)
    assert month["active_days"] <= 3
    assert found["first_seen_on"] <= found["last_seen_on"]


def test_an_alliance_has_its_enemies_friends_and_doctrines(golden_api: httpx.Client, busiest: dict[str, int]) -> None:
    conflicts, one = "/api/war/conflicts", busiest["alliance"]
    found = golden_api.get(f"/api/alliances/{one}").json()
    assert found["opponents"] == list(walk(golden_api, f"{conflicts}/opponents/{one}", limit=100))[:10]
    assert found["allies"] == list(walk(golden_api, f"{conflicts}/allies/{one}", limit=100))[:10]
    if found["coalition"]:
        members = walk(golden_api, f"{conflicts}/coalitions/{found['coalition']['id']}", limit=100)
        assert one in [member["group"]["id"] for member in members]
    flown = walk(golden_api, "/api/war/doctrines", days=30, alliance_id=one)
    assert {doctrine["id"] for doctrine in flown} == {doctrine["id"] for doctrine in found["doctrines"]}


def test_who_flew_a_doctrine_lists_it(golden_api: httpx.Client) -> None:
    for doctrine in walk(golden_api, "/api/war/doctrines", days=30):
        for flyer in doctrine["flyers"]:
            if flyer["group"]["kind"] in {"alliance", "corporation"}:
                page = golden_api.get(f"/api/{flyer['group']['kind']}s/{flyer['group']['id']}").json()
                assert doctrine["id"] in [one["id"] for one in page["doctrines"]]


@pytest.mark.parametrize("kind", list(KINDS))
def test_battles_are_those_of_the_list(golden_api: httpx.Client, busiest: dict[str, int], kind: str) -> None:
    one = busiest[kind]
    path = f"/api/{KINDS[kind]}/{one}/battles"
    filters: dict[str, Any] = ALL_KINDS | {"min_pilots": 4, "sort": "-isk_destroyed"}
    expected = list(walk(golden_api, "/api/battles", **filters, **{f"{kind}_id": one}))
    assert list(walk(golden_api, path, limit=2, **filters)) == expected != []
    assert golden_api.get(path, params={"total": True} | filters).json()["total"] == len(expected)


@pytest.mark.parametrize("is_versatile", [True, False])
def test_hulls_are_those_of_the_killmails(
    golden_api: httpx.Client, mails: list[Item], busiest: dict[str, int], versatile: int, is_versatile: bool
) -> None:
    pilot = versatile if is_versatile else busiest["character"]
    found = {
        ship["ship"]["id"]: ship for ship in walk(golden_api, f"/api/characters/{pilot}/ships", limit=1) if ship["ship"]
    }
    lost = Counter(mail["victim"]["ship_type_id"] for mail in mails if mail["victim"].get("character_id") == pilot)
    assert {hull: ship["losses"] for hull, ship in found.items() if ship["losses"]} == lost
    times: dict[int, list[str]] = {}
    for mail in mails:
        for who in (mail["victim"], *mail["attackers"]):
            if who.get("character_id") == pilot and "ship_type_id" in who:
                times.setdefault(who["ship_type_id"], []).append(mail["killmail_time"])
    assert {hull: (min(seen), max(seen)) for hull, seen in times.items()} == {
        hull: (ship["first_seen_at"], ship["last_seen_at"]) for hull, ship in found.items()
    }


@pytest.mark.parametrize("sort", list(ShipSort))
def test_a_walk_finds_every_hull_once(golden_api: httpx.Client, versatile: int, sort: str) -> None:
    path = f"/api/characters/{versatile}/ships"
    every = list(walk(golden_api, path, limit=100))
    found = list(walk(golden_api, path, limit=1, sort=sort))
    assert sorted(map(str, found)) == sorted(map(str, every))
    assert len(found) > 1
    values = [ship[sort.removeprefix("-")] for ship in found]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_a_pilots_page_adds_up(golden_api: httpx.Client, versatile: int) -> None:
    pilot = versatile
    page = golden_api.get(f"/api/characters/{pilot}").json()
    *_, ever = page["statistics"]
    ships = list(walk(golden_api, f"/api/characters/{pilot}/ships", limit=100))
    for figure in ("kills", "losses", "final_blows", "damage_done", "damage_received"):
        assert sum(ship[figure] for ship in ships) == ever[figure]
    assert page["first_seen_at"] == min(ship["first_seen_at"] for ship in ships)
    assert page["last_seen_at"] == max(ship["last_seen_at"] for ship in ships)
    assert {ship["ship"]["id"] for ship in page["ships"]} <= {ship["ship"]["id"] for ship in ships if ship["ship"]}
    assert sum(system["losses"] for system in page["systems"]) <= ever["losses"]
    day = golden_api.get(f"/api/characters/{pilot}/ships", params={"days": 1}).json()
    assert day["window"]["start"] == "2026-06-07T00:00:00Z"
    assert all(ship["last_seen_at"] >= day["window"]["start"] for ship in day["items"])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/alliances/5", 404),
        ("/api/corporations/9223372036854775807", 404),
        ("/api/characters/5", 404),
        ("/api/characters/5/ships", 404),
        ("/api/characters/5/battles", 404),
        ("/api/alliances/5/battles", 404),
        ("/api/corporations/5/battles", 404),
        ("/api/alliances/9223372036854775808", 422),
        ("/api/alliances/0", 422),
        ("/api/characters/Robert'); drop table", 422),
        ("/api/alliances/99010001?days=2", 422),
        ("/api/characters/5/ships?days=0", 422),
        ("/api/characters/5/battles?character_id=6", 422),
        ("/api/characters/5/battles?start=0", 422),
    ],
)
def test_what_is_not_there_or_not_meant(golden_api: httpx.Client, address: str, status: int) -> None:
    assert golden_api.get(address).status_code == status


def test_an_alliance_is_no_corporation(golden_api: httpx.Client, busiest: dict[str, int]) -> None:
    assert golden_api.get(f"/api/corporations/{busiest['alliance']}").status_code == 404
    assert golden_api.get(f"/api/alliances/{busiest['corporation']}").status_code == 404
