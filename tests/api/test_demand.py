"""Demand over HTTP, against the marts and against itself from other sides."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from api.schemas.demand import DemandSort
from tests.api.test_losses import ask
from tests.api.test_routes import Item, walk
from tests.conftest import Golden


@pytest.fixture(scope="module")
def region_id(golden: Golden) -> int:
    """The region with most types in demand."""
    ((found,),) = ask(
        golden,
        "select region_id from marts.rpt_region_demand where is_in_demand group by region_id"
        " order by count(*) desc, region_id limit 1",
    )
    return int(found)


@pytest.fixture(scope="module")
def wanted(golden_api: httpx.Client, region_id: int) -> list[Item]:
    """All that the region wants, in the order of the default sort."""
    found = list(walk(golden_api, f"/api/war/demand/{region_id}", limit=100))
    assert len(found) > 20
    return found


@pytest.fixture(scope="module")
def type_id(golden: Golden) -> int:
    """The type that most regions lost."""
    ((found,),) = ask(
        golden, "select type_id from marts.rpt_region_demand group by type_id order by count(*) desc limit 1"
    )
    return int(found)


def assert_sorted(items: list[Item], sort: str) -> None:
    """By the sort's field, what is not known last."""
    values = [item[sort.removeprefix("-")] for item in items]
    known = [value for value in values if value is not None]
    assert values[: len(known)] == sorted(known, reverse=sort.startswith("-"))


def test_a_regions_demand_is_that_of_the_mart(golden: Golden, region_id: int, wanted: list[Item]) -> None:
    columns = [
        "losses_7d", "dropped_7d", "losses_previous_7d", "trend", "losses_7d_isk", "has_market", "market_days",
        "volume_7d", "stock", "buy_volume", "gap_units", "gap_isk", "demand_score", "confidence", "is_short",
        "is_in_demand", "reason", "recommendation",
    ]  # fmt: skip
    rows = ask(
        golden, f"select type_id, {', '.join(columns)} from marts.rpt_region_demand where region_id = %s", region_id
    )
    expected = {type_id: dict(zip(columns, figures, strict=True)) for type_id, *figures in rows}
    assert {item["type"]["id"] for item in wanted} == expected.keys()
    for item in wanted:
        for column, value in expected[item["type"]["id"]].items():
            if isinstance(value, float):
                assert item[column] == round(value, 3), column
            elif column.endswith("_isk") and value is not None:
                assert item[column] == round(value), column
            else:
                assert item[column] == value, column


@pytest.mark.parametrize("sort", list(DemandSort))
def test_a_walk_finds_every_type_once(golden_api: httpx.Client, region_id: int, wanted: list[Item], sort: str) -> None:
    found = list(walk(golden_api, f"/api/war/demand/{region_id}", sort=sort, limit=31))
    assert len(found) == len(wanted)
    assert {item["type"]["id"] for item in found} == {item["type"]["id"] for item in wanted}
    assert_sorted(found, sort)


def test_a_walk_finds_every_type_where_nothing_of_the_market_is_known(golden: Golden, golden_api: httpx.Client) -> None:
    ((region_id, types),) = ask(
        golden,
        "select region_id, count(*) from marts.rpt_region_demand where not has_market group by region_id"
        " order by count(*) desc limit 1",
    )
    found = list(walk(golden_api, f"/api/war/demand/{region_id}", sort="-demand_score", limit=7))
    assert len({item["type"]["id"] for item in found}) == len(found) == types
    assert types > 7
    assert {(item["demand_score"], item["gap_units"], item["stock"]) for item in found} == {(None, None, None)}
    assert {item["recommendation"] for item in found} == {None}


