"""Which days are stored."""

from datetime import date

from api.deps import Connection


async def newest_day(connection: Connection) -> date | None:
    """The newest UTC day whose killmails are stored."""
    cursor = await connection.execute("select max(day) as day from marts.rpt_data_days where status = 'stored'")
    row = await cursor.fetchone()
    return row["day"] if row else None


async def days_stored(connection: Connection, start: date, end: date) -> int:
    """How many days of [start, end) have their killmails stored."""
    cursor = await connection.execute(
        """
        select count(*) as days from marts.rpt_data_days
        where status = 'stored' and day >= %(start)s and day < %(end)s
        """,
        {"start": start, "end": end},
    )
    row = await cursor.fetchone()
    return int(row["days"]) if row else 0
