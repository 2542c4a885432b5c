"""The War Room's faction warfare: systems that are contested, their pace, and how one of them came there."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.deps import ReadConnection
from api.queries.faction_warfare import factions
from api.queries.names import regions
from api.revision import CurrentDataStatus
from api.routers.faction_warfare import get_fw_status, list_fw_hotspots
from api.schemas.faction_warfare import HotspotParameters, HotspotSort, StatusParameters
from api.schemas.fields import Cursor, Parameters, SmallId
from api.web import charts
from api.web.rendering import PageRoute, render

router = APIRouter(include_in_schema=False, route_class=PageRoute)

ROWS = 25
LEVELS = [("Hotspots, half contested", 50), ("Vulnerable, from 90 %", 90), ("All systems", 0)]


class FactionWarfarePageParameters(Parameters):
    """Which systems; and the one whose history is shown, the first of the list where none is named."""

    region_id: SmallId | None = None
    faction_id: SmallId | None = None
    min_contested: Annotated[float, Field(ge=0, le=100)] = 50
    system_id: SmallId | None = None
    sort: HotspotSort = HotspotSort.CONTESTED_DOWN
    limit: Annotated[int, Field(ge=1, le=100)] = ROWS
    cursor: Cursor = None


@router.get("/war-room/faction-warfare")
async def show_faction_warfare(
    request: Request,
    connection: ReadConnection,
    parameters: Annotated[FactionWarfarePageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """Contested systems, the most contested first unless sorted otherwise."""
    answer = await list_fw_hotspots(
        connection, HotspotParameters(**parameters.model_dump(exclude={"system_id"})), data_status
    )
    system_id = parameters.system_id or (answer.items[0].system.id if answer.items else None)
    watched = None
    if system_id is not None:
        watched = await get_fw_status(connection, system_id, StatusParameters(), data_status)
    return render(
        request,
        "faction_warfare.html",
        answer=answer,
        watched=watched,
        chart=charts.contested(watched) if watched else None,
        parameters=parameters,
        levels=LEVELS,
        factions=[("", "All factions"), *await factions(connection)],
        regions=await regions(connection),
    )
