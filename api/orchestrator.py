"""What the API asks Dagster, over GraphQL: to run a job for days, and how a run fares; nothing here imports Dagster."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

import httpx

JOB = "rebuild_battles"
FIRST_DAY_TAG, LAST_DAY_TAG = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
"""One run for all days between: a backfill of runs takes three times as long to start and reports late."""
PRIORITY_TAG, WILL_RETRY_TAG = "dagster/priority", "dagster/will_retry"
PRIORITIES = {"low": -10, "normal": 0, "high": 10}
TIMEOUT_SECONDS = 10
"""Dagster answers in well under a second, but it may just be loading code."""
STATES: Mapping[str, Literal["pending", "running", "completed", "failed"]] = {
    "QUEUED": "pending",
    "NOT_STARTED": "pending",
    "STARTING": "pending",
    "MANAGED": "pending",
    "STARTED": "running",
    "CANCELING": "running",
    "SUCCESS": "completed",
    "FAILURE": "failed",
    "CANCELED": "failed",
}

LOCATION = """
query {
  repositoriesOrError {
    ... on RepositoryConnection { nodes { name location { name } pipelines { name } } }
    ... on PythonError { message }
  }
}
"""
LAUNCH = """
mutation ($parameters: ExecutionParams!) {
  launchRun(executionParams: $parameters) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on UnauthorizedError { message }
  }
}
"""
RUNS = """
query ($id: ID!) {
  runGroupOrError(runId: $id) {
    ... on RunGroup {
      rootRunId
      runs {
        runId jobName status creationTime startTime endTime
        tags { key value }
        assetMaterializations {
          partition
          metadataEntries { label ... on IntMetadataEntry { intValue } }
        }
      }
    }
  }
}
"""
FAILURES = """
query ($id: ID!, $after: String) {
  logsForRun(runId: $id, afterCursor: $after) {
    ... on EventConnection {
      cursor
      hasMore
      events { ... on ExecutionStepFailureEvent { error { message } } ... on RunFailureEvent { message } }
    }
  }
}
"""


class OrchestratorError(Exception):
    """Dagster does not answer, or not as it should; the message says what to do."""


@dataclass(frozen=True)
class Job:
    """A re-clustering: one run, or the newest of those that Dagster made of it by itself after a crash."""

    job_id: str
    """The first run's."""
    status: Literal["pending", "running", "completed", "failed"]
    first_day: date
    last_day: date
    priority: str
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    retries: int
    days_processed: int
    counts: Mapping[str, int]
    """Sums over the days processed, by the name the asset gives them."""
    error: str | None


class Orchestrator:
    """Dagster's webserver at an address."""

    def __init__(self, url: str) -> None:
        """Asks nothing yet."""
        self._client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)

    async def close(self) -> None:
        """Ends its connections."""
        await self._client.aclose()

    async def recluster(self, first_day: date, last_day: date, priority: str) -> str:
        """Queues a run that reconstructs the battles of the days again; its id.

        Raises:
            OrchestratorError: Dagster is away or refused.
        """
        repositories = (await self._ask(LOCATION))["repositoriesOrError"].get("nodes", [])
        for repository in repositories:
            if any(job["name"] == JOB for job in repository["pipelines"]):
                break
        else:
            message = f"Dagster has no job {JOB}: its code server is away."
            raise OrchestratorError(message)
        tags = {
            FIRST_DAY_TAG: first_day.isoformat(),
            LAST_DAY_TAG: last_day.isoformat(),
            PRIORITY_TAG: f"{PRIORITIES[priority]}",
        }
        selector = {
            "repositoryLocationName": repository["location"]["name"],
            "repositoryName": repository["name"],
            "jobName": JOB,
        }
        metadata = {"tags": [{"key": key, "value": value} for key, value in tags.items()]}
        launched = (
            await self._ask(
                LAUNCH, parameters={"selector": selector, "executionMetadata": metadata, "runConfigData": {}}
            )
        )["launchRun"]
        if launched["__typename"] != "LaunchRunSuccess":
            message = f"Dagster refused the run: {launched.get('message', launched['__typename'])}"
            raise OrchestratorError(message)
        run_id: str = launched["run"]["runId"]
        return run_id

    async def job(self, job_id: str) -> Job | None:
        """How a re-clustering fares; None where there is none of this id.

        Raises:
            OrchestratorError: Dagster is away.
        """
        group = (await self._ask(RUNS, id=job_id))["runGroupOrError"]
        runs = sorted(group.get("runs") or [], key=lambda run: run["creationTime"])
        if not runs or runs[0]["jobName"] != JOB or group["rootRunId"] != job_id:
            return None
        newest = runs[-1]
        tags = {tag["key"]: tag["value"] for tag in newest["tags"]}
        if not {FIRST_DAY_TAG, LAST_DAY_TAG} <= tags.keys():
            return None
        counts: dict[str, int] = {}
        days = set()
        for materialization in newest["assetMaterializations"]:
            days.add(materialization["partition"])
            for entry in materialization["metadataEntries"]:
                if entry.get("intValue") is not None:
                    counts[entry["label"]] = counts.get(entry["label"], 0) + entry["intValue"]
        # After a crash Dagster makes another run; until that is there, the job is not lost.
        status = "pending" if tags.get(WILL_RETRY_TAG) == "true" else STATES.get(newest["status"], "running")
        number = int(tags.get(PRIORITY_TAG, 0))
        return Job(
            job_id=job_id,
            status=status,
            first_day=date.fromisoformat(tags[FIRST_DAY_TAG]),
            last_day=date.fromisoformat(tags[LAST_DAY_TAG]),
            priority=next((name for name, each in PRIORITIES.items() if each == number), "normal"),
            created_at=_moment(runs[0]["creationTime"]),
            started_at=_moment(newest["startTime"]) if newest["startTime"] else None,
            completed_at=_moment(newest["endTime"]) if newest["endTime"] else None,
            retries=len(runs) - 1,
            days_processed=len(days),
            counts=counts,
            error=await self._failure(newest["runId"]) if status == "failed" else None,
        )

    async def _failure(self, run_id: str) -> str:
        """What went wrong first; a run of many days has more events than Dagster answers at once."""
        after, has_more = None, True
        while has_more:
            log = (await self._ask(FAILURES, id=run_id, after=after))["logsForRun"]
            for event in log.get("events", []):
                if message := (event["error"]["message"] if event.get("error") else event.get("message")):
                    return f"{message}".strip().splitlines()[0]
            after, has_more = log.get("cursor"), log.get("hasMore", False)
        return "The run was cancelled."

    async def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        try:
            answer = await self._client.post("/graphql", json={"query": query, "variables": variables})
            found: dict[str, Any] = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            message = "Dagster does not answer; try again."
            raise OrchestratorError(message) from error
        if found.get("errors"):
            message = f"Dagster did not understand: {found['errors'][0]['message']}"
            raise OrchestratorError(message)
        data: dict[str, Any] = found["data"]
        return data


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
