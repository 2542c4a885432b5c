"""Time that passes only when somebody waits, for tests of who waits how long."""

from datetime import UTC, datetime

from battlescope_assets.io.clock import Clock


class VirtualTime:
    """The clocks of one machine; `clock` is handed to what is tested, `now` to the local upstream."""

    def __init__(self) -> None:
        self.wall_seconds = 1_790_000_000.0
        self.monotonic_seconds = 5_000.0
        self.boot = "first"

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.wall_seconds, lambda: self.monotonic_seconds, self.pass_by, self.boot)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.wall_seconds, UTC)

    def pass_by(self, seconds: float) -> None:
        self.wall_seconds += seconds
        self.monotonic_seconds += seconds
