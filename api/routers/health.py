"""Is the application up, and can it answer."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api import problems
from api.revision import OF_THE_MOMENT
from api.schemas.health import Health, Readiness

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the process up")
async def get_health(response: Response) -> Health:
    """Answers without the database: restart the process where this fails."""
    response.headers["Cache-Control"] = OF_THE_MOMENT
    return Health(status="ok")


@router.get("/readyz", summary="Can it answer", responses=problems.responses(HTTPStatus.SERVICE_UNAVAILABLE))
async def get_readiness(request: Request, response: Response) -> Readiness:
    """The database answers and holds every mart the API reads."""
    if missing := await request.app.state.readiness.missing_marts():
        reason = f"Marts not built yet: {', '.join(missing)}"
        raise problems.not_now(reason)
    response.headers["Cache-Control"] = OF_THE_MOMENT
    return Readiness(status="ready")


@router.get("/metrics", summary="Numbers for Prometheus", response_class=PlainTextResponse)
async def get_metrics(request: Request) -> Response:
    """Requests, their latency, the connection pool and what the database holds, in Prometheus' text format.

    Without the database the numbers of the data are left out and `battlescope_database_up` is 0.
    """
    await request.app.state.metrics.data.refresh()
    numbers = generate_latest(request.app.state.metrics.registry)
    return Response(numbers, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": OF_THE_MOMENT})
