"""Ways between systems and alerts over HTTP, against the golden war's own mails and scipy's ways."""

import asyncio
import re
from collections import Counter
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import pytest
from psycopg_pool import PoolClosed
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from api.deps import Pool, Reading, connection_pool
from api.queries.data_status import data_status
from api.revision import Revision
from api.routers.routes import KeptSteps, _biggest_battle, _Events, _reasons
from api.schemas.routes import ConflictAlert, Route
from api.star_map import StarMaps
from battlescope_assets.domain.routes import danger_of
from battlescope_assets.domain.universe import ZARZAKH
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.settings import Settings
from tests.conftest import Golden

Item = dict[str, Any]
JITA, AMARR, TAMA, THERA, POCHVEN = 30000142, 30002187, 30002813, 31000005, 30003504
WAY = f"/api/war/route-safety/{JITA}/"
ALERT = "/api/war/conflict-alert"
EVERY = {"preference": ["shortest", "safer", "secure"]}
DATA = read_snapshot()
SYSTEMS = {system.solar_system_id: system for system in DATA.solar_systems}
GATES = {(int(a), int(b)) for a, b in DATA.stargates}


class Told:
    """What the golden war says by itself."""

    def __init__(self, golden: Golden) -> None:
        with golden.warehouse.transaction() as connection:
            risks: Any = connection.execute("select solar_system_id, losses_per_jump_now from marts.rpt_route_risks")
            self.risks: dict[int, float] = {system_id: risk for system_id, risk in risks if risk is not None}
            timers: Any = connection.execute(
                "select solar_system_id from marts.fct_sovereignty_campaigns where resolved_at is null "
                "and starts_at < now() + interval '24 hours'"
            )
            self.timers: Counter[int] = Counter(system_id for (system_id,) in timers)
        ships = {t.type_id for t in DATA.types if t.category_name == "Ship" and t.group_name != "Capsule"}
        mails = [mail for day in golden.days for mail in golden.war.killmails(day)]
        self.as_of = max(datetime.fromisoformat(mail["killmail_time"]) for mail in mails).astimezone(UTC)
        self.kills: dict[int, list[tuple[datetime, int]]] = {}
        for mail in mails:
            moment = datetime.fromisoformat(mail["killmail_time"]).astimezone(UTC)
            players = any(
                "character_id" in one or not 1_000_000 <= one.get("corporation_id", 1_000_000) < 2_000_000
                for one in mail["attackers"]
            )
            if players and mail["victim"]["ship_type_id"] in ships and moment > self.as_of - timedelta(hours=24):
                self.kills.setdefault(mail["solar_system_id"], []).append((moment, mail["killmail_id"]))

    def lost(self, system_id: int, hours: int) -> int:
        return sum(moment > self.as_of - timedelta(hours=hours) for moment, _ in self.kills.get(system_id, []))

    def risk_of(self, way: list[int]) -> float:
        return 1 - float(np.prod([1 - self.risks[system_id] for system_id in way[1:]]))


@pytest.fixture(scope="module")
def told(golden: Golden) -> Told:
    return Told(golden)


@pytest.fixture(scope="module")
def hottest(told: Told) -> int:
    """The system of known space that lost most ships in the last day."""
    return max(told.kills.keys() & told.risks.keys(), key=lambda system_id: (told.lost(system_id, 24), system_id))


def routes(api: httpx.Client, path: str, **parameters: Any) -> dict[str, Item]:
    answer = api.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return {route["preference"]: route for route in answer.json()["routes"]}


def systems_of(route: Item) -> list[int]:
    return [step["system"]["id"] for step in route["steps"]]


def least(costs: dict[int, float], ends: tuple[int, int], inside: set[int]) -> float:
    """What the cheapest way between two systems costs, by scipy, through systems of `inside` only."""
    ids = sorted(SYSTEMS)
    index = {system_id: position for position, system_id in enumerate(ids)}
    usable = [(a, b) for a, b in GATES if (a in inside or a == ends[0]) and (b in inside or b == ends[1])]
    values = [costs.get(b, 1.0) for _, b in usable]
    places = ([index[a] for a, _ in usable], [index[b] for _, b in usable])
    graph = csr_array((values, places), shape=(len(ids), len(ids)))
    return float(shortest_path(graph, indices=[index[ends[0]]])[0, index[ends[1]]])


