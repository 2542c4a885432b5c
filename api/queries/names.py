"""Names of what battles hold as ids only."""

from collections.abc import Iterable
from typing import Any

from api.deps import Connection


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


async def types(connection: Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """`type_name` and `group_name` of types, as far as the static data has them."""
    cursor = await connection.execute(
        "select type_id, type_name, group_name from marts.dim_types where type_id = any(%(ids)s::integer[])",
        {"ids": sorted(set(ids))},
    )
    return {row["type_id"]: row async for row in cursor}


async def regions(connection: Connection) -> list[dict[str, Any]]:
    """Every region with a name: `region_id` and `region_name`, by the alphabet."""
    cursor = await connection.execute(
        "select region_id, region_name from marts.dim_regions where region_name is not null order by region_name"
    )
    return await cursor.fetchall()
