"""Faction warfare over HTTP, held against the marts."""

from typing import Any

import httpx
import pandas as pd
import pytest

from api.schemas.faction_warfare import HotspotSort
from tests.api.test_routes import moment, walk
from tests.conftest import Golden

Item = dict[str, Any]
HOTSPOTS = "/api/war/fw/hotspots"


@pytest.fixture(scope="module")
def systems(golden_api: httpx.Client) -> list[Item]:
    """Every system of faction warfare."""
    found = list(walk(golden_api, HOTSPOTS, min_contested=0, limit=100))
    assert len(found) > 100
    return found


def ask(golden: Golden, statement: str) -> pd.DataFrame:
    with golden.warehouse.transaction() as connection:
        cursor = connection.execute(statement.encode())
        return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description or ()])


def test_every_system_is_as_the_mart_has_it(golden: Golden, systems: list[Item]) -> None:
    rows = ask(golden, "select * from marts.rpt_fw_systems").set_index("solar_system_id")
    assert sorted(one["system"]["id"] for one in systems) == sorted(rows.index)
    for one in systems:
        row = rows.loc[one["system"]["id"]]
        assert one["contested_percent"] == round(row.contested_percent, 3)
        assert (one["is_hotspot"], one["is_vulnerable"]) == (
            one["contested_percent"] >= 50,
            one["contested_percent"] >= 90,
        )
        assert (one["occupier"]["id"], one["owner"]["id"]) == (row.occupier_faction_id, row.owner_faction_id)
        assert one["occupier"]["name"]
        assert one["flip"]["reason"] == row.flip_reason
        assert (one["flip"]["expected_at"] is None) == (one["flip"]["hours"] is None)
        assert [lost["quantity"] for lost in one["hulls_lost_7d"]] == [lost["quantity"] for lost in row.hulls_lost_7d]
        assert one["killmails_24h"] == row.killmails_24h
    assert any(one["hulls_lost_7d"] for one in systems)


@pytest.mark.parametrize("sort", list(HotspotSort))
def test_a_walk_finds_every_system_once_in_order(golden_api: httpx.Client, systems: list[Item], sort: str) -> None:
    found = list(walk(golden_api, HOTSPOTS, min_contested=0, limit=40, sort=sort))
    assert sorted(one["system"]["id"] for one in found) == sorted(one["system"]["id"] for one in systems)
    values = [one[sort.removeprefix("-")] for one in found]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_hotspots_are_half_contested_unless_asked_otherwise(golden_api: httpx.Client, systems: list[Item]) -> None:
    ids = [one["system"]["id"] for one in walk(golden_api, HOTSPOTS)]
    assert ids == [one["system"]["id"] for one in systems if one["is_hotspot"]]
    assert ids
    vulnerable = list(walk(golden_api, HOTSPOTS, min_contested=90))
    assert [one["system"]["id"] for one in vulnerable] == [
        one["system"]["id"] for one in systems if one["is_vulnerable"]
    ]


def test_hotspots_of_a_faction_and_a_region(golden_api: httpx.Client, systems: list[Item]) -> None:
    factions = {one["occupier"]["id"] for one in systems}
    assert len(factions) >= 4
    for faction in factions:
        found = walk(golden_api, HOTSPOTS, min_contested=0, faction_id=faction, limit=100)
        assert [one["system"]["id"] for one in found] == [
            one["system"]["id"]
            for one in systems
            if faction in {one["occupier"]["id"], one["attacker"] and one["attacker"]["id"]}
        ]
    region = systems[0]["region"]["id"]
    found = walk(golden_api, HOTSPOTS, min_contested=0, region_id=region, limit=100)
    assert [one["system"]["id"] for one in found] == [
        one["system"]["id"] for one in systems if one["region"]["id"] == region
    ]


def test_a_status_is_the_systems_with_its_history(
    golden: Golden, golden_api: httpx.Client, systems: list[Item]
) -> None:
    states = ask(golden, "select * from marts.fct_fw_history order by first_seen_at")
    busiest = states.solar_system_id.value_counts().idxmax()
    (listed,) = (one for one in systems if one["system"]["id"] == busiest)
    status = golden_api.get(f"/api/war/fw/status/{busiest}", params={"days": 30}).json()
    assert listed.items() <= status.items()
    of_system = states[states.solar_system_id == busiest]
    start = moment(status["as_of"]) - pd.Timedelta(days=30)
    kept = of_system[of_system.ended_at.isna() | (pd.to_datetime(of_system.ended_at, utc=True) > start)]
    assert [moment(one["first_seen_at"]) for one in status["history"]] == list(kept.first_seen_at)
    assert status["history"][-1]["ended_at"] is None
    assert status["history"][-1]["victory_points"] == status["victory_points"]


def test_what_is_no_system_of_faction_warfare_is_not_found(golden_api: httpx.Client) -> None:
    for system, sentence in ((30000142, "Jita is not in faction warfare."), (7, "There is no solar system 7.")):
        answer = golden_api.get(f"/api/war/fw/status/{system}")
        assert (answer.status_code, answer.json()["detail"]) == (404, sentence)


@pytest.mark.parametrize(
    "path",
    [
        f"{HOTSPOTS}?min_contested=101", f"{HOTSPOTS}?min_contested=nan", f"{HOTSPOTS}?sort=name",
        f"{HOTSPOTS}?limit=101", f"{HOTSPOTS}?cursor=x", "/api/war/fw/status/0", "/api/war/fw/status/30002813?days=31",
        "/api/war/fw/status/99999999999",
    ],
)  # fmt: skip
def test_what_is_no_question_is_refused(golden_api: httpx.Client, path: str) -> None:
    assert golden_api.get(path).status_code == 422
