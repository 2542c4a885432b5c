"""What characters, corporations and alliances did."""

from datetime import datetime
from typing import LiteralString

from psycopg.sql import SQL
from pydantic import AwareDatetime

from api.deps import Connection, Row
from api.paging import IskAmount, Order, Position
from api.queries.keyset import page, page_parameters
from api.schemas.entities import ShipParameters, ShipSort

SHIP_ORDERS = {
    sort: Order(column, "type_id", is_descending=sort.startswith("-"), types=(value_type, int))
    for sort, column, value_type in (
        (ShipSort.KILLS, "kills", int),
        (ShipSort.KILLS_DOWN, "kills", int),
        (ShipSort.LOSSES, "losses", int),
        (ShipSort.LOSSES_DOWN, "losses", int),
        (ShipSort.ISK_DESTROYED, "isk_destroyed", IskAmount),
        (ShipSort.ISK_DESTROYED_DOWN, "isk_destroyed", IskAmount),
        (ShipSort.LAST_SEEN_AT, "last_seen_at", AwareDatetime),
        (ShipSort.LAST_SEEN_AT_DOWN, "last_seen_at", AwareDatetime),
    )
}


async def entity_name(connection: Connection, entity_id: int, category: str) -> str | None:
    """The name of a character, corporation or alliance; None where none of this category is known by the id."""
    cursor = await connection.execute(
        "select entity_name from marts.dim_entity_names where entity_id = %(id)s and category = %(category)s",
        {"id": entity_id, "category": category},
    )
    row = await cursor.fetchone()
    return row["entity_name"] if row else None


async def group_history(connection: Connection, group_id: int, kind: str) -> Row:
    """All days of an alliance or corporation: one row, of zeros and nulls where there are none."""
    cursor = await connection.execute(
        """
        select
            min(day) as first_seen_on,
            max(day) as last_seen_on,
            null::integer as days,
            count(*) as active_days,
            coalesce(max(pilots), 0) as most_pilots,
            coalesce(sum(kills), 0)::bigint as kills,
            coalesce(sum(final_blows), 0)::bigint as final_blows,
            coalesce(sum(losses), 0)::bigint as losses,
            coalesce(sum(friendly_kills), 0)::bigint as friendly_kills,
            coalesce(sum(isk_destroyed), 0) as isk_destroyed,
            coalesce(sum(isk_lost), 0) as isk_lost,
            (sum(isk_destroyed) / nullif(sum(isk_destroyed + isk_lost), 0))::double precision as efficiency,
            null::double precision as kills_trend,
            null::double precision as losses_trend
        from marts.fct_group_days
        where group_id = %(group_id)s and group_kind = %(kind)s
        """,
        {"group_id": group_id, "kind": kind},
    )
    return await cursor.fetchone() or {}


async def group_windows(connection: Connection, group_id: int, kind: str) -> list[Row]:
    """The last 7 and 30 days of an alliance or corporation, zeros where it did nothing."""
    cursor = await connection.execute(
        """
        select
            windows.window_days as days,
            coalesce(active_days, 0) as active_days,
            coalesce(most_pilots, 0) as most_pilots,
            coalesce(kills, 0) as kills,
            coalesce(final_blows, 0) as final_blows,
            coalesce(losses, 0) as losses,
            coalesce(friendly_kills, 0) as friendly_kills,
            coalesce(isk_destroyed, 0) as isk_destroyed,
            coalesce(isk_lost, 0) as isk_lost,
            efficiency,
            kills_trend,
            losses_trend
        from marts.rpt_windows as windows
        left join marts.rpt_groups as groups
            on windows.window_days = groups.window_days and group_id = %(group_id)s and group_kind = %(kind)s
        where windows.window_days > 1
        order by windows.window_days
        """,
        {"group_id": group_id, "kind": kind},
    )
    return await cursor.fetchall()


async def group_hours(connection: Connection, group_id: int, days: int) -> list[Row]:
    """All 24 hours of the day of a group in a window, zeros where it did nothing."""
    cursor = await connection.execute(
        """
        select
            hours.hour,
            coalesce(active_days, 0) as active_days,
            coalesce(kills, 0) as kills,
            coalesce(losses, 0) as losses,
            coalesce(isk_destroyed, 0) as isk_destroyed,
            coalesce(isk_lost, 0) as isk_lost
        from generate_series(0, 23) as hours (hour)
        left join (
            select * from marts.rpt_group_hours where window_days = %(days)s and group_id = %(group_id)s
        ) as profile on hours.hour = profile.hour_of_day
        order by hours.hour
        """,
        {"group_id": group_id, "days": days},
    )
    return await cursor.fetchall()


