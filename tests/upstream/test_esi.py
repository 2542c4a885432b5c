import bz2
import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.simulator.bodies import hash_of
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.catalogue import Catalogue
from battlescope_assets.upstream.esi import CACHE_SECONDS
from battlescope_assets.upstream.everef import SNAPSHOTS
from battlescope_assets.upstream.faults import Fault, FaultKind
from battlescope_assets.upstream.server import running

FIRST = date(2026, 11, 2)
NOW = datetime(2026, 11, 4, 20, 17, 31, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def war() -> War:
    return War(read_snapshot(), seed=11, mails_per_day=120)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("esi")


@pytest.fixture
def catalogue(war: War, folder: Path, clock: Clock) -> Catalogue:
    return Catalogue(war, FIRST, None, folder, now=clock)


def get(catalogue: Catalogue, path: str) -> Any:
    document = catalogue.document(path)
    assert document is not None, path
    content = document.read()
    return json.loads(bz2.decompress(content) if path.endswith(".bz2") else content)


FIELDS = {
    "fw/systems": {
        "contested": str, "occupier_faction_id": int, "owner_faction_id": int, "solar_system_id": int,
        "victory_points": int, "victory_points_threshold": int,
    },
    "markets/prices": {"adjusted_price": float, "average_price": float, "type_id": int},
    "sovereignty/campaigns": {
        "attackers_score": float, "campaign_id": int, "constellation_id": int, "defender_id": int,
        "defender_score": float, "event_type": str, "solar_system_id": int, "start_time": str, "structure_id": int,
    },
    "universe/system_jumps": {"ship_jumps": int, "system_id": int},
    "universe/system_kills": {"npc_kills": int, "pod_kills": int, "ship_kills": int, "system_id": int},
}  # fmt: skip


@pytest.mark.parametrize("route", sorted(FIELDS))
def test_rows_have_esis_fields(catalogue: Catalogue, clock: Clock, route: str) -> None:
    rows = get(catalogue, route)
    while not rows:  # no campaign may be announced at the moment
        clock.time += timedelta(hours=12)
        rows = get(catalogue, route)
    for row in rows:
        assert {name: type(value) for name, value in row.items()} == FIELDS[route]


def test_systems_are_claimed_by_alliances_by_factions_or_by_nobody(catalogue: Catalogue) -> None:
    kinds = set()
    for system in get(catalogue, "sovereignty/systems")["solar_systems"]:
        assert system.keys() == {"claim", "solar_system_id"}
        ((kind, claim),) = system["claim"].items()
        kinds.add(kind)
        if kind == "alliance":
            assert claim.keys() == {
                "alliance_id", "claimed_since", "corporation_id", "development", "is_capital_system", "sovereignty_hub",
            }  # fmt: skip
            assert claim["development"].keys() == {
                "activity_defense_multiplier", "industrial_level", "military_level", "strategic_level",
            }  # fmt: skip
            assert claim["sovereignty_hub"].keys() <= {"id", "vulnerability_window"}
    assert kinds == {"alliance", "faction", "unclaimed"}


@pytest.mark.parametrize("route", sorted(CACHE_SECONDS))
def test_answers_stay_until_they_expire_and_not_longer(
    catalogue: Catalogue, clock: Clock, war: War, folder: Path, route: str
) -> None:
    with running(catalogue) as upstream, httpx.Client(base_url=upstream.url, trust_env=False) as client:
        first = client.get(route)
        expires = datetime.strptime(first.headers["Expires"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
        assert clock.time < expires <= clock.time + timedelta(seconds=CACHE_SECONDS[route])
        assert first.headers["Cache-Control"] == "public"
        clock.time = expires - timedelta(seconds=1)
        assert client.get(route, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        clock.time = expires
        assert client.get(route).headers["Last-Modified"] != first.headers["Last-Modified"]


def test_a_killmail_by_id_and_hash(catalogue: Catalogue, clock: Clock, war: War) -> None:
    made = war.made(FIRST)[5]
    path = f"killmails/{made.killmail_id}/{hash_of(made.body)}"
    assert get(catalogue, path)["killmail_id"] == made.killmail_id
    assert catalogue.document(f"killmails/{made.killmail_id}/{'0' * 40}") is None
    clock.time = datetime.fromtimestamp(made.seconds - 1, UTC)
    assert catalogue.document(path) is None


def test_token_buckets_run_dry_and_fill_again(catalogue: Catalogue, clock: Clock) -> None:
    with running(catalogue) as upstream, httpx.Client(base_url=upstream.url, trust_env=False) as client:
        answers = [client.get("fw/systems") for _ in range(75)]
        assert {answer.status_code for answer in answers} == {200}
        headers = answers[-1].headers
        assert [headers[f"X-Ratelimit-{name}"] for name in ("Group", "Limit", "Remaining", "Used")] == [
            "factional-warfare", "150/15m", "0", "2",
        ]  # fmt: skip
        clock.time += timedelta(minutes=5)
        refused = client.get("fw/systems")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")
        assert client.get("sovereignty/campaigns").status_code == 200
        clock.time += timedelta(minutes=10)
        assert client.get("fw/systems").headers["X-Ratelimit-Remaining"] == "148"
        assert "X-ESI-Error-Limit-Remain" not in headers


def test_too_many_errors_close_all_routes_until_the_minute_is_over(catalogue: Catalogue, clock: Clock) -> None:
    with running(catalogue) as upstream, httpx.Client(base_url=upstream.url, trust_env=False) as client:
        assert client.get("sovereignty/campaigns").headers["X-ESI-Error-Limit-Remain"] == "100"
        upstream.faults.switch_on(Fault("sovereignty/campaigns", FaultKind.STATUS, times=100, status=502))
        errors = [client.get("sovereignty/campaigns") for _ in range(100)]
        assert errors[-1].headers["X-ESI-Error-Limit-Remain"] == "0"
        assert errors[-1].headers["X-ESI-Error-Limit-Reset"] == "29"
        assert client.get("sovereignty/campaigns").status_code == 420
        assert client.get("fw/systems").status_code == 420
        assert client.post("universe/names", json=[1]).status_code == 420
        assert client.get("killmails/totals.json").status_code == 200, "not ESI's"
        clock.time += timedelta(seconds=29)
        assert client.get("sovereignty/campaigns").headers["X-ESI-Error-Limit-Remain"] == "100"


@pytest.mark.parametrize("name", sorted(SNAPSHOTS))
def test_everef_keeps_hourly_snapshots(catalogue: Catalogue, clock: Clock, name: str) -> None:
    folder = f"{name}/history/2026/2026-11-04"
    index = get(catalogue, f"{folder}/index.json")
    assert len(index["files"]) == 21, "one each hour, to twenty o'clock"
    last = index["files"][-1]
    assert last["name"].startswith(f"{name}-2026-11-04_20-00-")
    kept = get(catalogue, f"{folder}/{last['name']}")
    assert kept == get(catalogue, f"{name}/{name}-latest.json")
    clock.time = datetime.fromisoformat(last["file_time"])
    assert kept == get(catalogue, SNAPSHOTS[name])
    assert catalogue.document(f"{folder}/{name}-2026-11-04_23-00-00.json.bz2") is None
    assert catalogue.document(f"{name}/history/2026/2026-10-01/index.json") is None


def test_the_latest_orders(catalogue: Catalogue, clock: Clock) -> None:
    document = catalogue.document("market-orders/market-orders-latest.v3.csv.bz2")
    assert document is not None
    assert document.last_modified == datetime(2026, 11, 4, 20, 15, tzinfo=UTC)
    table = pd.read_csv(io.BytesIO(document.read()), compression="bz2")
    assert len(table) > 20_000
    assert set(table["http_last_modified"]) == {"2026-11-04T20:15:00Z"}
    assert table["station_id"].isna().any(), "staging structures are no stations"
