"""Every request leaves one line in the log and one measurement, whatever became of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from api.app import create_app
from battlescope_assets.settings import Settings
from tests.api.conftest import served
from tests.conftest import Golden

if TYPE_CHECKING:
    from datetime import datetime

NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def client(serve: Callable[[FastAPI], httpx.Client]) -> httpx.Client:
    app = create_app(Settings(api_requests_per_minute=0), NO_DATABASE)

    @app.get("/broken")
    async def broken() -> None:
        message = "on purpose"
        raise RuntimeError(message)

    return serve(app)


def test_a_request_is_logged_with_its_id(client: httpx.Client) -> None:
    with capture_logs() as lines:
        answer = client.get("/healthz?token=secret")
    (line,) = lines
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert {name: line[name] for name in ("event", "method", "path", "route", "status", "bytes", "client")} == {
        "event": "answered",
        "method": "GET",
        "path": "/healthz",
        "route": "/healthz",
        "status": 200,
        "bytes": len(answer.content),
        "client": "127.0.0.1",
    }
    assert "secret" not in str(line)


@pytest.mark.parametrize(
    ("given", "is_kept"), [("trace-1.a_B", True), ("", False), ("a" * 65, False), ("two words", False), ("<b>", False)]
)
def test_a_proxys_id_is_kept_where_it_is_harmless(client: httpx.Client, given: str, is_kept: bool) -> None:
    answer = client.get("/healthz", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) == is_kept
    assert answer.headers["X-Request-Id"]


def test_requests_are_measured_by_route(client: httpx.Client) -> None:
    for path in ("/healthz", "/healthz", "/api/battles/x1", "/no/such/page", "/nor/this", "/broken"):
        client.get(path)
    client.delete("/healthz")
    for path in ("/healthz", "/api/battles/x1", "/no/such/page", "/broken"):
        client.head(path)
    shown = client.get("/metrics")
    assert shown.headers["Content-Type"].startswith("text/plain")
    for line in (
        'battlescope_http_requests_total{method="GET",route="/healthz",status="200"} 2.0',
        'battlescope_http_requests_total{method="GET",route="/api/battles/{id_or_slug}",status="503"} 1.0',
        'battlescope_http_requests_total{method="GET",route="none",status="404"} 2.0',
        'battlescope_http_requests_total{method="GET",route="/broken",status="500"} 1.0',
        'battlescope_http_requests_total{method="HEAD",route="/healthz",status="200"} 1.0',
        'battlescope_http_requests_total{method="HEAD",route="/api/battles/{id_or_slug}",status="503"} 1.0',
        'battlescope_http_requests_total{method="HEAD",route="none",status="404"} 1.0',
        'battlescope_http_requests_total{method="HEAD",route="/broken",status="500"} 1.0',
        'battlescope_http_request_seconds_count{route="/healthz"} 4.0',
        "battlescope_http_requests_in_flight 1.0",
        "battlescope_pool_available 0.0",
    ):
        assert line in shown.text.splitlines()
    assert 'method="other"' in shown.text
    assert "DELETE" not in shown.text


def test_without_the_database_the_metrics_say_so(client: httpx.Client) -> None:
    shown = client.get("/metrics")
    assert shown.status_code == 200
    assert "battlescope_database_up 0.0" in shown.text.splitlines()
    assert "battlescope_source_age_seconds" not in shown.text


def test_the_metrics_tell_of_the_data(golden: Golden) -> None:
    with golden.warehouse.transaction() as connection:
        connection.execute("analyze core.battles, raw.killmails")
        battles, killmails, as_of = cast(
            "tuple[int, int, datetime]",
            connection.execute(
                """
                select
                    (select count(*) from core.battles),
                    (select count(*) from raw.killmails),
                    (select max(killmail_time) from raw.killmails)
                """
            ).fetchone(),
        )
        sources = connection.execute("select source, is_stale from marts.rpt_source_freshness").fetchall()
    # What was asked seconds ago is kept, so an application of its own, which was not asked yet.
    with served(create_app(golden.settings, golden.warehouse.url)) as api:
        shown = {
            name: float(value)
            for line in api.get("/metrics").text.splitlines()
            if not line.startswith("#")
            for name, value in [line.rsplit(" ", 1)]
        }
    assert shown["battlescope_database_up"] == 1
    assert shown["battlescope_data_completeness_ratio"] == 1
    assert shown["battlescope_database_bytes"] > 10**7
    assert shown["battlescope_newest_killmail_timestamp_seconds"] == as_of.timestamp()
    assert shown['battlescope_stored_rows{table="core.battles"}'] == battles > 0
    assert shown['battlescope_stored_rows{table="raw.killmails"}'] == killmails > 0
    assert sources
    for source, is_stale in sources:
        assert shown[f'battlescope_source_stale{{source="{source}"}}'] == is_stale


def test_our_mistake_is_logged_with_its_cause_and_answered_without(client: httpx.Client) -> None:
    with capture_logs() as lines:
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.json()["detail"] == "Something went wrong here; the log has the cause."
    assert "on purpose" not in answer.text
    assert answer.headers["X-Request-Id"] == lines[0]["request_id"] == lines[1]["request_id"]
    assert (lines[0]["event"], lines[0]["log_level"], lines[0]["exc_info"]) == ("failed", "error", True)
    assert lines[1]["status"] == 500
