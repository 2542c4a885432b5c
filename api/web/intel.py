"""Killmails as they land: those stored, and the stream that goes on behind them."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from api.deps import ReadConnection
from api.queries.live import newest_landing
from api.queries.names import entity_names, regions, system_names, types
from api.revision import CurrentDataStatus
from api.routers.killmails import list_killmails
from api.schemas.fields import Id, Parameters, SmallId
from api.schemas.killmails import KillmailListParameters
from api.schemas.search import EntryKind
from api.web.formats import isk
from api.web.rendering import PageRoute, render
from api.web.typed import TypedName, understand

router = APIRouter(include_in_schema=False, route_class=PageRoute)

NEWEST = 50
MOST_ROWS = 300
"""The stream goes on for hours; a browser keeps so many."""
BIG_LOSS_ISK = 10**9
ISK_STEPS = [10**7, 10**8, BIG_LOSS_ISK, 10**10]
FIELDS = {"system": EntryKind.SYSTEM, "alliance": EntryKind.ALLIANCE, "ship_type": EntryKind.SHIP_TYPE}


class IntelParameters(Parameters):
    """The filters of `/api/live`, and the names that a form asks for them by."""

    region_id: SmallId | None = None
    system_id: SmallId | None = None
    alliance_id: Id | None = None
    ship_type_id: SmallId | None = None
    min_isk: Annotated[int, Query(ge=0, le=10**18)] | None = None
    system: TypedName | None = None
    alliance: TypedName | None = None
    ship_type: TypedName | None = None


@router.get("/intel")
async def show_intel(
    request: Request,
    connection: ReadConnection,
    parameters: Annotated[IntelParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """The newest killmails that meet every filter; `intel.js` puts those above them that land from then on."""
    understood = await understand(request, connection, FIELDS)
    if understood.address is not None:
        return RedirectResponse(understood.address, HTTPStatus.SEE_OTHER)
    filters = parameters.model_dump(exclude=set(FIELDS), exclude_none=True)
    newest = await list_killmails(connection, KillmailListParameters(limit=NEWEST, **filters), data_status)
    return render(
        request,
        "intel.html",
        HTTPStatus.NOT_FOUND if understood.unknown else HTTPStatus.OK,
        killmails=newest.items,
        stream=f"/api/live?{urlencode(filters)}",
        position=await newest_landing(connection),
        big_loss_isk=BIG_LOSS_ISK,
        most_rows=MOST_ROWS,
        parameters=parameters,
        unknown=understood.unknown,
        chosen=await _chosen(connection, parameters),
        regions=await regions(connection),
        least_isk=[("", "Any"), *((step, f"{isk(step)} or more") for step in _steps(parameters.min_isk))],
    )


def _steps(chosen: int | None) -> list[int]:
    return sorted({*ISK_STEPS, *([] if chosen is None else [chosen])})


async def _chosen(connection: ReadConnection, parameters: IntelParameters) -> list[tuple[str, str]]:
    """Filters that the form asks for by name: the parameter, and what it means."""
    chosen = []
    if (system_id := parameters.system_id) is not None:
        chosen.append(("system_id", f"in {(await system_names(connection, [system_id])).get(system_id, system_id)}"))
    if (alliance_id := parameters.alliance_id) is not None:
        names = await entity_names(connection, [alliance_id])
        chosen.append(("alliance_id", f"with {names.get(alliance_id, alliance_id)}"))
    if (type_id := parameters.ship_type_id) is not None:
        known = (await types(connection, [type_id])).get(type_id)
        chosen.append(("ship_type_id", f"lost: {known['type_name'] if known else type_id}"))
    return chosen
