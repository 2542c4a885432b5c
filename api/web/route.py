"""The route planner: ways between two systems side by side, one of them jump by jump."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from api.deps import ReadConnection
from api.revision import CurrentDataStatus
from api.routers.routes import CurrentSteps, find_routes
from api.schemas.fields import Parameters, SmallId
from api.schemas.routes import Preference, RouteParameters
from api.schemas.search import EntryKind
from api.star_map import CurrentStarMap
from api.web import charts
from api.web.rendering import PageRoute, render
from api.web.typed import TypedName, understand

router = APIRouter(include_in_schema=False, route_class=PageRoute)

FIELDS = dict.fromkeys(("from_system", "to_system", "avoid_system"), EntryKind.SYSTEM)
PREFERENCES = {
    Preference.SHORTEST: "Shortest",
    Preference.SAFER: "Safer",
    Preference.SECURE: "High security only",
}


class RoutePageParameters(Parameters):
    """The parameters of `/api/war/route-safety`, and the names that a form asks for them by."""

    from_system_id: SmallId | None = None
    to_system_id: SmallId | None = None
    avoid_system_id: list[SmallId] = Field(default=[], max_length=100)
    preference: Preference = Preference.SHORTEST
    from_system: TypedName | None = None
    to_system: TypedName | None = None
    avoid_system: TypedName | None = None


@router.get("/route")
async def show_route(
    request: Request,
    connection: ReadConnection,
    star_map: CurrentStarMap,
    steps_of: CurrentSteps,
    parameters: Annotated[RoutePageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """Every preference's way in short; the preference asked for in full."""
    understood = await understand(request, connection, FIELDS)
    if understood.address is not None:
        return RedirectResponse(understood.address, HTTPStatus.SEE_OTHER)
    start, end = parameters.from_system_id, parameters.to_system_id
    context: dict[str, Any] = {
        "parameters": parameters,
        "preferences": PREFERENCES,
        "unknown": understood.unknown,
        "names": {
            system_id: star_map.systems[system_id]["solar_system_name"]
            for system_id in (start, end, *parameters.avoid_system_id)
            if system_id is not None and system_id in star_map.systems
        },
    }
    if start is None or end is None or understood.unknown:
        status = HTTPStatus.NOT_FOUND if understood.unknown else HTTPStatus.OK
        return render(request, "route.html", status, answer=None, **context)
    every = RouteParameters(preference=list(Preference), avoid_system_id=parameters.avoid_system_id)
    answer = await find_routes(star_map, steps_of, (start, end), every, data_status)
    route = next(one for one in answer.routes if one.preference is parameters.preference)
    return render(
        request,
        "route.html",
        answer=answer,
        route=route,
        most_lost=max((step.ships_lost_24_hours for step in route.steps), default=0),
        chart=charts.way(route.steps, star_map.systems, star_map.gates),
        **context,
    )
