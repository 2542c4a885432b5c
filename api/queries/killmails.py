"""Killmails of a window of time, killmails by id, the battle each is in, and its details."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from psycopg.sql import SQL
from pydantic import AwareDatetime

from api.deps import Connection, Row
from api.paging import IskAmount, Order, Position
from api.queries.keyset import page, page_parameters
from api.schemas.killmails import KillmailListParameters, KillmailListSort

KILLMAIL_LIST_ORDERS = {
    sort: Order(column, "killmail_id", is_descending=sort.startswith("-"), types=(value_type, int))
    for sort, column, value_type in (
        (KillmailListSort.TIME, "killmail_time", AwareDatetime),
        (KillmailListSort.TIME_DOWN, "killmail_time", AwareDatetime),
        (KillmailListSort.ISK_TOTAL, "total_isk", IskAmount),
        (KillmailListSort.ISK_TOTAL_DOWN, "total_isk", IskAmount),
    )
}
CONDITIONS: dict[str, LiteralString] = {
    "system_id": "solar_system_id = %(system_id)s",
    "region_id": "region_id = %(region_id)s",
    "alliance_id": "victim_alliance_id = %(alliance_id)s",
    "corporation_id": "victim_corporation_id = %(corporation_id)s",
    "character_id": "victim_character_id = %(character_id)s",
    "ship_type_id": "victim_ship_type_id = %(ship_type_id)s",
    "security": "security_class = %(security)s",
    "min_isk": "total_isk >= %(min_isk)s",
    "npc": "is_npc = %(npc)s",
    "solo": "is_solo = %(solo)s",
    "awox": "is_awox = %(awox)s",
}


async def killmail_keys(
    connection: Connection, parameters: KillmailListParameters, start: datetime, end: datetime, after: Position | None
) -> list[Row]:
    """`day`, `killmail_id`, `killmail_time` and `total_isk` of [start, end), one more than the limit if there are more.

    What lists show beside these is looked up for a page's killmails alone: to join it first would do so for all.
    """
    given = parameters.model_dump(include={*CONDITIONS}, exclude_none=True)
    order = KILLMAIL_LIST_ORDERS[parameters.sort]
    conditions = [SQL(CONDITIONS[name]) for name in CONDITIONS if name in given]
    if order.column == "total_isk":
        conditions.append(SQL("total_isk is not null"))
    statement = SQL(
        """
        select day, killmail_id, killmail_time, total_isk from marts.fct_killmail_attributes
        where {} and day >= %(first_day)s and day <= %(last_day)s
        """
    ).format(
        SQL(" and ").join([SQL("killmail_time >= %(start)s"), SQL("killmail_time < %(end)s"), *conditions]),
    ) + page(order, after)
    window = {"start": start, "end": end, "first_day": start.date(), "last_day": end.date()}
    cursor = await connection.execute(statement, given | window | page_parameters(after, parameters.limit))
    return await cursor.fetchall()


async def killmails(connection: Connection, keys: Sequence[Row]) -> list[Row]:
    """The rows of `marts.fct_killmails` of these keys (`day` and `killmail_id`), in their order."""
    if not keys:
        return []
    days = [key["day"] for key in keys]
    cursor = await connection.execute(
        """
        select * from marts.fct_killmails
        where killmail_id = any(%(ids)s) and day >= %(first_day)s and day <= %(last_day)s
        """,
        {"ids": [key["killmail_id"] for key in keys], "first_day": min(days), "last_day": max(days)},
    )
    found = {row["killmail_id"]: row async for row in cursor}
    return [found[key["killmail_id"]] for key in keys if key["killmail_id"] in found]


async def killmail(connection: Connection, killmail_id: int) -> Row | None:
    """The row of `marts.fct_killmails`; None where no such mail is stored."""
    cursor = await connection.execute(
        "select * from marts.fct_killmails where killmail_id = %(killmail_id)s", {"killmail_id": killmail_id}
    )
    return await cursor.fetchone()


async def battle_of(connection: Connection, killmail_id: int, killmail_time: datetime) -> Row | None:
    """`battle_id`, `slug` and `kind` of the battle that holds the mail; None where none does.

    Looked for in the battles of that moment only: PostgreSQL must know these before it reads what battles hold, or it
    reads all that all of them hold.
    """
    cursor = await connection.execute(
        """
        select battle_id, slug, kind from marts.fct_battles
        where started_at <= %(killmail_time)s and ended_at >= %(killmail_time)s
            and started_at > %(killmail_time)s - interval '7 days' -- longer than any battle, for the index
        """,
        {"killmail_time": killmail_time},
    )
    battles = {row["battle_id"]: row async for row in cursor}
    cursor = await connection.execute(
        """
        select battle_id from marts.fct_battle_links
        where battle_id = any(%(battle_ids)s) and killmail_id = %(killmail_id)s
        """,
        {"battle_ids": list(battles), "killmail_id": killmail_id},
    )
    holder = await cursor.fetchone()
    return battles[holder["battle_id"]] if holder else None


async def enrichment(connection: Connection, killmail_id: int) -> Row | None:
    """The row of `marts.fct_killmail_enrichments`; None where nobody asked for the mail's details."""
    cursor = await connection.execute(
        "select * from marts.fct_killmail_enrichments where killmail_id = %(killmail_id)s", {"killmail_id": killmail_id}
    )
    return await cursor.fetchone()


async def request_enrichment(connection: Connection, killmail_id: int) -> bool | None:
    """Asks for a mail's details; False where too many wait already, None where there is nothing to ask for.

    That is a mail which is not stored, or whose details somebody asked for before. The only thing the API writes,
    through a function that writes nothing else, and which is not called in vain: PostgreSQL tells everybody of a change
    whenever it runs. Must come first in its transaction.
    """
    await connection.execute("set transaction isolation level read committed, read write")
    cursor = await connection.execute(
        """
        select app.request_enrichment(killmail_id) as is_taken from marts.fct_killmails
        where killmail_id = %(killmail_id)s
            and not exists (select from marts.fct_killmail_enrichments where killmail_id = %(killmail_id)s)
        """,
        {"killmail_id": killmail_id},
    )
    row = await cursor.fetchone()
    return None if row is None else bool(row["is_taken"])
