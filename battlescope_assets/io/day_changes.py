"""The days that changed since the marts counted them, as database triggers noted them; when to count is for assets."""

from datetime import date, datetime
from typing import NamedTuple, cast

from battlescope_assets.domain.window import Window
from battlescope_assets.io.warehouse import Connection


class DayChanges(NamedTuple):
    """What is noted of a day."""

    day: date
    last_changed_at: datetime
    last_change_id: int


def day_changes(connection: Connection) -> list[DayChanges]:
    """Days that changed, the oldest first."""
    found = connection.execute(
        "select day, max(changed_at), max(change_id) from app.day_changes group by day order by day"
    ).fetchall()
    return [DayChanges(*row) for row in cast("list[tuple[date, datetime, int]]", found)]


def seen_changes(connection: Connection, window: Window | None) -> list[int]:
    """The changes noted by now of the window's days, or of all."""
    found = connection.execute(
        "select change_id from app.day_changes where %(all)s or (day >= %(first)s and day <= %(last)s)",
        {
            "all": window is None,
            "first": window and window.first_day,
            "last": window and window.last_day,
        },
    ).fetchall()
    return [change_id for (change_id,) in cast("list[tuple[int]]", found)]


def forget_changes(connection: Connection, change_ids: list[int]) -> None:
    """Forgets these changes; those noted since stay."""
    connection.execute("delete from app.day_changes where change_id = any(%s)", [change_ids])
