"""Reasons to build or haul."""

from typing import Any

from psycopg.sql import SQL
from pydantic import AwareDatetime

from api.deps import Connection
from api.paging import IskAmount, Order, Position
from api.queries.keyset import page, page_parameters
from api.schemas.production import AlertParameters, AlertSort

VALUE_TYPES: dict[str, Any] = {"starts_at": AwareDatetime, "ships_lost": int, "isk_lost": IskAmount}

ALERT_ORDERS = {
    sort: Order(
        sort.removeprefix("-"),
        "alert_id",
        is_descending=sort.startswith("-"),
        types=(VALUE_TYPES[sort.removeprefix("-")] | None, str),
        is_nullable=True,
    )
    for sort in AlertSort
}


async def alerts(connection: Connection, parameters: AlertParameters, after: Position | None) -> list[dict[str, Any]]:
    """Rows of `marts.rpt_production_alerts` with an `alert_id`, one more than the limit where there are more."""
    statement = SQL(
        """
        select * from (
            select *, alert_kind || ':' || alert_key as alert_id from marts.rpt_production_alerts
        ) as alerts
        where (%(region_id)s::integer is null or region_id = %(region_id)s)
            and (%(hub_id)s::integer is null or hub_solar_system_id = %(hub_id)s)
            and (%(kind)s::text[] is null or alert_kind = any(%(kind)s))
            and (%(hours)s::integer is null or coalesce(hours_until, 0) <= %(hours)s)
        """
    )
    cursor = await connection.execute(
        statement + page(ALERT_ORDERS[parameters.sort], after),
        {"region_id": parameters.region_id, "hub_id": parameters.hub_id, "hours": parameters.hours}
        | {"kind": parameters.kind}
        | page_parameters(after, parameters.limit),
    )
    return await cursor.fetchall()
