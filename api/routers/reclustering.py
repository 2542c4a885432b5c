"""Re-clustering for administrators: starts a run that reconstructs days again, and says how it fares."""

from http import HTTPStatus
from secrets import compare_digest
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api import problems
from api.deps import AppSettings
from api.orchestrator import Job, Orchestrator, OrchestratorError
from api.revision import OF_THE_MOMENT
from api.schemas.reclustering import ReclusterJob, ReclusterProgress, ReclusterRequest

BEARER = HTTPBearer(auto_error=False, scheme_name="admin_token", description="BATTLESCOPE_ADMIN_TOKEN of the server.")


def _administrator(
    settings: AppSettings, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
) -> None:
    if settings.admin_token is None:
        raise HTTPException(HTTPStatus.FORBIDDEN, "This server has no BATTLESCOPE_ADMIN_TOKEN: nobody may do this.")
    if credentials is None:
        raise HTTPException(
            HTTPStatus.UNAUTHORIZED,
            "Send the administrator's token: Authorization: Bearer …",
            {"WWW-Authenticate": "Bearer"},
        )
    if not compare_digest(credentials.credentials.encode(), settings.admin_token.get_secret_value().encode()):
        raise HTTPException(HTTPStatus.FORBIDDEN, "This is not the administrator's token.")


def _orchestrator(request: Request) -> Orchestrator:
    orchestrator: Orchestrator = request.app.state.orchestrator
    return orchestrator


Dagster = Annotated[Orchestrator, Depends(_orchestrator)]
PROBLEMS = problems.responses(
    HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
)

router = APIRouter(prefix="/api/battles/recluster", tags=["reclustering"], dependencies=[Depends(_administrator)])


@router.post(
    "",
    summary="Reconstruct days again",
    status_code=HTTPStatus.ACCEPTED,
    responses=PROBLEMS | problems.responses(HTTPStatus.BAD_REQUEST),
)
async def start_reclustering(dagster: Dagster, asked: ReclusterRequest, response: Response) -> ReclusterJob:
    """Queues a run that reconstructs the battles of the days from the stored killmails; `Location` says how it fares.

    Nothing changes where nothing is to change: battles keep their ids, and unchanged ones their `updated_at`.
    """
    try:
        job_id = await dagster.recluster(asked.first_day, asked.last_day, asked.priority)
        job = await dagster.job(job_id)
    except OrchestratorError as error:
        raise problems.not_now(error) from error
    if job is None:
        raise problems.not_now("Dagster lost the run it just queued; try again.")
    response.headers["Location"] = f"{router.prefix}/jobs/{job_id}"
    return _answer(job)


@router.get("", include_in_schema=False)
async def refuse_to_read() -> None:
    """The battles' routes would take `recluster` for a battle's name."""
    raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})


@router.get(
    "/jobs/{job_id}", summary="How a re-clustering fares", responses=PROBLEMS | problems.responses(HTTPStatus.NOT_FOUND)
)
async def get_reclustering(
    dagster: Dagster,
    job_id: Annotated[UUID, Path(description="`job_id` of the answer that queued it.")],
    response: Response,
) -> ReclusterJob:
    """The job as Dagster sees it now."""
    response.headers["Cache-Control"] = OF_THE_MOMENT
    try:
        job = await dagster.job(str(job_id))
    except OrchestratorError as error:
        raise problems.not_now(error) from error
    if job is None:
        raise problems.unknown("re-clustering", job_id)
    return _answer(job)


def _answer(job: Job) -> ReclusterJob:
    progress = {
        name: job.counts.get(name, 0)
        for name in (
            "killmails_processed", "battles_created", "battles_updated", "battles_deleted", "battles_unchanged",
        )
    }  # fmt: skip
    return ReclusterJob(
        job_id=UUID(job.job_id),
        type="reclustering",
        status=job.status,
        priority=job.priority,
        first_day=job.first_day,
        last_day=job.last_day,
        created_at=job.created_at,
        started_at=job.started_at,
        completed_at=job.completed_at,
        progress=ReclusterProgress(days_processed=job.days_processed, **progress),
        retries=job.retries,
        error=job.error,
    )
