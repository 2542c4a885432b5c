"""Time as those need it who wait and remember across processes; calendar days and windows belong to the domain."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

LINUX_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Moment(msgspec.Struct, frozen=True):
    """When something happened, by both clocks: one may be set, the other means nothing after a restart or elsewhere."""

    wall_seconds: float
    monotonic_seconds: float
    boot: str


def _boot() -> str:
    """Which machine's which start this is; empty where the system does not say."""
    return LINUX_BOOT_ID.read_text().strip() if LINUX_BOOT_ID.exists() else ""


@dataclass(frozen=True)
class Clock:
    """The machine's clocks, or a test's."""

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    boot: str = field(default_factory=_boot)

    def now(self) -> Moment:
        """This moment, to be kept."""
        return Moment(self.wall(), self.monotonic(), self.boot)

    def seconds_since(self, moment: Moment) -> float:
        """How long ago a moment was, never negative.

        By the monotonic clock, which all processes of one start of a machine share and nobody sets; by the wall clock
        where the moment is of another start or another machine.
        """
        if self.boot and moment.boot == self.boot:
            return max(0.0, self.monotonic() - moment.monotonic_seconds)
        return max(0.0, self.wall() - moment.wall_seconds)

    def in_seconds(self, seconds: float) -> datetime:
        """The time that many seconds from now, for people."""
        return datetime.fromtimestamp(self.wall(), UTC) + timedelta(seconds=seconds)
