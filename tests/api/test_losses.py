"""Losses over HTTP, against the stored killmails themselves."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.schemas.losses import LossSort, LossType
from tests.api.test_routes import Item, moment, walk
from tests.conftest import Golden

TYPES = [loss_type.value for loss_type in LossType]
LOST = {
    "ships": """
        select victim_ship_type_id, count(*), 0
        from raw.killmails join core.solar_systems using (solar_system_id)
        where region_id = %s and day = %s group by 1
    """,
    "items": """
        select item_type_id, sum(quantity_destroyed)::bigint, sum(quantity_dropped)::bigint
        from raw.killmail_items join raw.killmails using (day, killmail_id)
        join core.solar_systems using (solar_system_id)
        where region_id = %s and day = %s group by 1
    """,
}


def ask(golden: Golden, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with golden.warehouse.transaction() as connection:
        return connection.execute(statement, parameters).fetchall()


@pytest.fixture(scope="module")
def region_id(golden: Golden) -> int:
    """The region that lost most types of ships on the last day."""
    ((found,),) = ask(
        golden,
        "select region_id from raw.killmails join core.solar_systems using (solar_system_id)"
        " where day = %s group by region_id order by count(distinct victim_ship_type_id) desc, region_id limit 1",
        golden.days[-1],
    )
    return int(found)


def by_type(losses: list[Item]) -> dict[int, Item]:
    found = {loss["type"]["id"]: loss for loss in losses}
    assert len(found) == len(losses), "a type is told twice"
    return found


@pytest.mark.parametrize("loss_type", TYPES)
def test_a_regions_losses_are_those_of_its_killmails(
    golden: Golden, golden_api: httpx.Client, region_id: int, loss_type: str
) -> None:
    def lost(day: date) -> dict[int, tuple[int, int]]:
        rows = ask(golden, LOST[loss_type], region_id, day)
        return {type_id: (quantity, dropped) for type_id, quantity, dropped in rows}

    path = f"/api/war/losses/{region_id}"
    today, before = lost(golden.days[-1]), lost(golden.days[-2])
    found = by_type(list(walk(golden_api, path, type=loss_type, days=1, limit=100)))
    assert found.keys() == today.keys()
    assert len(found) > 5
    for type_id, loss in found.items():
        quantity, dropped = today[type_id]
        quantity_before = before.get(type_id, (0, 0))[0]
        assert (loss["quantity"], loss["quantity_before"]) == (quantity, quantity_before)
        assert loss["trend"] == round(quantity / max(quantity_before, 1), 3)
        if loss_type == "ships":
            assert 0 <= loss["npc_quantity"] <= quantity
            assert loss["quantity_dropped"] is None
        else:
            assert (loss["npc_quantity"], loss["quantity_dropped"]) == (None, dropped)


def test_the_windows_say_which_days_they_hold(golden: Golden, golden_api: httpx.Client, region_id: int) -> None:
    answer = golden_api.get(f"/api/war/losses/{region_id}", params={"days": 2}).json()
    end = datetime.combine(golden.days[-1], datetime.min.time(), UTC) + timedelta(days=1)
    window, before = answer["window"], answer["window_before"]
    assert (moment(window["start"]), moment(window["end"])) == (end - timedelta(days=2), end)
    assert (moment(before["start"]), before["end"]) == (end - timedelta(days=4), window["start"])
    assert (window["days_stored"], before["days_stored"]) == (2, 1)
    assert {(loss["quantity_before"], loss["trend"]) for loss in answer["items"]} == {(None, None)}, "a day is missing"


def test_days_add_up(golden_api: httpx.Client, region_id: int) -> None:
    path = f"/api/war/losses/{region_id}"
    one = by_type(list(walk(golden_api, path, days=1, limit=100)))
    two = by_type(list(walk(golden_api, path, days=2, limit=100)))
    for type_id, loss in one.items():
        assert two[type_id]["quantity"] == loss["quantity"] + loss["quantity_before"]


@pytest.mark.parametrize("loss_type", TYPES)
def test_a_regions_losses_are_those_of_its_systems(
    golden: Golden, golden_api: httpx.Client, region_id: int, loss_type: str
) -> None:
    systems = ask(
        golden,
        "select solar_system_id, solar_system_name from core.solar_systems"
        " where region_id = %s and solar_system_id in (select solar_system_id from raw.killmails)",
        region_id,
    )
    total: Counter[int] = Counter()
    for system_id, name in systems:
        path = f"/api/war/losses/system/{system_id}"
        answer = golden_api.get(path, params={"limit": 1}).json()
        assert (answer["system"]["name"], answer["region"]["id"]) == (name, region_id)
        for loss in walk(golden_api, path, type=loss_type, limit=100):
            total[loss["type"]["id"]] += loss["quantity"]
    found = walk(golden_api, f"/api/war/losses/{region_id}", type=loss_type, limit=100)
    assert {loss["type"]["id"]: loss["quantity"] for loss in found} == total
    assert len(systems) > 1


@pytest.mark.parametrize("loss_type", TYPES)
@pytest.mark.parametrize("sort", list(LossSort))
def test_a_walk_finds_every_type_once(golden_api: httpx.Client, region_id: int, sort: str, loss_type: str) -> None:
    path = f"/api/war/losses/{region_id}"
    found = list(walk(golden_api, path, type=loss_type, sort=sort, limit=17))
    assert by_type(found) == by_type(list(walk(golden_api, path, type=loss_type, limit=100)))
    values = [loss[sort.removeprefix("-")] for loss in found]
    assert values == sorted(values, reverse=sort.startswith("-"))


@pytest.mark.parametrize("loss_type", TYPES)
@pytest.mark.parametrize("name", ["group", "category"])
def test_a_filter_keeps_what_equals_it(golden_api: httpx.Client, region_id: int, name: str, loss_type: str) -> None:
    path = f"/api/war/losses/{region_id}"
    everything = list(walk(golden_api, path, type=loss_type, limit=100))
    ids = {loss["type"][name]["id"] for loss in everything}
    for wanted in [*sorted(ids)[:5], 1]:  # 1 is nobody's
        found = list(walk(golden_api, path, type=loss_type, limit=100, **{f"{name}_id": wanted}))
        assert found == [loss for loss in everything if loss["type"][name]["id"] == wanted]


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/api/war/losses/1", 404, "There is no region 1."),
        ("/api/war/losses/system/1", 404, "There is no solar system 1."),
        ("/api/war/losses/system/0", 422, None),
        ("/api/war/losses/system/1%27--", 422, None),
        ("/api/war/losses/10000002?group_id=99999999999999999999", 422, None),
        ("/api/war/losses/10000002?sort=trend", 422, None),
        ("/api/war/losses/10000002?cursor=%00", 422, None),
    ],
)
def test_what_is_not_there_and_what_makes_no_sense(
    golden_api: httpx.Client, path: str, status: int, detail: str | None
) -> None:
    answer = golden_api.get(path)
    assert answer.status_code == status
    assert detail in (None, answer.json()["detail"])
