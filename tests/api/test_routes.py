"""Every route over HTTP, on the golden war."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from api.schemas.battles import BattleDetail, BattleSort, KillmailSort, Kind, ParticipantList, ParticipantSort

Item = dict[str, Any]
ALL_KINDS = {"kind": [kind.value for kind in Kind]}


def walk(api: httpx.Client, path: str, **parameters: Any) -> Iterator[Item]:
    """Every item of a list, page by page."""
    while True:
        answer = api.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert set(page) >= {"items", "next_cursor", "data_status"}
        assert set(page["data_status"]) == {
            "as_of", "completeness", "mails_quarantined", "stale_sources", "failed_tests",
        }  # fmt: skip
        assert len(page["items"]) <= parameters.get("limit", 50)
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        parameters["cursor"] = page["next_cursor"]


def moment(text: str) -> datetime:
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


@pytest.fixture(scope="module")
def battles(golden_api: httpx.Client) -> list[Item]:
    """Every battle of the golden war."""
    found = list(walk(golden_api, "/api/battles", limit=100, **ALL_KINDS))
    assert len(found) >= 10
    return found


@pytest.fixture(scope="module")
def largest(battles: list[Item]) -> Item:
    return max(battles, key=lambda battle: battle["total_killmails"])


def test_health(golden_api: httpx.Client) -> None:
    assert golden_api.get("/healthz").json() == {"status": "ok"}
    assert golden_api.get("/readyz").json() == {"status": "ready"}


def test_a_battle_in_the_list(battles: list[Item]) -> None:
    for battle in battles:
        start, end = moment(battle["started_at"]), moment(battle["ended_at"])
        assert battle["duration_seconds"] == (end - start).total_seconds()
        assert battle["last_killmail_at"] == battle["ended_at"]
        assert battle["slug"].startswith(f"BR-{battle['system']['id']}-{start:%Y%m%d%H%M}")
        assert [side["side"] for side in battle["sides"]] == sorted({side["side"] for side in battle["sides"]})
        for side in battle["sides"]:
            expected = {0: "unaligned", 1: "team_a", 2: "team_b"}.get(side["side"], f"side_{side['side']}")
            assert side["label"] == expected
        assert battle["outcome"]["reason"]
        assert (battle["outcome"]["winning_side"] is not None) == battle["outcome"]["is_decisive"]
        assert all(url.endswith("00/") for url in battle["zkill_related_urls"])
        assert f"/{battle['system']['id']}/{start:%Y%m%d%H}00/" in battle["zkill_related_urls"][0]


def test_without_a_kind_camps_and_ganks_are_left_out(golden_api: httpx.Client, battles: list[Item]) -> None:
    ids = [battle["id"] for battle in walk(golden_api, "/api/battles", limit=100)]
    assert ids == [battle["id"] for battle in battles if battle["kind"] not in {"camp", "gank"}]


SORT_FIELDS: dict[str, Callable[[Item], Any]] = {
    "started_at": lambda item: moment(item["started_at"]),
    "isk_destroyed": lambda item: item.get("total_isk_destroyed", item.get("isk_destroyed")),
    "pilots": lambda item: item["total_pilots"],
    "kills": lambda item: item.get("total_killmails", item.get("kills")),
    "time": lambda item: moment(item["killmail_time"]),
    "losses": lambda item: item["losses"],
    "isk_lost": lambda item: item["isk_lost"],
    "damage_done": lambda item: item["damage_done"],
}


def assert_sorted(items: list[Item], sort: str) -> None:
    values = [SORT_FIELDS[sort.removeprefix("-")](item) for item in items]
    assert values == sorted(values, reverse=sort.startswith("-"))


@pytest.mark.parametrize("sort", list(BattleSort))
def test_a_walk_finds_every_battle_once(golden_api: httpx.Client, battles: list[Item], sort: str) -> None:
    found = list(walk(golden_api, "/api/battles", sort=sort, limit=7, **ALL_KINDS))
    assert sorted(battle["id"] for battle in found) == sorted(battle["id"] for battle in battles)
    assert_sorted(found, sort)


@pytest.mark.parametrize("sort", list(ParticipantSort))
def test_a_walk_finds_every_pilot_once(golden_api: httpx.Client, largest: Item, sort: str) -> None:
    found = list(walk(golden_api, f"/api/battles/{largest['slug']}/participants", sort=sort, limit=7))
    ids = [pilot["character"]["id"] for pilot in found]
    assert len(ids) == len(set(ids)) == largest["total_pilots"]
    assert_sorted(found, sort)


@pytest.mark.parametrize("sort", list(KillmailSort))
def test_a_walk_finds_every_killmail_once(golden_api: httpx.Client, largest: Item, sort: str) -> None:
    found = list(walk(golden_api, f"/api/battles/{largest['slug']}/killmails", sort=sort, limit=7))
    ids = [mail["killmail_id"] for mail in found]
    assert len(ids) == len(set(ids)) == largest["total_killmails"]
    assert_sorted(found, sort)


def test_a_battle_carries_why_each_killmail_is_in_it(golden_api: httpx.Client, largest: Item) -> None:
    detail = golden_api.get(f"/api/battles/{largest['slug']}").json()
    listed = list(walk(golden_api, f"/api/battles/{largest['slug']}/killmails", limit=100))
    assert detail["killmails"] == [{"killmail_id": mail["killmail_id"], "link": mail["link"]} for mail in listed]
    ids = {mail["killmail_id"] for mail in listed}
    links = [mail["link"] for mail in listed]
    assert links.count(None) == 1
    assert all(link["killmail_id"] in ids and link["entity_ids"] for link in links if link)
    time = {mail["killmail_id"]: moment(mail["killmail_time"]) for mail in listed}
    for mail in listed:
        if link := mail["link"]:
            apart = abs(time[mail["killmail_id"]] - time[link["killmail_id"]])
            assert link["seconds"] == apart.total_seconds()


def test_friendly_fire_is_on_the_killmails_it_names(golden_api: httpx.Client, battles: list[Item]) -> None:
    shots = 0
    for battle in battles:
        detail = golden_api.get(f"/api/battles/{battle['id']}").json()
        listed = walk(golden_api, f"/api/battles/{battle['id']}/killmails", limit=100)
        flagged = {mail["killmail_id"] for mail in listed if mail["is_friendly_fire"]}
        assert flagged == {shot["killmail_id"] for shot in detail["friendly_fire"]}
        shots += len(detail["friendly_fire"])
    assert shots


def test_a_timeline_accounts_for_every_loss(golden_api: httpx.Client, largest: Item) -> None:
    path = f"/api/battles/{largest['slug']}"
    items = golden_api.get(f"{path}/timeline").json()["items"]
    assert [(moment(item["minute_at"]), item["side"]) for item in items] == sorted(
        {(moment(item["minute_at"]), item["side"]) for item in items}
    )
    for side in largest["sides"]:
        own = [item for item in items if item["side"] == side["side"]]
        assert sum(item["ships_lost"] for item in own) == side["ships_lost"]
        assert abs(sum(item["isk_lost"] for item in own) - side["isk_lost"]) <= len(own)
    assert sum(item["killmails"] for item in items) == largest["total_killmails"]


def test_pilots_account_for_what_their_sides_did(golden_api: httpx.Client, largest: Item) -> None:
    pilots = list(walk(golden_api, f"/api/battles/{largest['slug']}/participants", limit=100))
    for side in largest["sides"]:
        own = [pilot for pilot in pilots if pilot["side"] == side["side"]]
        assert abs(sum(pilot["isk_destroyed"] for pilot in own) - side["isk_destroyed"]) <= len(own) + 1
        assert abs(sum(pilot["isk_lost"] for pilot in own) - side["isk_lost"]) <= len(own) + 1
    assert sum(pilot["final_blows"] for pilot in pilots) <= largest["total_killmails"]
    assert all(pilot["ships"] or not pilot["losses"] for pilot in pilots)
    assert all(moment(pilot["first_seen_at"]) <= moment(pilot["last_seen_at"]) for pilot in pilots)
    top = golden_api.get(f"/api/battles/{largest['slug']}").json()["top_killers"]
    best = sorted(pilots, key=lambda pilot: (-pilot["isk_destroyed"], -pilot["character"]["id"]))[: len(top)]
    assert [killer["character"]["id"] for killer in top] == [pilot["character"]["id"] for pilot in best]


FILTERS: dict[str, Callable[[Item], Any]] = {
    "system_id": lambda battle: battle["system"]["id"],
    "region_id": lambda battle: battle["region"]["id"],
    "space_type": lambda battle: battle["space_type"],
    "security": lambda battle: battle["security_class"],
    "kind": lambda battle: battle["kind"],
    "status": lambda battle: battle["status"],
}
LIMITS: dict[str, Callable[[Item], int]] = {
    "min_isk": lambda battle: battle["total_isk_destroyed"],
    "min_pilots": lambda battle: battle["total_pilots"],
    "min_kills": lambda battle: battle["total_killmails"],
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_keeps_what_equals_it(golden_api: httpx.Client, battles: list[Item], name: str) -> None:
    values = {FILTERS[name](battle) for battle in battles} - {None}
    assert values
    for value in values:
        found = walk(golden_api, "/api/battles", limit=100, **{**ALL_KINDS, name: value})
        assert [battle["id"] for battle in found] == [
            battle["id"] for battle in battles if FILTERS[name](battle) == value
        ]


@pytest.mark.parametrize("name", LIMITS)
def test_a_minimum_keeps_what_reaches_it(golden_api: httpx.Client, battles: list[Item], name: str) -> None:
    median = sorted(LIMITS[name](battle) for battle in battles)[len(battles) // 2]
    # ISK is shown rounded and stored in cents: a minimum between two amounts is exact for both.
    minimum = median - 1 if name == "min_isk" else median
    found = {battle["id"] for battle in walk(golden_api, "/api/battles", limit=100, **ALL_KINDS, **{name: minimum})}
    assert found == {battle["id"] for battle in battles if LIMITS[name](battle) >= minimum}


def test_a_window_has_its_start_and_not_its_end(golden_api: httpx.Client, battles: list[Item]) -> None:
    starts = sorted(battle["started_at"] for battle in battles)
    start, end = starts[len(starts) // 4], starts[3 * len(starts) // 4]
    found = [battle["started_at"] for battle in walk(golden_api, "/api/battles", start=start, end=end, **ALL_KINDS)]
    assert sorted(found) == [started_at for started_at in starts if start <= started_at < end]


def test_a_date_is_its_midnight_utc(golden_api: httpx.Client, battles: list[Item]) -> None:
    day = moment(battles[0]["started_at"]).date()
    found = list(walk(golden_api, "/api/battles", start=day, end=day + timedelta(days=1), **ALL_KINDS))
    assert {battle["id"] for battle in found} == {
        battle["id"] for battle in battles if moment(battle["started_at"]).date() == day
    }


def test_the_total_counts_what_a_walk_finds(golden_api: httpx.Client, battles: list[Item]) -> None:
    assert "total" not in golden_api.get("/api/battles").json()
    page = golden_api.get("/api/battles", params={"total": True, "limit": 1, **ALL_KINDS}).json()
    assert page["total"] == len(battles)


@pytest.fixture(scope="module")
def fighters(golden_api: httpx.Client, battles: list[Item]) -> dict[str, list[Item]]:
    """Of each battle, every pilot and every victim."""
    return {
        battle["id"]: [
            *walk(golden_api, f"/api/battles/{battle['id']}/participants", limit=100),
            *(mail["victim"] for mail in walk(golden_api, f"/api/battles/{battle['id']}/killmails", limit=100)),
        ]
        for battle in battles
    }


@pytest.mark.parametrize("kind", ["alliance", "corporation", "character"])
def test_an_entitys_battles_are_those_it_fought_in(
    golden_api: httpx.Client, battles: list[Item], fighters: dict[str, list[Item]], largest: Item, kind: str
) -> None:
    entity_id = next(one[kind]["id"] for one in fighters[largest["id"]] if one[kind] is not None)
    filters = {f"{kind}_id": entity_id}
    found = [battle["id"] for battle in walk(golden_api, "/api/battles", limit=100, **ALL_KINDS, **filters)]
    expected = [
        battle["id"]
        for battle in battles
        if any(one[kind] is not None and one[kind]["id"] == entity_id for one in fighters[battle["id"]])
    ]
    assert largest["id"] in found
    assert set(expected) <= set(found), "a structure that shot nobody down is on no list, so more may be found"
    assert kind != "character" or found == expected


def test_filters_add_up(golden_api: httpx.Client, battles: list[Item], largest: Item) -> None:
    pilot = next(iter(walk(golden_api, f"/api/battles/{largest['id']}/participants")))
    one, other = {"character_id": pilot["character"]["id"]}, {"corporation_id": pilot["corporation"]["id"]}
    where = {"system_id": largest["system"]["id"]}
    both, first, second, third = (
        {battle["id"] for battle in walk(golden_api, "/api/battles", limit=100, **ALL_KINDS, **filters)}
        for filters in (one | other | where, one, other, where)
    )
    assert both == first & second & third


def test_a_battles_detail_adds_to_the_lists_item(golden_api: httpx.Client, battles: list[Item]) -> None:
    for battle in battles[:20]:
        detail = golden_api.get(f"/api/battles/{battle['slug']}").json()
        assert detail == golden_api.get(f"/api/battles/{battle['id']}").json()
        for side, detailed in zip(battle["sides"], detail["sides"], strict=True):
            assert side.items() <= detailed.items()
        assert {name: detail[name] for name in battle if name not in {"sides", "status"}} == {
            name: value for name, value in battle.items() if name not in {"sides", "status"}
        }
        assert sum(share["killmails"] for share in detail["systems"]) == battle["total_killmails"]
        assert len(detail["zkill_related_urls"]) >= len(detail["systems"])


def test_what_no_model_writes_is_what_one_would_write(golden_api: httpx.Client, battles: list[Item]) -> None:
    for battle in battles[:60]:
        path = f"/api/battles/{battle['id']}"
        detail, participants = golden_api.get(path), golden_api.get(f"{path}/participants")
        assert detail.json() == BattleDetail.model_validate_json(detail.content).model_dump(mode="json")
        assert participants.json() == ParticipantList.model_validate_json(participants.content).model_dump(mode="json")


def test_a_battles_detail_says_of_killmails_and_pilots_what_their_lists_say(
    golden_api: httpx.Client, battles: list[Item]
) -> None:
    for battle in [max(battles, key=lambda battle: battle["total_killmails"]), *battles[:20]]:
        path = f"/api/battles/{battle['id']}"
        detail = golden_api.get(path).json()
        mails = walk(golden_api, f"{path}/killmails", limit=100)
        assert detail["killmails"] == [{name: mail[name] for name in ("killmail_id", "link")} for mail in mails]
        for top, amount, count in (("top_killers", "isk_destroyed", "kills"), ("top_losers", "isk_lost", "losses")):
            best = golden_api.get(f"{path}/participants", params={"sort": f"-{amount}", "limit": 5}).json()["items"]
            shown = ("character", "side", count, amount)
            assert detail[top] == [{name: pilot[name] for name in shown} for pilot in best if pilot[count]]


def test_participants_can_be_filtered(golden_api: httpx.Client, largest: Item) -> None:
    path = f"/api/battles/{largest['id']}/participants"
    pilots = list(walk(golden_api, path, limit=100))
    for side in {pilot["side"] for pilot in pilots}:
        assert list(walk(golden_api, path, side=side, limit=100)) == [one for one in pilots if one["side"] == side]
    for alliance_id in {pilot["alliance"]["id"] for pilot in pilots if pilot["alliance"]}:
        assert list(walk(golden_api, path, alliance_id=alliance_id, limit=100)) == [
            one for one in pilots if one["alliance"] and one["alliance"]["id"] == alliance_id
        ]


def test_killmails_can_be_filtered_and_say_why_they_are_there(golden_api: httpx.Client, largest: Item) -> None:
    path = f"/api/battles/{largest['id']}/killmails"
    mails = list(walk(golden_api, path, limit=100))
    ids = {mail["killmail_id"] for mail in mails}
    assert any(mail["link"] is None for mail in mails)
    assert all(mail["link"] is None or mail["link"]["killmail_id"] in ids for mail in mails)
    assert all(mail["zkillboard_url"] == f"https://zkillboard.com/kill/{mail['killmail_id']}/" for mail in mails)
    for side in {mail["victim_side"] for mail in mails}:
        assert list(walk(golden_api, path, side=side, limit=100)) == [
            mail for mail in mails if mail["victim_side"] == side
        ]


def test_a_battles_isk_is_that_of_its_killmails(golden_api: httpx.Client, largest: Item) -> None:
    mails = list(walk(golden_api, f"/api/battles/{largest['id']}/killmails", limit=100))
    for total, field in (("total_isk_destroyed", "isk_destroyed"), ("total_isk_dropped", "isk_dropped")):
        assert abs(sum(mail[field] or 0 for mail in mails) - largest[total]) <= len(mails)  # each is rounded


def test_a_killmail_and_its_battle(golden_api: httpx.Client, largest: Item) -> None:
    for mail in list(walk(golden_api, f"/api/battles/{largest['id']}/killmails", limit=100))[:20]:
        found = golden_api.get(f"/api/killmails/{mail['killmail_id']}").json()
        shared = {"killmail_id", "killmail_time", "victim", "isk_total", "zkillboard_url", "esi_url"}
        assert {field: found[field] for field in shared} == {field: mail[field] for field in shared}
        assert found["battle"] == {field: largest[field] for field in ("id", "slug", "kind")}
        assert found["zkb"] is None, "archives have no such values"
    missing = golden_api.get("/api/killmails/1")
    assert (missing.status_code, missing.json()["detail"]) == (404, "Killmail 1 is not stored.")


def test_data_status_names_the_newest_killmail(golden_api: httpx.Client, battles: list[Item]) -> None:
    status = golden_api.get("/api/battles").json()["data_status"]
    assert moment(status["as_of"]) >= max(moment(battle["ended_at"]) for battle in battles)
    assert moment(status["as_of"]) <= datetime.now(UTC) + timedelta(days=1)


def test_lists_are_compressed_where_the_client_can_read_it(golden_api: httpx.Client) -> None:
    answer = golden_api.get("/api/battles", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_newest_battles_come_first(battles: list[Item]) -> None:
    assert all(moment(newer["started_at"]) >= moment(older["started_at"]) for newer, older in pairwise(battles))
