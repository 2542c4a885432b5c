"""Alerts for those who build and haul."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api import problems
from api.deps import ReadConnection
from api.paging import page_of, read_cursor
from api.queries import production as queries
from api.revision import CurrentDataStatus
from api.rows import named
from api.schemas.production import AlertParameters, ProductionAlert, ProductionAlertList

router = APIRouter(prefix="/api/war/alerts", tags=["production"])


@router.get(
    "/production",
    summary="Reasons to build or haul now",
    responses=problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
)
async def list_production_alerts(
    connection: ReadConnection, parameters: Annotated[AlertParameters, Query()], data_status: CurrentDataStatus
) -> ProductionAlertList:
    """Timers and prime times ahead, and the trade hubs that a region's losses feed, in words; what is next first.

    Sovereignty timers are those of the next 96 hours, with what timers like them cost. Prime times are a region's hours
    that hold half of its losses, on now or next.
    """
    order = queries.ALERT_ORDERS[parameters.sort]
    after = read_cursor(parameters.cursor, parameters.sort, order)
    rows = await queries.alerts(connection, parameters, after)
    page, next_cursor = page_of(rows, parameters.limit, parameters.sort, order)
    return ProductionAlertList(items=[_alert(row) for row in page], next_cursor=next_cursor, data_status=data_status)


def _alert(row: dict[str, Any]) -> ProductionAlert:
    return ProductionAlert(
        id=row["alert_id"],
        kind=row["alert_kind"],
        region=named(row, "region"),
        system=named(row, "solar_system"),
        hub=named(row, "hub_solar_system"),
        hub_jumps=row["hub_jumps"],
        starts_at=row["starts_at"],
        hours_until=row["hours_until"],
        ships_lost=row["ships_lost"],
        isk_lost=row["isk_lost"],
        sentence=row["sentence"],
    )
