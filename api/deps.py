"""What routes are given: a read-only database connection, settings; no query and no route belongs here."""

import os
import select
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from psycopg import AsyncConnection, DataError, IsolationLevel, OperationalError
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool
from starlette.exceptions import HTTPException

from battlescope_assets.settings import Settings

READER = "battlescope_reader"
"""The role of a migration that may select from the marts only."""
PREPARED_STATEMENTS = 400
"""Most a connection keeps: there are about 300 kinds, and they take 30 MB. Planning takes longer than most of them run,
and psycopg's usual hundred would forget each before it comes again."""
POOL_SIZE = min(max(6, 3 * (os.cpu_count() or 1)), 16)
"""Connections, always open: three for a core. More take the cores from the application and from each other, and each
plans every statement for itself; fewer wait for each other's disk. Dagster and dbt need theirs."""
WAIT_SECONDS = 0.8
"""Longest wait for a connection: without the database a request is refused within a second."""
RECONNECT_SECONDS = 2.0
"""How long the pool tries for a connection; afterwards the next request tries anew, so it recovers at once."""

REFUSALS = (HTTPException, RequestValidationError, DataError)
"""What a request at fault ends with. The first is Starlette's, of which FastAPI's is one kind only."""

Row = DictRow
"""A row of a mart, or of a query on marts: values by column."""
Connection = AsyncConnection[Row]
Pool = AsyncConnectionPool[Connection]


def connection_options(settings: Settings) -> dict[str, Any]:
    """How the API connects: as a role that may read the marts and nothing else, with the statement timeout."""
    return {
        "row_factory": dict_row,
        "connect_timeout": 2,
        "prepare_threshold": 1,
        "application_name": "battlescope-api",
        "options": f"-c role={READER} -c statement_timeout={settings.statement_timeout_ms} -c timezone=UTC "
        "-c max_parallel_workers_per_gather=0 -c jit=off",  # starting workers or compiling takes longer than a page
    }


def connection_pool(database_url: str, settings: Settings) -> Pool:
    """A pool, not yet open, of connections that can only read and give up after the statement timeout."""
    return AsyncConnectionPool(
        database_url,
        kwargs=connection_options(settings),
        configure=_prepare,
        check=_refuse_closed,
        min_size=POOL_SIZE,  # opening one on a busy machine may take longer than a request waits
        timeout=WAIT_SECONDS,
        reconnect_timeout=RECONNECT_SECONDS,
        open=False,
    )


async def _refuse_closed(connection: Connection) -> None:
    """Nothing is to be read on an idle connection but the server's goodbye: asking costs as much as a small query."""
    idle = select.poll()
    idle.register(connection.pgconn.socket, select.POLLIN)
    if idle.poll(0):
        await connection.close()  # else the pool takes it back as a good one
        message = "the server closed the connection"
        raise OperationalError(message)


async def _prepare(connection: Connection) -> None:
    """A transaction is one snapshot: a day replaced meanwhile never shows in part of an answer."""
    connection.prepared_max = PREPARED_STATEMENTS
    await connection.set_autocommit(True)  # psycopg's signature
    await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    set_json_loads(orjson.loads, connection)
    await connection.set_read_only(True)  # psycopg's signature


async def _pool(request: Request) -> Pool:
    pool: Pool = request.app.state.pool
    return pool


class Reading:
    """A request's transaction, which begins when its connection is first asked for: what is kept needs none."""

    def __init__(self, opened: AsyncExitStack, pool: Pool, moment: str | None) -> None:
        """Begins nothing yet; what begins ends with `opened`.

        `moment` is that of the data now (`api.revision`): what is read in the transaction may be kept for it.
        """
        self.moment = moment
        self._opened, self._pool = opened, pool
        self._connection: Connection | None = None

    async def connection(self) -> Connection:
        """The connection, in the transaction; the same each time."""
        if self._connection is None:
            self._connection = await self._opened.enter_async_context(self._pool.connection())
            await self._opened.enter_async_context(self._connection.transaction())
        return self._connection


async def _reading(request: Request) -> AsyncIterator[Reading]:
    refusal: Exception | None = None
    state = request.app.state
    async with AsyncExitStack() as opened:
        try:
            yield Reading(opened, state.pool, state.revision.moment())
        except REFUSALS as error:
            refusal = error  # a commit: nothing was written, and after a rollback psycopg forgets what it prepared
    if refusal is not None:
        raise refusal


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


CurrentReading = Annotated[Reading, Depends(_reading, scope="function")]
"""The transaction of `ReadConnection`, for what may not need it."""


async def _connection(reading: CurrentReading) -> Connection:
    return await reading.connection()


ReadConnection = Annotated[Connection, Depends(_connection)]
"""A connection in a transaction of its own, given back before the answer is sent."""
AppPool = Annotated[Pool, Depends(_pool)]
"""For a connection outside of any transaction, where one statement makes the answer: it is a snapshot by itself, and
the two round trips of a transaction cost as much as it does.

A route that may read by more than one statement asks for `ReadConnection`, or opens a transaction around all of them
where it does: between two statements a day may be replaced. `tests/api/test_moments.py` asks every operation."""
AppSettings = Annotated[Settings, Depends(_settings)]