def ends(hottest: int) -> list[tuple[int, int]]:
    return [(JITA, AMARR), (JITA, 30004759), (AMARR, hottest), (hottest, JITA), (ZARZAKH, JITA)]


def test_ways_are_as_short_and_as_cheap_as_scipys(golden_api: httpx.Client, told: Told, hottest: int) -> None:
    passable = SYSTEMS.keys() - {ZARZAKH}
    highsec = {system_id for system_id in passable if SYSTEMS[system_id].security_status >= 0.45}
    jumps = dict.fromkeys(SYSTEMS, 1.0)
    costs = {system_id: 1 - 1_000 * float(np.log1p(-risk)) for system_id, risk in told.risks.items()}
    for start, end in ends(hottest):
        found = routes(golden_api, f"/api/war/route-safety/{start}/{end}", **EVERY)
        assert list(found) == EVERY["preference"]
        for route in found.values():
            way = systems_of(route)
            assert route["jumps"] == (len(way) - 1 if way else None)
            assert set(pairwise(way)) <= GATES
            assert not way or (way[0], way[-1]) == (start, end)
        assert found["shortest"]["jumps"] == least(jumps, (start, end), passable)
        cost = sum(costs[system_id] for system_id in systems_of(found["safer"])[1:])
        assert cost == pytest.approx(least(costs, (start, end), passable))
        if {start, end} <= highsec:
            assert found["secure"]["jumps"] == least(jumps, (start, end), highsec)
            assert set(systems_of(found["secure"])) <= highsec
        else:
            assert found["secure"]["jumps"] is None
            assert found["secure"]["sentence"].endswith("is not in high security.")


def test_risks_and_kills_are_those_of_the_war(golden_api: httpx.Client, told: Told, hottest: int) -> None:
    for start, end in ends(hottest):
        answer = golden_api.get(f"/api/war/route-safety/{start}/{end}").json()
        assert datetime.fromisoformat(answer["risks_as_of"]) == told.as_of
        assert datetime.fromisoformat(answer["data_status"]["as_of"]) == told.as_of
        for route in answer["routes"]:
            assert route["risk"] == pytest.approx(told.risk_of(systems_of(route)))
            assert route["danger"] == danger_of(route["risk"])
            for jump, step in enumerate(route["steps"]):
                system_id = step["system"]["id"]
                assert step["jump"] == jump
                assert step["system"]["name"] == SYSTEMS[system_id].name
                assert step["region"]["id"] == SYSTEMS[system_id].region_id
                assert step["security_class"] == SYSTEMS[system_id].security_class
                assert step["risk"] == told.risks[system_id]
                assert step["ships_lost_1_hour"] == told.lost(system_id, 1)
                assert step["ships_lost_24_hours"] == told.lost(system_id, 24)
                newest = sorted(told.kills.get(system_id, []), reverse=True)[:20]
                assert step["killmail_ids"] == [killmail_id for _, killmail_id in newest]
            for hours, field in ((1, "ships_lost_1_hour"), (24, "ships_lost_24_hours")):
                assert route[field] == sum(told.lost(system_id, hours) for system_id in systems_of(route))


def test_a_conflict_zone_is_warned_of_with_its_battles(golden_api: httpx.Client, told: Told, hottest: int) -> None:
    (route,) = routes(golden_api, WAY + str(hottest), preference="shortest").values()
    step = route["steps"][-1]
    assert step["is_conflict_zone"]
    assert told.lost(hottest, 24) >= 5
    zone = f"Passes through a conflict zone: {SYSTEMS[hottest].name}, {told.lost(hottest, 24)} kills in 24 h, "
    assert any(warning.startswith(zone) for warning in route["warnings"])
    assert route["warnings"][0].startswith("The newest killmail is "), "of June 2026"
    battles = [reason for reason in step["reasons"] if reason["kind"] == "battle"]
    assert 1 <= len(battles) <= 3
    for reason in battles:
        battle = golden_api.get(f"/api/battles/{reason['battle']['id']}").json()
        assert {field: battle[field] for field in reason["battle"]} == reason["battle"]
        assert datetime.fromisoformat(battle["ended_at"]) > told.as_of - timedelta(hours=24)
        here = next(share["killmails"] for share in battle["systems"] if share["system"]["id"] == hottest)
        assert reason["sentence"].endswith(f" before the newest killmail: {here} killmails here.")


