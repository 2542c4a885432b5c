"""Killmails as they land, read once for all who follow them; who is sent which of them belongs to the route.

Landings are numbered in the order in which they become visible, so who has seen one number has missed none before it.
"""

import asyncio
import signal
import threading
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from itertools import dropwhile
from types import FrameType
from typing import Any

import structlog
from psycopg import Error

from api.deps import RECONNECT_SECONDS, Pool
from api.queries import live as queries
from api.revision import Revision

log = structlog.get_logger("battlescope.api")

MOST_FOLLOWERS = 200
"""Each is a connection held open."""
MOST_OF_ONE_CLIENT = 20
"""One opens a few pages, not all that there may be; many may share an address."""
KEPT = 1_000
"""Landings kept for all; who is further behind reads from the database."""
QUIET_SECONDS = 15.0
"""Who hears nothing for longer may take a connection for dead."""

Landing = dict[str, Any]


class Live:
    """What landed, followed by any number of readers with one query per change of the data."""

    def __init__(self, pool: Pool, revision: Revision) -> None:
        """Reads nothing yet."""
        self._pool = pool
        self._revision = revision
        self._lock = asyncio.Lock()
        self._landings: deque[Landing] = deque(maxlen=KEPT)
        self._first = self._last = 0
        """`_landings` holds all that landed after the first and up to the last of these."""
        self._number: int | None = None
        """The revision at which all landings were read."""
        self._followers = Counter[str]()
        """How many each client has."""
        self._is_ended = False

    @contextmanager
    def place(self, client: str) -> Iterator[bool]:
        """A place among the followers for a client, by what it is called; False where there is none."""
        is_full = self._followers.total() >= MOST_FOLLOWERS or self._followers[client] >= MOST_OF_ONE_CLIENT
        if is_full or self._is_ended:
            yield False
            return
        self._followers[client] += 1
        try:
            yield True
        finally:
            self._followers -= Counter([client])  # forgets who has none left

    def end(self) -> None:
        """Ends what all follow."""
        self._is_ended = True
        self._revision.wake()

    async def newest(self) -> int:
        """The number of the newest landing.

        Raises:
            psycopg.Error: the database does not answer, or the marts are not built.
        """
        async with self._pool.connection() as connection:
            return await queries.newest_landing(connection)

    async def follow(self, position: int) -> AsyncIterator[list[Landing]]:
        """Landings after this one, as they come, none of them after a quiet while; ends with the application only."""
        while not self._is_ended:
            number = self._revision.number
            try:
                landings = await self._after(position)
            except Error as error:
                log.warning("nobody is told what lands", reason=str(error).strip())
                await self._revision.changed(RECONNECT_SECONDS)
                continue
            if landings:
                position = landings[-1]["landing_id"]
                yield landings
            elif number == self._revision.number and not await self._revision.changed(QUIET_SECONDS):
                yield []

    async def _after(self, position: int) -> list[Landing]:
        """The next landings; none where there are none yet."""
        async with self._lock:
            if self._number != (number := self._revision.number):
                await self._read_on()
                self._number = number
        if position >= self._first:
            return list(dropwhile(lambda landing: landing["landing_id"] <= position, self._landings))
        async with self._pool.connection() as connection:
            return await queries.landings(connection, position)

    async def _read_on(self) -> None:
        """Reads what landed since the last time; at first there is nothing to begin with but the newest."""
        async with self._pool.connection() as connection:
            if self._number is None:
                self._first = self._last = await queries.newest_landing(connection)
            while landings := await queries.landings(connection, self._last):
                everything = [*self._landings, *landings]
                if len(everything) > KEPT:
                    self._first = everything[-KEPT - 1]["landing_id"]
                self._landings.extend(landings)
                self._last = landings[-1]["landing_id"]


@contextmanager
def ended_by_signals(end: Callable[[], None]) -> Iterator[None]:
    """Calls `end` in the running loop when the process is told to stop, before its server waits for open answers.

    A server tells its application to stop only when all answers are out, and this one's never are.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are none of a thread's business
        return
    loop, before = asyncio.get_running_loop(), {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(end)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for one in before:
        signal.signal(one, stop)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
