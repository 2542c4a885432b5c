"""Doctrines over HTTP: sums of their bursts, and shopping lists that add up."""

from collections import Counter
from typing import Any

import httpx
import pytest

from api.schemas.doctrines import DoctrineSort
from tests.api.test_routes import moment, walk
from tests.conftest import Golden

Item = dict[str, Any]
DOCTRINES = "/api/war/doctrines"


@pytest.fixture(scope="module")
def bursts(golden: Golden) -> list[Item]:
    """Every burst of every doctrine, as stored."""
    columns = "doctrine_id, burst_id, ship_type_id, region_id, group_ids, losses, isk_lost, survivors, last_lost_at"
    with golden.warehouse.transaction() as connection:
        cursor = connection.execute(f"select {columns} from marts.fct_doctrine_bursts".encode())
        rows = [dict(zip(columns.split(", "), row, strict=True)) for row in cursor]
    assert len({row["doctrine_id"] for row in rows}) > 1, "one doctrine shows no filter at work"
    return rows


@pytest.fixture(scope="module")
def doctrines(golden_api: httpx.Client) -> list[Item]:
    return list(walk(golden_api, DOCTRINES, days=30))


def lost(bursts: list[Item]) -> Counter[str]:
    """Losses by doctrine."""
    losses: Counter[str] = Counter()
    for burst in bursts:
        losses[str(burst["doctrine_id"])] += burst["losses"]
    return losses


def listed(items: list[Item]) -> dict[str, int]:
    return {item["id"]: item["losses"] for item in items}


def test_figures_are_sums_of_bursts(doctrines: list[Item], bursts: list[Item]) -> None:
    assert listed(doctrines) == lost(bursts)
    for doctrine in doctrines:
        own = [burst for burst in bursts if str(burst["doctrine_id"]) == doctrine["id"]]
        assert doctrine["bursts"] == len({burst["burst_id"] for burst in own})
        assert doctrine["isk_lost"] == round(sum(burst["isk_lost"] for burst in own))
        survivors = [burst["survivors"] for burst in own if burst["survivors"] is not None]
        assert doctrine["survivors"] == (sum(survivors) if survivors else None)
        assert moment(doctrine["last_lost_at"]) == max(burst["last_lost_at"] for burst in own)
        assert sum(flyer["losses"] for flyer in doctrine["flyers"]) <= doctrine["losses"]
        assert {region["id"] for region in doctrine["regions"]} == {burst["region_id"] for burst in own}


@pytest.mark.parametrize("name", ["alliance_id", "corporation_id", "ship_type_id"])
def test_a_filter_chooses_bursts(golden_api: httpx.Client, bursts: list[Item], name: str) -> None:
    one = bursts[0]["ship_type_id"] if name == "ship_type_id" else bursts[0]["group_ids"][0]
    chosen = [burst for burst in bursts if one in (burst["ship_type_id"], *burst["group_ids"])]
    assert listed(list(walk(golden_api, DOCTRINES, days=30, **{name: one}))) == lost(chosen)
    assert len(chosen) < len(bursts)


def test_a_region_has_its_own(golden_api: httpx.Client, bursts: list[Item]) -> None:
    regions = {burst["region_id"] for burst in bursts}
    for region_id in regions:
        chosen = [burst for burst in bursts if burst["region_id"] == region_id]
        assert listed(list(walk(golden_api, f"{DOCTRINES}/{region_id}", days=30))) == lost(chosen)
    answer = golden_api.get(f"{DOCTRINES}/10000042", params={"days": 2}).json()
    assert answer["region"] == {"id": 10000042, "name": "Metropolis"}
    assert answer["window"] == {"start": "2026-06-06T00:00:00Z", "end": "2026-06-08T00:00:00Z", "days_stored": 2}


def test_a_minimum_keeps_what_reaches_it(golden_api: httpx.Client, doctrines: list[Item]) -> None:
    most = max(doctrine["losses"] for doctrine in doctrines)
    found = list(walk(golden_api, DOCTRINES, days=30, min_losses=most))
    assert {doctrine["losses"] for doctrine in found} == {most}
    assert list(walk(golden_api, DOCTRINES, days=30, min_losses=most + 1)) == []


@pytest.mark.parametrize("sort", list(DoctrineSort))
def test_a_walk_finds_every_doctrine_once(golden_api: httpx.Client, doctrines: list[Item], sort: str) -> None:
    found = list(walk(golden_api, DOCTRINES, days=30, sort=sort, limit=1))
    assert sorted(item["id"] for item in found) == sorted(item["id"] for item in doctrines)
    values = [item[sort.removeprefix("-")] for item in found]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_a_shopping_list_is_for_so_many_ships(golden_api: httpx.Client, doctrines: list[Item]) -> None:
    for doctrine in doctrines:
        address = f"{DOCTRINES}/by-id/{doctrine['id']}"
        expected = golden_api.get(address).json()
        assert expected["ships"] == max(doctrine["expected_restock_units"], 1)
        detail = golden_api.get(address, params={"ships": 7}).json()
        assert detail["losses"] == doctrine["losses"] == sum(flyer["losses"] for flyer in detail["flyers"])
        hull, *rest = detail["items"]
        assert (hull["place"], hull["item"]["id"], hull["quantity"]) == ("hull", doctrine["ship"]["id"], 7)
        assert all(item["quantity"] == 7 * item["quantity_per_ship"] for item in rest)
        assert any(item["place"] in {"high", "mid", "low"} and item["is_core"] for item in rest)
        wanted: Counter[str] = Counter()
        for item in detail["items"]:
            wanted[item["item"]["name"]] += item["quantity"]
        bought = dict(line.rsplit(" x", 1) for line in detail["multibuy"].split("\n"))
        assert {name: int(quantity) for name, quantity in bought.items()} == dict(+wanted)


def test_bursts_say_where_a_doctrine_was_lost(
    golden_api: httpx.Client, doctrines: list[Item], bursts: list[Item]
) -> None:
    for doctrine in doctrines:
        found = list(walk(golden_api, f"{DOCTRINES}/by-id/{doctrine['id']}/bursts", limit=1))
        assert len({burst["id"] for burst in found}) == len(found)
        assert sum(burst["losses"] for burst in found) == lost(bursts)[doctrine["id"]]
        times = [burst["last_lost_at"] for burst in found]
        assert times == sorted(times, reverse=True)
        for burst in found:
            if burst["battle_id"] is not None:
                battle = golden_api.get(f"/api/battles/{burst['battle_id']}").json()
                assert burst["side"] in {side["side"] for side in battle["sides"]}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{DOCTRINES}/1", 404),
        (f"{DOCTRINES}/by-id/00000000-0000-0000-0000-000000000000", 404),
        (f"{DOCTRINES}/by-id/00000000-0000-0000-0000-000000000000/bursts", 404),
        (f"{DOCTRINES}/by-id/x", 422),
        (f"{DOCTRINES}/99999999999", 422),
        (f"{DOCTRINES}?days=0", 422),
        (f"{DOCTRINES}?days=367", 422),
        (f"{DOCTRINES}?min_losses=99999999999", 422),
        (f"{DOCTRINES}?alliance_id=' or 1=1 --", 422),
        (f"{DOCTRINES}?region_id=10000042", 422),
        (f"{DOCTRINES}?cursor=x", 422),
    ],
)
def test_what_is_not_there_or_not_meant(golden_api: httpx.Client, address: str, status: int) -> None:
    assert golden_api.get(address).status_code == status
