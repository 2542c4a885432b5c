"""Systems of faction warfare and their history."""

from datetime import datetime
from typing import LiteralString

from psycopg.sql import SQL

from api.deps import Connection, Row
from api.paging import Order, Position
from api.queries.keyset import page, page_parameters
from api.schemas.faction_warfare import HotspotParameters, HotspotSort

HOTSPOT_ORDERS = {
    sort: Order(column, "solar_system_id", is_descending=sort.startswith("-"), types=(value_type, int))
    for sort, column, value_type in (
        (HotspotSort.CONTESTED, "contested_percent", float),
        (HotspotSort.CONTESTED_DOWN, "contested_percent", float),
        (HotspotSort.KILLMAILS, "killmails_24h", int),
        (HotspotSort.KILLMAILS_DOWN, "killmails_24h", int),
    )
}
CONDITIONS: dict[str, LiteralString] = {
    "min_contested": "contested_percent >= %(min_contested)s",
    "faction_id": "%(faction_id)s in (occupier_faction_id, attacker_faction_id)",
    "region_id": "fought_over.region_id = %(region_id)s",
}
SYSTEMS = SQL("""
    select fought_over.*, systems.security_status
    from marts.rpt_fw_systems as fought_over
    left join marts.dim_solar_systems as systems using (solar_system_id)
    where """)


async def hotspots(connection: Connection, parameters: HotspotParameters, after: Position | None) -> list[Row]:
    """Rows of `marts.rpt_fw_systems`, one more than the limit where there are more."""
    given = parameters.model_dump(include={*CONDITIONS}, exclude_none=True)
    where = SQL(" and ").join(SQL(CONDITIONS[name]) for name in CONDITIONS if name in given) + SQL(" ")
    cursor = await connection.execute(
        SYSTEMS + where + page(HOTSPOT_ORDERS[parameters.sort], after),
        given | page_parameters(after, parameters.limit),
    )
    return await cursor.fetchall()


async def system(connection: Connection, solar_system_id: int) -> Row | None:
    """The row of `marts.rpt_fw_systems`; None where the system is not fought over."""
    cursor = await connection.execute(SYSTEMS + SQL("solar_system_id = %(id)s"), {"id": solar_system_id})
    return await cursor.fetchone()


async def history(connection: Connection, solar_system_id: int, start: datetime) -> list[Row]:
    """Rows of `marts.fct_fw_history` from the one that held at `start` on, by time."""
    cursor = await connection.execute(
        """
        select first_seen_at, ended_at, occupier_faction_id, occupier_faction_name, contested, victory_points,
            contested_percent
        from marts.fct_fw_history
        where solar_system_id = %(id)s and first_seen_at >= coalesce(
            (
                select max(first_seen_at) from marts.fct_fw_history
                where solar_system_id = %(id)s and first_seen_at <= %(start)s
            ),
            '-infinity'
        )
        order by first_seen_at
        """,
        {"id": solar_system_id, "start": start},
    )
    return await cursor.fetchall()


async def factions(connection: Connection) -> list[tuple[int, str]]:
    """Ids and names of the factions that hold systems by right, by the alphabet."""
    cursor = await connection.execute(
        "select distinct owner_faction_id, owner_faction_name from marts.rpt_fw_systems order by owner_faction_name"
    )
    return [(row["owner_faction_id"], row["owner_faction_name"]) async for row in cursor]
