"""How fresh and complete the data is."""

from api.deps import Connection
from api.schemas.lists import DataStatus


async def data_status(connection: Connection) -> DataStatus:
    """The one row of `marts.rpt_data_status`."""
    cursor = await connection.execute("select as_of, completeness, stale_sources from marts.rpt_data_status")
    row = await cursor.fetchone() or {"as_of": None, "completeness": None, "stale_sources": []}
    return DataStatus.model_validate(row)
