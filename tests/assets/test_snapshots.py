"""Snapshots over HTTP into PostgreSQL: change histories, idempotence, what is malformed, what cannot be had, gaps."""

import bz2
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import dagster as dg
import pytest

from battlescope_assets.assets.snapshot_archives import ARCHIVES, fill_day
from battlescope_assets.assets.snapshots import READABLE, Read, build_snapshots, read_live
from battlescope_assets.domain.freshness import SourceFetch
from battlescope_assets.domain.snapshots import KINDS, SnapshotError
from battlescope_assets.io.freshness import source_fetches
from battlescope_assets.io.snapshots import ESI_PATHS
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.warehouse import Warehouse
from tests.virtual_time import VirtualTime

NOON = datetime(2026, 9, 15, 12, tzinfo=UTC)
DAY = NOON.date()
TABLES = (*KINDS, "snapshots", "quarantined_rows")


class Page(NamedTuple):
    """What the upstream answers."""

    body: bytes
    last_modified: datetime | None
    status: int = 200


class Upstream(ThreadingHTTPServer):
    """An HTTP server that answers with `pages`, by path."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        self.time = VirtualTime()

    def show(self, source: str, content: Any, as_of: datetime | None) -> None:
        self.pages[ESI_PATHS[source]] = Page(json.dumps(content).encode(), as_of)

    def archive(self, source: str, moments: dict[datetime, Any], as_list: bool = False) -> None:
        """Puts answers into EVE Ref's archive of the day."""
        name = ARCHIVES[source]
        folder = f"{name}/history/{DAY:%Y}/{DAY}"
        files = []
        for moment, content in moments.items():
            file = f"{name}-{moment:%Y-%m-%d_%H-%M-%S}.json.bz2"
            body = content if isinstance(content, bytes) else bz2.compress(json.dumps(content).encode())
            self.pages[f"{folder}/{file}"] = Page(body, moment)
            files.append({"name": file, "size": len(body)})
        files.append({"name": "index.html", "size": 1})
        index = files if as_list else {"path": folder, "files": files, "directories": []}
        self.pages[f"{folder}/index.json"] = Page(json.dumps(index).encode(), NOON)


