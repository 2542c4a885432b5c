"""Fixtures: one real PostgreSQL per test process, a migrated database per module, and one golden war, served.

Strategy: pure tests need none of these. Tests of the write path get `warehouse`, an empty migrated database of their
module's own (a template clone, 0.05 s). Tests of marts and API share `golden`: three days of a small simulated war,
fetched over HTTP from the local upstream, put through the whole asset graph once per process.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg import sql

from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.processes.database import database_url, migrate
from battlescope_assets.processes.postgres import embedded_postgres
from battlescope_assets.settings import Settings

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
            yield settings


@pytest.fixture(scope="module")
def warehouse(server: Settings, request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    """An empty migrated database of the module's own."""
    name = request.module.__name__.replace(".", "_")
    url = urlsplit(database_url(server))
    with psycopg.connect(url._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(url.path[1:]))
        )
        yield Warehouse(url._replace(path=f"/{name}").geturl())
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
