"""Whether the application can answer, for whoever watches it; how that is answered belongs to the route."""

import asyncio
from collections.abc import Callable
from time import monotonic

from api.deps import Pool
from api.queries.health import missing_marts

KNOWN_SECONDS = 1.0
"""However many ask, the database is asked once in so long: those who watch us are not limited, so anybody may flood."""


class Readiness:
    """Which marts are missing, as the database said within the last second."""

    def __init__(self, pool: Pool, clock: Callable[[], float] = monotonic) -> None:
        """Knows nothing yet."""
        self._pool, self._clock = pool, clock
        self._asked: asyncio.Task[list[str]] | None = None
        self._asked_at = float("-inf")

    async def missing_marts(self) -> list[str]:
        """Marts that the API reads and the database does not hold.

        Raises:
            psycopg.Error: the database does not answer.
        """
        if self._asked is None or (self._asked.done() and self._clock() - self._asked_at >= KNOWN_SECONDS):
            self._asked_at = self._clock()
            self._asked = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asked)  # others wait for it too

    async def _ask(self) -> list[str]:
        async with self._pool.connection() as connection:
            return await missing_marts(connection)