def test_systems_to_avoid_are_avoided(golden_api: httpx.Client) -> None:
    before = systems_of(routes(golden_api, WAY + str(AMARR))["shortest"])
    avoided = before[3:6]
    answer = golden_api.get(WAY + str(AMARR), params={"avoid_system_id": [*avoided, JITA, AMARR]}).json()
    assert [system["id"] for system in answer["avoided_systems"]] == sorted([*avoided, JITA, AMARR])
    for route in answer["routes"]:
        assert systems_of(route)[0] == JITA
        assert systems_of(route)[-1] == AMARR
        assert not set(avoided) & set(systems_of(route))


@pytest.mark.parametrize(
    ("end", "avoid", "sentences"),
    [
        (THERA, [], ["Thera has no stargates."] * 3),
        (POCHVEN, [], ["No stargates lead from Jita to Niarja."] * 2 + ["Niarja is not in high security."]),
        (TAMA, [], ["", "", "Tama is not in high security."]),
        (
            AMARR,
            sorted({b for a, b in GATES if a == JITA}),
            ["No stargates lead from Jita to Amarr without the systems to avoid."] * 2
            + ["No way from Jita to Amarr stays in high security without the systems to avoid."],
        ),
    ],
)
def test_where_no_way_leads_a_sentence_says_why(
    golden_api: httpx.Client, end: int, avoid: list[int], sentences: list[str]
) -> None:
    found = routes(golden_api, WAY + str(end), **EVERY, avoid_system_id=avoid)
    for route, sentence in zip(found.values(), sentences, strict=True):
        if sentence:
            expected: Item = {"jumps": None, "risk": None, "danger": "unknown", "steps": [], "warnings": []}
            assert {field: route[field] for field in expected} == expected
            assert route["sentence"] == sentence
        else:
            assert route["jumps"] >= 1


def test_within_pochven_there_are_ways_and_unknown_risks(golden_api: httpx.Client, told: Told) -> None:
    other = min(b for a, b in GATES if a == POCHVEN)
    (route,) = routes(golden_api, f"/api/war/route-safety/{POCHVEN}/{other}", preference="safer").values()
    assert route["jumps"] == 1
    assert (route["risk"] is None) == (other not in told.risks)
    assert route["danger"] == danger_of(route["risk"])


def test_staying_is_a_way_without_jumps_and_risk(golden_api: httpx.Client) -> None:
    for route in routes(golden_api, WAY + str(JITA), **EVERY).values():
        assert (route["jumps"], route["risk"], systems_of(route)) == (0, 0, [JITA])


def test_an_alert_about_a_system(golden_api: httpx.Client, told: Told, hottest: int) -> None:
    alert = golden_api.get(ALERT, params={"system_id": hottest}).json()
    assert (alert["systems"], alert["risk"]) == (1, told.risks[hottest])
    assert alert["danger"] == danger_of(alert["risk"])
    assert alert["ships_lost_1_hour"] == told.lost(hottest, 1)
    assert alert["ships_lost_24_hours"] == told.lost(hottest, 24)
    assert alert["sentence"].startswith(f"{told.lost(hottest, 24)} ships lost to players in 24 hours")
    assert [zone["system"]["id"] for zone in alert["conflict_zones"]] == [hottest]
    battle = golden_api.get(f"/api/battles/{alert['biggest_battle']['id']}").json()
    shared = ("slug", "kind", "status", "started_at", "ended_at", "total_killmails", "total_pilots")
    assert {field: alert["biggest_battle"][field] for field in shared} == {field: battle[field] for field in shared}
    assert alert["biggest_battle"]["isk_destroyed"] == battle["total_isk_destroyed"]


