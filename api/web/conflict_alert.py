"""The conflict alert as a small page for frames on other sites' pages."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.deps import AppSettings, ReadConnection
from api.problems import field_error
from api.revision import CurrentDataStatus
from api.routers.routes import get_conflict_alert
from api.schemas.routes import AlertParameters
from api.star_map import CurrentStarMap
from api.web.rendering import PageRoute, render

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors *"
)
"""The only page that other sites may show in a frame: nothing on it can be done in a visitor's name."""


class EmbeddedAlertParameters(AlertParameters):
    """Where, as `/api/war/conflict-alert` takes it, and how it looks on the page around it."""

    theme: Literal["dark", "light"] = "dark"


class FrameRoute(PageRoute):
    """A route that says in its frame what is wrong with its address: a browser shows nothing of an ordinary problem."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, with its errors as fragments."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except HTTPException as error:
                return _fragment(request, HTTPStatus(error.status_code), problem=error.detail)
            except RequestValidationError as error:
                wrong = [field_error(request, one) for one in error.errors()]
                said = "; ".join(f"{one.field} {one.detail}".strip() for one in wrong)
                return _fragment(request, HTTPStatus.UNPROCESSABLE_ENTITY, problem=said)

        return handle


router = APIRouter(include_in_schema=False, route_class=FrameRoute)


@router.get("/embed/conflict-alert")
async def show_conflict_alert(
    request: Request,
    connection: ReadConnection,
    star_map: CurrentStarMap,
    parameters: Annotated[EmbeddedAlertParameters, Query()],
    settings: AppSettings,
    data_status: CurrentDataStatus,
) -> Response:
    """A system's alert, or a way's, with links to the pages that say more."""
    alert = await get_conflict_alert(connection, star_map, parameters, settings, data_status)
    ids = (parameters.system_id, parameters.from_system_id, parameters.to_system_id)
    ends = [star_map.systems[system_id]["solar_system_name"] for system_id in ids if system_id is not None]
    way = parameters.model_dump(mode="json", include={"from_system_id", "to_system_id", "preference"})
    return _fragment(
        request,
        HTTPStatus.OK,
        alert=alert,
        place=" to ".join(ends),
        more=f"/route?{urlencode(way)}" if parameters.system_id is None else f"/systems/{parameters.system_id}",
        theme=parameters.theme,
    )


def _fragment(request: Request, status: HTTPStatus, **context: Any) -> Response:
    response = render(request, "conflict_alert.html", status, **context)
    response.headers["Content-Security-Policy"] = POLICY
    return response
