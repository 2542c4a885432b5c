"""Conflicts over HTTP, recomputed from what each group did to each other on each day."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from api.schemas.conflicts import CampaignSort, ConflictSort
from tests.api.test_routes import walk
from tests.conftest import Golden

Item = dict[str, Any]
CONFLICTS = "/api/war/conflicts"
Pair = tuple[int, int]
Holds = Callable[[Item, int], bool]


@pytest.fixture(scope="module")
def done(golden: Golden) -> dict[Pair, tuple[int, float]]:
    """Killmails and ISK by attacking group and victim's group, over all days."""
    with golden.warehouse.transaction() as connection:
        rows: list[Any] = connection.execute(
            "select attacker_group_id, victim_group_id, sum(killmails), sum(destroyed_isk + dropped_isk) "
            "from marts.fct_alliance_conflicts "
            "where least(attacker_group_id, victim_group_id) > 0 and attacker_group_id != victim_group_id group by 1, 2"
        ).fetchall()
    return {(attacker, victim): (int(kills), float(isk)) for attacker, victim, kills, isk in rows}


@pytest.fixture(scope="module")
def conflicts(golden_api: httpx.Client) -> list[Item]:
    return list(walk(golden_api, CONFLICTS, limit=100))


@pytest.fixture(scope="module")
def campaigns(golden_api: httpx.Client) -> list[Item]:
    found = list(walk(golden_api, f"{CONFLICTS}/campaigns"))
    assert len(found) > 2
    return found


def test_conflicts_are_what_two_groups_did_to_each_other(
    conflicts: list[Item], done: dict[Pair, tuple[int, float]]
) -> None:
    assert len(conflicts) == len({tuple(sorted(pair)) for pair in done})
    for item in conflicts:
        there = item["group"]["id"], item["opponent"]["id"]
        assert there == tuple(sorted(there))
        assert item["id"] == f"{there[0]}-{there[1]}"
        for pair, kills, isk in ((there, "kills", "isk_destroyed"), (there[::-1], "losses", "isk_lost")):
            expected = done.get(pair, (0, 0.0))
            assert item[kills] == expected[0]
            assert abs(item[isk] - expected[1]) <= 1
        assert abs(item["isk_total"] - item["isk_destroyed"] - item["isk_lost"]) <= 1


