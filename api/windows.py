"""Windows of whole days, which end with the newest day stored; what is counted in them belongs to the queries."""

from datetime import UTC, date, datetime, time, timedelta

from api.deps import Connection
from api.queries import data_days
from api.schemas.fields import DayWindow


async def newest_windows(connection: Connection, days: int) -> tuple[date, date, date]:
    """Start of the window before, start of the window of the newest `days` days, and its end (not in it).

    It ends with the newest day stored and not with the clock: a day that has not arrived is not a day without losses.
    """
    newest = await data_days.newest_day(connection) or datetime.now(UTC).date()
    end, length = newest + timedelta(days=1), timedelta(days=days)
    return end - 2 * length, end - length, end


async def day_window(connection: Connection, start: date, end: date) -> DayWindow:
    """The days [start, end), and how many of them are stored."""
    return DayWindow(
        start=datetime.combine(start, time(), UTC),
        end=datetime.combine(end, time(), UTC),
        days_stored=await data_days.days_stored(connection, start, end),
    )