async def group_ships(connection: Connection, group_id: int, days: int, most: int) -> list[Row]:
    """The first rows of `marts.rpt_group_ships` of a group."""
    return await _ranked(
        connection, "select * from marts.rpt_group_ships where group_id = %(id)s", group_id, days, most
    )


async def group_systems(connection: Connection, group_id: int, days: int, most: int) -> list[Row]:
    """The first rows of `marts.rpt_group_systems` of a group."""
    return await _ranked(
        connection, "select * from marts.rpt_group_systems where group_id = %(id)s", group_id, days, most
    )


async def pilot_ships(connection: Connection, character_id: int, days: int, most: int) -> list[Row]:
    """The first rows of `marts.rpt_pilot_ships` of a pilot."""
    return await _ranked(
        connection, "select * from marts.rpt_pilot_ships where character_id = %(id)s", character_id, days, most
    )


async def pilot_systems(connection: Connection, character_id: int, days: int, most: int) -> list[Row]:
    """The first rows of `marts.rpt_pilot_systems` of a pilot."""
    return await _ranked(
        connection, "select * from marts.rpt_pilot_systems where character_id = %(id)s", character_id, days, most
    )


async def _ranked(connection: Connection, statement: LiteralString, thing_id: int, days: int, most: int) -> list[Row]:
    cursor = await connection.execute(
        SQL(statement) + SQL(" and window_days = %(days)s order by rank limit %(most)s"),
        {"id": thing_id, "days": days, "most": most},
    )
    return await cursor.fetchall()


async def pilot_history(connection: Connection, character_id: int) -> list[Row]:
    """What a pilot did in the last 7 and 30 whole days and in all (`days` is null), zeros where he did nothing.

    The row of all days has his newest corporation and alliance, and when he was seen first and last.
    """
    cursor = await connection.execute(
        """
        with pilot as materialized (
            select * from marts.fct_pilot_days where character_id = %(character_id)s
        )
        select
            windows.days,
            (array_agg(corporation_id order by day desc))[1] as corporation_id,
            (array_agg(corporation_name order by day desc))[1] as corporation_name,
            (array_agg(alliance_id order by day desc))[1] as alliance_id,
            (array_agg(alliance_name order by day desc))[1] as alliance_name,
            min(first_seen_at) as first_seen_at,
            max(last_seen_at) as last_seen_at,
            count(day) as active_days,
            coalesce(sum(kills), 0)::bigint as kills,
            coalesce(sum(final_blows), 0)::bigint as final_blows,
            coalesce(sum(losses), 0)::bigint as losses,
            coalesce(sum(damage_done), 0)::bigint as damage_done,
            coalesce(sum(damage_received), 0)::bigint as damage_received,
            coalesce(sum(isk_destroyed), 0) as isk_destroyed,
            coalesce(sum(isk_lost), 0) as isk_lost,
            (sum(isk_destroyed) / nullif(sum(isk_destroyed + isk_lost), 0))::double precision as efficiency
        from (
            select window_days as days, first_day, end_day from marts.rpt_windows where window_days > 1
            union all
            select null, '-infinity', 'infinity'
        ) as windows
        left join pilot on pilot.day >= windows.first_day and pilot.day < windows.end_day
        group by windows.days
        order by windows.days nulls last
        """,
        {"character_id": character_id},
    )
    return await cursor.fetchall()


async def pilot_hulls(
    connection: Connection,
    character_id: int,
    window: tuple[datetime, datetime] | None,
    parameters: ShipParameters,
    after: Position | None,
) -> list[Row]:
    """A pilot's hulls, one row a type (`type_id` is 0 where the mails do not say), one more than the limit if any."""
    statement = SQL(
        """
        select * from (
            select
                coalesce(ship_type_id, 0) as type_id,
                min(ship_type_name) as ship_type_name,
                min(ship_group_name) as ship_group_name,
                count(*) as days,
                sum(kills)::bigint as kills,
                sum(final_blows)::bigint as final_blows,
                sum(losses)::bigint as losses,
                sum(damage_done)::bigint as damage_done,
                sum(damage_received)::bigint as damage_received,
                sum(isk_destroyed) as isk_destroyed,
                sum(isk_lost) as isk_lost,
                min(first_seen_at) as first_seen_at,
                max(last_seen_at) as last_seen_at
            from marts.fct_pilot_ships
            where character_id = %(character_id)s
                and (%(start)s::date is null or day >= %(start)s::date)
                and (%(end)s::date is null or day < %(end)s::date)
            group by coalesce(ship_type_id, 0)
        ) as hulls
        where true """
    )
    start, end = window or (None, None)
    cursor = await connection.execute(
        statement + page(SHIP_ORDERS[parameters.sort], after),
        {"character_id": character_id, "start": start, "end": end} | page_parameters(after, parameters.limit),
    )
    return await cursor.fetchall()
