"""Connections that answers are read over stay as quick as they have become."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from api.app import create_app
from api.deps import POOL_SIZE, Pool
from tests.conftest import Golden

ASKED = "/api/killmails?limit=1"
NUL_IN_A_CURSOR = urlsafe_b64encode(b'["starts_at","2026-01-31T18:00:00Z","\\u0000"]').decode().rstrip("=")
"""Of the right types, and no text that PostgreSQL can hold."""

REFUSED = {
    "/api/killmails?limit=0": 422,
    "/api/killmails?cursor=x": 422,
    "/api/killmails?start=2020-01-01&end=2024-01-01": 422,
    "/api/killmails?nothing=1": 422,
    "/api/killmails/1": 404,
    "/api/regions/7": 404,
    "/api/battles/BR-1-200001010000/killmails": 404,
    "/api/battles?limit=0": 422,
    "/api/battles?cursor=x&total=true": 422,
    "/embed/conflict-alert?system_id=3": 404,
    f"/api/war/alerts/production?cursor={NUL_IN_A_CURSOR}": 400,
}
"""Before and after something was read, in a request's transaction, in one of the route's own and in none."""


@asynccontextmanager
async def application(golden: Golden) -> AsyncIterator[tuple[httpx.AsyncClient, Pool]]:
    """The application in this loop, where its connections can be looked at."""
    app = create_app(golden.settings.model_copy(update={"api_requests_per_minute": 0}), golden.warehouse.url)
    async with (
        app.state.pool as pool,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client,
    ):
        await pool.wait()  # for each of its connections: the last of them may come late
        yield client, pool


async def prepared(pool: Pool) -> dict[int, set[str]]:
    """What each connection of the pool has prepared, by the process that serves it."""
    connections = [await pool.getconn() for _ in range(POOL_SIZE)]
    found = {}
    for connection in connections:
        cursor = await connection.execute("select name from pg_prepared_statements", prepare=False)
        found[connection.info.backend_pid] = {row["name"] for row in await cursor.fetchall()}
        await pool.putconn(connection)
    return found


def test_no_request_makes_connections_forget_what_they_have_prepared(golden: Golden) -> None:
    async def ask() -> list[str]:
        forgotten = []
        async with application(golden) as (client, pool):
            for path, status in ({ASKED: 200} | REFUSED).items():
                for _ in range(3 * POOL_SIZE):
                    assert (await client.get(ASKED)).status_code == 200
                before = await prepared(pool)
                assert len(before) == POOL_SIZE
                assert all(before.values())
                assert {(await client.get(path)).status_code for _ in range(2 * POOL_SIZE)} == {status}, path
                after = await prepared(pool)
                forgotten += [path for process in before if not before[process] <= after[process]]
        return forgotten

    assert asyncio.run(ask()) == []
