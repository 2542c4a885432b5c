"""The page of a type of ship, module or anything else that is lost."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.deps import ReadConnection
from api.revision import CurrentDataStatus
from api.routers.demand import get_type_demand
from api.routers.killmails import list_killmails
from api.routers.places import get_type
from api.schemas.demand import DemandParameters
from api.schemas.fields import Cursor, SmallId
from api.schemas.killmails import KillmailListParameters, KillmailListSort
from api.schemas.places import TypeDetail
from api.schemas.windows import WindowParameters
from api.web import charts
from api.web.rendering import PageRoute, render

router = APIRouter(include_in_schema=False, route_class=PageRoute)

LIST_ROWS = 10


class TypePageParameters(WindowParameters):
    """Over which window, and which of the killmails: in which order, from where on."""

    losses_sort: KillmailListSort = KillmailListSort.TIME_DOWN
    losses_cursor: Cursor = None


@router.get("/types/{type_id}")
async def show_type(
    request: Request,
    connection: ReadConnection,
    type_id: SmallId,
    parameters: Annotated[TypePageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """A type: where and when it is lost, by whom it is flown, what markets have of it."""
    shown = await get_type(connection, type_id, WindowParameters(days=parameters.days), data_status)
    demand = await get_type_demand(connection, type_id, DemandParameters(limit=LIST_ROWS), data_status)
    losses = KillmailListParameters(
        ship_type_id=type_id, sort=parameters.losses_sort, cursor=parameters.losses_cursor, limit=LIST_ROWS
    )
    return render(
        request,
        "type.html",
        type=shown,
        is_ship=shown.category.name == "Ship",
        parameters=parameters,
        chart=_days(shown),
        demand=demand,
        losses=await list_killmails(connection, losses, data_status),
    )


def _days(shown: TypeDetail) -> charts.Option:
    """Units lost by day; empty where none were."""
    if not shown.days:
        return {}
    parts = [
        ("Flown and lost", "var(--side-1)", [day.ships_lost for day in shown.days]),
        ("Destroyed aboard", "var(--side-2)", [day.quantity_destroyed for day in shown.days]),
        ("Left in wrecks", "var(--side-0)", [day.quantity_dropped for day in shown.days]),
    ]
    return charts.stacked_bars(
        "Units", [f"{day.day:%m-%d}" for day in shown.days], [part for part in parts if any(part[2])]
    )