class _Handler(BaseHTTPRequestHandler):
    server: Upstream

    def do_GET(self) -> None:
        path = self.path.lstrip("/")
        self.server.asked.append(path)
        page = self.server.pages.get(path, Page(b"", None, 404))
        self.send_response(page.status)
        if page.last_modified:
            self.send_header("Last-Modified", format_datetime(page.last_modified, usegmt=True))
        self.send_header("ETag", f'"{hashlib.sha256(page.body).hexdigest()}"')
        self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        self.wfile.write(page.body)

    def date_time_string(self, _: float | None = None) -> str:
        """The Date of every answer."""
        return format_datetime(self.server.time.now(), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Nothing goes to the terminal."""


@pytest.fixture(scope="module")
def running() -> Iterator[Upstream]:
    with Upstream() as upstream:
        thread = threading.Thread(target=upstream.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield upstream
        upstream.shutdown()
        thread.join()


@pytest.fixture
def upstream(running: Upstream) -> Upstream:
    running.pages.clear()
    running.asked.clear()
    return running


@pytest.fixture
def source(upstream: Upstream, tmp_path: Path) -> Source:
    """Waits in virtual time, so that retries cost none."""
    return Source(f"http://127.0.0.1:{upstream.server_port}", "tests", tmp_path / "cache", clock=upstream.time.clock)


@pytest.fixture
def empty(warehouse: Warehouse) -> Warehouse:
    with warehouse.transaction() as connection:
        for table in (*TABLES, "source_fetches"):
            connection.execute(f"truncate raw.{table} cascade".encode())
    return warehouse


def rows(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    with warehouse.transaction() as connection:
        return connection.execute(query.encode()).fetchall()


def versions(warehouse: Warehouse) -> list[object]:
    """Every row of every table with its version: any rewrite shows."""
    return [
        rows(warehouse, f"select t.*, t.xmin::text, t.ctid::text from raw.{table} t order by 1, 2") for table in TABLES
    ]


def ledger(warehouse: Warehouse) -> dict[str, SourceFetch]:
    with warehouse.transaction() as connection:
        return source_fetches(connection)


def campaign(campaign_id: int, defender_score: float = 0.6, **fields: object) -> dict[str, object]:
    return {
        "campaign_id": campaign_id,
        "constellation_id": 20000125,
        "defender_id": 99000001,
        "attackers_score": round(1 - defender_score, 2),
        "defender_score": defender_score,
        "event_type": "ihub_defense",
        "solar_system_id": 30000856,
        "start_time": "2026-09-16T14:34:40Z",
        "structure_id": 1018253388776,
    } | fields


def fw_system(victory_points: int, solar_system_id: int = 30002096, **fields: object) -> dict[str, object]:
    return {
        "contested": "contested",
        "occupier_faction_id": 500001,
        "owner_faction_id": 500004,
        "solar_system_id": solar_system_id,
        "victory_points": victory_points,
        "victory_points_threshold": 3000,
    } | fields


class Campaigns:
    """The campaigns of one upstream, read into one warehouse."""

    def __init__(self, upstream: Upstream, source: Source, warehouse: Warehouse) -> None:
        self.upstream, self.source, self.warehouse = upstream, source, warehouse

    def read(self, content: Any, minute: int) -> Read:
        self.upstream.show("sovereignty_campaigns", content, NOON + timedelta(minutes=minute))
        return read_live("sovereignty_campaigns", self.source, self.warehouse)

    def history(self) -> list[tuple[object, ...]]:
        """(campaign, defender's score, first and last seen, ended), in minutes after noon."""
        found = rows(
            self.warehouse,
            "select campaign_id, defender_score, first_seen_at, last_seen_at, ended_at "
            "from raw.sovereignty_campaigns order by 1, 3",
        )
        return [
            (key, score, *(None if moment is None else (moment - NOON) // timedelta(minutes=1) for moment in moments))
            for key, score, *moments in found
        ]


@pytest.fixture
def campaigns(upstream: Upstream, source: Source, empty: Warehouse) -> Campaigns:
    return Campaigns(upstream, source, empty)


# Histories


def test_a_campaign_appears_its_scores_move_it_is_resolved_and_comes_back(campaigns: Campaigns) -> None:
    campaigns.read([campaign(1)], 0)
    campaigns.read([campaign(1), campaign(2)], 30)
    campaigns.read([campaign(1, 0.4), campaign(2)], 60)
    campaigns.read([campaign(2)], 90)
    campaigns.read([campaign(1, 0.4), campaign(2)], 120)
    assert campaigns.history() == [
        (1, 0.6, 0, 30, 60),
        (1, 0.4, 60, 60, 90),
        (1, 0.4, 120, None, None),
        (2, 0.6, 30, None, None),
    ]


def test_no_campaign_at_all_resolves_all(campaigns: Campaigns) -> None:
    campaigns.read([campaign(1), campaign(2)], 0)
    campaigns.read([], 30)
    assert campaigns.history() == [(1, 0.6, 0, 0, 30), (2, 0.6, 0, 0, 30)]


def test_answers_of_the_past_fill_the_history(campaigns: Campaigns) -> None:
    campaigns.read([campaign(1)], 0)
    campaigns.read([campaign(1)], 60)
    campaigns.read([campaign(1, 0.4)], 30)
    assert campaigns.history() == [(1, 0.6, 0, 0, 30), (1, 0.4, 30, 30, 60), (1, 0.6, 60, None, None)]


def test_sovereignty_and_faction_warfare_keep_changes_only(
    upstream: Upstream, source: Source, empty: Warehouse
) -> None:
    def claim(alliance_id: int) -> dict[str, object]:
        return {"solar_system_id": 30004759, "claim": {"alliance": {"alliance_id": alliance_id}}}

    for minute, alliance_id, points in ((0, 99000001, 60), (30, 99000001, 60), (60, 99000002, 75)):
        as_of = NOON + timedelta(minutes=minute)
        nobodys = {"solar_system_id": 30000001, "claim": {"unclaimed": True}}
        upstream.show("sovereignty_systems", {"solar_systems": [claim(alliance_id), nobodys]}, as_of)
        upstream.show("faction_warfare", [fw_system(points), fw_system(5, 30002097)], as_of)
        read_live("sovereignty_systems", source, empty)
        read_live("faction_warfare", source, empty)
    assert rows(
        empty,
        "select solar_system_id, alliance_id, ended_at is null from raw.sovereignty_systems order by 1, first_seen_at",
    ) == [(30000001, None, True), (30004759, 99000001, False), (30004759, 99000002, True)]
    assert rows(
        empty,
        "select solar_system_id, victory_points, ended_at is null from raw.faction_warfare order by 1, first_seen_at",
    ) == [(30002096, 60, False), (30002096, 75, True), (30002097, 5, True)]


# Hours and days


def test_of_two_answers_for_one_hour_or_day_the_later_one_holds(
    upstream: Upstream, source: Source, empty: Warehouse
) -> None:
    for minute, jumps, price in ((5, 10, 1.5), (25, 12, 2.5), (15, 11, 3.5)):
        as_of = NOON + timedelta(minutes=minute)
        upstream.show("system_jumps", [{"system_id": 30000142, "ship_jumps": jumps}], as_of)
        upstream.show("market_prices", [{"type_id": 34, "average_price": price}], as_of)
        read_live("system_jumps", source, empty)
        read_live("market_prices", source, empty)
    hour = NOON - timedelta(hours=1)
    assert rows(empty, "select day, hour, solar_system_id, ship_jumps from raw.system_jumps") == [
        (DAY, hour, 30000142, 12)
    ]
    assert [(f"{a}", b) for a, b in rows(empty, "select average_isk, adjusted_isk from raw.market_prices")] == [
        ("2.50", None)
    ]


def test_hours_of_two_days_stand_side_by_side(upstream: Upstream, source: Source, empty: Warehouse) -> None:
    midnight = datetime(2026, 9, 16, tzinfo=UTC)
    for as_of, kills in ((midnight, 1), (midnight + timedelta(hours=1), 2)):
        row = {"system_id": 30002813, "ship_kills": kills, "pod_kills": 0, "npc_kills": 99}
        upstream.show("system_kills", [row], as_of)
        read_live("system_kills", source, empty)
    assert rows(empty, "select day, extract(hour from hour)::int, ship_kills from raw.system_kills order by 1") == [
        (date(2026, 9, 15), 23, 1),
        (date(2026, 9, 16), 0, 2),
    ]


# Idempotence


CONTENTS: dict[str, Any] = {
    "sovereignty_campaigns": [campaign(1)],
    "sovereignty_systems": {"solar_systems": [{"solar_system_id": 30000001, "claim": {"unclaimed": True}}]},
    "faction_warfare": [fw_system(60)],
    "system_jumps": [{"system_id": 30000142, "ship_jumps": 10}],
    "system_kills": [{"system_id": 30000142, "ship_kills": 1, "pod_kills": 1, "npc_kills": 1}],
    "market_prices": [{"type_id": 34, "average_price": 5.0, "adjusted_price": 4.5}],
}


@pytest.mark.parametrize("as_of", [NOON, None], ids=["with Last-Modified", "without"])
def test_the_same_answer_changes_nothing_but_the_ledger_of_attempts(
    upstream: Upstream, source: Source, empty: Warehouse, tmp_path: Path, as_of: datetime | None
) -> None:
    for name, content in CONTENTS.items():
        upstream.show(name, content, as_of)
        assert read_live(name, source, empty).rows_changed == 1, name
    before = versions(empty)
    assert all(before[:-1])
    elsewhere = replace(source, cache=tmp_path / "another machine")
    for name in CONTENTS:
        for reader in (source, elsewhere):
            assert read_live(name, reader, empty).rows_changed == 0
    assert versions(empty) == before
    assert set(ledger(empty)) == set(CONTENTS)


def test_a_later_answer_that_says_the_same_touches_no_state(campaigns: Campaigns) -> None:
    campaigns.read([campaign(1)], 0)
    before = rows(campaigns.warehouse, "select xmin::text, ctid::text from raw.sovereignty_campaigns")
    assert campaigns.read([campaign(1)], 30).rows_changed == 0
    assert rows(campaigns.warehouse, "select xmin::text, ctid::text from raw.sovereignty_campaigns") == before


# What is malformed


def test_a_malformed_row_is_quarantined_and_resolves_nothing(campaigns: Campaigns) -> None:
    campaigns.read([campaign(1), campaign(2), campaign(3)], 0)
    campaigns.read([campaign(1, start_time="soon"), campaign(2)], 30)
    assert campaigns.history() == [(1, 0.6, 0, None, None), (2, 0.6, 0, None, None), (3, 0.6, 0, 0, 30)]
    ((key, detail, text),) = rows(campaigns.warehouse, "select key, detail, row_text from raw.quarantined_rows")
    assert (key, detail) == (1, "Invalid RFC3339 encoded datetime - at `$.start_time`")
    assert json.loads(text) == campaign(1, start_time="soon")


def test_where_not_even_keys_can_be_read_nothing_is_resolved(campaigns: Campaigns) -> None:
    campaigns.read([campaign(1), campaign(2)], 0)
    campaigns.read([campaign(1), {"id": 2}], 30)
    assert campaigns.history() == [(1, 0.6, 0, None, None), (2, 0.6, 0, None, None)]


@pytest.mark.parametrize(
    ("page", "error", "sentence"),
    [
        (Page(b"[{]", NOON), SnapshotError, "sent no snapshot: it is no list of rows: JSON is malformed"),
        (Page(b'{"error": "x"}', NOON), SnapshotError, "sent no snapshot: it is no list of rows: Expected `array`"),
        (Page(b"", NOON, 500), SourceError, "gave no usable answer (status 500)"),
        (Page(b"", NOON, 403), SourceError, "answered with status 403"),
        (Page(b"", NOON, 404), SourceError, "has no sovereignty/campaigns"),
    ],
)
def test_what_cannot_be_had_changes_nothing_and_is_told_in_a_sentence(
    campaigns: Campaigns, page: Page, error: type[Exception], sentence: str
) -> None:
    campaigns.read([campaign(1)], 0)
    before, known = versions(campaigns.warehouse), ledger(campaigns.warehouse)["sovereignty_campaigns"]
    campaigns.upstream.pages[ESI_PATHS["sovereignty_campaigns"]] = page
    with pytest.raises(error, match=re.escape(sentence)) as refused:
        read_live("sovereignty_campaigns", campaigns.source, campaigns.warehouse)
    assert versions(campaigns.warehouse) == before
    now = ledger(campaigns.warehouse)["sovereignty_campaigns"]
    assert now.last_error == f"{refused.value}"
    assert (now.last_success_at, now.as_of) == (known.last_success_at, known.as_of)
    assert now.last_attempt_at > known.last_attempt_at


def test_after_a_bad_answer_the_next_good_one_is_read(upstream: Upstream, tmp_path: Path, empty: Warehouse) -> None:
    time = VirtualTime()
    source = Source(f"http://127.0.0.1:{upstream.server_port}", "tests", tmp_path / "cache", clock=time.clock)
    upstream.pages[ESI_PATHS["faction_warfare"]] = Page(b"oops", NOON)
    with pytest.raises(SnapshotError):
        read_live("faction_warfare", source, empty)
    time.pass_by(3_600)
    upstream.show("faction_warfare", [fw_system(60)], NOON)
    assert read_live("faction_warfare", source, empty).rows_changed == 1
    assert ledger(empty)["faction_warfare"].last_error is None


# In Dagster


def test_one_source_that_fails_holds_up_no_other(upstream: Upstream, source: Source, empty: Warehouse) -> None:
    upstream.show("faction_warfare", [fw_system(60), fw_system(-1, 30002097)], NOON)
    result = dg.materialize(
        build_snapshots(),
        selection=dg.AssetSelection.assets(["raw", "faction_warfare"], ["raw", "sovereignty_campaigns"]),
        resources={"esi": source, "warehouse": empty},
        raise_on_error=False,
    )
    assert not result.success
    (made,) = result.asset_materializations_for_node("raw__faction_warfare")
    assert made.metadata["as_of"].value == NOON.timestamp()
    assert (made.metadata["dagster/row_count"].value, made.metadata["rows_quarantined"].value) == (1, 1)
    (check,) = result.get_asset_check_evaluations()
    assert (check.check_name, check.passed, check.severity) == (READABLE, False, dg.AssetCheckSeverity.WARN)
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert failure.step_key == "raw__sovereignty_campaigns"
    assert "has no sovereignty/campaigns" in f"{failure.event_specific_data}"


# Gaps filled from archives


def test_the_archive_fills_only_what_was_missed(upstream: Upstream, source: Source, empty: Warehouse) -> None:
    upstream.show("faction_warfare", [fw_system(70)], NOON)
    read_live("faction_warfare", source, empty)
    hour = timedelta(hours=1)
    wrong_day = NOON + timedelta(days=1)
    moments = {NOON - hour: 50, NOON + timedelta(minutes=5): 71, NOON + hour: 90, wrong_day: 99}
    upstream.archive("faction_warfare", {moment: [fw_system(points)] for moment, points in moments.items()})
    assert fill_day("faction_warfare", DAY, source, empty) == (2, 3, [])
    found = rows(empty, "select victory_points, first_seen_at from raw.faction_warfare order by 2")
    assert found == [(50, NOON - hour), (70, NOON), (90, NOON + hour)]
    upstream.asked.clear()
    assert fill_day("faction_warfare", DAY, source, empty) == (0, 3, [])
    assert [path for path in upstream.asked if path.endswith(".bz2")] == []


def test_a_damaged_archived_answer_holds_up_no_other(upstream: Upstream, source: Source, empty: Warehouse) -> None:
    hours = [NOON + timedelta(hours=i) for i in range(3)]
    jumps = [{"system_id": 30000142, "ship_jumps": 7}]
    upstream.archive("system_jumps", {hours[0]: jumps, hours[1]: b"no bzip2", hours[2]: jumps}, as_list=True)
    filled = fill_day("system_jumps", DAY, source, empty)
    assert (filled.stored, filled.listed) == (2, 3)
    (failure,) = filled.failures
    assert "is no archived snapshot: not a sound bzip2 file" in failure
    assert rows(empty, "select hour from raw.system_jumps order by 1") == [
        (hours[0] - timedelta(hours=1),),
        (hours[2] - timedelta(hours=1),),
    ]


def test_a_day_without_an_archive_has_nothing_to_fill(upstream: Upstream, source: Source, empty: Warehouse) -> None:
    assert fill_day("market_prices", DAY, source, empty) == (0, 0, [])


def test_an_index_that_is_none_is_told_in_a_sentence(upstream: Upstream, source: Source, empty: Warehouse) -> None:
    upstream.archive("system_kills", {})
    path = f"system-kills/history/{DAY:%Y}/{DAY}/index.json"
    upstream.pages[path] = Page(b"[1]", NOON)
    (failure,) = fill_day("system_kills", DAY, source, empty).failures
    assert f"{path} is no index" in failure
