"""Fixtures: one real PostgreSQL per test process, a migrated database per module, and one golden war, served.

Strategy: pure tests need none of these. Tests of the write path get `warehouse`, an empty migrated database of their
module's own (a template clone, 0.05 s). Tests of marts and API share `golden`: three days of a small simulated war,
fetched over HTTP from the local upstream, put through the whole asset graph once per process.
"""

import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
import uvicorn
from dbt.cli.main import dbtRunner, dbtRunnerResult
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from api.app import create_app
from battlescope_assets.assets.marts import DBT_PROJECT
from battlescope_assets.backfill import backfill
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.processes.database import database_url, dbt_environment, migrate
from battlescope_assets.processes.orchestrator import dagster_environment
from battlescope_assets.processes.postgres import embedded_postgres
from battlescope_assets.settings import Settings
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.catalogue import Catalogue
from battlescope_assets.upstream.server import Upstream, running

for name, examples in {"default": 200, "deep": 2_000}.items():
    hypothesis_settings.register_profile(
        name, max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def server() -> Iterator[Settings]:
    """A running embedded PostgreSQL with a migrated database, and the settings that lead to it."""
    with tempfile.TemporaryDirectory(prefix="battlescope-tests-") as home:
        Path(home).chmod(0o755)
        settings = Settings(home=Path(home))
        with embedded_postgres(settings.embedded_postgres_folder):
            migrate(settings)
            with psycopg.connect(_maintenance(settings), autocommit=True) as connection:
                connection.execute("create database empty template battlescope")
            yield settings


def _maintenance(settings: Settings) -> str:
    return urlsplit(database_url(settings))._replace(path="/postgres").geturl()


@pytest.fixture(scope="module")
def warehouse(server: Settings, request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    """An empty migrated database of the module's own."""
    name = request.module.__name__.replace(".", "_")
    with psycopg.connect(_maintenance(server), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template empty").format(sql.Identifier(name)))
        yield Warehouse(urlsplit(database_url(server))._replace(path=f"/{name}").geturl())
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


class Golden(NamedTuple):
    """The golden war, materialised."""

    settings: Settings
    warehouse: Warehouse
    war: War
    days: list[date]
    upstream: Upstream
    copy: str
    """A database as the warehouse was at first, for one module that changes what is stored."""


@pytest.fixture(scope="session")
def golden(server: Settings) -> Iterator[Golden]:
    """Three days of a small war, through the whole asset graph, in the server's own database."""
    war = War(read_snapshot(), seed=11, mails_per_day=400)
    # Fixed, so that a failure can be repeated, and long ago, so that every battle is historical by any clock.
    days = [date(2026, 6, 5), date(2026, 6, 6), date(2026, 6, 7)]
    with running(Catalogue(war, days[0], days[-1], server.home / "upstream")) as upstream:
        settings = server.model_copy(
            update={
                "first_day": days[0],
                "api_requests_per_minute": 0,
                "everef_url": upstream.url,
                "killmail_feed_url": upstream.url,
                "static_data_url": upstream.static_data_url,
                "esi_url": upstream.url,
            }
        )
        with pytest.MonkeyPatch.context() as patch:
            for name, value in dagster_environment(settings).items():
                patch.setenv(name, value)
            backfill(settings, days, days, lambda _line: None)
            with psycopg.connect(_maintenance(server), autocommit=True) as connection:
                connection.execute("create database golden_copy template battlescope")
            yield Golden(settings, Warehouse(database_url(settings)), war, days, upstream, "golden_copy")


@pytest.fixture(autouse=True)
def golden_as_it_was(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test of the golden war leaves nothing in it that another would find: their order is nobody's promise."""
    yield
    if "golden" in request.fixturenames:
        golden: Golden = request.getfixturevalue("golden")
        with golden.warehouse.transaction() as connection:
            left = connection.execute(
                """
                select
                    (select count(*) from app.day_changes) as day_changes,
                    (select count(*) from app.killmail_enrichments) as enrichments,
                    (select count(*) from raw.killmail_landings) as landings
                """
            ).fetchone()
        assert left == (0, 0, 0)


@pytest.fixture(scope="session")
def golden_api(golden: Golden) -> Iterator[httpx.Client]:
    """A client of the real application, served over loopback, on the golden war."""
    config = uvicorn.Config(
        create_app(golden.settings, golden.warehouse.url), host="127.0.0.1", port=0, log_level="warning", lifespan="on"
    )
    with _serving(uvicorn.Server(config)) as url, httpx.Client(base_url=url, timeout=10) as client:
        yield client


@contextmanager
def _serving(application: uvicorn.Server) -> Iterator[str]:
    """The server in a thread; a bound socket takes requests before the server does, so nothing waits for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=application.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            application.should_exit = True
            thread.join()


class Dbt(Protocol):
    """dbt's command line in this process; the result of its invocation."""

    def __call__(self, *arguments: str) -> dbtRunnerResult: ...


@pytest.fixture(scope="module")
def dbt(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dbt]:
    """dbt against the module's `warehouse`."""
    scratch = tmp_path_factory.mktemp("dbt")
    settings = Settings(home=scratch)
    known = conninfo_to_dict(warehouse.url)
    project, artifacts = os.fspath(DBT_PROJECT), os.fspath(scratch)
    folders = ["--project-dir", project, "--profiles-dir", project, "--target-path", artifacts, "--log-path", artifacts]

    def run(*arguments: str) -> dbtRunnerResult:
        quietly = ["--quiet", "--log-level-file", "none"]  # dbt leaves its log file open
        return dbtRunner().invoke([*quietly, *arguments, *folders])

    with pytest.MonkeyPatch.context() as patch:
        for name, value in (dbt_environment(settings) | {"DO_NOT_TRACK": "1"}).items():
            patch.setenv(name, value)
        for name in ("host", "port", "user", "dbname"):
            variable = {"dbname": "DATABASE"}.get(name, name.upper())
            patch.setenv(f"BATTLESCOPE_DBT_{variable}", str(known[name]))
        yield run
