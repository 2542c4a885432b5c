"""The days that windows are of, as the marts cut them."""

from api.deps import Connection
from api.schemas.windows import DayWindow


async def day_window(connection: Connection, days: int) -> DayWindow:
    """The last `days` whole days up to the newest that has killmails; up to today where there are none at all."""
    cursor = await connection.execute(
        """
        select
            (end_day - %(days)s::integer)::timestamp at time zone 'UTC' as start,
            end_day::timestamp at time zone 'UTC' as end,
            (
                select count(*) from marts.rpt_data_days
                where status = 'stored' and day >= end_day - %(days)s::integer and day < end_day
            ) as days_stored
        from (
            select coalesce(max(end_day), (now() at time zone 'UTC')::date) as end_day from marts.rpt_windows
        ) as newest
        """,
        {"days": days},
    )
    return DayWindow.model_validate(await cursor.fetchone())