FILTERS: dict[str, tuple[Any, Callable[[Item], bool]]] = {
    "min_score": (1.5, lambda item: item["demand_score"] >= 1.5),
    "min_gap": (5, lambda item: item["gap_units"] >= 5),
    "flagged": (True, lambda item: item["is_short"] or item["is_in_demand"]),
    "not_flagged": (False, lambda item: not (item["is_short"] or item["is_in_demand"])),
    "group_id": (27, lambda item: item["type"]["group"]["id"] == 27),
    "category_id": (8, lambda item: item["type"]["category"]["id"] == 8),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_keeps_what_meets_it(golden_api: httpx.Client, region_id: int, wanted: list[Item], name: str) -> None:
    value, meets = FILTERS[name]
    parameter = "is_flagged" if name.endswith("flagged") else name
    found = list(walk(golden_api, f"/api/war/demand/{region_id}", limit=100, **{parameter: value}))
    assert found == [item for item in wanted if meets(item)]
    assert 0 < len(found) < len(wanted)


def test_two_filters_must_both_hold(golden_api: httpx.Client, region_id: int, wanted: list[Item]) -> None:
    found = walk(golden_api, f"/api/war/demand/{region_id}", min_gap=1, category_id=6, limit=100)
    assert list(found) == [item for item in wanted if item["gap_units"] >= 1 and item["type"]["category"]["id"] == 6]


def test_what_was_lost_most_is_what_the_losses_say(golden_api: httpx.Client, region_id: int) -> None:
    answer = golden_api.get(f"/api/war/demand/{region_id}").json()
    for top, parameters in (
        ("top_ships_lost", {"type": "ships", "category_id": 6}),
        ("top_items_lost", {"type": "items"}),
    ):
        losses = walk(golden_api, f"/api/war/losses/{region_id}", limit=100, **parameters)
        most = [loss for loss in losses if loss["type"]["group"]["name"] != "Capsule"]
        expected = sorted(most, key=lambda loss: (-loss["quantity"], loss["type"]["id"]))[:10]
        fields = {"type", "quantity", "quantity_before", "trend", "isk_destroyed", "isk_dropped"}
        assert answer[top] == [{field: loss[field] for field in fields} for loss in expected]
        assert len(answer[top]) > 1


def test_a_type_is_wanted_where_its_regions_say(golden: Golden, golden_api: httpx.Client, type_id: int) -> None:
    path = f"/api/war/demand/item/{type_id}"
    answer = golden_api.get(path).json()
    regions = list(walk(golden_api, path, limit=7))
    assert answer["type"]["id"] == type_id
    assert len({item["region"]["id"] for item in regions}) == len(regions) > 7
    for item in regions[:5]:
        of_region = walk(golden_api, f"/api/war/demand/{item['region']['id']}", limit=100)
        assert item in list(of_region)
    ((unknown,),) = ask(
        golden,
        "select coalesce(sum(losses_7d), 0)::bigint from marts.rpt_region_demand"
        " where type_id = %s and region_id is null",
        type_id,
    )
    lost = answer["new_eden"]["losses_7d"]
    assert sum(item["losses_7d"] for item in regions) == lost - unknown
    assert sum(hub["losses_7d"] for hub in answer["hubs"]) == lost
    assert all(0 <= hub["losses_near_7d"] <= hub["losses_7d"] for hub in answer["hubs"])
    hubs = [hub["hub"]["name"] for hub in answer["hubs"] if hub["hub"]]
    assert "Jita" in hubs


@pytest.mark.parametrize("sort", list(DemandSort))
def test_a_walk_finds_every_region_once(golden_api: httpx.Client, type_id: int, sort: str) -> None:
    path = f"/api/war/demand/item/{type_id}"
    found = list(walk(golden_api, path, sort=sort, limit=5))
    regions = [item["region"]["id"] for item in walk(golden_api, path, limit=100)]
    assert sorted(item["region"]["id"] for item in found) == sorted(regions)
    assert_sorted(found, sort)


def test_a_type_that_nobody_lost_is_wanted_nowhere(golden: Golden, golden_api: httpx.Client) -> None:
    ((type_id,),) = ask(
        golden,
        "select max(type_id) from marts.dim_types where type_id not in (select type_id from marts.rpt_type_demand)",
    )
    answer = golden_api.get(f"/api/war/demand/item/{type_id}").json()
    assert (answer["items"], answer["new_eden"], answer["hubs"]) == ([], None, [])


def test_a_region_has_its_timers_and_hotspots(golden: Golden, golden_api: httpx.Client) -> None:
    hotspots = ask(
        golden,
        "select region_id, array_agg(solar_system_id order by contested_percent desc, solar_system_id)"
        " from marts.rpt_fw_systems where is_hotspot group by region_id",
    )
    assert hotspots
    for region_id, systems in hotspots:
        answer = golden_api.get(f"/api/war/demand/{region_id}", params={"limit": 1}).json()
        assert [hotspot["system"]["id"] for hotspot in answer["fw_hotspots"]] == systems[:10]
        assert all(hotspot["contested_percent"] >= 50 for hotspot in answer["fw_hotspots"])
    timers = ask(
        golden,
        "select region_id, array_agg(campaign_id order by starts_at, campaign_id)"
        " from marts.fct_sovereignty_campaigns where resolved_at is null and region_id is not null group by region_id",
    )
    assert timers
    for region_id, campaigns in timers:
        answer = golden_api.get(f"/api/war/demand/{region_id}", params={"limit": 1}).json()
        assert [battle["campaign_id"] for battle in answer["upcoming_battles"]] == campaigns[:10]


def test_the_window_is_the_marts(golden: Golden, golden_api: httpx.Client, region_id: int) -> None:
    window = golden_api.get(f"/api/war/demand/{region_id}").json()["window"]
    end = datetime.fromisoformat(window["end"])
    assert (end - datetime.fromisoformat(window["start"])).days == 7
    assert ask(golden, "select distinct end_day from marts.rpt_region_demand") == [(end.astimezone(UTC).date(),)]
    assert window["days_stored"] == len(golden.days)


def test_back_tests_are_those_of_a_place(golden: Golden, golden_api: httpx.Client) -> None:
    everywhere = golden_api.get("/api/war/demand/backtest").json()["items"]
    ((rows,),) = ask(golden, "select count(*) from marts.rpt_demand_backtests where region_id is null")
    assert len(everywhere) == rows > 0
    assert {item["region"] for item in everywhere} == {None}
    assert all(item["result"] for item in everywhere)
    for (region_id,) in ask(
        golden, "select distinct region_id from marts.rpt_demand_backtests where region_id is not null limit 3"
    ):
        items = golden_api.get("/api/war/demand/backtest", params={"region_id": region_id}).json()["items"]
        assert [item["outcome"] for item in items] == ["dearer", "more_traded"]
        assert {item["region"]["id"] for item in items} == {region_id}


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("1", 404, "There is no region 1."),
        ("item/2147483647", 404, "There is no type 2147483647."),
        ("item/2147483648", 422, None),
        ("10000002?min_score=nan", 422, None),
        ("10000002?min_score=-1", 422, None),
        ("10000002?min_gap=9e99", 422, None),
        ("10000002?is_flagged=perhaps", 422, None),
        ("10000002?cursor=WyItZ2FwX2lzayIsbnVsbCwibnVsbCJd", 422, None),
        ("item/587?group_id=27", 422, None),
    ],
)
def test_what_is_not_there_and_what_makes_no_sense(
    golden_api: httpx.Client, path: str, status: int, detail: str | None
) -> None:
    answer = golden_api.get(f"/api/war/demand/{path}")
    assert answer.status_code == status, answer.text
    assert detail in (None, answer.json()["detail"])
