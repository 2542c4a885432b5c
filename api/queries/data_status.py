"""How fresh and complete the data is, and hearing of its changes."""

from typing import Any

from api.deps import Connection
from api.schemas.lists import DataStatus

Row = dict[str, Any]


async def data_status(connection: Connection) -> DataStatus:
    """The one row of `marts.rpt_data_status`."""
    cursor = await connection.execute(
        "select as_of, completeness, mails_quarantined, stale_sources, failed_tests from marts.rpt_data_status"
    )
    return DataStatus.model_validate(await cursor.fetchone())


async def follow_changes(connection: Connection) -> None:
    """From now on the connection is notified at each commit that changes what the marts show."""
    await connection.execute("listen data_changes")


async def sources(connection: Connection) -> list[Row]:
    """Every source: when it was last read and what its newest answer stands for."""
    cursor = await connection.execute(
        """
        select source, last_success_at, as_of, fresh_for_seconds, is_stale, last_error
        from marts.rpt_source_freshness order by is_stale desc, source
        """
    )
    return await cursor.fetchall()


async def data_days(connection: Connection) -> Row:
    """Of the killmails' archive days: how many are stored, the first and the last of them, and what they hold."""
    cursor = await connection.execute(
        """
        select
            count(*) filter (where status = 'stored') as days_stored,
            min(day) filter (where status = 'stored') as first_day,
            max(day) filter (where status = 'stored') as last_day,
            count(*) filter (where completeness < 1) as days_incomplete,
            coalesce(sum(mails_stored), 0)::bigint as mails_stored,
            coalesce(sum(mails_quarantined), 0)::bigint as mails_quarantined
        from marts.rpt_data_days
        """
    )
    return await cursor.fetchone() or {}


async def test_results(connection: Connection) -> list[Row]:
    """What the tests of the data said when they last ran, by status, those that did not pass first."""
    cursor = await connection.execute(
        """
        select status, count(*) as tests, max(ran_at) as ran_at,
            array_agg(test_name order by test_name) filter (where status <> 'pass') as names
        from marts.rpt_test_results group by status order by status = 'pass', status
        """
    )
    return await cursor.fetchall()
