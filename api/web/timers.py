"""The War Room's sovereignty timers: those ahead, and what became of past ones."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.deps import ReadConnection
from api.queries.names import entity_names, regions
from api.revision import CurrentDataStatus
from api.routers.sovereignty import list_campaigns, list_past_campaigns
from api.schemas.fields import Cursor, Id, Parameters, SmallId
from api.schemas.sovereignty import (
    PastSovereigntyCampaignParameters,
    SovereigntyCampaignParameters,
    SovereigntyOutcome,
)
from api.web.rendering import PageRoute, render

router = APIRouter(include_in_schema=False, route_class=PageRoute)

AHEAD_HOURS = 168
ROWS = 25
EXPECTATION_SCOPES = {
    "defender": "of the same defender",
    "region": "in the same region",
    "event_type": "of the same kind",
    "all": "of any kind",
}
"""Which timers a timer is compared with, in words."""


class TimerPageParameters(Parameters):
    """Whose timers, where; of past ones, which."""

    region_id: SmallId | None = None
    alliance_id: Id | None = None
    outcome: SovereigntyOutcome | None = None
    cursor: Cursor = None
    past_cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=100)] = ROWS


@router.get("/war-room/timers")
async def show_timers(
    request: Request,
    connection: ReadConnection,
    parameters: Annotated[TimerPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """Timers of the next week, the next one first, and below those that are over, the newest first."""
    whose = {"region_id": parameters.region_id, "alliance_id": parameters.alliance_id, "limit": parameters.limit}
    ahead = await list_campaigns(
        connection,
        SovereigntyCampaignParameters(hours=AHEAD_HOURS, cursor=parameters.cursor, **whose),
        data_status,
    )
    past = await list_past_campaigns(
        connection,
        PastSovereigntyCampaignParameters(outcome=parameters.outcome, cursor=parameters.past_cursor, **whose),
        data_status,
    )
    alliance_id = parameters.alliance_id
    names = {} if alliance_id is None else await entity_names(connection, [alliance_id])
    return render(
        request,
        "timers.html",
        ahead=ahead,
        past=past,
        statistics=past.statistics[-1] if past.statistics else None,
        scopes=EXPECTATION_SCOPES,
        parameters=parameters,
        outcomes=[("", "Any"), *((one.value, one.value) for one in SovereigntyOutcome)],
        alliance=names.get(alliance_id, f"alliance {alliance_id}") if alliance_id is not None else None,
        regions=await regions(connection),
    )
