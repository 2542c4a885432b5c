"""Counts of all battles leave connections to everybody else."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.counts import COUNTS_AT_ONCE
from api.queries import battles as queries
from tests.conftest import Golden


def test_lists_are_answered_while_as_many_count_as_may(
    golden: Golden, serve: Callable[[FastAPI], httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = threading.Semaphore(0), threading.Event()
    count = queries.count_battles

    async def slowly(*given: Any) -> int:
        begun.release()
        await asyncio.to_thread(may_end.wait)
        return await count(*given)

    monkeypatch.setattr(queries, "count_battles", slowly)
    api = serve(create_app(golden.settings, golden.warehouse.url))

    def ask() -> httpx.Response:
        return api.get("/api/battles", params={"total": True, "limit": 1}, headers={"Cache-Control": "no-cache"})

    try:
        with ThreadPoolExecutor(COUNTS_AT_ONCE) as clients:
            counting = [clients.submit(ask) for _ in range(COUNTS_AT_ONCE)]
            for _ in counting:
                assert begun.acquire(timeout=30)
            assert api.get("/api/battles").status_code == 200
            refused = ask()
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
            assert refused.json()["detail"].startswith("Too many battles are being counted")
            may_end.set()
            totals = {one.result().json()["total"] for one in counting}
    finally:
        may_end.set()
    assert totals == {ask().json()["total"]}