@pytest.mark.parametrize("sort", list(ConflictSort))
def test_a_walk_finds_every_conflict_once(golden_api: httpx.Client, conflicts: list[Item], sort: str) -> None:
    found = list(walk(golden_api, CONFLICTS, sort=sort, limit=97))
    assert sorted(item["id"] for item in found) == sorted(item["id"] for item in conflicts)
    values = [item["isk_total"] if "isk" in sort else item["kills"] + item["losses"] for item in found]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_filters_narrow(golden_api: httpx.Client, conflicts: list[Item]) -> None:
    first = conflicts[0]
    by_filter: dict[str, Holds] = {
        "alliance_id": lambda item, value: value in (item["group"]["id"], item["opponent"]["id"]),
        "corporation_id": lambda item, value: value in (item["group"]["id"], item["opponent"]["id"]),
        "region_id": lambda item, value: item["region"] is not None and item["region"]["id"] == value,
        "min_isk": lambda item, value: item["isk_total"] > value,
    }
    values = {
        "alliance_id": first["group"]["id"],
        "corporation_id": first["opponent"]["id"],
        "region_id": first["region"]["id"],
        "min_isk": sorted(item["isk_total"] for item in conflicts)[len(conflicts) // 2] - 1,
    }
    for name, holds in by_filter.items():
        found = [item["id"] for item in walk(golden_api, CONFLICTS, limit=100, **{name: values[name]})]
        assert found == [item["id"] for item in conflicts if holds(item, values[name])], name
        assert 0 < len(found) < len(conflicts)
    assert [item["id"] for item in walk(golden_api, CONFLICTS, **values)] == [first["id"]]


def test_a_shorter_window_has_less(golden_api: httpx.Client, conflicts: list[Item]) -> None:
    day = golden_api.get(CONFLICTS, params={"days": 1, "limit": 100}).json()
    assert day["window"] == {"start": "2026-06-07T00:00:00Z", "end": "2026-06-08T00:00:00Z", "days_stored": 1}
    whole = {item["id"]: item["isk_total"] for item in conflicts}
    assert all(item["isk_total"] <= whole[item["id"]] for item in day["items"])
    assert sum(item["isk_total"] for item in day["items"]) < sum(whole.values())


def test_the_matrix_has_the_conflicts_of_its_alliances(golden_api: httpx.Client, conflicts: list[Item]) -> None:
    matrix = golden_api.get(f"{CONFLICTS}/matrix", params={"alliances": 6}).json()
    ids = [group["id"] for group in matrix["groups"]]
    assert len(set(ids)) == 6
    assert {group["kind"] for group in matrix["groups"]} == {"alliance"}
    both_ways: dict[Pair, tuple[int, int]] = {}
    for item in conflicts:
        group_id, opponent_id = item["group"]["id"], item["opponent"]["id"]
        both_ways[group_id, opponent_id] = item["isk_destroyed"], item["kills"]
        both_ways[opponent_id, group_id] = item["isk_lost"], item["losses"]
    for i, attacker in enumerate(ids):
        for j, victim in enumerate(ids):
            found = matrix["isk_destroyed"][i][j], matrix["kills"][i][j]
            assert found == both_ways.get((attacker, victim), (0, 0))
    assert any(any(row) for row in matrix["isk_destroyed"])


def test_opponents_are_the_conflicts_seen_from_one(golden_api: httpx.Client, conflicts: list[Item]) -> None:
    alliance = conflicts[0]["opponent"]
    expected = {}
    for item in conflicts:
        if item["group"]["id"] == alliance["id"]:
            expected[item["opponent"]["id"]] = (item["kills"], item["losses"], item["isk_destroyed"], item["isk_lost"])
        if item["opponent"]["id"] == alliance["id"]:
            expected[item["group"]["id"]] = (item["losses"], item["kills"], item["isk_lost"], item["isk_destroyed"])
    found = list(walk(golden_api, f"{CONFLICTS}/opponents/{alliance['id']}", limit=3))
    figures = ("kills", "losses", "isk_destroyed", "isk_lost")
    assert {item["group"]["id"]: tuple(item[name] for name in figures) for item in found} == expected
    assert len(found) == len(expected)
    sizes = [item["kills"] + item["losses"] for item in found]
    assert sizes == sorted(sizes, reverse=True)


def test_allies_are_mutual(golden_api: httpx.Client, conflicts: list[Item]) -> None:
    group = conflicts[0]["group"]
    found = list(walk(golden_api, f"{CONFLICTS}/allies/{group['id']}", limit=3))
    assert len({item["group"]["id"] for item in found}) == len(found) > 0
    other = found[0]
    back = walk(golden_api, f"{CONFLICTS}/allies/{other['group']['id']}", limit=100)
    assert other | {"group": group} in list(back)


def test_coalitions_have_their_members_once(golden_api: httpx.Client) -> None:
    coalitions = list(walk(golden_api, f"{CONFLICTS}/coalitions", limit=3))
    destroyed = [item["isk_destroyed"] for item in coalitions]
    assert destroyed == sorted(destroyed, reverse=True)
    everyone: list[int] = []
    for coalition in coalitions:
        members = list(walk(golden_api, f"{CONFLICTS}/coalitions/{coalition['id']}", limit=2))
        assert members[:10] == coalition["members"]
        assert len(members) == coalition["groups"]
        assert abs(sum(member["isk_lost"] for member in members) - coalition["isk_lost"]) <= len(members)
        everyone += [member["group"]["id"] for member in members]
    assert len(everyone) == len(set(everyone)) > 10


@pytest.mark.parametrize("sort", list(CampaignSort))
def test_a_walk_finds_every_campaign_once(golden_api: httpx.Client, campaigns: list[Item], sort: str) -> None:
    found = list(walk(golden_api, f"{CONFLICTS}/campaigns", sort=sort, limit=2))
    assert sorted(item["id"] for item in found) == sorted(item["id"] for item in campaigns)
    values = [item[sort.removeprefix("-")] for item in found]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_a_campaign_is_its_battles(golden_api: httpx.Client, campaigns: list[Item]) -> None:
    for campaign in campaigns:
        battles = list(walk(golden_api, f"{CONFLICTS}/campaigns/{campaign['id']}", limit=1))
        assert len({battle["battle_id"] for battle in battles}) == campaign["battles"]
        starts = [battle["started_at"] for battle in battles]
        assert starts == sorted(starts)
        assert starts[0] == campaign["first_battle_at"]
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for battle in battles:
            for side in ("side", "opponent"):
                assert battle[side]["group"] == campaign[side]["group"]
                for name in ("ships_lost", "isk_destroyed", "isk_lost"):
                    sums[side, name] += battle[side][name]
        for (side, name), total in sums.items():
            assert abs(campaign[side][name] - total) <= len(battles)
        whole = golden_api.get(f"/api/battles/{battles[0]['battle_id']}").json()
        assert whole["total_killmails"] == battles[0]["total_killmails"]
        assert battles[0]["side"]["isk_lost"] in {side["isk_lost"] for side in whole["sides"]}


def test_campaigns_are_found_by_who_where_and_battle(golden_api: httpx.Client, campaigns: list[Item]) -> None:
    one = campaigns[0]
    battle_id = golden_api.get(f"{CONFLICTS}/campaigns/{one['id']}").json()["items"][0]["battle_id"]
    path = f"{CONFLICTS}/campaigns"
    assert [item["id"] for item in walk(golden_api, path, battle_id=battle_id)] == [one["id"]]
    group_id, region_id = one["side"]["group"]["id"], one["region"]["id"]
    for name in ("alliance_id", "corporation_id"):
        assert [item["id"] for item in walk(golden_api, path, **{name: group_id})] == [
            item["id"]
            for item in campaigns
            if group_id in (item["side"]["group"]["id"], item["opponent"]["group"]["id"])
        ]
    assert [item["id"] for item in walk(golden_api, path, region_id=region_id)] == [
        item["id"] for item in campaigns if item["region"]["id"] == region_id
    ]


NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{CONFLICTS}/opponents/5", 404),
        (f"{CONFLICTS}/allies/9223372036854775807", 404),
        (f"{CONFLICTS}/coalitions/5", 404),
        (f"{CONFLICTS}/campaigns/{NOBODY}", 404),
        (f"{CONFLICTS}/campaigns/x", 422),
        (f"{CONFLICTS}/opponents/9223372036854775808", 422),
        (f"{CONFLICTS}?days=8", 422),
        (f"{CONFLICTS}?min_isk=-1", 422),
        (f"{CONFLICTS}?min_isk=1e400", 422),
        (f"{CONFLICTS}/matrix?alliances=51", 422),
        (f"{CONFLICTS}/campaigns?battle_id=BR-1", 422),
        (f"{CONFLICTS}?cursor=WyItaXNrX3RvdGFsIiwiMSIsIjEtMicgb3IgJzEiXQ", 422),
        (f"{CONFLICTS}/nowhere", 404),
    ],
)
def test_what_is_not_there_or_not_meant(golden_api: httpx.Client, address: str, status: int) -> None:
    assert golden_api.get(address).status_code == status
