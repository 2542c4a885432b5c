"""Parameters of answers about the windows that marts sum up; what is counted in them belongs to the other modules."""

from enum import IntEnum

from pydantic import Field

from api.schemas.fields import Parameters

DAYS = "Length of the window in whole UTC days; it ends with the newest whole day that has killmails."


class WindowDays(IntEnum):
    """Lengths of the windows that are summed up ahead, in days."""

    DAY = 1
    WEEK = 7
    MONTH = 30


class WindowParameters(Parameters):
    """Which window."""

    days: WindowDays = Field(WindowDays.MONTH, description=DAYS)
