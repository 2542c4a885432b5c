"""What was lost, by region."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from psycopg.sql import SQL
from pydantic import Field

from api.deps import Connection
from api.paging import Order, Position
from api.queries.keyset import page, page_parameters
from api.schemas.war import LossSort

IskAmount = Annotated[Decimal, Field(max_digits=24, decimal_places=2)]

LOSS_ORDERS = {
    sort: Order(column, "ship_type_id", is_descending=sort.startswith("-"), types=(value_type, int))
    for sort, column, value_type in (
        (LossSort.QUANTITY, "ships_lost", int),
        (LossSort.QUANTITY_DOWN, "ships_lost", int),
        (LossSort.ISK_DESTROYED, "destroyed_isk", IskAmount),
        (LossSort.ISK_DESTROYED_DOWN, "destroyed_isk", IskAmount),
    )
}


async def region_name(connection: Connection, region_id: int) -> str | None:
    """The region's name; None where there is no such region."""
    cursor = await connection.execute(
        "select region_name from marts.dim_regions where region_id = %(region_id)s", {"region_id": region_id}
    )
    row = await cursor.fetchone()
    return row["region_name"] if row else None


async def newest_day(connection: Connection) -> date | None:
    """The newest UTC day whose killmails are stored."""
    cursor = await connection.execute("select max(day) as day from marts.rpt_data_days where status = 'stored'")
    row = await cursor.fetchone()
    return row["day"] if row else None


async def days_stored(connection: Connection, start: date, end: date) -> int:
    """How many days of [start, end) have their killmails stored."""
    cursor = await connection.execute(
        """
        select count(*) as days from marts.rpt_data_days
        where status = 'stored' and day >= %(start)s and day < %(end)s
        """,
        {"start": start, "end": end},
    )
    row = await cursor.fetchone()
    return int(row["days"]) if row else 0


async def ship_losses(
    connection: Connection,
    region_id: int,
    days: tuple[date, date, date],
    sort: LossSort,
    after: Position | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Ships lost in a region, one row a type, one more than `limit` where there are more.

    Args:
        connection: in a read-only transaction.
        region_id: the region.
        days: start of the window before, start of the window, end of the window (not in it).
        sort: the list's order.
        after: where the page starts.
        limit: rows of a page.
    """
    before, start, end = days
    statement = SQL(
        """
        with losses as (
            select
                ship_type_id,
                min(ship_type_name) as ship_type_name,
                min(group_name) as group_name,
                coalesce(sum(ships_lost) filter (where day >= %(start)s), 0)::bigint as ships_lost,
                coalesce(sum(npc_losses) filter (where day >= %(start)s), 0)::bigint as npc_losses,
                coalesce(sum(destroyed_isk) filter (where day >= %(start)s), 0) as destroyed_isk,
                coalesce(sum(dropped_isk) filter (where day >= %(start)s), 0) as dropped_isk,
                coalesce(sum(ships_lost) filter (where day < %(start)s), 0)::bigint as ships_lost_before
            from marts.fct_ship_losses
            where region_id = %(region_id)s and day >= %(before)s and day < %(end)s
            group by ship_type_id
        )
        select * from losses where ships_lost > 0
        """
    ) + page(LOSS_ORDERS[sort], after)
    cursor = await connection.execute(
        statement,
        {"region_id": region_id, "before": before, "start": start, "end": end} | page_parameters(after, limit),
    )
    return await cursor.fetchall()
