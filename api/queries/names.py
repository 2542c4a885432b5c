"""Names of what is known by its id."""

from collections.abc import Iterable

from api.deps import Connection, Row


async def entity_names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Names of characters, corporations and alliances, as far as they are known."""
    cursor = await connection.execute(
        "select entity_id, entity_name from marts.dim_entity_names where entity_id = any(%(ids)s::bigint[])",
        {"ids": sorted(set(ids))},
    )
    return {row["entity_id"]: row["entity_name"] async for row in cursor}


async def system_names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Names of solar systems, as far as the static data has them."""
    cursor = await connection.execute(
        """
        select solar_system_id, solar_system_name from marts.dim_solar_systems
        where solar_system_id = any(%(ids)s::integer[])
        """,
        {"ids": sorted(set(ids))},
    )
    return {row["solar_system_id"]: row["solar_system_name"] async for row in cursor}


async def region_names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Names of regions, as far as the static data has them."""
    cursor = await connection.execute(
        "select region_id, region_name from marts.dim_regions where region_id = any(%(ids)s::integer[])",
        {"ids": sorted(set(ids))},
    )
    return {row["region_id"]: row["region_name"] async for row in cursor}


async def types(connection: Connection, ids: Iterable[int]) -> dict[int, Row]:
    """`type_name` and `group_name` of types, as far as the static data has them."""
    cursor = await connection.execute(
        "select type_id, type_name, group_name from marts.dim_types where type_id = any(%(ids)s::integer[])",
        {"ids": sorted(set(ids))},
    )
    return {row["type_id"]: row async for row in cursor}


async def region(connection: Connection, region_id: int) -> Row | None:
    """The row of `marts.dim_regions`; None where there is no such region."""
    cursor = await connection.execute(
        "select * from marts.dim_regions where region_id = %(region_id)s", {"region_id": region_id}
    )
    return await cursor.fetchone()


async def solar_system(connection: Connection, solar_system_id: int) -> Row | None:
    """The row of `marts.dim_solar_systems`; None where there is no such system."""
    cursor = await connection.execute(
        "select * from marts.dim_solar_systems where solar_system_id = %(solar_system_id)s",
        {"solar_system_id": solar_system_id},
    )
    return await cursor.fetchone()


async def item_type(connection: Connection, type_id: int) -> Row | None:
    """The row of `marts.dim_types`; None where there is no such type."""
    cursor = await connection.execute("select * from marts.dim_types where type_id = %(type_id)s", {"type_id": type_id})
    return await cursor.fetchone()


async def regions(connection: Connection) -> list[Row]:
    """Every region with a name: `region_id` and `region_name`, by the alphabet."""
    cursor = await connection.execute(
        "select region_id, region_name from marts.dim_regions where region_name is not null order by region_name"
    )
    return await cursor.fetchall()
