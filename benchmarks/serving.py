"""The API over a million battles at 16 connections: each answer beside its bare SQL, an empty answer and a 304."""

import asyncio
import logging
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode, urlsplit

import httpx
import psycopg
import structlog
from psycopg import sql
from psycopg.rows import dict_row

from api.app import create_app
from api.deps import Connection, connection_options
from api.paging import Position, write_cursor
from api.schemas.battles import BattleSort
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.processes.database import database_url
from battlescope_assets.settings import Settings
from benchmarks.client import Asked, ask
from benchmarks.history import RECENT_DAYS, build
from benchmarks.pages import pages

COPY = "battlescope_serving"
CONNECTIONS = 16
ROUNDS, ROUND_SECONDS, BARE_SECONDS = 3, 2.0, 2.0
REQUESTS = 1_000
"""Different requests of a kind, asked in turn."""
BARE_REQUESTS = 200
LIMIT_LIST, LIMIT_NOT_MODIFIED = 0.2, 0.85
"""Of the empty answer's requests a second; the list is made anew."""
LIMIT_P95_MS, LIMIT_TIMES_BARE, LIMIT_ALWAYS_MS = 20.0, 3.0, 100.0
LIMIT_DEEP = 1.25
"""p95 of deep pages against that of first ones."""
FEWEST_BATTLES, FEWEST_PARTICIPANTS = 1_000_000, 10_000_000
EMPTY, NOT_MODIFIED, KEPT, FIRST, DEEP = "empty", "304", "battles, kept", "battles", "battles, deep"


class Timed(NamedTuple):
    """What was measured of one kind of request."""

    per_second: float
    p50: float
    p95: float
    p99: float
    """Milliseconds."""