@pytest.mark.parametrize("preference", EVERY["preference"])
def test_an_alert_about_a_way_is_of_the_same_way(golden_api: httpx.Client, preference: str) -> None:
    (route,) = routes(golden_api, WAY + str(AMARR), preference=preference).values()
    parameters: Item = {"from_system_id": JITA, "to_system_id": AMARR, "preference": preference}
    alert = golden_api.get(ALERT, params=parameters).json()
    shared = ("risk", "danger", "ships_lost_1_hour", "ships_lost_24_hours")
    assert {field: alert[field] for field in shared} == {field: route[field] for field in shared}
    assert alert["systems"] == len(route["steps"])


def minutes_ahead(sentence: str) -> int:
    """When a timer is, of what is said of it; 0 if it is under way."""
    said = re.findall(r"(\d+) (d|h|min)\b", sentence.partition(",")[0])
    return sum(int(number) * {"d": 24 * 60, "h": 60, "min": 1}[unit] for number, unit in said)


def test_alerts_and_steps_know_the_timers_ahead(golden_api: httpx.Client, told: Told) -> None:
    assert told.timers
    for system_id, timers in told.timers.items():
        alert = golden_api.get(ALERT, params={"system_id": system_id}).json()
        assert len(alert["timers"]) == timers
        assert {timer["system"]["id"] for timer in alert["timers"]} == {system_id}
        (route,) = routes(golden_api, f"/api/war/route-safety/{system_id}/{system_id}", preference="shortest").values()
        said = [reason["sentence"] for reason in route["steps"][0]["reasons"] if reason["kind"] == "sovereignty_timer"]
        for step, timer in zip(said, alert["timers"], strict=True):
            assert step.partition(",")[2] == timer["sentence"].partition(",")[2]
            # A step is of its moment, which lasts a minute, an alert is of now.
            assert minutes_ahead(step) - minutes_ahead(timer["sentence"]) in {0, 1}
    for pair in pairwise(told.timers):
        ends = dict(zip(("from_system_id", "to_system_id"), pair, strict=True))
        timers = golden_api.get(ALERT, params=ends).json()["timers"]
        assert len(timers) >= sum(told.timers[system_id] for system_id in pair)
        assert timers == sorted(timers, key=lambda timer: (timer["starts_at"], timer["campaign_id"]))
    assert golden_api.get(ALERT, params={"system_id": THERA}).json()["timers"] == []


def test_an_alert_where_nobody_counts_jumps_is_of_unknown_danger(golden_api: httpx.Client) -> None:
    alert = golden_api.get(ALERT, params={"system_id": THERA}).json()
    assert (alert["danger"], alert["risk"]) == ("unknown", None)
    nowhere = golden_api.get(ALERT, params={"from_system_id": JITA, "to_system_id": THERA}).json()
    assert (nowhere["systems"], nowhere["sentence"]) == (0, "Thera has no stargates.")


@pytest.mark.parametrize(
    ("address", "status", "field"),
    [
        (WAY + "0", 422, "to_system_id"),
        (WAY + "Amarr", 422, "to_system_id"),
        (WAY + "2147483648", 422, "to_system_id"),
        (WAY + "2147483647", 404, None),
        (f"/api/war/route-safety/30000000/{JITA}", 404, None),
        (WAY + "30002187?preference=fastest", 422, "preference.0"),
        (WAY + "30002187?avoid_system_id=30000000", 404, None),
        (WAY + "30002187?avoid_system_id=-1", 422, "avoid_system_id.0"),
        (WAY + "30002187?" + "&".join(["avoid_system_id=30000142"] * 101), 422, "avoid_system_id"),
        (WAY + "30002187?avoid=30000142", 422, "avoid"),
        (ALERT, 422, ""),
        (ALERT + "?system_id=30000142&from_system_id=1&to_system_id=2", 422, ""),
        (ALERT + "?from_system_id=30000142", 422, ""),
        (ALERT + "?system_id=30000142&to_system_id=30002187", 422, ""),
        (ALERT + "?system_id=30000000", 404, None),
        (ALERT + "?from_system_id=30000142&to_system_id=30000000", 404, None),
        (ALERT + "?system_id=%27%20or%201=1", 422, "system_id"),
    ],
)
def test_hostile_input(golden_api: httpx.Client, address: str, status: int, field: str | None) -> None:
    answer = golden_api.get(address)
    assert answer.status_code == status, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == ([] if field is None else [field])


