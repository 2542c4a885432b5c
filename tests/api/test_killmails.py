"""Killmails over HTTP, on the golden war: the list, its window, and details on demand."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from api.deps import connection_options
from api.schemas.killmails import KillmailListSort
from battlescope_assets.assets.enrichments import enrich
from battlescope_assets.io.sources import Source
from battlescope_assets.simulator.bodies import esi_body
from battlescope_assets.upstream.faults import Fault, FaultKind
from tests.api.test_routes import moment, walk
from tests.conftest import Golden

Item = dict[str, Any]
PATH = "/api/killmails"


@pytest.fixture(scope="module")
def whole(golden: Golden) -> dict[str, str]:
    """The golden days as a window."""
    return {"start": f"{golden.days[0]}", "end": f"{golden.days[-1] + timedelta(days=1)}"}


@pytest.fixture(scope="module")
def mails(golden: Golden, golden_api: httpx.Client, whole: dict[str, str]) -> list[Item]:
    """Every killmail of the golden war."""
    found = list(walk(golden_api, PATH, limit=100, **whole))
    assert sorted(mail["killmail_id"] for mail in found) == sorted(
        mail["killmail_id"] for day in golden.days for mail in golden.war.killmails(day)
    )
    return found


def ids(items: list[Item]) -> list[int]:
    return [item["killmail_id"] for item in items]


SORT_FIELDS: dict[str, Callable[[Item], Any]] = {
    "time": lambda mail: (moment(mail["killmail_time"]), mail["killmail_id"]),
    "isk_total": lambda mail: mail["isk_total"],
}


@pytest.mark.parametrize("sort", list(KillmailListSort))
def test_a_walk_finds_every_killmail_once_in_order(
    golden_api: httpx.Client, whole: dict[str, str], mails: list[Item], sort: str
) -> None:
    found = list(walk(golden_api, PATH, sort=sort, limit=97, **whole))
    assert sorted(ids(found)) == sorted(ids(mails))
    values = [SORT_FIELDS[sort.removeprefix("-")](mail) for mail in found]
    assert values == sorted(values, reverse=sort.startswith("-"))


FILTERS: dict[str, Callable[[Item], Any]] = {
    "system_id": lambda mail: mail["system"]["id"],
    "region_id": lambda mail: mail["region"]["id"],
    "alliance_id": lambda mail: (mail["victim"]["alliance"] or {}).get("id"),
    "corporation_id": lambda mail: (mail["victim"]["corporation"] or {}).get("id"),
    "character_id": lambda mail: (mail["victim"]["character"] or {}).get("id"),
    "ship_type_id": lambda mail: mail["victim"]["ship"]["id"],
    "security": lambda mail: mail["security_class"],
    "npc": lambda mail: mail["is_npc"],
    "solo": lambda mail: mail["is_solo"],
    "awox": lambda mail: mail["is_awox"],
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_keeps_what_equals_it(
    golden_api: httpx.Client, whole: dict[str, str], mails: list[Item], name: str
) -> None:
    values = sorted({FILTERS[name](mail) for mail in mails} - {None})
    if name in {"npc", "solo", "awox"}:
        values = [False, True]  # nobody shot his own in these days
    assert len(values) > 1
    for value in islice(values, 12):
        found = list(walk(golden_api, PATH, limit=100, **whole, **{name: value}))
        assert found == [mail for mail in mails if FILTERS[name](mail) == value], value


def test_filters_must_all_hold(golden_api: httpx.Client, whole: dict[str, str], mails: list[Item]) -> None:
    worth = sorted(mail["isk_total"] for mail in mails)[len(mails) // 2]
    region = mails[0]["region"]["id"]
    for sort in KillmailListSort:
        found = walk(golden_api, PATH, limit=100, **whole, region_id=region, min_isk=worth - 1, npc=False, sort=sort)
        assert {mail["killmail_id"] for mail in found} == {
            mail["killmail_id"]
            for mail in mails
            if mail["region"]["id"] == region and mail["isk_total"] >= worth - 1 and not mail["is_npc"]
        }


def test_flags_worth_and_places_are_those_stored(golden: Golden, mails: list[Item]) -> None:
    with golden.warehouse.transaction() as connection:
        stored = connection.execute(
            """
            select killmail_id, is_npc, is_solo, is_awox, region_id, security_class, total_isk
            from raw.killmails
            join core.killmail_values using (day, killmail_id)
            join core.solar_systems using (solar_system_id)
            order by killmail_id
            """
        ).fetchall()
    flags = ("killmail_id", "is_npc", "is_solo", "is_awox")
    shown = sorted(
        (*(mail[field] for field in flags), mail["region"]["id"], mail["security_class"], mail["isk_total"])
        for mail in mails
    )
    assert [row[:-1] for row in shown] == [row[:-1] for row in stored]
    assert all(abs(seen[-1] - Decimal(f"{row[-1]}")) <= Decimal("0.5") for seen, row in zip(shown, stored, strict=True))


def test_the_window_has_its_start_and_not_its_end(golden_api: httpx.Client, mails: list[Item]) -> None:
    times = sorted(mail["killmail_time"] for mail in mails)
    start, end = times[len(times) // 4], times[3 * len(times) // 4]
    answer = golden_api.get(PATH, params={"start": start, "end": end}).json()
    assert answer["window"] == {"start": start, "end": end}
    found = [mail["killmail_time"] for mail in walk(golden_api, PATH, start=start, end=end, limit=100)]
    assert sorted(found) == [time for time in times if start <= time < end]


def test_without_a_window_it_is_the_week_that_ends_with_the_newest_day(
    golden: Golden, golden_api: httpx.Client, mails: list[Item]
) -> None:
    answer = golden_api.get(PATH).json()
    end = datetime.combine(golden.days[-1] + timedelta(days=1), datetime.min.time(), UTC)
    assert moment(answer["window"]["end"]) == end
    assert moment(answer["window"]["start"]) == end - timedelta(days=7)
    assert answer["items"] == mails[:50]
    early = golden_api.get(PATH, params={"end": f"{golden.days[0] + timedelta(days=1)}"}).json()
    assert moment(early["window"]["start"]) == end - timedelta(days=9)
    assert {moment(mail["killmail_time"]).date() for mail in early["items"]} == {golden.days[0]}


@pytest.mark.parametrize(
    "query",
    [
        "start=2020-01-01&end=2026-01-01", "start=0001-01-01", "end=9999-12-31&start=2026-06-05", "sort=isk",
        "limit=101", "limit=0", "system_id=0", "region_id=3000000000", "alliance_id=-1", "min_isk=-1", "npc=perhaps",
        "security=safe", "character_id=99999999999999999999", "cursor=x", "attacker_id=1", "start=yesterday",
        "sort=time&cursor=WyItdGltZSIsIjIwMjYtMTEtMjFUMTU6Mzc6NDlaIiwxMzg1MjA2OTNd",
    ],
)  # fmt: skip
def test_what_is_no_list_of_killmails_is_refused(golden_api: httpx.Client, query: str) -> None:
    answer = golden_api.get(f"{PATH}?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    "query", ["end=0001-01-03", "start=9999-12-31&end=9999-12-31", "start=2026-06-07&end=2026-06-05"]
)
def test_a_window_where_nothing_happened_is_empty(golden_api: httpx.Client, query: str) -> None:
    answer = golden_api.get(f"{PATH}?{query}")
    assert (answer.status_code, answer.json()["items"], answer.json()["next_cursor"]) == (200, [], None)


def test_one_killmail_is_as_it_is_listed(golden_api: httpx.Client, mails: list[Item]) -> None:
    for mail in mails[:5]:
        found = golden_api.get(f"{PATH}/{mail['killmail_id']}").json()
        assert {field: found[field] for field in mail} == mail
        assert found["data_status"]["as_of"] == mails[0]["killmail_time"]


# Details on demand


@pytest.fixture
def esi(golden: Golden, tmp_path: Path) -> Iterator[Source]:
    """The local ESI; requests are forgotten afterwards."""
    yield Source(golden.upstream.url, "tests", tmp_path)
    golden.upstream.faults.heal()
    with golden.warehouse.transaction() as connection:
        connection.execute("delete from app.killmail_enrichments")


def test_details_come_when_they_are_asked_for(golden: Golden, golden_api: httpx.Client, esi: Source) -> None:
    bodies = [mail for mail in golden.war.killmails(golden.days[0]) if mail["victim"].get("items")]
    body = max(bodies, key=lambda mail: len(mail["attackers"]))
    path = f"{PATH}/{body['killmail_id']}"
    assert golden_api.get(path).json()["enrichment"] is None
    asked = golden_api.post(f"{path}/enrichment")
    assert (asked.status_code, asked.headers["Location"]) == (202, path)
    assert (asked.json()["status"], asked.json()["attempts"], asked.json()["payload"]) == ("pending", 0, None)
    assert golden_api.get(path).json()["enrichment"] == asked.json()
    assert golden_api.post(f"{path}/enrichment").json() == asked.json(), "asking again changes nothing"
    assert enrich(esi, golden.warehouse) == (1, 0, 0, None)
    found = golden_api.get(path).json()["enrichment"]
    assert golden_api.post(f"{path}/enrichment").json() == found
    assert (found["status"], found["attempts"], found["error"]) == ("succeeded", 1, None)
    assert moment(found["created_at"]) <= moment(found["fetched_at"]) == moment(found["updated_at"])
    told, expected = found["payload"], esi_body(body)
    assert told["position"] == expected["victim"]["position"]
    whose = {"character": "character_id", "corporation": "corporation_id", "alliance": "alliance_id",
             "ship": "ship_type_id", "weapon": "weapon_type_id"}  # fmt: skip
    for shown, mail in zip(told["attackers"], expected["attackers"], strict=True):
        assert {field: shown[field] and shown[field]["id"] for field in whose} == {
            field: mail.get(key) for field, key in whose.items()
        }
        assert (shown["damage_done"], shown["final_blow"]) == (mail["damage_done"], mail["final_blow"])
        assert all(shown[field] is None or shown[field]["name"] for field in ("character", "ship"))
    for item, mail in zip(told["items"], expected["victim"]["items"], strict=True):
        assert (item["type"]["id"], item["flag"], item["quantity_destroyed"], item["quantity_dropped"]) == (
            mail["item_type_id"], mail["flag"], mail.get("quantity_destroyed", 0), mail.get("quantity_dropped", 0),
        )  # fmt: skip
        assert [inner["type"]["id"] for inner in item["items"]] == [
            inner["item_type_id"] for inner in mail.get("items", [])
        ]


def test_details_that_cannot_be_had_say_why(
    golden: Golden, golden_api: httpx.Client, mails: list[Item], esi: Source
) -> None:
    path = f"{PATH}/{mails[0]['killmail_id']}"
    golden.upstream.faults.switch_on(Fault("killmails/*", FaultKind.STATUS, status=422))
    golden_api.post(f"{path}/enrichment")
    enrich(esi, golden.warehouse)
    found = golden_api.get(path).json()["enrichment"]
    assert (found["status"], found["attempts"], found["payload"]) == ("failed", 1, None)
    assert found["error"].endswith("answered with status 422")
    assert golden_api.post(f"{path}/enrichment").json() == found


def test_nobody_gets_the_details_of_what_is_not_stored(golden: Golden, golden_api: httpx.Client, esi: Source) -> None:
    answer = golden_api.post(f"{PATH}/1/enrichment")
    assert (answer.status_code, answer.json()["detail"]) == (404, "Killmail 1 is not stored.")
    assert golden_api.post(f"{PATH}/0/enrichment").status_code == 422
    assert golden_api.post(f"{PATH}/99999999999999999999/enrichment").status_code == 422
    assert enrich(esi, golden.warehouse) == (0, 0, 0, None)


def test_who_asks_for_everything_waits(
    golden: Golden, golden_api: httpx.Client, mails: list[Item], esi: Source
) -> None:
    waiting, last = ids(mails)[:1_000], ids(mails)[1_000]
    with golden.warehouse.transaction() as connection:
        connection.execute("insert into app.killmail_enrichments (killmail_id) select unnest(%s::bigint[])", [waiting])
    refused = golden_api.post(f"{PATH}/{last}/enrichment")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    assert golden_api.post(f"{PATH}/{waiting[0]}/enrichment").status_code == 202
    with golden.warehouse.transaction() as connection:
        connection.execute("delete from app.killmail_enrichments where killmail_id = %s", [waiting[0]])
    assert golden_api.post(f"{PATH}/{last}/enrichment").status_code == 202
    assert esi.url == golden.upstream.url


def test_readers_may_ask_and_write_nothing_else(golden: Golden, mails: list[Item], esi: Source) -> None:
    assert esi.url == golden.upstream.url
    killmail_id = mails[0]["killmail_id"]
    options = connection_options(golden.settings)["options"]
    with psycopg.connect(golden.warehouse.url, options=options) as connection:
        for statement in (
            "select * from app.killmail_enrichments",
            f"insert into app.killmail_enrichments (killmail_id) values ({killmail_id})",
            "update app.killmail_enrichments set attempts = 0",
            "delete from app.killmail_enrichments",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement.encode())
        assert connection.execute("select app.request_enrichment(%s)", [killmail_id]).fetchone() == (True,)
    with golden.warehouse.transaction() as connection:
        found = connection.execute("select killmail_id, status from app.killmail_enrichments").fetchall()
    assert found == [(killmail_id, "pending")]
