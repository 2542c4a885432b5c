"""Solar systems, regions and types, and what is lost in or of them."""

from datetime import datetime
from typing import Any, LiteralString

from psycopg.sql import SQL

from api.deps import Connection, Row

Window = tuple[datetime, datetime]

FACTION_WARFARE: LiteralString = """
    select
        solar_system_id, solar_system_name, occupier_faction_id, occupier_faction_name, attacker_faction_id,
        attacker_faction_name, contested, contested_percent, expected_flip_at
    from marts.rpt_fw_systems
    """


async def neighbours(connection: Connection, system_id: int) -> list[Row]:
    """Rows of `marts.dim_solar_systems` of the systems that stargates lead to."""
    statement: LiteralString = """
        select systems.* from marts.dim_stargates as gates
        inner join marts.dim_solar_systems as systems on gates.to_solar_system_id = systems.solar_system_id
        where gates.from_solar_system_id = %(id)s
        order by systems.solar_system_name
        """
    return await _rows(connection, statement, system_id)


async def neighbouring_regions(connection: Connection, region_id: int) -> list[Row]:
    """`region_id` and `region_name` of the regions that stargates of a region's systems lead to."""
    statement: LiteralString = """
        select distinct there.region_id, there.region_name
        from marts.dim_solar_systems as here
        inner join marts.dim_stargates as gates on here.solar_system_id = gates.from_solar_system_id
        inner join marts.dim_solar_systems as there on gates.to_solar_system_id = there.solar_system_id
        where here.region_id = %(id)s and there.region_id != %(id)s
        order by there.region_name
        """
    return await _rows(connection, statement, region_id)


async def systems_by_class(connection: Connection, region_id: int) -> dict[str, int]:
    """How many systems a region has of each security class."""
    statement: LiteralString = """
        select security_class, count(*) as systems from marts.dim_solar_systems
        where region_id = %(id)s group by security_class order by systems desc, security_class
        """
    return {row["security_class"]: row["systems"] for row in await _rows(connection, statement, region_id)}


async def system_activity(connection: Connection, system_id: int) -> list[Row]:
    """What was lost in a system in each window, zeros where nothing was."""
    return await _activity(connection, "solar_system_id", system_id)


async def region_activity(connection: Connection, region_id: int) -> list[Row]:
    """What was lost in a region's systems in each window, zeros where nothing was."""
    return await _activity(connection, "region_id", region_id)


async def system_hours(connection: Connection, system_id: int, window: Window) -> list[Row]:
    """What was lost in a system in each hour of the day."""
    return await _hours(connection, "solar_system_id", system_id, window)


async def region_hours(connection: Connection, region_id: int, window: Window) -> list[Row]:
    """What was lost in a region's systems in each hour of the day."""
    return await _hours(connection, "region_id", region_id, window)


async def hot_systems(connection: Connection, region_id: int, days: int, most: int) -> list[Row]:
    """Rows of `marts.rpt_system_heat` of a region's systems with most losses to players."""
    statement: LiteralString = """
        select * from marts.rpt_system_heat
        where region_id = %(id)s and window_days = %(days)s and ships_lost_to_players > 0
        order by ships_lost_to_players desc, solar_system_id
        limit %(most)s
        """
    return await _rows(connection, statement, region_id, days=days, most=most)


async def system_losses(connection: Connection, system_id: int, window: Window, most: int) -> list[Row]:
    """The types lost most in a system."""
    statement: LiteralString = """
        select
            ship_type_id,
            min(ship_type_name) as ship_type_name,
            min(group_name) as group_name,
            sum(ships_lost)::bigint as ships_lost,
            sum(destroyed_isk) as destroyed_isk,
            sum(dropped_isk) as dropped_isk
        from marts.fct_ship_losses
        where solar_system_id = %(id)s and day >= %(start)s::date and day < %(end)s::date
        group by ship_type_id
        order by ships_lost desc, ship_type_id
        limit %(most)s
        """
    return await _rows(connection, statement, system_id, start=window[0], end=window[1], most=most)


