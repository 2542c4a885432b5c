"""Systems, regions and types over HTTP, recomputed from the map and the war's own killmails."""

from collections import Counter
from typing import Any

import httpx
import pytest

from battlescope_assets.domain.universe import StaticData
from battlescope_assets.io.static_data import read_snapshot
from tests.api.test_routes import ALL_KINDS, walk
from tests.conftest import Golden

Item = dict[str, Any]


@pytest.fixture(scope="module")
def static_data() -> StaticData:
    return read_snapshot()


@pytest.fixture(scope="module")
def mails(golden: Golden) -> list[Item]:
    return [mail for day in golden.days for mail in golden.war.killmails(day)]


@pytest.fixture(scope="module")
def systems_of_regions(static_data: StaticData) -> dict[int, set[int]]:
    systems: dict[int, set[int]] = {}
    for system in static_data.solar_systems:
        systems.setdefault(system.region_id, set()).add(system.solar_system_id)
    return systems


@pytest.fixture(scope="module")
def busiest(mails: list[Item]) -> int:
    """The system with most killmails."""
    systems: Counter[int] = Counter(mail["solar_system_id"] for mail in mails)
    return systems.most_common(1)[0][0]


def assert_place_adds_up(api: httpx.Client, place: Item, lost: list[Item], filters: Item) -> None:
    """What holds of systems and regions alike, given their killmails."""
    day, week, month = place["activity"]
    assert [day["days"], week["days"], month["days"]] == [1, 7, 30]
    assert week["killmails"] == month["killmails"] == len(lost)
    assert day["killmails"] == sum(mail["killmail_time"] >= "2026-06-07" for mail in lost)
    assert [hour["hour"] for hour in place["hours"]] == list(range(24))
    assert sum(hour["ships_lost_to_players"] for hour in place["hours"]) == month["ships_lost_to_players"] > 0
    types = Counter(mail["victim"]["ship_type_id"] for mail in lost)
    expected = sorted(types.items(), key=lambda entry: (-entry[1], entry[0]))[:10]
    assert [(loss["ship"]["id"], loss["quantity"]) for loss in place["ships_lost"]] == expected
    battles = Counter(battle["kind"] for battle in walk(api, "/api/battles", limit=100, **ALL_KINDS, **filters))
    assert place["battles"] == battles


def test_a_system_is_what_happened_in_it(golden_api: httpx.Client, mails: list[Item], busiest: int) -> None:
    system = golden_api.get(f"/api/systems/{busiest}").json()
    lost = [mail for mail in mails if mail["solar_system_id"] == busiest]
    assert_place_adds_up(golden_api, system, lost, {"system_id": busiest})


def test_a_region_is_what_happened_in_it(
    golden_api: httpx.Client, mails: list[Item], busiest: int, systems_of_regions: dict[int, set[int]]
) -> None:
    region_id = golden_api.get(f"/api/systems/{busiest}").json()["region"]["id"]
    region = golden_api.get(f"/api/regions/{region_id}").json()
    lost = [mail for mail in mails if mail["solar_system_id"] in systems_of_regions[region_id]]
    assert_place_adds_up(golden_api, region, lost, {"region_id": region_id})
    assert sum(region["systems"].values()) == len(systems_of_regions[region_id])
    heat = [system["ships_lost_to_players"] for system in region["hot_systems"]]
    assert heat == sorted(heat, reverse=True)
    hottest = golden_api.get(f"/api/systems/{region['hot_systems'][0]['system']['id']}").json()
    assert hottest["activity"][2]["ships_lost_to_players"] == heat[0]


@pytest.mark.parametrize("system_id", [30000142, 30002537, 30004759, 31000005])
def test_stargates_lead_where_the_map_says(golden_api: httpx.Client, static_data: StaticData, system_id: int) -> None:
    system = golden_api.get(f"/api/systems/{system_id}").json()
    gates = {there for here, there in static_data.stargates.tolist() if here == system_id}
    assert {neighbour["system"]["id"] for neighbour in system["neighbours"]} == gates
    for neighbour in system["neighbours"]:
        back = golden_api.get(f"/api/systems/{neighbour['system']['id']}").json()
        assert system_id in [one["system"]["id"] for one in back["neighbours"]]


def test_regions_border_on_regions(
    golden_api: httpx.Client, static_data: StaticData, systems_of_regions: dict[int, set[int]]
) -> None:
    delve = systems_of_regions[10000060]
    beyond = {there for here, there in static_data.stargates.tolist() if here in delve} - delve
    expected = {region_id for region_id, systems in systems_of_regions.items() if systems & beyond}
    region = golden_api.get("/api/regions/10000060").json()
    assert region["name"] == "Delve"
    assert {neighbour["id"] for neighbour in region["neighbours"]} == expected != set()


