"""Canaries: what opens something is planted, everything is provoked, and nothing that leaves the process has it."""

import logging
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import orjson
import pytest
import structlog
from fastapi import FastAPI
from pydantic import SecretStr, ValidationError
from structlog.testing import capture_logs

from api.app import create_app
from api.observation import log_lines
from battlescope_assets.settings import Settings
from tests.api.contract import OPERATIONS
from tests.conftest import Golden

PASSWORD = "canary-of-the-database"  # noqa: S105
TOKEN = "canary-of-the-administrator"  # noqa: S105
SENT = "canary-of-a-client"
"""What clients send may be theirs alone: tokens, queries."""
CANARIES = (PASSWORD, TOKEN, SENT)

Serve = Callable[[FastAPI], httpx.Client]


def provoke(api: httpx.Client) -> Iterator[str]:
    """Everything the application says, headers included, to requests that are right, wrong and unauthorised."""
    for operation in OPERATIONS:
        if not operation.is_finite:
            continue
        for headers in (
            {},
            {"Authorization": f"Bearer {TOKEN}"},
            {"Authorization": f"Bearer {SENT}", "Cookie": f"session={SENT}"},
            {"Authorization": f"Basic {SENT}"},
        ):
            answer = api.request(operation.method, f"{operation.path}?token={SENT}", headers=headers)
            said = answer.text.replace(f'"{SENT}"', "")  # a problem may quote what it is about
            yield f"{answer.status_code} {said} {answer.headers}"
    for path in ("/metrics", "/openapi.json", "/docs", "/readyz", "/nowhere"):
        answer = api.get(path)
        yield f"{answer.text} {answer.headers}"


def assert_nothing_leaks(api: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as lines:
        answers = list(provoke(api))
    libraries = [one.getMessage() for one in caplog.records if not one.name.startswith("http")]  # the client's own
    said = {"answers": " ".join(answers), "log": str(lines), "libraries' logs": " ".join(libraries)}
    assert len(lines) >= len(answers)
    assert [(where, canary) for where, text in said.items() for canary in CANARIES if canary in text] == []


def test_with_the_database(golden: Golden, serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """Its server trusts whoever comes, so any password will do."""
    parts = urlsplit(golden.warehouse.url)
    user = f"{parts.username or 'battlescope'}:{PASSWORD}@{parts.hostname or ''}"
    settings = golden.settings.model_copy(update={"admin_token": SecretStr(TOKEN), "dagster_url": "http://127.0.0.1:1"})
    api = serve(create_app(settings, parts._replace(netloc=user).geturl()))
    assert api.get("/api/battles?limit=1").status_code == 200
    assert_nothing_leaks(api, caplog)


def test_without_the_database(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(admin_token=SecretStr(TOKEN), dagster_url="http://127.0.0.1:1", api_requests_per_minute=0)
    api = serve(create_app(settings, f"postgresql://nobody:{PASSWORD}@127.0.0.1:1/nothing"))
    assert_nothing_leaks(api, caplog)


def test_settings_do_not_show_them() -> None:
    settings = Settings(admin_token=SecretStr(TOKEN))
    assert TOKEN not in f"{settings!r} {settings} {settings.model_dump()}"


def test_settings_that_are_refused_do_not_show_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATTLESCOPE_ADMIN_TOKEN", "canary")
    with pytest.raises(ValidationError, match="at least 16 items") as refusal:
        Settings()
    assert "canary" not in f"{refusal.value}"


def test_a_logged_traceback_does_not_show_what_was_held(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    def fail(token: str) -> None:
        raise RuntimeError(len(token))

    before = structlog.get_config()
    log_lines()
    try:
        fail(TOKEN)
    except RuntimeError:
        structlog.get_logger().exception("failed")
    finally:
        structlog.configure(**before)
    line = capsysbinary.readouterr().err
    assert f"RuntimeError: {len(TOKEN)}" in orjson.loads(line)["exception"]
    assert TOKEN.encode() not in line
