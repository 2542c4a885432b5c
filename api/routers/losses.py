"""What was lost, by region and by solar system."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api import problems
from api.deps import Connection, ReadConnection, Row
from api.known import known_region, known_system
from api.paging import page_of, read_cursor
from api.queries import losses as queries
from api.revision import CurrentDataStatus
from api.rows import item_type
from api.schemas.fields import Named, SmallId, SolarSystem
from api.schemas.losses import Loss, LossParameters, RegionLossList, SystemLossList
from api.windows import day_window, newest_windows

router = APIRouter(prefix="/api/war/losses", tags=["losses"])

PROBLEMS = problems.responses(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)


@router.get("/{region_id}", summary="Ships or items lost in a region", responses=PROBLEMS)
async def list_losses(
    connection: ReadConnection,
    region_id: Annotated[SmallId, Path(description="A region.", examples=[10000060])],
    parameters: Annotated[LossParameters, Query()],
    data_status: CurrentDataStatus,
) -> RegionLossList:
    """Every type of ship, or of item on ships, lost in the region's systems in the last days, beside the days before.

    The window ends with the newest day whose killmails are stored, not with the clock: a day that has not arrived is
    not a day without losses.
    """
    region = await known_region(connection, region_id)
    page = await _page(connection, queries.Place("region", region_id), parameters)
    return RegionLossList(**page, data_status=data_status, region=region)


@router.get("/system/{system_id}", summary="Ships or items lost in a solar system", responses=PROBLEMS)
async def list_system_losses(
    connection: ReadConnection,
    system_id: Annotated[SmallId, Path(description="A solar system.", examples=[30004759])],
    parameters: Annotated[LossParameters, Query()],
    data_status: CurrentDataStatus,
) -> SystemLossList:
    """The same for one solar system."""
    system = await known_system(connection, system_id)
    page = await _page(connection, queries.Place("system", system_id), parameters)
    return SystemLossList(
        **page,
        data_status=data_status,
        system=SolarSystem(id=system_id, name=system["solar_system_name"], security_status=system["security_status"]),
        region=Named(id=system["region_id"], name=system["region_name"]),
    )


def loss_of(row: Row, *, is_comparable: bool = True) -> Loss:
    """What was lost of a type, of a row of `queries.losses`; without what was before where it cannot be compared."""
    before = row["quantity_before"] if is_comparable else None
    return Loss(
        type=item_type(row),
        quantity=row["quantity"],
        quantity_before=before,
        trend=None if before is None else row["quantity"] / max(before, 1),
        isk_destroyed=row["destroyed_isk"],
        isk_dropped=row["dropped_isk"],
        npc_quantity=row["npc_quantity"],
        quantity_dropped=row["quantity_dropped"],
    )


async def _page(connection: Connection, place: queries.Place, parameters: LossParameters) -> Row:
    """What the lists of losses have in common."""
    order = queries.LOSS_ORDERS[parameters.sort]
    after = read_cursor(parameters.cursor, parameters.sort, order)
    days = before, start, end = await newest_windows(connection, parameters.days)
    window, window_before = await day_window(connection, start, end), await day_window(connection, before, start)
    is_comparable = window.days_stored == window_before.days_stored == parameters.days
    rows = await queries.losses(connection, place, days, parameters, after)
    page, next_cursor = page_of(rows, parameters.limit, parameters.sort, order)
    return {
        "items": [loss_of(row, is_comparable=is_comparable) for row in page],
        "next_cursor": next_cursor,
        "window": window,
        "window_before": window_before,
    }
