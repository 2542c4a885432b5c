"""The War Room's production timing: reasons to build or haul now, in words."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.deps import ReadConnection
from api.queries.names import regions
from api.revision import CurrentDataStatus
from api.routers.production import list_production_alerts
from api.schemas.production import AlertKind, AlertParameters
from api.web.rendering import PageRoute, render
from battlescope_assets.domain.universe import TRADE_HUBS

router = APIRouter(include_in_schema=False, route_class=PageRoute)

ROWS = 25
KINDS: list[tuple[str, list[AlertKind] | None]] = [
    ("Everything", None),
    ("Sovereignty timers", [AlertKind.SOVEREIGNTY_TIMER]),
    ("Prime times", [AlertKind.PRIME_TIME]),
    ("Hubs that losses feed", [AlertKind.HUB_DEMAND]),
]


class ProductionPageParameters(AlertParameters):
    """The filters and sorts of `/api/war/alerts/production`."""

    limit: Annotated[int, Field(ge=1, le=100)] = ROWS


@router.get("/war-room/production")
async def show_production(
    request: Request,
    connection: ReadConnection,
    parameters: Annotated[ProductionPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """Timers and prime times ahead, and hubs that losses feed; what is next first unless sorted otherwise."""
    answer = await list_production_alerts(connection, parameters, data_status)
    return render(
        request,
        "production.html",
        answer=answer,
        parameters=parameters,
        kinds=KINDS,
        hubs=[("", "All hubs"), *sorted(TRADE_HUBS.items(), key=lambda item: item[1])],
        regions=await regions(connection),
    )
