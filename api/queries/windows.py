"""The days that the marts' windows are of."""

from api.deps import Connection
from api.schemas.fields import DayWindow


async def last_days(connection: Connection, days: int) -> DayWindow:
    """The last `days` whole days, which end as the marts' own windows do.

    That is with the newest day that has killmails and is over; before today where none has any.
    """
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
