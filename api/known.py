"""Regions, solar systems and types that a request names by id, or the 404 that says there is none."""

from api.deps import Connection, Row
from api.problems import unknown
from api.queries import names
from api.schemas.fields import Named


async def known_region(connection: Connection, region_id: int) -> Named:
    """The region; `unknown` is raised where there is none."""
    row = await names.region(connection, region_id)
    if row is None:
        raise unknown("region", region_id)
    return Named(id=region_id, name=row["region_name"])


async def known_system(connection: Connection, system_id: int) -> Row:
    """The system's row of `marts.dim_solar_systems`; `unknown` is raised where there is none."""
    row = await names.solar_system(connection, system_id)
    if row is None:
        raise unknown("solar system", system_id)
    return row


async def known_type(connection: Connection, type_id: int) -> Row:
    """The type's row of `marts.dim_types`; `unknown` is raised where there is none."""
    row = await names.item_type(connection, type_id)
    if row is None:
        raise unknown("type", type_id)
    return row
