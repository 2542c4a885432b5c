"""Heat of solar systems, hours of regions and alliances."""

from collections.abc import Collection
from datetime import date
from typing import LiteralString

from psycopg.rows import tuple_row
from psycopg.sql import SQL

from api.deps import Connection, Row

SHIPS_LOST: LiteralString = "ships_lost_to_players"
HEAT = (
    "killmails",
    "npc_killmails",
    "capsule_killmails",
    "structure_killmails",
    "ships_lost_to_players",
    "isk_destroyed",
    "isk_dropped",
)
"""What `heat` counts, in its order."""


async def heat(
    connection: Connection,
    start: date,
    end: date,
    min_kills: int,
    by: LiteralString = SHIPS_LOST,
    most: int | None = None,
) -> list[tuple[int, ...]]:
    """A system's id and `HEAT`, per solar system with killmails in [start, end), the hottest first; ISK is whole.

    Tuples, as there are thousands.

    Args:
        connection: where the marts are.
        start: the first day.
        end: the day after the last one.
        min_kills: so many kills at least, of those that `by` counts; of all where it is ISK.
        by: the column of `marts.fct_system_days` that is the heat.
        most: so many systems at most.
    """
    statement = SQL(
        """
        select
            solar_system_id,
            sum(killmails::integer),
            sum(npc_killmails::integer),
            sum(capsule_killmails::integer),
            sum(structure_killmails::integer),
            sum(ships_lost_to_players::integer),
            round(sum(destroyed_isk))::bigint,
            round(sum(dropped_isk))::bigint
        from marts.fct_system_days
        where day >= %(start)s and day < %(end)s
        group by solar_system_id
        having sum({kills}) >= %(min_kills)s
        order by sum({by}) desc, solar_system_id
        limit %(most)s
        """
        # Sums of integers take a third of what those of bigints take, which are numeric.
    ).format(
        by=SQL(by if by == "destroyed_isk" else f"{by}::integer"),
        kills=SQL("killmails::integer" if by == "destroyed_isk" else f"{by}::integer"),
    )
    cursor = connection.cursor(row_factory=tuple_row)
    parameters = {"start": start, "end": end, "min_kills": min_kills, "most": most}
    await cursor.execute(statement, parameters, binary=True)
    return await cursor.fetchall()


async def hottest_regions(
    connection: Connection, days: tuple[date, date, date], by: LiteralString, most: int
) -> list[Row]:
    """The regions with most of a column of `marts.fct_system_days`, their heat, beside that of the days before.

    `days`: the start of the days before, the start of the window, and its end (not in it).
    """
    before, start, end = days
    statement = SQL(
        """
        with systems as (  -- first by their ids: names and regions of every day of each take longer than the sums
            select
                solar_system_id,
                sum({by}) filter (where day >= %(start)s) as heat,
                sum({by}) filter (where day < %(start)s) as heat_before
            from marts.fct_system_days
            where day >= %(before)s and day < %(end)s
            group by solar_system_id
        )
        select region_id, region_name, sum(heat) as heat, coalesce(sum(heat_before), 0) as heat_before
        from systems
        inner join marts.dim_solar_systems using (solar_system_id)
        group by region_id, region_name
        having sum(heat) > 0
        order by heat desc, region_id
        limit %(most)s
        """
    ).format(by=SQL(by))
    cursor = await connection.execute(statement, {"before": before, "start": start, "end": end, "most": most})
    return await cursor.fetchall()


async def heat_of_systems(connection: Connection, days: int, system_ids: Collection[int]) -> dict[int, Row]:
    """Rows of `marts.rpt_system_heat` of a window by system; systems without killmails have none."""
    cursor = await connection.execute(
        """
        select * from marts.rpt_system_heat
        where window_days = %(days)s and solar_system_id = any(%(ids)s::integer[])
        """,
        {"days": days, "ids": list(system_ids)},
    )
    return {row["solar_system_id"]: row async for row in cursor}


async def place_hours(connection: Connection, start: date, end: date, region_id: int | None) -> list[Row]:
    """One row per clock hour with killmails in [start, end), of a region or of all, by time."""
    statement = SQL(
        """
        select
            hour,
            sum(killmails)::bigint as killmails,
            sum(ships_lost_to_players)::bigint as ships_lost_to_players,
            sum(destroyed_isk) as isk_destroyed
        from marts.fct_region_hours
        where day >= %(start)s and day < %(end)s{}
        group by hour
        order by hour
        """
    ).format(SQL("" if region_id is None else " and region_id = %(region_id)s"))
    cursor = await connection.execute(statement, {"start": start, "end": end, "region_id": region_id})
    return await cursor.fetchall()


async def group_hours(connection: Connection, start: date, end: date, group_id: int) -> list[Row]:
    """Rows of `marts.fct_group_hours` of a group in [start, end), by time."""
    cursor = await connection.execute(
        """
        select hour, kills, losses, isk_destroyed, isk_lost from marts.fct_group_hours
        where group_id = %(group_id)s and day >= %(start)s and day < %(end)s
            and hour >= %(start)s::timestamp at time zone 'UTC' -- for the index
        order by hour
        """,
        {"start": start, "end": end, "group_id": group_id},
    )
    return await cursor.fetchall()


async def alliance(connection: Connection, alliance_id: int) -> Row | None:
    """`entity_name` of an alliance; null where it is known from killmails only, None where it is not known at all."""
    cursor = await connection.execute(
        """
        select entity_name from marts.dim_entity_names where entity_id = %(id)s and category = 'alliance'
        union all
        (select null from marts.fct_group_hours where group_id = %(id)s and group_kind = 'alliance' limit 1)
        limit 1
        """,
        {"id": alliance_id},
    )
    return await cursor.fetchone()
