"""Fixtures: one real PostgreSQL per run, a migrated database per module, and one golden war, served.

Strategy: pure tests need none of these. Tests of the write path get `warehouse`, an empty migrated database of their
module's own (a template clone, 0.05 s). Tests of marts and API share `golden`: three days of a small simulated war,
fetched over HTTP from the local upstream, put through the whole asset graph once per run; each worker has a copy.
"""

import fcntl
import hashlib
import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
import structlog
import uvicorn
from dbt.cli.main import dbtRunner, dbtRunnerResult
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg import sql
from pydantic import PostgresDsn

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

# A plain traceback: the default one shows what every function of the frameworks held, in thousands of lines.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

SHARED = pytest.StashKey[Path]()
"""The folder that all workers of a run share."""


def pytest_configure(config: pytest.Config) -> None:
    """A folder that all workers of a run share; it goes when the run ends."""
    if hasattr(config, "workerinput"):
        config.stash[SHARED] = Path(config.workerinput["shared"])
        return
    folder = tempfile.TemporaryDirectory(prefix="battlescope-tests-")
    config.add_cleanup(folder.cleanup)
    config.stash[SHARED] = Path(folder.name)
    config.stash[SHARED].chmod(0o755)  # root's PostgreSQL runs as somebody else


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a worker where that folder is."""
    node.workerinput["shared"] = os.fspath(node.config.stash[SHARED])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One module of the golden war, then those without it, then its others, pages first.

    The first worker makes the golden war at once, and the others have something to do meanwhile; the pages' modules are
    the longest, and the last ones should be short.
    """
    golden = {item.path: None for item in items if "golden" in getattr(item, "fixturenames", ())}
    first = next(iter(golden), None)
    items.sort(
        key=lambda item: (
            item.path != first,
            item.path in golden,
            item.path.parent.name != "web",
        )
    )


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config, worker_id: str) -> Iterator[Settings]:
    """The run's PostgreSQL, and the settings that lead to a migrated database and a home of this worker's own."""
    shared = pytestconfig.stash[SHARED]
    with embedded_postgres(shared / "postgres") as url:
        yield migrated(url, shared / worker_id)


def migrated(url: str, home: Path) -> Settings:
    """Settings that lead to a migrated database of this server, named as the home is, and to another like it."""
    with psycopg.connect(_url(url, "postgres"), autocommit=True) as connection:
        connection.execute("alter system set fsync = off")  # what tests store may go with the machine
        connection.execute("select pg_reload_conf()")
    settings = Settings(
        home=home, database_url=PostgresDsn(_url(url, home.name)), dagster_database=f"{home.name}_dagster"
    )
    settings.home.mkdir()
    migrate(settings)
    copy_database(settings, home.name, f"{home.name}_empty")
    return settings


def _url(url: str, database: str) -> str:
    # pydantic wants a host; that of the query, the socket's folder, is the one that counts.
    return urlsplit(url)._replace(netloc="battlescope@localhost", path=f"/{database}").geturl()


def copy_database(server: Settings, template: str, name: str) -> None:
    """Makes a database as another one is, which nobody may be connected to."""
    with psycopg.connect(database_url(server, "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
        )


@contextmanager
def database_like(server: Settings, template: str, name: str) -> Iterator[Warehouse]:
    """A database of that name, as the template is; dropped afterwards."""
    copy_database(server, template, name)
    yield Warehouse(database_url(server, name))
    with psycopg.connect(database_url(server, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def warehouse(server: Settings, worker_id: str) -> Iterator[Warehouse]:
    """An empty migrated database of the module's own."""
    # The same name for every module, as a worker has one at a time: what dbt parsed holds for one name.
    with database_like(server, f"{worker_id}_empty", f"{worker_id}_warehouse") as made:
        yield made


class Golden(NamedTuple):
    """The golden war, materialised."""

    settings: Settings
    warehouse: Warehouse
    war: War
    days: list[date]
    upstream: Upstream


GOLDEN = "golden"
"""The database as it was at first; nobody connects to it, so that it can be copied."""


@pytest.fixture(scope="session")
def golden(server: Settings, pytestconfig: pytest.Config, worker_id: str) -> Iterator[Golden]:
    """Three days of a small war, through the whole asset graph: this worker's copy of what one of them made."""
    made = pytestconfig.stash[SHARED] / GOLDEN
    with made.with_suffix(".lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if not lock.read():
            with _golden_war(server, made, GOLDEN) as war, orchestrated(war.settings):
                migrate(war.settings)
                backfill(war.settings, war.days, war.days, lambda _line: None)
            lock.write("made")
            lock.flush()
    mine = f"{worker_id}_{GOLDEN}"
    for kind in ("", "_dagster"):
        copy_database(server, f"{GOLDEN}{kind}", f"{mine}{kind}")
    home = server.home / GOLDEN
    shutil.copytree(made, home)
    with _golden_war(server, home, mine) as war:
        with war.warehouse.transaction() as connection:
            connection.execute("analyze")  # what PostgreSQL counted of a table is not copied with it
        yield war


@contextmanager
def _golden_war(server: Settings, home: Path, database: str) -> Iterator[Golden]:
    """The golden war's upstream, and settings of it in this home and database."""
    war = War(read_snapshot(), seed=11, mails_per_day=400)
    # Fixed, so that a failure can be repeated, and long ago, so that every battle is historical by any clock.
    days = [date(2026, 6, 5), date(2026, 6, 6), date(2026, 6, 7)]
    with running(Catalogue(war, days[0], days[-1], home / "upstream")) as upstream:
        settings = server.model_copy(
            update={
                "home": home,
                "database_url": PostgresDsn(database_url(server, database)),
                "dagster_database": f"{database}_dagster",
                "first_day": days[0],
                "api_requests_per_minute": 0,
                "everef_url": upstream.url,
                "killmail_feed_url": upstream.url,
                "static_data_url": upstream.static_data_url,
                "esi_url": upstream.url,
            }
        )
        yield Golden(settings, Warehouse(database_url(settings)), war, days, upstream)


@contextmanager
def orchestrated(settings: Settings) -> Iterator[None]:
    """The environment that Dagster, and the dbt it starts, need of these settings."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in dagster_environment(settings).items():
            patch.setenv(name, value)
        yield


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
def dbt(warehouse: Warehouse, server: Settings) -> Iterator[Dbt]:
    """dbt against the module's `warehouse`."""
    environment = dbt_environment(server.model_copy(update={"database_url": PostgresDsn(warehouse.url)}))
    folder = server.home / "dbt" / environment["BATTLESCOPE_DBT_DATABASE"]

    def run(*arguments: str) -> dbtRunnerResult:
        # What dbt parsed, which takes it seconds, holds for one database and one set of variables.
        variables = arguments[arguments.index("--vars") + 1] if "--vars" in arguments else ""
        kept = folder / hashlib.sha256(variables.encode()).hexdigest()[:12]
        known = {"project-dir": DBT_PROJECT, "profiles-dir": DBT_PROJECT, "target-path": kept, "log-path": kept}
        folders = [part for name, path in known.items() for part in (f"--{name}", os.fspath(path))]
        quietly = ["--quiet", "--log-level-file", "none"]  # dbt leaves its log file open
        return dbtRunner().invoke([*quietly, *arguments, *folders])

    with pytest.MonkeyPatch.context() as patch:
        for name, value in (environment | {"DO_NOT_TRACK": "1"}).items():
            patch.setenv(name, value)
        yield run
