"""How fresh and complete the data is, and hearing of its changes."""

from api.deps import Connection
from api.schemas.lists import DataStatus


async def data_status(connection: Connection) -> DataStatus:
    """The one row of `marts.rpt_data_status`."""
    cursor = await connection.execute(
        "select as_of, completeness, mails_quarantined, stale_sources, failed_tests from marts.rpt_data_status"
    )
    return DataStatus.model_validate(await cursor.fetchone())


async def follow_changes(connection: Connection) -> None:
    """From now on the connection is notified at each commit that changes what the marts show."""
    await connection.execute("listen data_changes")