def test_timers_ahead_stand_at_their_system_and_region(golden: Golden, golden_api: httpx.Client) -> None:
    with golden.warehouse.transaction() as connection:
        rows = connection.execute(
            "select campaign_id, solar_system_id, region_id from marts.fct_sovereignty_campaigns "
            "where resolved_at is null"
        ).fetchall()
    assert rows
    for campaign_id, system_id, region_id in rows:
        system = golden_api.get(f"/api/systems/{system_id}").json()
        assert campaign_id in [timer["campaign_id"] for timer in system["timers"]]
        assert system["sovereignty"]["holder_category"] == "alliance"
        timers = golden_api.get(f"/api/regions/{region_id}").json()["timers"]
        starts = [timer["starts_at"] for timer in timers]
        assert starts == sorted(starts)
        assert campaign_id in [timer["campaign_id"] for timer in timers] or len(timers) == 10


def test_faction_warfare_stands_where_it_is(golden_api: httpx.Client) -> None:
    amamake = golden_api.get("/api/systems/30002537").json()
    assert {amamake["faction_warfare"]["occupier"]["id"], amamake["faction_warfare"]["attacker"]["id"]} == {
        500002,
        500003,
    }
    region = golden_api.get(f"/api/regions/{amamake['region']['id']}").json()
    percents = [system["contested_percent"] for system in region["faction_warfare"]]
    assert percents == sorted(percents, reverse=True)
    jita = golden_api.get("/api/systems/30000142").json()
    assert jita["faction_warfare"] is None


def test_a_hull_is_where_and_when_it_was_lost(
    golden_api: httpx.Client, mails: list[Item], systems_of_regions: dict[int, set[int]]
) -> None:
    hulls = Counter(mail["victim"]["ship_type_id"] for mail in mails if mail["victim"]["ship_type_id"] != 670)
    hull = hulls.most_common(1)[0][0]
    lost = [mail for mail in mails if mail["victim"]["ship_type_id"] == hull]
    found = golden_api.get(f"/api/types/{hull}").json()
    days = Counter(mail["killmail_time"][:10] for mail in lost)
    assert {day["day"]: day["ships_lost"] for day in found["days"] if day["ships_lost"]} == days
    regions = {system: region for region, systems in systems_of_regions.items() for system in systems}
    by_region = Counter(regions[mail["solar_system_id"]] for mail in lost)
    for region in found["regions"]:  # hulls in cargo holds are lost as items, so more may be found
        assert region["quantity"] >= by_region[region["region"]["id"]] > 0
    assert len(found["regions"]) == min(len(by_region), 10)
    assert found["category"]["name"] == "Ship"
    assert found["demand"]["losses_7d"] >= sum(mail["killmail_time"] >= "2026-06-01" for mail in lost)
    for kind in ("alliance", "corporation"):
        groups = [one for one in found["flown_by"] if one["group"]["kind"] == kind]
        assert 0 < len(groups) <= 10
        use = [one["pilot_days"] for one in groups]
        assert use == sorted(use, reverse=True)
        page = golden_api.get(f"/api/{kind}s/{groups[0]['group']['id']}").json()
        used = {one["ship"]["id"]: one["pilot_days"] for one in page["ships"] if one["ship"]}
        assert used.get(hull, use[0]) == use[0]


def test_a_module_is_destroyed_and_dropped(golden_api: httpx.Client, mails: list[Item]) -> None:
    lost: dict[str, Counter[int]] = {"quantity_destroyed": Counter(), "quantity_dropped": Counter()}
    for mail in mails:
        stacks = list(mail["victim"].get("items", []))
        for stack in stacks:
            stacks += stack.get("items", [])
            for name, counter in lost.items():
                counter[stack["item_type_id"]] += stack.get(name, 0)
    for type_id, _ in lost["quantity_destroyed"].most_common(3):
        found = golden_api.get(f"/api/types/{type_id}").json()
        for name, counter in lost.items():
            assert sum(day[name] for day in found["days"]) == counter[type_id]
        assert found["flown_by"] == []


def test_a_type_names_its_doctrines(golden_api: httpx.Client) -> None:
    for doctrine in walk(golden_api, "/api/war/doctrines", days=30):
        detail = golden_api.get(f"/api/war/doctrines/by-id/{doctrine['id']}").json()
        module = next(item for item in detail["items"] if item["place"] == "mid" and item["is_core"])
        for type_id in (doctrine["ship"]["id"], module["item"]["id"]):
            page = golden_api.get(f"/api/types/{type_id}").json()
            assert doctrine["id"] in [one["id"] for one in page["doctrines"]]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/systems/5", 404),
        ("/api/regions/5", 404),
        ("/api/types/2147483647", 404),
        ("/api/systems/2147483648", 422),
        ("/api/regions/-1", 422),
        ("/api/types/Muninn", 422),
        ("/api/types/12015?days=31", 422),
        ("/api/systems/30000142?day=1", 422),
    ],
)
def test_what_is_not_there_or_not_meant(golden_api: httpx.Client, address: str, status: int) -> None:
    assert golden_api.get(address).status_code == status
