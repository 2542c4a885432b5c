"""What can go wrong with an answer, and what of it is switched on; sending answers does not belong here."""

import threading
from enum import StrEnum
from fnmatch import fnmatch
from typing import Annotated

import msgspec


class FaultKind(StrEnum):
    """What a client meets."""

    STATUS = "status"
    """Answers with `status` and no body, and `retry_after_seconds` as Retry-After where given."""
    AS_EVER = "as_ever"
    """Answers as ever, but for `headers` and `clock_ahead_seconds`."""
    SLOW = "slow"
    """Sends `bytes_per_second`, status line and headers included."""
    SILENT = "silent"
    """Takes the request and says nothing until the client goes."""
    TRUNCATED = "truncated"
    """Promises the whole body and sends half of it."""
    OVERSIZE = "oversize"
    """Sends an endless body, unannounced unless `headers` has a Content-Length."""
    RESET = "reset"
    """Resets the connection instead of answering."""
    WRONG_CONTENT = "wrong_content"
    """Answers 200 with a web page."""
    FLIPPED_BITS = "flipped_bits"
    """Sends the body with one bit in each thousand bytes flipped."""


class Fault(msgspec.Struct, frozen=True):
    """One fault of every path that matches `route` (shell pattern, no leading slash), `times` times or for ever.

    `headers` are added, or put in place of its own, whatever the kind; `clock_ahead_seconds` is how wrong the clock of
    the answer is.
    """

    route: str
    kind: FaultKind
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    status: Annotated[int, msgspec.Meta(ge=300, le=599)] = 503
    retry_after_seconds: Annotated[int, msgspec.Meta(ge=0)] | None = None
    retry_after_is_date: bool = False
    headers: dict[str, str] = {}
    clock_ahead_seconds: int = 0
    bytes_per_second: Annotated[int, msgspec.Meta(ge=1)] = 65_536


class Faults:
    """The faults switched on; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: list[tuple[Fault, int | None]] = []

    def switch_on(self, fault: Fault) -> None:
        """Adds a fault; the one added first wins where several match."""
        with self._lock:
            self._left.append((fault, fault.times))

    def heal(self) -> None:
        """Switches everything off."""
        with self._lock:
            self._left.clear()

    def take(self, path: str) -> Fault | None:
        """The fault this request meets, counted as used."""
        with self._lock:
            for index, (fault, left) in enumerate(self._left):
                if fnmatch(path, fault.route):
                    if left == 1:
                        del self._left[index]
                    elif left is not None:
                        self._left[index] = fault, left - 1
                    return fault
        return None


def flipped(body: bytes) -> bytes:
    """The body with one bit in each thousand bytes flipped, never in its first thousand."""
    damaged = bytearray(body)
    for place in range(min(1_000, len(body) // 2), len(body), 1_000):
        damaged[place] ^= 1 << place // 1_000 % 8
    return bytes(damaged)
