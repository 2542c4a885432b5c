"""What the process keeps of names is asked for once, and anew when, and only when, names change."""

import asyncio
from importlib import import_module
from pkgutil import iter_modules

import pytest
from fastapi.routing import APIRoute
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from api import names as module
from api import routers, web
from api.deps import Connection, _connection, _reading
from api.names import KeptNames, Names
from api.revision import Revision
from battlescope_assets.processes.database import database_url
from battlescope_assets.settings import Settings
from tests.conftest import Golden

RENAMED = "update app.entity_names set entity_name = entity_name where false"
ELSE = "update core.battles set updated_at = updated_at where false"
NOBODY = -1


async def named(names: Names, connection: Connection, ids: list[int]) -> list[object]:
    """What an entity, a system and a type are called, each beside one that nobody knows."""
    entity, system, type_id = ids
    entities = await names.of_entities(connection, [entity, NOBODY])
    systems = await names.of_systems(connection, [system, NOBODY])
    types = await names.of_types(connection, [type_id, NOBODY])
    return [entities[entity], entities[NOBODY], systems[system], systems[NOBODY], types[type_id], types[NOBODY]]


def test_names_are_asked_for_once_until_they_change(golden: Golden) -> None:
    with golden.warehouse.transaction() as connection:
        row = connection.execute(
            """
            select entity_id, entity_name from marts.dim_entity_names where category = 'alliance' limit 1
            """
        ).fetchone()
    assert row
    ids = [int(f"{row[0]}"), 30004759, 24690]

    async def follow() -> None:
        revision = Revision(database_url(golden.settings), Settings())
        kept = KeptNames(revision)

        async def write(statement: str) -> None:
            with golden.warehouse.transaction() as connection:
                connection.execute(statement.encode())
            assert await revision.changed(10)

        assert kept.newest() is not kept.newest(), "nobody would hear of a change"
        following = asyncio.create_task(revision.follow())
        assert await revision.changed(10)
        names = kept.newest()
        async with await AsyncConnection.connect(golden.warehouse.url, row_factory=dict_row) as connection:
            told = await named(names, connection, ids)
        hyperion = {"type_id": 24690, "type_name": "Hyperion", "group_name": "Battleship"}
        assert told == [row[1], None, "1DQ1-A", None, hyperion, None]
        # A connection that is closed is not asked.
        assert await named(names, connection, ids) == told
        await write(ELSE)
        assert kept.newest() is names
        await write(RENAMED)
        assert kept.newest() is not names
        following.cancel()

    asyncio.run(follow())


def test_memory_is_bounded(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    class Heard(Revision):
        """Of no change ever."""

        def of(self, *_tables: str) -> int:
            return 1

    async def ask() -> None:
        kept = KeptNames(Heard("", Settings()))
        async with await AsyncConnection.connect(golden.warehouse.url, row_factory=dict_row) as connection:
            for asked in range(1, 4):
                names = kept.newest()
                await names.of_entities(connection, [asked])
                assert len(names) == asked
            assert kept.newest() is not names

    monkeypatch.setattr(module, "MOST_NAMES", 2)
    asyncio.run(ask())


def test_names_are_taken_before_anything_is_read() -> None:
    """What an older snapshot calls something would be kept as what it is called now."""
    modules = [
        import_module(found.name)
        for package in (routers, web)
        for found in iter_modules(package.__path__, f"{package.__name__}.")
    ]
    taking = 0
    for route in (route for of in modules if hasattr(of, "router") for route in of.router.routes):
        if not isinstance(route, APIRoute):
            continue
        calls = [one.call for one in route.dependant.dependencies]
        if module._newest in calls:
            taking += 1
            reading = [
                place
                for place, one in enumerate(route.dependant.dependencies)
                if one.call is not _connection
                and any(other.call in {_connection, _reading} for other in one.dependencies)
            ]
            assert calls.index(module._newest) < min(reading, default=len(calls)), route.path
    assert taking > 10