def serving(settings: Settings) -> bool:
    """Prints the figures; tells whether all are within their limits. Works in a copy of the empty database."""
    names = sql.Identifier(COPY), sql.Identifier(database_url(settings).rpartition("/")[2].partition("?")[0])
    with psycopg.connect(database_url(settings, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template {}").format(*names))
        try:
            warehouse = Warehouse(database_url(settings, COPY))
            begun = time.perf_counter()
            build(warehouse, settings)
            print(f"serving: database built in {time.perf_counter() - begun:.0f} s", end="; ")
            return measure(warehouse, settings)
        finally:
            connection.execute(sql.SQL("drop database {} with (force)").format(names[0]))


def measure(warehouse: Warehouse, settings: Settings) -> bool:
    """Serves the database and asks; prints the figures and tells whether all are within their limits."""
    battles, participants, gigabytes = _size(warehouse)
    print(f"{battles:,} battles, {participants:,} participants, {gigabytes:.1f} GB")
    with _served(warehouse, settings) as port:
        document = httpx.get(f"http://127.0.0.1:{port}/openapi.json", timeout=30).json()
        kinds = _requests(warehouse, document["paths"])
        asked: dict[str, list[Asked]] = {kind: [] for kind in kinds}
        with multiprocessing.get_context("spawn").Pool(1) as client:
            for _ in range(ROUNDS):
                for kind, paths in kinds.items():
                    arguments = (port, paths, CONNECTIONS, ROUND_SECONDS)
                    how = {"revalidating": kind == NOT_MODIFIED, "anew": kind != KEPT}
                    asked[kind].append(client.apply(ask, arguments, how))
        passed = pages(port)
    bare = asyncio.run(
        _bare(warehouse.url, settings, {k: p for k, p in kinds.items() if k not in {EMPTY, NOT_MODIFIED, KEPT}})
    )
    return _judged(asked, bare) and passed and battles >= FEWEST_BATTLES and participants >= FEWEST_PARTICIPANTS


def _size(warehouse: Warehouse) -> tuple[int, int, float]:
    with warehouse.transaction() as connection:
        found = connection.execute(
            "select (select count(*) from core.battles), "
            "(select sum(cardinality(character_ids)) from core.battle_details), "
            "pg_database_size(current_database()) / 1e9::float8"
        ).fetchone()
    return cast("tuple[int, int, float]", found)


@contextmanager
def _served(warehouse: Warehouse, settings: Settings) -> Iterator[int]:
    """`battlescope api` on the database; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = urlsplit(warehouse.url)
    environment = os.environ | {
        "BATTLESCOPE_HOME": os.fspath(settings.home),
        "BATTLESCOPE_DATABASE_URL": url._replace(netloc=f"{url.username}@localhost").geturl(),
        "BATTLESCOPE_API_PORT": f"{port}",
        "BATTLESCOPE_API_REQUESTS_PER_MINUTE": "0",
    }
    with tempfile.TemporaryFile() as log:
        command = [os.fspath(Path(sys.executable).with_name("battlescope")), "api"]
        server = subprocess.Popen(command, env=environment, stderr=log)  # noqa: S603  # our own program
        try:
            with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
                client.get(f"http://127.0.0.1:{port}/readyz").raise_for_status()
            yield port
        finally:
            server.terminate()
            server.wait()


def _requests(warehouse: Warehouse, routes: Iterable[str]) -> dict[str, list[str]]:
    """Addresses by kind of request, their parameters drawn at random from what is stored."""
    draw = Random(5)  # noqa: S311  # no secret
    with psycopg.connect(warehouse.url, row_factory=dict_row) as connection:
        rows = connection.execute(
            """
            select
                b.battle_id, b.started_at, b.destroyed_isk, b.solar_system_id, s.region_id, b.alliance_ids,
                b.corporation_ids, d.character_ids,
                exists (select from raw.killmails k where k.day = b.day) as has_mails
            from (select * from core.battles tablesample system (2) repeatable (5)) as b
            join core.battle_details d using (battle_id)
            join core.solar_systems s using (solar_system_id)
            where kind <> all ('{camp,gank}')
            """
        ).fetchall()
        names = [
            row["entity_name"]
            for row in connection.execute(
                "select entity_name from app.entity_names tablesample system (5) repeatable (5)"
            )
        ]

    def battle() -> dict[str, Any]:
        return draw.choice(rows)

    def one_of(column: str) -> Any:
        """Who fights often comes often, in every other request; in the others all come as often."""
        return (
            draw.choice(draw.choice(having[column])[column]) if draw.random() < 0.5 else draw.choice(distinct[column])
        )

    having = {c: [row for row in rows if row[c]] for c in ("alliance_ids", "corporation_ids", "character_ids")}
    distinct = {c: sorted({i for row in found for i in row[c]}) for c, found in having.items()}

    def days() -> dict[str, str]:
        start = battle()["started_at"]
        return {"start": start.isoformat(), "end": (start + timedelta(days=draw.choice([1, 7, 30]))).isoformat()}

    def after(sort: BattleSort = BattleSort.STARTED_AT_DOWN, column: str = "started_at") -> dict[str, str]:
        row = battle()
        return {"sort": sort, "cursor": write_cursor(sort, Position(row[column], row["battle_id"]))}

    def lists(parameters: Any) -> list[str]:
        return [f"/api/battles?{urlencode({'limit': 50} | parameters(), doseq=True)}" for _ in range(REQUESTS)]

    def pair() -> dict[str, Any]:
        row = draw.choice(having["alliance_ids"])
        alliance = {"alliance_id": draw.choice(row["alliance_ids"])}
        return draw.choice(
            [
                alliance | {"system_id": row["solar_system_id"]},
                alliance | {"system_id": battle()["solar_system_id"]},
                alliance | {"region_id": row["region_id"]},
                alliance | {"corporation_id": one_of("corporation_ids")},
                alliance | {"min_pilots": 40},
                alliance | days(),
                {"character_id": draw.choice(row["character_ids"]), "region_id": row["region_id"]},
                {"system_id": row["solar_system_id"], "kind": "battle"},
                {"region_id": row["region_id"]} | days(),
            ]
        )

    def window() -> dict[str, Any]:
        """So many different ones that few are kept."""
        return {"days": draw.randint(1, 7), "day": draw.choice(recent), "min_kills": draw.randint(1, 10)}

    recent = sorted({row["started_at"].date() for row in rows})[-RECENT_DAYS:]
    with_mails = [row["battle_id"] for row in rows if row["has_mails"]]
    systems = sorted({row["solar_system_id"] for row in rows})
    regions = sorted({row["region_id"] for row in rows})
    kinds = {
        EMPTY: ["/healthz"],
        NOT_MODIFIED: ["/api/battles"],
        KEPT: ["/api/battles?limit=50"],
        FIRST: lists(lambda: {"sort": draw.choice([*BattleSort]).value}),
        DEEP: [*lists(after)[::2], *lists(lambda: after(BattleSort.ISK_DESTROYED_DOWN, "destroyed_isk"))[::2]],
        "by alliance": lists(lambda: {"alliance_id": one_of("alliance_ids")}),
        "by alliance, deep": lists(lambda: {"alliance_id": one_of("alliance_ids")} | after()),
        "by alliance, by ISK": lists(lambda: {"alliance_id": one_of("alliance_ids"), "sort": "-isk_destroyed"}),
        "by corporation": lists(lambda: {"corporation_id": one_of("corporation_ids")}),
        "by character": lists(lambda: {"character_id": one_of("character_ids")}),
        "by system": lists(lambda: {"system_id": battle()["solar_system_id"]}),
        "by region": lists(lambda: {"region_id": battle()["region_id"]}),
        "by time": lists(days),
        "by two filters": lists(pair),
        "detail": [f"/api/battles/{draw.choice(with_mails)}" for _ in range(REQUESTS)],
        "participants": [f"/api/battles/{draw.choice(with_mails)}/participants" for _ in range(REQUESTS)],
        "search": [
            f"/api/search?{urlencode({'q': draw.choice(names)[: draw.randint(3, 6)]})}" for _ in range(REQUESTS)
        ],
    }
    for route, paths in {
        "/api/war/heatmap": [f"/api/war/heatmap?{urlencode(window())}" for _ in range(REQUESTS)],
        "/api/war/demand/{region_id}": [f"/api/war/demand/{draw.choice(regions)}" for _ in range(REQUESTS)],
        "/api/war/route-safety/{from_system_id}/{to_system_id}": [
            f"/api/war/route-safety/{draw.choice(systems)}/{draw.choice(systems)}" for _ in range(REQUESTS)
        ],
    }.items():
        if route in routes:
            kinds[route] = paths
        else:
            print(f"  {route} is not served, so it is not measured")
    return kinds


async def _bare(url: str, settings: Settings, kinds: Mapping[str, list[str]]) -> dict[str, Timed]:
    """The statements of each kind's requests, asked over as many connections without the application around them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    app = create_app(settings.model_copy(update={"api_requests_per_minute": 0}), url)
    app.state.pool.kwargs["cursor_factory"] = _Recording
    timed = {}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://bare", headers={"Cache-Control": "no-cache"}
        ) as client,  # what is kept runs no statement
    ):
        recorded: dict[str, list[list[tuple[Any, Any]]]] = {}
        for kind, paths in kinds.items():
            recorded[kind] = []
            for path in paths[:BARE_REQUESTS]:
                _Recording.statements.clear()
                await client.get(path)  # what was refused is told where it was served
                recorded[kind].append([*_Recording.statements])
    options = connection_options(settings)
    connections = [await psycopg.AsyncConnection.connect(url, autocommit=True, **options) for _ in range(CONNECTIONS)]
    for kind, requests in recorded.items():
        end = time.perf_counter() + BARE_SECONDS
        latencies = await asyncio.gather(
            *(_replay(connection, requests[n:] + requests[:n], end) for n, connection in enumerate(connections))
        )
        timed[kind] = _timed([latency for one in latencies for latency in one], BARE_SECONDS)
    for connection in connections:
        await connection.close()
    return timed


