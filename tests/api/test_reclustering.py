"""Re-clustering over the API without Dagster: who may ask, and what is said when it is away.

That a job runs and is reported is shown where Dagster runs: tests/processes/test_compose.py.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.app import create_app
from api.orchestrator import FIRST_DAY_TAG, LAST_DAY_TAG, Job, Orchestrator
from api.orchestrator import JOB as REBUILD
from battlescope_assets.settings import Settings

TOKEN = "sixteen-letters-or-more"  # noqa: S105  # opens nothing else
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nothing"
PATH = "/api/battles/recluster"
DAYS = {"first_day": "2026-06-05", "last_day": "2026-06-07"}
JOB = f"{PATH}/jobs/00000000-0000-0000-0000-000000000000"

Serve = Callable[[FastAPI], httpx.Client]


def client(serve: Serve, token: str | None) -> httpx.Client:
    settings = Settings(
        dagster_url="http://127.0.0.1:1", admin_token=SecretStr(token) if token else None, api_requests_per_minute=0
    )
    return serve(create_app(settings, NO_DATABASE))


def test_without_a_token_on_the_server_nobody_may(serve: Serve) -> None:
    api = client(serve, None)
    for answer in (
        api.post(PATH, json=DAYS, headers={"Authorization": "Bearer"}),
        api.post(PATH, json=DAYS, headers={"Authorization": "Bearer None"}),
        api.get(JOB),
    ):
        assert answer.status_code == 403
        assert answer.json()["detail"] == "This server has no BATTLESCOPE_ADMIN_TOKEN: nobody may do this."


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (None, 401),
        ("Basic c2l4dGVlbg==", 401),
        ("Bearer", 401),
        (f"Bearer {TOKEN[:-1]}", 403),
        (f"Bearer {TOKEN}x", 403),
        (f"Bearer {TOKEN.upper()}", 403),
        (f"Bearer {TOKEN}", 503),
    ],
)
def test_only_the_token_opens(serve: Serve, authorization: str | None, status: int) -> None:
    api = client(serve, TOKEN)
    headers = {"Authorization": authorization} if authorization else {}
    for answer in (api.post(PATH, json=DAYS, headers=headers), api.get(JOB, headers=headers)):
        assert answer.status_code == status
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
        assert TOKEN not in answer.text


def test_dagster_away_is_said_in_a_sentence(serve: Serve) -> None:
    answer = client(serve, TOKEN).post(PATH, json=DAYS, headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.json()["detail"]) == (503, "Dagster does not answer; try again.")
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"first_day": "2026-06-05"},
        DAYS | {"last_day": "2026-06-04"},
        DAYS | {"last_day": "2027-06-06"},
        {"first_day": "9000-01-01", "last_day": "9000-01-02"},
        DAYS | {"first_day": "2026-02-30"},
        DAYS | {"priority": "urgent"},
        DAYS | {"days": 3},
        [],
    ],
)
def test_what_is_no_span_of_days_is_refused(serve: Serve, body: object) -> None:
    answer = client(serve, TOKEN).post(PATH, json=body, headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 422
    assert {error["place"] for error in answer.json()["errors"]} == {"body"}


def job_of_run(serve: Serve, status: str, logs: list[list[dict[str, Any]]]) -> Job | None:
    """A job as a webserver reports it that answers a run's events in these pages."""
    run = {
        "runId": "a", "jobName": REBUILD, "status": status, "creationTime": 1.0, "startTime": 2.0, "endTime": 3.0,
        "tags": [{"key": key, "value": "2026-06-05"} for key in (FIRST_DAY_TAG, LAST_DAY_TAG)],
        "assetMaterializations": [],
    }  # fmt: skip
    webserver = FastAPI()

    @webserver.post("/graphql")
    async def answer(asked: dict[str, Any]) -> dict[str, Any]:
        if "runGroupOrError" in asked["query"]:
            return {"data": {"runGroupOrError": {"rootRunId": "a", "runs": [run]}}}
        page = int(asked["variables"]["after"] or 0)
        log = {"events": logs[page], "cursor": f"{page + 1}", "hasMore": page + 1 < len(logs)}
        return {"data": {"logsForRun": log}}

    async def ask() -> Job | None:
        orchestrator = Orchestrator(f"{serve(webserver).base_url}")
        try:
            return await orchestrator.job("a")
        finally:
            await orchestrator.close()

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("status", "logs", "error"),
    [
        ("FAILURE", [[{}, {"error": {"message": "the disk is full\nTraceback"}}]], "the disk is full"),
        ("FAILURE", [[{}], [{}], [{}, {"message": "the run died"}]], "the run died"),
        ("CANCELED", [[{}], [{}]], "The run was cancelled."),
        ("SUCCESS", [], None),
    ],
)
def test_why_a_run_failed_is_found_wherever_its_log_says_it(
    serve: Serve, status: str, logs: list[list[dict[str, Any]]], error: str | None
) -> None:
    """Dagster answers at most 1,000 events at once, and a run of a year has more."""
    job = job_of_run(serve, status, logs)
    assert job is not None
    assert job.error == error
