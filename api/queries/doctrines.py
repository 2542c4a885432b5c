"""Doctrines, who flies them, where they were lost in bulk, and what to buy for them."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.sql import SQL
from pydantic import AwareDatetime

from api.deps import Connection, Row
from api.paging import IskAmount, Order, Position
from api.queries.keyset import page, page_parameters
from api.schemas.doctrines import DoctrineParameters, DoctrineSort

DOCTRINE_ORDERS = {
    sort: Order(column, "doctrine_id", is_descending=sort.startswith("-"), types=(value_type, UUID))
    for sort, column, value_type in (
        (DoctrineSort.LOSSES, "losses", int),
        (DoctrineSort.LOSSES_DOWN, "losses", int),
        (DoctrineSort.ISK_LOST, "isk_lost", IskAmount),
        (DoctrineSort.ISK_LOST_DOWN, "isk_lost", IskAmount),
        (DoctrineSort.LAST_LOST_AT, "last_lost_at", AwareDatetime),
        (DoctrineSort.LAST_LOST_AT_DOWN, "last_lost_at", AwareDatetime),
    )
}
NEWEST_BURSTS = "-last_lost_at"
BURST_ORDER = Order("last_lost_at", "fit_id", is_descending=True, types=(AwareDatetime, int))
MOST_FLYERS = 100
CONDITIONS: dict[str, LiteralString] = {
    "region_id": "region_id = %(region_id)s",
    "alliance_id": "group_ids @> array[%(alliance_id)s::bigint]",
    "corporation_id": "group_ids @> array[%(corporation_id)s::bigint]",
    "ship_type_id": "ship_type_id = %(ship_type_id)s",
}


async def lost(
    connection: Connection,
    window: tuple[datetime, datetime],
    region_id: int | None,
    parameters: DoctrineParameters,
    after: Position | None,
) -> list[Row]:
    """Doctrines lost in bursts that meet the filters, with what was lost in these; one more than the limit if any."""
    given = parameters.model_dump(include={*CONDITIONS}, exclude_none=True)
    given |= {} if region_id is None else {"region_id": region_id}
    conditions = [SQL("day >= %(start)s::date and day < %(end)s::date")]
    conditions += [SQL(CONDITIONS[name]) for name in CONDITIONS if name in given]
    statement = SQL(
        """
        with lost as (
            select
                doctrine_id,
                count(distinct burst_id) as bursts,
                sum(losses)::bigint as losses,
                sum(isk_lost) as isk_lost,
                sum(survivors)::bigint as survivors,
                min(first_lost_at) as first_lost_at,
                max(last_lost_at) as last_lost_at
            from marts.fct_doctrine_bursts
            where {}
            group by doctrine_id
            having sum(losses) >= %(min_losses)s
        )
        select * from lost where true
        """
    ).format(SQL(" and ").join(conditions))
    cursor = await connection.execute(
        statement + page(DOCTRINE_ORDERS[parameters.sort], after),
        {**given, "start": window[0], "end": window[1], "min_losses": parameters.min_losses}
        | page_parameters(after, parameters.limit),
    )
    return await cursor.fetchall()


async def doctrines(connection: Connection, doctrine_ids: list[UUID]) -> dict[UUID, Row]:
    """Rows of `marts.dim_doctrines` of these doctrines, by id."""
    cursor = await connection.execute(
        "select * from marts.dim_doctrines where doctrine_id = any(%(doctrine_ids)s)", {"doctrine_ids": doctrine_ids}
    )
    return {row["doctrine_id"]: row async for row in cursor}


async def flyers(connection: Connection, doctrine_ids: list[UUID], most: int) -> dict[UUID, list[Row]]:
    """Who lost ships of these doctrines: rows of `marts.fct_doctrine_groups`, at most so many a doctrine."""
    cursor = await connection.execute(
        """
        select groups.*
        from unnest(%(doctrine_ids)s::uuid[]) as asked (doctrine_id)
        cross join lateral (
            select * from marts.fct_doctrine_groups as flown
            where flown.doctrine_id = asked.doctrine_id
            order by losses desc, group_id
            limit %(most)s
        ) as groups
        """,
        {"doctrine_ids": doctrine_ids, "most": most},
    )
    found: dict[UUID, list[Row]] = {doctrine_id: [] for doctrine_id in doctrine_ids}
    async for row in cursor:
        found[row["doctrine_id"]].append(row)
    return found


async def items(connection: Connection, doctrine_id: UUID) -> list[Row]:
    """Rows of `marts.fct_doctrine_items` of a doctrine: the hull, then by place and how many carried it."""
    cursor = await connection.execute(
        """
        select place, item_type_id, item_type_name, is_core, share_carrying, quantity_per_ship, price_isk
        from marts.fct_doctrine_items
        where doctrine_id = %(doctrine_id)s
        order by
            array_position(
                array['hull', 'high', 'mid', 'low', 'rig', 'subsystem', 'charge', 'drone', 'fighter', 'cargo'], place
            ),
            share_carrying desc,
            item_type_id
        """,
        {"doctrine_id": doctrine_id},
    )
    return await cursor.fetchall()


async def bursts(connection: Connection, doctrine_id: UUID, after: Position | None, limit: int) -> list[Row]:
    """Rows of `marts.fct_doctrine_bursts` of a doctrine, one more than `limit` where there are more."""
    cursor = await connection.execute(
        SQL("select * from marts.fct_doctrine_bursts where doctrine_id = %(doctrine_id)s ") + page(BURST_ORDER, after),
        {"doctrine_id": doctrine_id} | page_parameters(after, limit),
    )
    return await cursor.fetchall()


async def most_lost_in(connection: Connection, doctrine_id: UUID) -> Row | None:
    """`solar_system_id` and `solar_system_name` of where most of a doctrine were lost; None if it is not known."""
    cursor = await connection.execute(
        """
        select solar_system_id, min(solar_system_name) as solar_system_name from marts.fct_doctrine_bursts
        where doctrine_id = %(doctrine_id)s
        group by solar_system_id order by sum(losses) desc, solar_system_id
        limit 1
        """,
        {"doctrine_id": doctrine_id},
    )
    return await cursor.fetchone()


async def of_type(connection: Connection, type_id: int, most: int) -> list[Row]:
    """Doctrines that fly a hull or have a module at their core, those lost most in the last 7 days first."""
    cursor = await connection.execute(
        """
        select * from marts.dim_doctrines
        where doctrine_id in (
            select doctrine_id from marts.fct_doctrine_items where item_type_id = %(type_id)s and is_core
        )
        order by losses_7d desc, losses desc, doctrine_id
        limit %(most)s
        """,
        {"type_id": type_id, "most": most},
    )
    return await cursor.fetchall()


async def of_group(connection: Connection, group_id: int, most: int) -> list[Row]:
    """Doctrines a group flies, those it lost most of in the last 7 days first."""
    cursor = await connection.execute(
        """
        select doctrines.*
        from marts.dim_doctrines as doctrines
        inner join (
            select doctrine_id, losses_7d, losses from marts.fct_doctrine_groups
            where group_id = %(group_id)s
            order by losses_7d desc, losses desc, doctrine_id
            limit %(most)s
        ) as flown using (doctrine_id)
        order by flown.losses_7d desc, flown.losses desc, doctrine_id
        """,
        {"group_id": group_id, "most": most},
    )
    return await cursor.fetchall()
