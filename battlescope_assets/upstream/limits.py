"""ESI's two limits as ESI keeps them: token buckets and the error limit; what a client does about them does not belong.

Rules and figures: CCP's documentation of ESI (rate limiting). A route has one limit or the other, never both.
"""

import threading
from collections import deque
from collections.abc import Callable
from fnmatch import fnmatch
from math import ceil
from typing import NamedTuple

ERRORS_A_MINUTE = 100
ERROR_WINDOW_SECONDS = 60


class Bucket(NamedTuple):
    """Tokens of a group of routes in any `window_seconds`."""

    group: str
    tokens: int
    window_seconds: int


BUCKETS = {
    "fw/*": Bucket("factional-warfare", 150, 900),
    "killmails/*/????????????????????????????????????????": Bucket("killmail", 3_600, 900),
    "markets/*/orders": Bucket("market-order", 12_000, 900),
}
"""By route; the names of the groups but `killmail` are ours."""
ERROR_LIMITED = ("alliances/*", "characters/*", "corporations/*", "markets/*", "sovereignty/*", "universe/*")


class Refusal(NamedTuple):
    """What a client gets that has used up a limit."""

    status: int
    headers: dict[str, str]


class Limits:
    """What one client has used; safe to use from many threads."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._spent: dict[str, deque[tuple[float, int]]] = {}
        self._errors = 0
        self._errors_since = float("-inf")

    def refusal(self, path: str) -> Refusal | None:
        """429 or 420 where the path's limit is used up."""
        with self._lock:
            now = self._monotonic()
            if bucket := _bucket(path):
                spent = self._spent_in_window(bucket, now)
                if sum(tokens for _, tokens in spent) >= bucket.tokens:
                    wait = ceil(spent[0][0] + bucket.window_seconds - now)
                    return Refusal(429, {"Retry-After": str(wait)})
            elif _is_error_limited(path) and self._errors_now(now) >= ERRORS_A_MINUTE:
                return Refusal(420, {})
        return None

    def spend(self, path: str, status: int) -> dict[str, str]:
        """Counts an answer and gives the headers that say what is left; none where the path has no limit."""
        with self._lock:
            now = self._monotonic()
            if bucket := _bucket(path):
                self._spent_in_window(bucket, now).append((now, {2: 2, 3: 1, 4: 5}.get(status // 100, 0)))
                used = sum(tokens for _, tokens in self._spent_in_window(bucket, now))
                return {
                    "X-Ratelimit-Group": bucket.group,
                    "X-Ratelimit-Limit": f"{bucket.tokens}/{bucket.window_seconds // 60}m",
                    "X-Ratelimit-Remaining": str(max(0, bucket.tokens - used)),
                    "X-Ratelimit-Used": str(used),
                }
            if not _is_error_limited(path):
                return {}
            errors = self._errors_now(now) + (status >= 400)
            self._errors = errors
            return {
                "X-ESI-Error-Limit-Remain": str(max(0, ERRORS_A_MINUTE - errors)),
                "X-ESI-Error-Limit-Reset": str(ceil(self._errors_since + ERROR_WINDOW_SECONDS - now)),
            }

    def _spent_in_window(self, bucket: Bucket, now: float) -> deque[tuple[float, int]]:
        spent = self._spent.setdefault(bucket.group, deque())
        while spent and spent[0][0] + bucket.window_seconds <= now:
            spent.popleft()
        return spent

    def _errors_now(self, now: float) -> int:
        if now - self._errors_since >= ERROR_WINDOW_SECONDS:
            self._errors, self._errors_since = 0, now
        return self._errors


def _bucket(path: str) -> Bucket | None:
    return next((bucket for route, bucket in BUCKETS.items() if fnmatch(path, route)), None)


def _is_error_limited(path: str) -> bool:
    return any(fnmatch(path, route) for route in ERROR_LIMITED)
