"""Completeness, freshness, tests, quarantine, sizes, and values held against zKillboard's."""

from datetime import date

from api.deps import Connection, Row


async def days(connection: Connection, most: int) -> list[Row]:
    """The newest days asked for and the gaps between them, the newest first; `status` of a gap is never_asked_for."""
    cursor = await connection.execute(
        """
        select
            calendar.day::date as day,
            coalesce(status, 'never_asked_for') as status,
            mails_expected,
            coalesce(mails_stored, 0) as mails_stored,
            coalesce(mails_quarantined, 0) as mails_quarantined,
            case when status is null then 0 else completeness end as completeness,
            revision,
            changed_at
        from (select max(day) as newest, min(day) as oldest from marts.rpt_data_days) as known
        cross join generate_series(newest::timestamp, greatest(newest - %(most)s::integer + 1, oldest), '-1 day')
            as calendar (day)
        left join marts.rpt_data_days as stored on stored.day = calendar.day::date
        order by calendar.day desc
        """,
        {"most": most},
    )
    return await cursor.fetchall()


async def days_in_all(connection: Connection) -> Row:
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


async def sources(connection: Connection) -> list[Row]:
    """Rows of `marts.rpt_source_freshness`."""
    cursor = await connection.execute("select * from marts.rpt_source_freshness order by source")
    return await cursor.fetchall()


async def tests_passed(connection: Connection) -> int:
    """How many tests of data passed."""
    cursor = await connection.execute("select count(*) as passed from marts.rpt_test_results where status = 'pass'")
    row = await cursor.fetchone()
    return int(row["passed"]) if row else 0


async def tests_not_passed(connection: Connection) -> list[Row]:
    """Rows of `marts.rpt_test_results` that did not pass, the worst first."""
    cursor = await connection.execute(
        """
        select * from marts.rpt_test_results where status != 'pass'
        order by array_position(array['fail', 'error', 'skipped', 'warn'], status), test_name, test_id
        """
    )
    return await cursor.fetchall()


async def quarantine(connection: Connection) -> list[Row]:
    """Rows of `marts.rpt_quarantine`."""
    cursor = await connection.execute("select * from marts.rpt_quarantine order by source, reason")
    return await cursor.fetchall()


async def tables(connection: Connection) -> list[Row]:
    """Rows of `marts.rpt_stored_tables`, the largest first."""
    cursor = await connection.execute(
        "select * from marts.rpt_stored_tables order by total_bytes desc, table_schema, table_name"
    )
    return await cursor.fetchall()


async def value_differences(connection: Connection, start: date) -> list[Row]:
    """Rows of `marts.rpt_value_differences` from a day on, the newest first."""
    cursor = await connection.execute(
        "select * from marts.rpt_value_differences where day >= %(start)s order by day desc", {"start": start}
    )
    return await cursor.fetchall()
