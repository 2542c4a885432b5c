"""Hostile input and a database that is away: a problem document that helps, never a 500 and never a hang."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from battlescope_assets.processes.database import migrate
from battlescope_assets.processes.postgres import connection_url, embedded_postgres
from battlescope_assets.settings import Settings

NO_BATTLE = "00000000-0000-0000-0000-000000000000"

Serve = Callable[[FastAPI], httpx.Client]

HOSTILE = [
    # address, status, parameter at fault
    ("/api/battles?limit=0", 422, "limit"),
    ("/api/battles?limit=101", 422, "limit"),
    ("/api/battles?limit=1e9", 422, "limit"),
    ("/api/battles?limit=99999999999999999999999999", 422, "limit"),
    ("/api/battles?limit=", 422, "limit"),
    ("/api/battles?sort=name", 422, "sort"),
    ("/api/battles?sort=started_at;drop table core.battles", 422, "sort"),
    ("/api/battles?kind=war", 422, "kind.0"),
    ("/api/battles?kind=battle&kind=", 422, "kind.1"),
    ("/api/battles?status=open' or '1'='1", 422, "status"),
    ("/api/battles?space_type=KSPACE", 422, "space_type"),
    ("/api/battles?security=0.5", 422, "security"),
    ("/api/battles?system_id=-1", 422, "system_id"),
    ("/api/battles?system_id=9223372036854775808", 422, "system_id"),
    ("/api/battles?region_id=Delve", 422, "region_id"),
    ("/api/battles?alliance_id=9223372036854775808", 422, "alliance_id"),
    ("/api/battles?alliance_id=1%00", 422, "alliance_id"),
    ("/api/battles?character_id=NaN", 422, "character_id"),
    ("/api/battles?corporation_id=0", 422, "corporation_id"),
    ("/api/battles?min_isk=-1", 422, "min_isk"),
    ("/api/battles?min_isk=1000000000000000001", 422, "min_isk"),
    ("/api/battles?min_pilots=2147483648", 422, "min_pilots"),
    ("/api/battles?min_kills=one", 422, "min_kills"),
    ("/api/battles?start=yesterday", 422, "start"),
    ("/api/battles?start=2026", 422, "start"),
    ("/api/battles?start=99999-01-01", 422, "start"),
    ("/api/battles?start=0001-01-01T00:00:00%2B14:00", 422, "start"),
    ("/api/battles?end=2026-02-30", 422, "end"),
    ("/api/battles?end=9999-12-31T23:59:59-14:00", 422, "end"),
    ("/api/battles?total=perhaps", 422, "total"),
    ("/api/battles?cursor=", 422, "cursor"),
    ("/api/battles?cursor=AAAA", 422, "cursor"),
    ("/api/battles?cursor=%F0%9F%9A%80", 422, "cursor"),
    ("/api/battles?cursor=%FF%FE", 422, "cursor"),
    (f"/api/battles?cursor={'A' * 513}", 422, "cursor"),
    ("/api/battles?offset=50", 422, "offset"),
    ("/api/battles?systemId=30000142", 422, "systemId"),
    ("/api/battles?%00=1", 422, "\x00"),
    ("/battles?limit=0", 422, "limit"),
    ("/battles?kind=%3Cscript%3E", 422, "kind.0"),
    ("/battles/1", 422, "id_or_slug"),
    (f"/battles/{NO_BATTLE}", 404, None),
    (f"/battles/{NO_BATTLE}/killmails.csv", 404, None),
    ("/api/battles/1", 422, "id_or_slug"),
    ("/api/battles/%00", 422, "id_or_slug"),
    ("/api/battles/BR-30000142-20260131", 422, "id_or_slug"),
    ("/api/battles/BR-30000142-202601311842%0A", 422, "id_or_slug"),
    ("/api/battles/BR-٣٠٠٠٠١٤٢-202601311842", 422, "id_or_slug"),
    ("/api/battles/' or 1=1 --", 422, "id_or_slug"),
    ("/api/battles/BR-30000142-190001010000", 404, None),
    (f"/api/battles/{NO_BATTLE}", 404, None),
    (f"/api/battles/{NO_BATTLE}/participants", 404, None),
    (f"/api/battles/{NO_BATTLE}/killmails", 404, None),
    (f"/api/battles/{NO_BATTLE}/nothing", 404, None),
    ("/api/war/losses/0", 422, "region_id"),
    ("/api/war/losses/Delve", 422, "region_id"),
    ("/api/war/losses/2147483647", 404, None),
    ("/api/war/losses/10000002?days=0", 422, "days"),
    ("/api/war/losses/10000002?days=367", 422, "days"),
    ("/api/war/losses/10000002?type=planets", 422, "type"),
    ("/api", 404, None),
    ("/static/../app.py", 404, None),
    ("/static/%2e%2e/app.py", 404, None),
    ("/dbt-docs/../../pyproject.toml", 404, None),
]


def assert_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "instance", "errors"}
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(("address", "status", "field"), HOSTILE)
def test_hostile_input(golden_api: httpx.Client, address: str, status: int, field: str | None) -> None:
    answer = golden_api.get(address)
    assert_problem(answer, status)
    assert [error["field"] for error in answer.json()["errors"]] == ([] if field is None else [field])


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/api/battles?kind=war", ["battle", "skirmish", "camp", "gank", "structure_bash"]),
        ("/api/battles?sort=name", ["started_at", "-isk_destroyed", "pilots", "kills"]),
        ("/api/battles?limit=1000", ["100"]),
        ("/api/battles?start=soon", ["ISO 8601"]),
        ("/api/battles?offset=50", ["cursor", "limit", "alliance_id"]),
        ("/api/war/losses/10000002?type=planets", ["ships", "items"]),
        ("/battles?offset=50", ["cursor", "limit"]),
    ],
)
def test_a_problem_names_what_is_allowed(golden_api: httpx.Client, address: str, allowed: list[str]) -> None:
    (error,) = golden_api.get(address).json()["errors"]
    assert all(word in error["detail"] for word in allowed)


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("participants?side=32768", "side"),
        ("participants?sort=side", "sort"),
        ("participants?cursor=AAAA", "cursor"),
        ("participants?alliance_id=-1", "alliance_id"),
        ("killmails?side=-1", "side"),
        ("killmails?sort=kills", "sort"),
        ("killmails?cursor=AAAA", "cursor"),
        ("killmails?corporation_id=1", "corporation_id"),
    ],
)
def test_hostile_input_about_a_battle(golden_api: httpx.Client, address: str, field: str) -> None:
    (battle,) = golden_api.get("/api/battles?limit=1").json()["items"]
    answer = golden_api.get(f"/api/battles/{battle['id']}/{address}")
    assert_problem(answer, 422)
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_every_wrong_parameter_is_named(golden_api: httpx.Client) -> None:
    answer = golden_api.get("/api/battles?limit=0&sort=name&min_isk=x")
    assert {error["field"] for error in answer.json()["errors"]} == {"limit", "sort", "min_isk"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/battles", f"/api/battles/{NO_BATTLE}", "/", "/healthz"])
def test_only_reading_is_allowed(golden_api: httpx.Client, method: str, path: str) -> None:
    answer = golden_api.request(method, path)
    assert_problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the unprivileged account of an embedded server can reach; pytest's own it cannot."""
    with tempfile.TemporaryDirectory(prefix="battlescope-tests-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_without_a_database_it_says_so_and_recovers(serve: Serve, home: Path) -> None:
    """The database that comes up is empty: then the marts are what is missing."""
    settings = Settings(home=home)
    folder = settings.embedded_postgres_folder
    client = serve(create_app(settings, connection_url(folder)))
    for path in ("/api/battles", "/"):
        answer = client.get(path)
        assert_problem(answer, 503)
        assert "database" in answer.json()["detail"]
        assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/healthz").status_code == 200
    with embedded_postgres(folder):
        migrate(settings)
        answers = (client.get("/api/battles") for _ in range(20))
        assert_problem(next(answer for answer in answers if "marts" in answer.json()["detail"]), 503)
        missing = client.get("/readyz")
        assert_problem(missing, 503)
        assert "fct_battles" in missing.json()["detail"]