def test_reasons_the_golden_war_does_not_have() -> None:
    until = datetime(2026, 6, 7, 20, tzinfo=UTC)
    battle = {
        "solar_system_id": TAMA, "killmails": 6, "battle_id": uuid4(), "slug": "BR-30002813-202606071930",
        "kind": "camp", "status": "open", "ended_at": until - timedelta(minutes=5), "total_pilots": 9,
    }  # fmt: skip
    kills = {"ships_lost_24_hours": 12, "smart_bombed": 3, "located": 8, "at_stargates": 7}
    timer = {"solar_system_id": TAMA, "seconds_until_start": 90_061, "defender_alliance_name": "Some Alliance"}
    assert [(reason.kind.value, reason.sentence) for reason in _reasons(until, [battle], kills, [timer])] == [
        ("battle", "Camp of 9 pilots, going on: 6 killmails here."),
        ("smart_bombs", "3 of 12 ships lost in 24 hours were hit by smart bombs."),
        ("stargates", "7 of 8 ships lost in 24 hours whose place is known were at a stargate."),
        ("sovereignty_timer", "Sovereignty timer in 1 d 1 h, defended by Some Alliance."),
    ]


def test_the_biggest_battle_is_where_most_of_it_is() -> None:
    def part(battle_id: int, destroyed_isk: int, killmails: int) -> dict[str, int]:
        return {"battle_id": battle_id, "destroyed_isk": destroyed_isk, "killmails": killmails}

    here, there = [part(2, 10, 100), part(1, 90, 5)], [part(1, 90, 20)]
    events = _Events(datetime(2026, 6, 7, tzinfo=UTC), {}, {JITA: here, AMARR: there}, {}, 5)
    assert _biggest_battle(events) == there[0]
    assert _biggest_battle(events._replace(battles={})) is None


def test_steps_are_kept_for_the_moment_they_were_read_in(golden: Golden) -> None:
    """A pool that is closed shows that nothing was read."""
    others = sorted({b for a, b in GATES if a == JITA})
    some = sorted(SYSTEMS)[::100]

    async def ask() -> None:
        url, settings = golden.warehouse.url, Settings()
        closed, kept, opened = connection_pool(url, settings), KeptSteps(5), connection_pool(url, settings)
        async with opened, AsyncExitStack() as stack:
            star_map = await StarMaps(Revision(url, settings)).newest(Reading(stack, opened, None))
            async with opened.connection() as connection:
                status = await data_status(connection)

            async def steps(pool: Pool, moment: str | None, *system_ids: int) -> list[Any]:
                async with AsyncExitStack() as request:
                    found = await kept.of(Reading(request, pool, moment), star_map, status, system_ids)
                return [found[system_id] for system_id in system_ids]

            async def reads(moment: str | None, *system_ids: int) -> bool:
                with suppress(PoolClosed):
                    await steps(closed, moment, *system_ids)
                    return False
                return True

            first = await steps(opened, "one", JITA)
            assert await steps(closed, "one", JITA) == first
            assert await reads("one", *others)
            assert await reads("two", JITA), "the moment is over"
            assert await steps(opened, "two", JITA) == first
            await steps(opened, "three", JITA)
            await steps(opened, "three", others[0])
            every = await steps(closed, "three", JITA, *some)  # read for whoever asked second
            assert every[:1] == first
            assert [(await steps(opened, None, system_id))[0] for system_id in some] == every[1:]
            assert await reads(None, JITA), "there is no telling when it is over"
            assert await steps(opened, "four", JITA) == first
            assert await reads("four", others[0]), "who was to read every system fails"
            assert await steps(opened, "four", others[0]) == await steps(opened, None, others[0])
            assert await reads("four", others[1]), "and nobody tries again"

    asyncio.run(ask())


@pytest.mark.parametrize("model", [Route, ConflictAlert])
def test_examples_are_what_the_api_would_write(model: type[Route | ConflictAlert]) -> None:
    (example,) = model.model_json_schema(mode="serialization")["examples"]
    assert model.model_validate(example).model_dump(mode="json") == example