async def region_losses(connection: Connection, region_id: int, days: int, most: int) -> list[Row]:
    """Rows of `marts.rpt_ship_loss_trends` of the types lost most in a region."""
    statement: LiteralString = """
        select * from marts.rpt_ship_loss_trends
        where region_id = %(id)s and window_days = %(days)s and ships_lost > 0
        order by ships_lost desc, ship_type_id
        limit %(most)s
        """
    return await _rows(connection, statement, region_id, days=days, most=most)


async def system_battles(connection: Connection, system_id: int, window: Window) -> dict[str, int]:
    """How many battles of each kind started in a system."""
    return await _battles(connection, "solar_system_id", system_id, window)


async def region_battles(connection: Connection, region_id: int, window: Window) -> dict[str, int]:
    """How many battles of each kind started in a region."""
    return await _battles(connection, "region_id", region_id, window)


async def system_timers(connection: Connection, system_id: int, most: int) -> list[Row]:
    """Rows of `marts.fct_sovereignty_campaigns` of a system that are ahead or going on."""
    return await _timers(connection, "solar_system_id", system_id, most)


async def region_timers(connection: Connection, region_id: int, most: int) -> list[Row]:
    """Rows of `marts.fct_sovereignty_campaigns` of a region that are ahead or going on."""
    return await _timers(connection, "region_id", region_id, most)


async def sovereignty(connection: Connection, system_id: int) -> Row | None:
    """The row of `marts.fct_sovereignty_systems`; None where nobody can hold the system."""
    return await _row(
        connection, "select * from marts.fct_sovereignty_systems where solar_system_id = %(id)s", system_id
    )


async def faction_warfare(connection: Connection, system_id: int) -> Row | None:
    """Of `marts.rpt_fw_systems` who fights over the system and how it stands; None where there is no such war."""
    return await _row(connection, FACTION_WARFARE + "where solar_system_id = %(id)s", system_id)


async def region_faction_warfare(connection: Connection, region_id: int, most: int) -> list[Row]:
    """The same of a region's contested systems, the most contested first."""
    return await _rows(
        connection,
        FACTION_WARFARE
        + "where region_id = %(id)s and contested_percent > 0 "
        + "order by contested_percent desc, solar_system_id limit %(most)s",
        region_id,
        most=most,
    )


async def type_days(connection: Connection, type_id: int, window: Window) -> list[Row]:
    """Rows of `marts.fct_type_losses` of a type, in order."""
    statement: LiteralString = """
        select day, ships_lost, quantity_destroyed, quantity_dropped from marts.fct_type_losses
        where type_id = %(id)s and day >= %(start)s::date and day < %(end)s::date
        order by day
        """
    return await _rows(connection, statement, type_id, start=window[0], end=window[1])


async def type_regions(connection: Connection, type_id: int, days: int, most: int) -> list[Row]:
    """What was lost of a type by region, as a hull and as an item together, most first."""
    statement: LiteralString = """
        select
            region_id,
            region_name,
            sum(quantity)::bigint as quantity,
            sum(destroyed_isk) as destroyed_isk
        from (
            select region_id, region_name, ships_lost as quantity, destroyed_isk from marts.rpt_ship_loss_trends
            where ship_type_id = %(id)s and window_days = %(days)s
            union all
            select region_id, region_name, quantity_destroyed, destroyed_isk from marts.rpt_item_loss_trends
            where item_type_id = %(id)s and window_days = %(days)s
        ) as losses
        group by region_id, region_name
        having sum(quantity) > 0
        order by quantity desc, region_id
        limit %(most)s
        """
    return await _rows(connection, statement, type_id, days=days, most=most)


async def type_demand(connection: Connection, type_id: int) -> Row | None:
    """The row of `marts.rpt_type_demand`; None where none was lost in the last 14 days."""
    return await _row(connection, "select * from marts.rpt_type_demand where type_id = %(id)s", type_id)


