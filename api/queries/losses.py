"""What was lost, by region or solar system, and in all of New Eden."""

from datetime import date
from typing import Any, Literal, NamedTuple

from psycopg.sql import SQL

from api.deps import Connection
from api.paging import IskAmount, Order, Position
from api.queries.keyset import page, page_parameters
from api.schemas.losses import LossParameters, LossSort, LossType

LOSS_ORDERS = {
    sort: Order(column, "type_id", is_descending=sort.startswith("-"), types=(value_type, int))
    for sort, column, value_type in (
        (LossSort.QUANTITY, "quantity", int),
        (LossSort.QUANTITY_DOWN, "quantity", int),
        (LossSort.ISK_DESTROYED, "destroyed_isk", IskAmount),
        (LossSort.ISK_DESTROYED_DOWN, "destroyed_isk", IskAmount),
        (LossSort.ISK_DROPPED, "dropped_isk", IskAmount),
        (LossSort.ISK_DROPPED_DOWN, "dropped_isk", IskAmount),
    )
}
FACTS = {
    LossType.SHIPS: SQL("""
        select
            day, solar_system_id, ship_type_id as type_id, ships_lost as quantity,
            npc_losses as npc_quantity, null::bigint as quantity_dropped, destroyed_isk, dropped_isk
        from marts.fct_ship_losses"""),
    LossType.ITEMS: SQL("""
        select
            day, solar_system_id, item_type_id as type_id, quantity_destroyed as quantity,
            null::bigint as npc_quantity, quantity_dropped, destroyed_isk, dropped_isk
        from marts.fct_item_losses"""),
}

TRENDS = {
    LossType.SHIPS: SQL("""
        select
            window_days, ship_type_id as type_id, ships_lost as quantity, previous_ships_lost as quantity_before,
            null::bigint as quantity_dropped, destroyed_isk, dropped_isk
        from marts.rpt_ship_loss_trends"""),
    LossType.ITEMS: SQL("""
        select
            window_days, item_type_id as type_id, quantity_destroyed as quantity,
            previous_quantity_destroyed as quantity_before, quantity_dropped, destroyed_isk, dropped_isk
        from marts.rpt_item_loss_trends"""),
}
"""Sums of the windows by region: all regions together are a hundredth of the facts."""


class Place(NamedTuple):
    """Where it was lost: a region or a solar system."""

    kind: Literal["region", "system"]
    place_id: int


IN_PLACE = {
    # An array, so that the region's systems are looked up: in prepared statements the planner does not know the days,
    # takes them for few, and would join all that was lost on them with the systems.
    "region": SQL("""solar_system_id = any(array(
        select solar_system_id from marts.dim_solar_systems where region_id = %(place_id)s))"""),
    "system": SQL("solar_system_id = %(place_id)s"),
}


async def losses(
    connection: Connection,
    place: Place,
    days: tuple[date, date, date],
    parameters: LossParameters,
    after: Position | None,
) -> list[dict[str, Any]]:
    """What was lost in a place, one row a type, one more than the limit where there are more.

    Args:
        connection: in a read-only transaction.
        place: where.
        days: start of the window before, start of the window, end of the window (not in it).
        parameters: what, in which order, how many.
        after: where the page starts.
    """
    before, start, end = days
    statement = SQL(
        """
        with losses as (
            select
                type_id,
                coalesce(sum(quantity) filter (where day >= %(start)s), 0)::bigint as quantity,
                coalesce(sum(quantity) filter (where day < %(start)s), 0)::bigint as quantity_before,
                (sum(npc_quantity) filter (where day >= %(start)s))::bigint as npc_quantity,
                (sum(quantity_dropped) filter (where day >= %(start)s))::bigint as quantity_dropped,
                coalesce(sum(destroyed_isk) filter (where day >= %(start)s), 0) as destroyed_isk,
                coalesce(sum(dropped_isk) filter (where day >= %(start)s), 0) as dropped_isk
            from ({facts}) as facts
            where {in_place} and day >= %(before)s and day < %(end)s
            group by type_id
        )
        select losses.*, type_name, group_id, group_name, category_id, category_name
        from losses left join marts.dim_types using (type_id)
        where quantity + coalesce(quantity_dropped, 0) > 0
            and (%(group_id)s::integer is null or group_id = %(group_id)s)
            and (%(category_id)s::integer is null or category_id = %(category_id)s)
        """
    ).format(facts=FACTS[parameters.type], in_place=IN_PLACE[place.kind])
    cursor = await connection.execute(
        statement + page(LOSS_ORDERS[parameters.sort], after),
        {"place_id": place.place_id, "before": before, "start": start, "end": end}
        | {"group_id": parameters.group_id, "category_id": parameters.category_id}
        | page_parameters(after, parameters.limit),
    )
    return await cursor.fetchall()


async def new_eden_losses(
    connection: Connection, parameters: LossParameters, after: Position | None
) -> list[dict[str, Any]]:
    """What was lost anywhere in a window that is summed up ahead, in rows like those of `losses`.

    `quantity_before` is null unless each day of both windows is stored; `npc_quantity` is null, the sums have none.

    Args:
        connection: in a read-only transaction.
        parameters: what, in which order, how many; `days` is one of `WindowDays`.
        after: where the page starts.
    """
    statement = SQL(
        """
        with losses as (
            select
                type_id,
                sum(quantity)::bigint as quantity,
                sum(quantity_before)::bigint as quantity_before,
                sum(quantity_dropped)::bigint as quantity_dropped,
                null::bigint as npc_quantity,
                sum(destroyed_isk) as destroyed_isk,
                sum(dropped_isk) as dropped_isk
            from ({trends}) as trends
            where window_days = %(days)s
            group by type_id
        )
        select losses.*, type_name, group_id, group_name, category_id, category_name
        from losses left join marts.dim_types using (type_id)
        where quantity + coalesce(quantity_dropped, 0) > 0
            and (%(group_id)s::integer is null or group_id = %(group_id)s)
            and (%(category_id)s::integer is null or category_id = %(category_id)s)
        """
    ).format(trends=TRENDS[parameters.type])
    cursor = await connection.execute(
        statement + page(LOSS_ORDERS[parameters.sort], after),
        {"days": int(parameters.days), "group_id": parameters.group_id, "category_id": parameters.category_id}
        | page_parameters(after, parameters.limit),
    )
    return await cursor.fetchall()
