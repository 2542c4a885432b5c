"""Timers ahead and past over HTTP, held against the marts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pandas as pd
import pytest

from tests.api.test_routes import moment, walk
from tests.conftest import Golden

Item = dict[str, Any]
AHEAD, PAST = "/api/war/campaigns", "/api/war/campaigns/outcomes"


@pytest.fixture(scope="module")
def marts(golden: Golden) -> pd.DataFrame:
    """Every campaign, as the mart has it."""
    with golden.warehouse.transaction() as connection:
        cursor = connection.execute("select * from marts.fct_sovereignty_campaigns order by starts_at, campaign_id")
        return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description or ()])


@pytest.fixture(scope="module")
def ahead(golden_api: httpx.Client) -> list[Item]:
    found = list(walk(golden_api, AHEAD, hours=168, limit=2))
    assert len(found) >= 2
    return found


@pytest.fixture(scope="module")
def past(golden_api: httpx.Client) -> list[Item]:
    found = list(walk(golden_api, PAST, limit=4))
    assert len(found) > 8
    return found


def test_campaigns_ahead_are_those_not_over(marts: pd.DataFrame, ahead: list[Item]) -> None:
    expected = marts[marts.resolved_at.isna() & (marts.starts_at < datetime.now(UTC) + timedelta(hours=168))]
    assert [one["campaign_id"] for one in ahead] == list(expected.campaign_id)
    for item, row in zip(ahead, expected.to_dict("records"), strict=True):
        assert moment(item["starts_at"]) == row["starts_at"]
        assert item["system"]["name"] == row["solar_system_name"]
        assert item["region"] == {"id": row["region_id"], "name": row["region_name"]}
        assert item["defender"] == {"id": row["defender_alliance_id"], "name": row["defender_alliance_name"]}
        assert item["hub"]["jumps"] == row["hub_jumps"]
        assert item["expectation"]["timers"] == row["expectation_timers"]
        assert item["holding"]["holder"]["id"]
        assert item["summary"]
        assert item["is_ongoing"] == (item["seconds_until_start"] is None)


def test_hours_bound_what_is_ahead_and_not_what_goes_on(golden_api: httpx.Client, ahead: list[Item]) -> None:
    starts = [one["seconds_until_start"] for one in ahead if not one["is_ongoing"]]
    assert starts
    hours = starts[0] // 3600 + 1
    found = list(walk(golden_api, AHEAD, hours=hours))
    assert [one["campaign_id"] for one in found] == [
        one["campaign_id"] for one in ahead if one["is_ongoing"] or one["seconds_until_start"] < hours * 3600
    ]


@pytest.mark.parametrize(
    ("name", "field"), [("region_id", "region"), ("system_id", "system"), ("alliance_id", "defender")]
)
def test_filters_keep_what_equals_them(
    golden_api: httpx.Client, ahead: list[Item], past: list[Item], name: str, field: str
) -> None:
    for path, everything in ((AHEAD, ahead), (PAST, past)):
        hours = {"hours": 168} if path == AHEAD else {}
        for value in {one[field]["id"] for one in everything}:
            found = list(walk(golden_api, path, **{name: value}, **hours))
            assert [one["campaign_id"] for one in found] == [
                one["campaign_id"] for one in everything if one[field]["id"] == value
            ]


def test_a_regions_campaigns(golden_api: httpx.Client, ahead: list[Item]) -> None:
    region_id = ahead[0]["region"]["id"]
    found = list(walk(golden_api, f"{AHEAD}/region/{region_id}", hours=168))
    assert [one["campaign_id"] for one in found] == [
        one["campaign_id"] for one in ahead if one["region"]["id"] == region_id
    ]
    missing = golden_api.get(f"{AHEAD}/region/1")
    assert (missing.status_code, missing.json()["detail"]) == (404, "There is no region 1.")


def test_past_campaigns_are_those_that_are_over(marts: pd.DataFrame, past: list[Item]) -> None:
    expected = marts[marts.resolved_at.notna()].sort_values(["resolved_at", "campaign_id"], ascending=False)
    assert [one["campaign_id"] for one in past] == list(expected.campaign_id)
    for item, row in zip(past, expected.to_dict("records"), strict=True):
        assert (item["outcome"], item["outcome_reason"]) == (row["outcome"], row["outcome_reason"])
        assert len(item["battles"]) == row["battles"]
        if row["battles"]:
            assert item["ships_lost"] == row["ships_lost"]
            assert abs(item["isk_lost"] - row["isk_lost"]) <= len(item["battles"])
    assert {one["outcome"] for one in past} >= {"defended"}


def test_the_battles_of_a_campaign_are_battles(golden_api: httpx.Client, past: list[Item]) -> None:
    fought = [(one, battle) for one in past for battle in one["battles"]]
    assert fought
    for campaign, battle in fought:
        found = golden_api.get(f"/api/battles/{battle['slug']}").json()
        assert found["id"] == battle["id"]
        assert found["total_pilots"] == battle["pilots"]
        minutes = (moment(battle["started_at"]) - moment(campaign["starts_at"])).total_seconds() / 60
        assert abs(battle["minutes_after_start"] - minutes) <= 1
        assert campaign["defender"]["id"] not in {one["id"] for one in battle["attackers"]}


def test_past_campaigns_of_a_time_and_an_outcome(golden_api: httpx.Client, past: list[Item]) -> None:
    ends = sorted(one["resolved_at"] for one in past)
    start, end = ends[1], ends[-2]
    found = list(walk(golden_api, PAST, start=start, end=end))
    assert [one["campaign_id"] for one in found] == [
        one["campaign_id"] for one in past if start <= one["resolved_at"] < end
    ]
    for outcome in {one["outcome"] for one in past}:
        found = list(walk(golden_api, PAST, outcome=outcome))
        assert [one["campaign_id"] for one in found] == [
            one["campaign_id"] for one in past if one["outcome"] == outcome
        ]


def test_statistics_are_of_all_and_of_what_is_asked_for(golden_api: httpx.Client, past: list[Item]) -> None:
    (everything,) = golden_api.get(PAST).json()["statistics"]
    assert everything["scope"] == "all"
    assert everything["timers"] >= everything["fought_timers"] > 0
    region = golden_api.get(PAST, params={"region_id": past[-1]["region"]["id"]}).json()["statistics"]
    assert [one["scope"] for one in region] == ["all", "region"]
    both = {"region_id": past[-1]["region"]["id"], "alliance_id": past[-1]["defender"]["id"]}
    assert [one["scope"] for one in golden_api.get(PAST, params=both).json()["statistics"]] == [
        "all",
        "region",
        "defender",
    ]


@pytest.mark.parametrize(
    "query",
    ["?hours=0", "?hours=169", "?hours=x", "?region_id=0", "?alliance_id=9223372036854775808", "?cursor=x", "?a=1"],
)
def test_what_is_no_question_is_refused(golden_api: httpx.Client, query: str) -> None:
    assert golden_api.get(AHEAD + query).status_code == 422
    assert golden_api.get(f"{AHEAD}/region/x").status_code == 422