class _Recording(psycopg.AsyncCursor[Any]):
    """Notes the statements it is asked to run."""

    statements: list[tuple[Any, Any]] = []  # noqa: RUF012  # one list for all cursors

    async def execute(self, query: Any, params: Any = None, **options: Any) -> "_Recording":
        self.statements.append((query, params))
        return await super().execute(query, params, **options)


async def _replay(connection: Connection, requests: list[list[tuple[Any, Any]]], end: float) -> list[float]:
    latencies: list[float] = []
    while True:
        for statements in requests:
            begun = time.perf_counter()
            if begun > end:
                return latencies
            for statement, parameters in statements:
                await (await connection.execute(statement, parameters)).fetchall()
            latencies.append(time.perf_counter() - begun)


def _timed(latencies: list[float], seconds: float) -> Timed:
    cuts = statistics.quantiles(latencies, n=100)
    return Timed(len(latencies) / seconds, *(1_000 * cuts[percent - 1] for percent in (50, 95, 99)))


def _judged(asked: Mapping[str, list[Asked]], bare: Mapping[str, Timed]) -> bool:
    timed = {
        kind: _timed([latency for one in rounds for latency in one.latencies], sum(one.seconds for one in rounds))
        for kind, rounds in asked.items()
    }
    empty = timed[EMPTY]
    passed = True
    titles = ("req/s", "of empty", "p50 ms", "p95", "p99", "limit", "bare p95", "kB", "client")
    print(f"  {'':22}" + "".join(f"{title:>9}" for title in titles))
    for kind, of in timed.items():
        rounds = asked[kind]
        limit, bare_p95 = LIMIT_P95_MS, ""
        if kind in bare:
            limit = min(LIMIT_ALWAYS_MS, max(limit, LIMIT_TIMES_BARE * bare[kind].p95 + empty.p95))
            bare_p95 = f"{bare[kind].p95:.1f}"
        statuses = {status for one in rounds for status in one.statuses}
        share = of.per_second / empty.per_second
        is_within = (
            of.p95 <= limit
            and statuses <= ({200, 304} if kind == NOT_MODIFIED else {200})
            and share >= {FIRST: LIMIT_LIST, NOT_MODIFIED: LIMIT_NOT_MODIFIED}.get(kind, 0.0)
            and (kind != DEEP or of.p95 <= LIMIT_DEEP * timed[FIRST].p95)
        )
        passed &= is_within
        kilobytes = statistics.mean(one.mean_bytes for one in rounds) / 1_000
        busy = sum(one.client_seconds for one in rounds) / sum(one.seconds for one in rounds)
        print(
            f"  {kind:22}{of.per_second:9.0f}{share:9.2f}{of.p50:9.1f}{of.p95:9.1f}{of.p99:9.1f}{limit:9.1f}"
            f"{bare_p95:>9}{kilobytes:9.1f}{busy:9.0%}  {'PASS' if is_within else f'MISS {sorted(statuses)}'}"
        )
    return passed
