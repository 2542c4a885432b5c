"""The War Room's conflicts: who destroyed how much of whom, campaigns of battles, and coalitions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from api.deps import ReadConnection
from api.queries.names import entity_names, regions
from api.revision import CurrentDataStatus
from api.routers.conflicts import (
    get_conflict_matrix,
    list_battle_campaigns,
    list_campaign_battles,
    list_coalitions,
    list_conflicts,
)
from api.schemas.conflicts import (
    CampaignBattleParameters,
    CampaignParameters,
    ConflictParameters,
    MatrixParameters,
    WindowPageParameters,
)
from api.schemas.fields import Cursor
from api.web import charts
from api.web.rendering import PageRoute, render

router = APIRouter(include_in_schema=False, route_class=PageRoute)

ROWS = 20
MATRIX_ALLIANCES = 12
FEW = 8


class ConflictPageParameters(ConflictParameters):
    """The filters and sorts of `/api/war/conflicts`, and where the campaigns go on."""

    limit: Annotated[int, Field(ge=1, le=100)] = ROWS
    campaigns_cursor: Cursor = None


@router.get("/war-room/conflicts")
async def show_conflicts(
    request: Request,
    connection: ReadConnection,
    parameters: Annotated[ConflictPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """The conflicts and campaigns that meet the filters, and coalitions; without filters the matrix of New Eden."""
    matrix = None
    if not parameters.model_fields_set - {"days", "sort", "limit"}:
        asked = MatrixParameters(days=parameters.days, alliances=MATRIX_ALLIANCES)
        matrix = await get_conflict_matrix(connection, asked, data_status)
    conflicts = await list_conflicts(
        connection, ConflictParameters(**parameters.model_dump(exclude={"campaigns_cursor"})), data_status
    )
    campaigns = await list_battle_campaigns(
        connection,
        CampaignParameters(
            alliance_id=parameters.alliance_id,
            corporation_id=parameters.corporation_id,
            region_id=parameters.region_id,
            limit=FEW,
            cursor=parameters.campaigns_cursor,
        ),
        data_status,
    )
    coalitions = await list_coalitions(connection, WindowPageParameters(days=parameters.days, limit=FEW), data_status)
    whose = {
        name: value for name in ("alliance_id", "corporation_id") if (value := getattr(parameters, name)) is not None
    }
    names = await entity_names(connection, whose.values()) if whose else {}
    return render(
        request,
        "conflicts.html",
        matrix=matrix,
        chart=charts.matrix(matrix) if matrix else None,
        conflicts=conflicts,
        campaigns=campaigns,
        coalitions=coalitions.items,
        chosen=[(name, f"of {names.get(value, value)}") for name, value in whose.items()],
        parameters=parameters,
        regions=await regions(connection),
    )


@router.get("/war-room/campaigns/{campaign_id}")
async def show_campaign(
    request: Request,
    connection: ReadConnection,
    campaign_id: Annotated[UUID, Path()],
    parameters: Annotated[CampaignBattleParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """One campaign with its battles, in the order they happened."""
    answer = await list_campaign_battles(connection, campaign_id, parameters, data_status)
    return render(request, "campaign.html", campaign=answer.campaign, answer=answer, parameters=parameters)
