"""The War Room's ships and items destroyed: of New Eden or a region, beside as many days before."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.deps import Connection, ReadConnection
from api.paging import page_of, read_cursor
from api.queries import losses as queries
from api.queries.names import regions
from api.queries.windows import last_days
from api.revision import CurrentDataStatus
from api.routers.losses import list_losses, loss_of
from api.schemas.fields import Cursor, DayWindow, Parameters, SmallId
from api.schemas.lists import DataStatus
from api.schemas.losses import Loss, LossParameters, LossSort, LossType
from api.schemas.windows import WindowDays
from api.web import charts
from api.web.rendering import PageRoute, render
from battlescope_assets.domain.ships import CAPSULE_GROUP_ID

router = APIRouter(include_in_schema=False, route_class=PageRoute)

ROWS = 25
CHARTED = 12
TYPES = [("Ships", LossType.SHIPS), ("Items", LossType.ITEMS)]


class LossPageParameters(Parameters):
    """Where, over which window, what, in which order."""

    region_id: SmallId | None = None
    days: WindowDays = WindowDays.WEEK
    type: LossType = LossType.SHIPS
    group_id: SmallId | None = None
    sort: LossSort = LossSort.QUANTITY_DOWN
    limit: Annotated[int, Field(ge=1, le=100)] = ROWS
    cursor: Cursor = None


@router.get("/war-room/losses")
async def show_losses(
    request: Request,
    connection: ReadConnection,
    parameters: Annotated[LossPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """What was lost, the types with most first unless sorted otherwise."""
    losses, next_cursor, window = await _losses(connection, parameters, data_status)
    charted = [loss for loss in losses if not _is_capsule(loss)][:CHARTED]
    return render(
        request,
        "losses.html",
        losses=losses,
        next_cursor=next_cursor,
        window=window,
        before=window.start - timedelta(days=parameters.days),
        parameters=parameters,
        types=TYPES,
        regions=await regions(connection),
        chart=charts.compared(
            ("These days", "As many days before"),
            [loss.type.name or f"Type {loss.type.id}" for loss in charted],
            [(loss.quantity, loss.quantity_before) for loss in charted],
        ),
        charted=charted,
    )


def _is_capsule(loss: Loss) -> bool:
    """Capsules are lost with most ships and tell nothing that the ships do not."""
    return loss.type.group is not None and loss.type.group.id == CAPSULE_GROUP_ID


async def _losses(
    connection: Connection, parameters: LossPageParameters, data_status: DataStatus
) -> tuple[list[Loss], str | None, DayWindow]:
    """A page of losses with the next one's cursor, and the days they are of."""
    asked = LossParameters(**parameters.model_dump(exclude={"region_id"}))
    if parameters.region_id is not None:
        answer = await list_losses(connection, parameters.region_id, asked, data_status)
        return answer.items, answer.next_cursor, answer.window
    order = queries.LOSS_ORDERS[asked.sort]
    rows = await queries.new_eden_losses(connection, asked, read_cursor(asked.cursor, asked.sort, order))
    page, next_cursor = page_of(rows, asked.limit, asked.sort, order)
    return [loss_of(row) for row in page], next_cursor, await last_days(connection, asked.days)