async def type_groups(connection: Connection, type_id: int, days: int, most: int) -> list[Row]:
    """Rows of `marts.rpt_ship_groups` of a hull: the alliances that fly it most, then the corporations."""
    statement: LiteralString = """
        select * from marts.rpt_ship_groups
        where ship_type_id = %(id)s and window_days = %(days)s and rank <= %(most)s
        order by group_kind, rank
        """
    return await _rows(connection, statement, type_id, days=days, most=most)


async def _activity(connection: Connection, place: LiteralString, place_id: int) -> list[Row]:
    statement = SQL(
        """
        select
            windows.window_days as days,
            coalesce(sum(killmails), 0)::bigint as killmails,
            coalesce(sum(npc_killmails), 0)::bigint as npc_killmails,
            coalesce(sum(capsule_killmails), 0)::bigint as capsule_killmails,
            coalesce(sum(ships_lost_to_players), 0)::bigint as ships_lost_to_players,
            coalesce(sum(destroyed_isk), 0) as isk_destroyed,
            coalesce(sum(dropped_isk), 0) as isk_dropped,
            case when bool_and(previous_ships_lost_to_players is not null) then
                sum(ships_lost_to_players) / greatest(sum(previous_ships_lost_to_players), 1)::double precision
            end as trend
        from marts.rpt_windows as windows
        left join marts.rpt_system_heat as heat on windows.window_days = heat.window_days and heat.{} = %(id)s
        group by windows.window_days
        order by windows.window_days
        """
    ).format(SQL(place))
    cursor = await connection.execute(statement, {"id": place_id})
    return await cursor.fetchall()


async def _hours(connection: Connection, place: LiteralString, place_id: int, window: Window) -> list[Row]:
    statement = SQL(
        """
        select
            hours.hour,
            coalesce(sum(ships_lost_to_players), 0)::bigint as ships_lost_to_players,
            coalesce(sum(destroyed_isk), 0) as isk_destroyed
        from generate_series(0, 23) as hours (hour)
        left join (
            select extract(hour from hour at time zone 'UTC') as hour_of_day, ships_lost_to_players, destroyed_isk
            from marts.fct_system_hours
            where {} = %(id)s and hour >= %(start)s and hour < %(end)s
                and day >= %(start)s::date and day < %(end)s::date
        ) as lost on hours.hour = lost.hour_of_day
        group by hours.hour
        order by hours.hour
        """
    ).format(SQL(place))
    cursor = await connection.execute(statement, {"id": place_id, "start": window[0], "end": window[1]})
    return await cursor.fetchall()


async def _battles(connection: Connection, place: LiteralString, place_id: int, window: Window) -> dict[str, int]:
    statement = SQL(
        """
        select kind, count(*) as battles from marts.fct_battles
        where {} = %(id)s and started_at >= %(start)s and started_at < %(end)s
        group by kind order by battles desc, kind
        """
    ).format(SQL(place))
    cursor = await connection.execute(statement, {"id": place_id, "start": window[0], "end": window[1]})
    return {row["kind"]: row["battles"] async for row in cursor}


async def _timers(connection: Connection, place: LiteralString, place_id: int, most: int) -> list[Row]:
    statement = SQL(
        """
        select
            campaign_id, event_type, solar_system_id, solar_system_name, defender_alliance_id, defender_alliance_name,
            starts_at
        from marts.fct_sovereignty_campaigns
        where resolved_at is null and {} = %(id)s
        order by starts_at, campaign_id
        limit %(most)s
        """
    ).format(SQL(place))
    cursor = await connection.execute(statement, {"id": place_id, "most": most})
    return await cursor.fetchall()


async def _row(connection: Connection, statement: LiteralString, thing_id: int) -> Row | None:
    cursor = await connection.execute(statement, {"id": thing_id})
    return await cursor.fetchone()


async def _rows(connection: Connection, statement: LiteralString, thing_id: int, **parameters: Any) -> list[Row]:
    cursor = await connection.execute(statement, {"id": thing_id, **parameters})
    return await cursor.fetchall()
