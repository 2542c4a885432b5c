"""Which revision of the data answers show, as PostgreSQL tells of changes.

What the answers hold belongs to the routes; how freshness is judged belongs to the marts.
"""

import asyncio
import secrets
from contextlib import suppress
from time import time
from typing import Annotated

import structlog
from fastapi import Depends, Request
from psycopg import AsyncConnection, Error

from api.deps import RECONNECT_SECONDS, Connection, connection_options
from api.queries.data_status import data_status, follow_changes
from api.schemas.lists import DataStatus
from battlescope_assets.settings import Settings

log = structlog.get_logger("battlescope.api")

LISTENER = "battlescope-api changes"
"""What PostgreSQL's own lists of connections call the one that listens."""
ROUND_SECONDS = 1.0
"""However many changes come, freshness and completeness are asked for once a round."""
IDLE_ROUNDS = 15
"""A source goes stale without any change: so many rounds without one, and they are asked for as well."""
MINUTE_SECONDS = 60
"""Answers that depend on the clock (open battles, timers ahead) are at most so old where nothing else changes."""
OF_THE_MOMENT = "no-store"
"""The Cache-Control of what no revision of the data describes: health, jobs."""


class Revision:
    """The revision of the data, and its freshness and completeness, followed while the application runs.

    While the database does not answer there is no revision and `data_status` is None: nothing can be said then.
    """

    def __init__(self, database_url: str, settings: Settings) -> None:
        """Follows nothing yet; see `follow`."""
        self.data_status: DataStatus | None = None
        self._database_url = database_url
        self._settings = settings
        self._process = secrets.token_hex(4)  # another process counts from 0 too
        self._number = 0
        self._heard_from = 0
        self._numbers: dict[str, int] = {}  # of the newest change by table
        self._change = asyncio.Event()

    @property
    def number(self) -> int:
        """How many changes were heard of: what was read at one number holds until there is another."""
        return self._number

    def moment(self) -> str | None:
        """What tells answers made from now on from those of another revision or minute; None: there is no telling."""
        if self.data_status is None:
            return None
        return f"{self._process}-{self._number}-{int(time() // MINUTE_SECONDS)}"

    def of(self, *tables: str) -> int | None:
        """The revision that last changed one of these tables, named without schema; None: nobody listens.

        What is read in a transaction that starts from now on may be kept for as long as this stays the same.
        """
        if self.data_status is None:
            return None
        return max(self._numbers.get(table, self._heard_from) for table in tables)

    async def changed(self, timeout_seconds: float) -> bool:
        """Waits for the next change of the data; False where none comes in time."""
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._change.wait(), timeout_seconds)
        return False

    async def follow(self) -> None:
        """Listens for changes until cancelled; connects again whenever the database goes away."""
        while True:
            try:
                options = connection_options(self._settings) | {"application_name": LISTENER}
                async with await AsyncConnection.connect(self._database_url, autocommit=True, **options) as connection:
                    await self._listen(connection)
            except Error as error:
                log.warning("database is away", reason=str(error).strip())
            finally:
                self.data_status = None
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self, connection: Connection) -> None:
        await follow_changes(connection)
        self._number += 1  # what changed before is not known
        self._heard_from = self._number
        self._numbers.clear()
        rounds = IDLE_ROUNDS  # what changed while nobody listened
        while True:
            if rounds >= IDLE_ROUNDS:
                status = await data_status(connection)
                if status != self.data_status:
                    self.data_status = status
                    self.note_change()
                rounds = 0
            rounds += 1
            async for change in connection.notifies(timeout=ROUND_SECONDS):
                self.note_change()
                self._numbers[change.payload] = self._number
                rounds = IDLE_ROUNDS

    def wake(self) -> None:
        """Makes all go on who wait for a change."""
        self._change.set()
        self._change = asyncio.Event()

    def note_change(self) -> None:
        """Ends the moment: the data changed."""
        self._number += 1
        self.wake()


async def _current_data_status(request: Request) -> DataStatus:
    followed: DataStatus | None = request.app.state.revision.data_status
    if followed is not None:
        return followed
    async with request.app.state.pool.connection() as connection:
        return await data_status(connection)


CurrentDataStatus = Annotated[DataStatus, Depends(_current_data_status)]
"""How fresh and complete the data is; seldom more than a second old, and never asked for twice in one."""
