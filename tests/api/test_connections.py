"""Connections that answers are read over stay as quick as they have become."""

import asyncio
from contextlib import asynccontextmanager, nullcontext
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import HTTPException

from api.deps import POOL_SIZE, _reading, connection_pool
from api.revision import Revision
from battlescope_assets.settings import Settings
from tests.conftest import Golden


@pytest.mark.parametrize("refused", [False, True])
def test_a_refused_request_leaves_what_its_connection_has_prepared(golden: Golden, refused: bool) -> None:
    async def prepared() -> list[int]:
        found = []
        async with connection_pool(golden.warehouse.url, Settings()) as pool:
            await pool.wait()  # for each of its connections: the last of them may come late
            state = SimpleNamespace(pool=pool, revision=Revision(golden.warehouse.url, Settings()))
            request: Any = SimpleNamespace(app=SimpleNamespace(state=state))
            for _ in range(4 * POOL_SIZE):
                with pytest.raises(HTTPException) if refused else nullcontext():
                    async with asynccontextmanager(_reading)(request) as reading:
                        connection = await reading.connection()
                        await connection.execute("select region_id from marts.dim_regions")
                        cursor = await connection.execute("select count(*) as prepared from pg_prepared_statements")
                        found += [row["prepared"] for row in await cursor.fetchall()]
                        if refused:
                            raise HTTPException(HTTPStatus.NOT_FOUND)
        return found

    found = asyncio.run(prepared())
    assert found[0] == 0
    assert min(found[-POOL_SIZE:]) >= 2
