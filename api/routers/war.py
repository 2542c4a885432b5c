"""What was lost, by region."""

from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query

from api import problems
from api.deps import Connection, ReadConnection
from api.paging import page_of, read_cursor
from api.queries import war as queries
from api.revision import CurrentDataStatus
from api.schemas.fields import DayWindow, Named, Ship, SmallId
from api.schemas.war import LossList, LossParameters, ShipLoss

router = APIRouter(prefix="/api/war", tags=["war"])


@router.get(
    "/losses/{region_id}",
    summary="Ships lost in a region",
    responses=problems.responses(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
)
async def list_losses(
    connection: ReadConnection,
    region_id: Annotated[SmallId, Path(description="A region.", examples=[10000060])],
    parameters: Annotated[LossParameters, Query()],
    data_status: CurrentDataStatus,
) -> LossList:
    """Every type of ship lost in the region's systems in the last days, beside the same number of days before.

    The window ends with the newest day whose killmails are stored, not with the clock: a day that has not arrived is
    not a day without losses.
    """
    name = await queries.region_name(connection, region_id)
    if name is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no region {region_id}.")
    length = timedelta(days=parameters.days)
    newest = await queries.newest_day(connection) or datetime.now(UTC).date()
    end = newest + timedelta(days=1)
    start, before = end - length, end - 2 * length
    after = read_cursor(parameters.cursor, parameters.sort, queries.LOSS_ORDERS[parameters.sort])
    rows = await queries.ship_losses(
        connection, region_id, (before, start, end), parameters.sort, after, parameters.limit
    )
    page, next_cursor = page_of(rows, parameters.limit, parameters.sort, queries.LOSS_ORDERS[parameters.sort])
    return LossList(
        items=[_ship_loss(row) for row in page],
        next_cursor=next_cursor,
        data_status=data_status,
        region=Named(id=region_id, name=name),
        window=await _window(connection, start, end),
        window_before=await _window(connection, before, start),
    )


async def _window(connection: Connection, start: date, end: date) -> DayWindow:
    return DayWindow(
        start=datetime.combine(start, time(), UTC),
        end=datetime.combine(end, time(), UTC),
        days_stored=await queries.days_stored(connection, start, end),
    )


def _ship_loss(row: dict[str, Any]) -> ShipLoss:
    before = row["ships_lost_before"]
    return ShipLoss(
        ship=Ship(id=row["ship_type_id"], name=row["ship_type_name"], group=row["group_name"]),
        quantity=row["ships_lost"],
        npc_quantity=row["npc_losses"],
        isk_destroyed=row["destroyed_isk"],
        isk_dropped=row["dropped_isk"],
        quantity_before=before,
        trend=round(row["ships_lost"] / before, 3) if before else None,
    )
