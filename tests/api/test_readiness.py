"""Whether the application can answer: asked by whom it must never shut out, it asks the database once in a second."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
from fastapi import FastAPI

from api.app import create_app
from api.readiness import KNOWN_SECONDS, Readiness
from battlescope_assets.settings import Settings
from tests.conftest import Golden

NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nothing"
FLOOD = 200


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def assert_asked_once_a_second(app: FastAPI, client: httpx.Client, status: int) -> None:
    clock = Clock()
    app.state.readiness = Readiness(app.state.pool, clock)

    def flood() -> None:
        with ThreadPoolExecutor(16) as clients:
            assert {*clients.map(lambda _: client.get("/readyz").status_code, range(FLOOD))} == {status}

    def asked() -> int:
        return int(app.state.pool.get_stats().get("requests_num", 0))

    before = asked()
    flood()
    assert asked() == before + 1
    clock.seconds += KNOWN_SECONDS
    flood()
    assert asked() == before + 2


def test_a_flood_asks_the_database_once_a_second(golden: Golden, serve: Callable[[FastAPI], httpx.Client]) -> None:
    app = create_app(golden.settings, golden.warehouse.url)
    assert_asked_once_a_second(app, serve(app), 200)


def test_a_flood_without_the_database_asks_for_it_once_a_second(serve: Callable[[FastAPI], httpx.Client]) -> None:
    app = create_app(Settings(api_requests_per_minute=0), NO_DATABASE)
    assert_asked_once_a_second(app, serve(app), 503)
