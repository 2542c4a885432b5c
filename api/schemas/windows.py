"""Windows of whole days that answers are about; what is counted in them belongs to the other modules."""

from datetime import datetime
from enum import IntEnum

from pydantic import Field

from api.schemas.fields import Answer, Parameters

DAYS = "Length of the window in whole UTC days; it ends with the newest whole day that has killmails."


class WindowDays(IntEnum):
    """Lengths of the windows that are summed up ahead, in days."""

    DAY = 1
    WEEK = 7
    MONTH = 30


class WindowParameters(Parameters):
    """Which window."""

    days: WindowDays = Field(WindowDays.MONTH, description=DAYS)


class DayWindow(Answer):
    """Whole UTC days, from `start` up to and without `end`."""

    start: datetime
    end: datetime
    days_stored: int = Field(description="Days of the window whose killmails are stored; fewer than asked = a gap.")
