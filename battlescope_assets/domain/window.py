"""The half-open UTC window that every read, write and partition is expressed in; no other calendar arithmetic."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Window:
    """Time from `start` (included) to `end` (excluded), both timezone-aware UTC.

    Raises:
        ValueError: a bound is naive or not UTC, or the window is empty.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for bound in (self.start, self.end):
            if bound.utcoffset() != timedelta(0):
                message = f"a window needs UTC bounds, got {bound!r}"
                raise ValueError(message)
        if self.start >= self.end:
            message = f"a window needs start < end, got {self.start} and {self.end}"
            raise ValueError(message)

    @classmethod
    def of_day(cls, day: date) -> Self:
        """The whole UTC day."""
        return cls.of_days(day, day)

    @classmethod
    def of_days(cls, first_day: date, last_day: date) -> Self:
        """Whole UTC days, both included."""
        return cls(
            datetime.combine(first_day, time(), UTC),
            datetime.combine(last_day, time(), UTC) + ONE_DAY,
        )

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    @property
    def first_day(self) -> date:
        """The day of the first moment inside the window."""
        return self.start.date()

    @property
    def last_day(self) -> date:
        """The day of the last moment inside the window."""
        return (self.end - timedelta(microseconds=1)).date()

    def days(self) -> Iterator[date]:
        """Every UTC day the window touches, in order."""
        day = self.first_day
        while day <= self.last_day:
            yield day
            day += ONE_DAY

    def padded(self, margin: timedelta) -> "Window":
        """The window widened by `margin` on both ends."""
        return Window(self.start - margin, self.end + margin)


def windows_of(moments: Iterable[datetime], longest_pause: timedelta) -> list[Window]:
    """The fewest windows, in order, that hold all the moments (whole seconds, UTC) and no pause longer than that."""
    windows: list[Window] = []
    for moment in sorted(moments):
        end = moment + timedelta(seconds=1)
        if windows and moment - windows[-1].end <= longest_pause:
            windows[-1] = Window(windows[-1].start, max(end, windows[-1].end))
        else:
            windows.append(Window(moment, end))
    return windows
