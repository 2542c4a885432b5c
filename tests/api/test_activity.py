"""Heat, hours and the map over HTTP, held against the killmails and the static data."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pandas as pd
import pytest

from battlescope_assets.io.static_data import read_snapshot
from tests.api.test_routes import moment
from tests.conftest import Golden

Item = dict[str, Any]
HALF = Decimal("0.5")
"""ISK is rounded to whole ones."""
COUNTS = ["killmails", "npc_killmails", "capsule_killmails", "structure_killmails", "ships_lost_to_players"]


def ask(golden: Golden, statement: str) -> pd.DataFrame:
    with golden.warehouse.transaction() as connection:
        cursor = connection.execute(statement.encode())
        return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description or ()])


@pytest.fixture(scope="module")
def mails(golden: Golden) -> pd.DataFrame:
    """Every killmail with where it was."""
    found = ask(
        golden,
        "select day, killmail_id, killmail_time, solar_system_id, region_id, destroyed_isk, dropped_isk "
        "from marts.fct_killmails",
    )
    found["killmail_time"] = pd.to_datetime(found.killmail_time, utc=True)
    return found


def heatmap(api: httpx.Client, **parameters: Any) -> Item:
    answer = api.get("/api/war/heatmap", params=parameters)
    assert answer.status_code == 200, answer.text
    found: Item = answer.json()
    return found


@pytest.mark.parametrize("days", [1, 2, 30])
def test_heat_counts_every_killmail_of_the_window(
    golden: Golden, golden_api: httpx.Client, mails: pd.DataFrame, days: int
) -> None:
    found = heatmap(golden_api, days=days, min_kills=0)
    assert moment(found["window"]["end"]).date() == golden.days[-1] + timedelta(days=1)
    assert found["window"]["days_stored"] == min(days, len(golden.days))
    of_window = mails[mails.day > golden.days[-1] - timedelta(days=days)]
    expected = of_window.groupby("solar_system_id").agg(
        killmails=("killmail_id", "size"), destroyed=("destroyed_isk", "sum"), dropped=("dropped_isk", "sum")
    )
    assert {one["system"]["id"]: one["killmails"] for one in found["items"]} == expected.killmails.to_dict()
    for one in found["items"]:
        worth = expected.loc[one["system"]["id"]]
        assert max(abs(one["isk_destroyed"] - worth.destroyed), abs(one["isk_dropped"] - worth.dropped)) <= HALF
        assert one["capsule_killmails"] + one["structure_killmails"] + one["ships_lost_to_players"] <= one["killmails"]
        assert one["ships_lost_to_players"] <= one["killmails"] - one["npc_killmails"]
    order = [(-one["ships_lost_to_players"], one["system"]["id"]) for one in found["items"]]
    assert order == sorted(order)


def test_a_slider_of_days_adds_up_to_the_window(golden: Golden, golden_api: httpx.Client) -> None:
    whole = heatmap(golden_api, days=3, min_kills=0)["items"]
    single = [one for day in golden.days for one in heatmap(golden_api, days=1, day=day, min_kills=0)["items"]]
    for name in COUNTS:
        sums = pd.Series({one["system"]["id"]: one[name] for one in whole})
        parts = pd.DataFrame([{"id": one["system"]["id"], "n": one[name]} for one in single]).groupby("id")["n"].sum()
        assert sums.sort_index().to_dict() == parts.sort_index().to_dict()
    assert sum(one["structure_killmails"] for one in whole)
    assert sum(one["npc_killmails"] for one in whole)


def test_the_threshold_leaves_hot_systems(golden_api: httpx.Client) -> None:
    everything = heatmap(golden_api, min_kills=0)["items"]
    by_default = heatmap(golden_api)
    assert by_default["min_kills"] == 5
    assert by_default["items"] == [one for one in everything if one["ships_lost_to_players"] >= 5]
    assert 0 < len(by_default["items"]) < len(heatmap(golden_api, min_kills=1)["items"]) < len(everything)


def test_days_that_were_never_stored_are_empty_and_say_so(golden_api: httpx.Client) -> None:
    for day in ("2003-05-06", date.min, date.max):
        found = heatmap(golden_api, days=30, day=day)
        assert (found["items"], found["window"]["days_stored"]) == ([], 0)


def test_systems_of_heat_are_where_the_static_data_has_them(golden_api: httpx.Client) -> None:
    systems = {one.solar_system_id: one for one in read_snapshot().solar_systems}
    classes = set()
    for one in heatmap(golden_api, min_kills=0)["items"]:
        system = systems[one["system"]["id"]]
        east = system.x_m if system.map_x_m is None else system.map_x_m
        north = system.z_m if system.map_y_m is None else system.map_y_m
        assert (one["map_x_ly"], one["map_y_ly"]) == pytest.approx((east / 9.46e15, north / 9.46e15), abs=1e-4)
        assert (one["region"]["id"], one["security_class"]) == (system.region_id, system.security_class)
        classes.add(one["space_type"])
    assert {"kspace", "jspace"} <= classes


def check_hours(answer: Item) -> None:
    assert [one["hour_of_day"] for one in answer["hours_of_day"]] == list(range(24))
    assert sum(one["share"] for one in answer["hours_of_day"]) == pytest.approx(1, abs=0.0121)  # each is rounded
    prime = [one["hour_of_day"] for one in answer["hours_of_day"] if one["is_prime_time"]]
    first = answer["prime_time"]["from_hour"]
    assert sorted(prime) == sorted((first + hour) % 24 for hour in range(answer["prime_time"]["hours"]))
    assert sum(one["share"] for one in answer["hours_of_day"] if one["is_prime_time"]) >= 0.49
    for band in answer["bands"]:
        hours = {(band["from_hour"] + hour) % 24 for hour in range(band["hours"])}
        shares = [one["share"] for one in answer["hours_of_day"] if one["hour_of_day"] in hours]
        assert band["share"] == pytest.approx(sum(shares), abs=0.0021)


def test_hours_of_new_eden_and_of_a_region_are_those_of_the_killmails(
    golden: Golden, golden_api: httpx.Client, mails: pd.DataFrame
) -> None:
    region_id = int(mails.region_id.mode()[0])
    of_window = mails[mails.day > golden.days[-1] - timedelta(days=2)]
    for region, where in ((None, of_window), (region_id, of_window[of_window.region_id == region_id])):
        parameters = {"days": 2} | ({} if region is None else {"region_id": region})
        answer = golden_api.get("/api/war/activity", params=parameters).json()
        assert (answer["region"] and answer["region"]["id"]) == region
        hours = where.groupby(where.killmail_time.dt.floor("h")).size()
        assert {moment(one["hour"]): one["killmails"] for one in answer["hours"]} == hours.to_dict()
        of_day = where.groupby(where.killmail_time.dt.hour).agg(n=("killmail_id", "size"), isk=("destroyed_isk", "sum"))
        for one in answer["hours_of_day"]:
            if one["hour_of_day"] in of_day.index:
                assert one["killmails"] == of_day.n[one["hour_of_day"]]
                assert abs(one["isk_destroyed"] - of_day.isk[one["hour_of_day"]]) <= 1
            else:
                assert one["killmails"] == 0
        check_hours(answer)


def test_hours_of_an_alliance_are_those_of_its_kills_and_losses(golden: Golden, golden_api: httpx.Client) -> None:
    rows = ask(golden, "select * from marts.fct_group_hours where group_kind = 'alliance'")
    busiest = int(rows.groupby("group_id").kills.sum().sort_values().index[-1])
    of_alliance = rows[rows.group_id == busiest].sort_values("hour")
    answer = golden_api.get(f"/api/war/activity/alliance/{busiest}", params={"days": 30}).json()
    assert answer["alliance"]["name"]
    assert [(moment(one["hour"]), one["kills"], one["losses"]) for one in answer["hours"]] == list(
        of_alliance[["hour", "kills", "losses"]].itertuples(index=False, name=None)
    )
    for name in ("kills", "losses"):
        assert sum(one[name] for one in answer["hours_of_day"]) == of_alliance[name].sum()
    check_hours(answer)


def test_without_a_kill_there_is_no_prime_time(golden: Golden, golden_api: httpx.Client) -> None:
    quiet = ask(
        golden,
        "select region_id from marts.dim_regions where region_id not in "
        "(select region_id from marts.fct_region_hours where region_id is not null) limit 1",
    )
    answer = golden_api.get("/api/war/activity", params={"region_id": int(quiet.region_id[0])}).json()
    assert (answer["prime_time"], answer["hours"]) == (None, [])
    assert {one["share"] for one in answer["hours_of_day"]} == {None}
    assert {one["share"] for one in answer["bands"]} == {None}


def test_the_map_is_the_static_datas(golden_api: httpx.Client) -> None:
    data = read_snapshot()
    answer = golden_api.get("/api/war/map")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    found = answer.json()
    assert [one["id"] for one in found["systems"]] == sorted(one.solar_system_id for one in data.solar_systems)
    assert [tuple(pair) for pair in found["stargates"]] == sorted(
        {(min(pair), max(pair)) for pair in data.stargates.tolist()}
    )
    assert {one["id"] for one in found["regions"]} == {one.region_id for one in data.solar_systems}


def test_a_regions_map_has_its_systems_its_gates_and_what_lies_beyond_them(golden_api: httpx.Client) -> None:
    whole = golden_api.get("/api/war/map").json()
    region_of = {one["id"]: one["region_id"] for one in whole["systems"]}
    region_id = 10000002
    found = golden_api.get("/api/war/map", params={"region_id": region_id}).json()
    gates = [pair for pair in whole["stargates"] if region_id in {region_of[pair[0]], region_of[pair[1]]}]
    own = {system for system, region in region_of.items() if region == region_id}
    assert found["stargates"] == gates
    assert {one["id"] for one in found["systems"]} == own | {system for pair in gates for system in pair}
    assert [one for one in whole["systems"] if one["id"] in own] == [
        one for one in found["systems"] if one["region_id"] == region_id
    ]
    assert {one["id"] for one in found["regions"]} == {one["region_id"] for one in found["systems"]}
    (centre,) = (one for one in found["regions"] if one["id"] == region_id)
    east = [one["map_x_ly"] for one in whole["systems"] if one["region_id"] == region_id]
    assert centre["map_x_ly"] == pytest.approx(sum(east) / len(east), abs=1e-3)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/war/map?region_id=1", 404),
        ("/api/war/activity?region_id=1", 404),
        ("/api/war/activity/alliance/1", 404),
        ("/api/war/heatmap?days=0", 422),
        ("/api/war/heatmap?days=31", 422),
        ("/api/war/heatmap?day=2026-13-01", 422),
        ("/api/war/heatmap?day=0", 422),
        ("/api/war/heatmap?min_kills=-1", 422),
        ("/api/war/heatmap?min_kills=99999999999", 422),
        ("/api/war/activity?days=31", 422),
        ("/api/war/activity/alliance/9223372036854775808", 422),
        ("/api/war/map?region=1", 422),
    ],
)
def test_what_is_no_question_is_refused(golden_api: httpx.Client, path: str, status: int) -> None:
    assert golden_api.get(path).status_code == status
