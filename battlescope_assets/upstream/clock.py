"""What time it is for the local upstream; everything it serves follows from the war and the clock."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""The current time, timezone-aware UTC."""


def utc_now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


def sped_up(start: datetime, speed: float, clock: Clock = utc_now) -> Clock:
    """A clock that shows `start` now and runs `speed` times as fast as another."""
    began = clock()
    return lambda: start + (clock() - began) * speed
