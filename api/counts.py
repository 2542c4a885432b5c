"""Turns to count battles, which takes long; what is counted belongs to the queries."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, Request

from api import problems
from api.deps import POOL_SIZE, WAIT_SECONDS

COUNTS_AT_ONCE = POOL_SIZE // 2
"""The other connections are for everybody else: a count of a million battles takes as long as a hundred pages."""


class Counts:
    """Turns, for which a request waits without a connection."""

    def __init__(self) -> None:
        """All are free."""
        self._free = asyncio.Semaphore(COUNTS_AT_ONCE)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One of them.

        Raises:
            HTTPException: 503, where none became free while one would wait for a connection.
        """
        try:
            await asyncio.wait_for(self._free.acquire(), WAIT_SECONDS)
        except TimeoutError as error:
            raise problems.not_now("Too many battles are being counted: try again, or ask without `total`.") from error
        try:
            yield
        finally:
            self._free.release()


async def _counts(request: Request) -> Counts:
    counts: Counts = request.app.state.counts
    return counts


AppCounts = Annotated[Counts, Depends(_counts)]
"""For a route that may count."""
