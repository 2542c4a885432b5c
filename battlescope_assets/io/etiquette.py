"""Who may ask an upstream when, agreed among all processes of a machine; what is asked and kept belongs elsewhere.

The agreement stands in the upstream's cache folder, since that is what all who ask it share, the command line without a
database included: `state.json`, replaced whole under a lock, and one lock file per turn that may be taken at once.
Locks are the operating system's, so one that dies gives its turn back.
"""

import fcntl
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

import msgspec

from battlescope_assets.io.clock import Clock, Moment
from battlescope_assets.io.headers import error_budget, retry_after_seconds, token_bucket

ERROR_LIMITED = 420
"""ESI's status for "no more errors this minute"."""
ERROR_LIMITED_SECONDS = 60.0
"""ESI's error limit is counted per minute."""
TOO_MANY_SECONDS = 20.0
"""Rest after "too many requests" that does not say for how long."""
REFUSED_SECONDS = 60.0
"""Rest of a path that was refused: asking a refusal again and again is what upstreams ban for."""
MOST_UNREADABLE_SECONDS = 3_600.0
"""Longest rest of a path whose answer could not be read: that may have been damaged on its way, whatever its expiry."""
MOST_ERRORS = 10
"""Errors we allow ourselves of the 100 a minute that ESI allows an address, which others may share."""
ERRORS_A_MINUTE = 100
LEAST_TOKENS_LEFT = 0.1
"""Share of a token bucket that we leave alone."""
MOST_TOKENS_AN_ANSWER = 5
"""What ESI takes from a bucket for a 4xx; other answers cost less."""
POLL_SECONDS = 0.02
SHORTEST_WAIT_SECONDS = 0.001
"""Clocks count in steps: what is left of a rest may be too little for them to pass it."""
PATH_LOCKS = 64


class WaitError(Exception):
    """The upstream must not be asked yet: for so many seconds, or, None, until others have done with it."""

    def __init__(self, seconds: float | None, why: str) -> None:
        super().__init__(why)
        self.seconds = seconds


class Rest(msgspec.Struct, frozen=True):
    """A time in which something is not asked."""

    since: Moment
    seconds: float
    why: str


class State(msgspec.Struct):
    """What the processes know together."""

    rests: dict[str, Rest] = {}
    """By scope: the whole upstream, a token bucket's group, or a path."""
    groups: dict[str, str] = {}
    """Which route is paid from which token bucket, as its last answer said; empty where from none."""
    last_requests: list[Moment] = []
    """As many as may be begun within a second, where that is limited."""


class Etiquette(NamedTuple):
    """How one upstream wants to be asked.

    Args:
        folder: where its state stands.
        most_at_once: how many requests may be under way.
        most_a_second: how many may begin within any second; None where the upstream does not say.
        seconds_after_missing: how long the upstream rests after a 404.
        seconds_after_forbidden: how long the upstream rests after a 403 without Retry-After.
        clock: the machine's.
    """

    folder: Path
    most_at_once: int
    most_a_second: int | None
    seconds_after_missing: float
    seconds_after_forbidden: float
    clock: Clock

    @contextmanager
    def alone(self, path: str, until: float) -> Iterator[None]:
        """While the block runs, nobody else is in such a block for the path; `until` is by the monotonic clock.

        Raises:
            WaitError: others took too long.
        """
        name = f"path-{zlib.crc32(path.encode()) % PATH_LOCKS}"
        while True:
            with _locked(self.folder / name) as mine:
                if mine:
                    yield
                    return
            self._wait(None, until, "others are asking for it")

    @contextmanager
    def turn(self, path: str, until: float) -> Iterator[None]:
        """Waits until the upstream may be asked for the path; the block sends the request and heeds the answer.

        Raises:
            WaitError: that is later than `until`, by the monotonic clock.
        """
        while True:
            with ExitStack() as held:
                seconds: float | None
                if any(held.enter_context(_locked(self.folder / f"turn-{turn}")) for turn in range(self.most_at_once)):
                    with self._state() as state:
                        seconds, why = self._wait_of(state, path)
                        if seconds <= 0 and self.most_a_second:
                            state.last_requests = [*state.last_requests, self.clock.now()][-self.most_a_second :]
                    if seconds <= 0:
                        yield
                        return
                else:
                    seconds, why = None, "others are asking its upstream"
            self._wait(seconds, until, why)

    def expect_turn(self, path: str, until: float) -> None:
        """Says at once what `turn` would after waiting in vain.

        Raises:
            WaitError: the upstream may not be asked for the path before `until`.
        """
        with self._state() as state:
            seconds, why = self._wait_of(state, path)
        if seconds > 0 and self.clock.monotonic() + seconds > until:
            raise WaitError(seconds, why)

    def heed(self, path: str, status: int, headers: Mapping[str, str]) -> None:
        """Remembers what an answer asks of everybody.

        * Retry-After with any refusal: all paths of the token bucket that the answer names, else of the upstream.
        * 420, 429 without it: the upstream (or bucket) rests `TOO_MANY_SECONDS`, or until the error limit is reset.
        * 404, 403 without it: the upstream rests `seconds_after_missing`, `seconds_after_forbidden`.
        * Few tokens left: paths of this bucket rest for its window, after which all tokens are back.
        * Few errors left: the upstream rests until the limit is reset.
        """
        bucket, errors = token_bucket(headers), error_budget(headers)
        scope = f"group {bucket.group}" if bucket else ""
        with self._state() as state:
            if bucket:
                state.groups[_route(path)] = bucket.group
            elif status < HTTPStatus.BAD_REQUEST:
                state.groups[_route(path)] = ""
            asked = retry_after_seconds(headers, self.clock.in_seconds(0)) if status >= HTTPStatus.BAD_REQUEST else None
            if status >= HTTPStatus.BAD_REQUEST:
                said = f"it answered with status {status}"
                if asked is not None:
                    self._rest(state, scope, asked, f"{said} and asked to be left alone for {asked:.0f} s")
                elif status == HTTPStatus.TOO_MANY_REQUESTS:
                    self._rest(state, scope, TOO_MANY_SECONDS, said)
                elif status == HTTPStatus.FORBIDDEN and self.seconds_after_forbidden:
                    self._rest(state, "", self.seconds_after_forbidden, said)
                if status == HTTPStatus.NOT_FOUND and self.seconds_after_missing:
                    self._rest(state, "", self.seconds_after_missing, f"it had no {path}")
                if status == ERROR_LIMITED:
                    self._rest(state, "", errors.reset_seconds if errors else ERROR_LIMITED_SECONDS, said)
            most_cost = MOST_TOKENS_AN_ANSWER * self.most_at_once
            if bucket and asked is None and bucket.remaining - most_cost < LEAST_TOKENS_LEFT * bucket.limit:
                why = f"only {bucket.remaining} of the {bucket.limit} tokens of its rate limit are left"
                self._rest(state, scope, bucket.window_seconds, why)
            if errors and errors.remaining - self.most_at_once < ERRORS_A_MINUTE - MOST_ERRORS:
                why = f"only {errors.remaining} errors are left of its error limit"
                self._rest(state, "", errors.reset_seconds, why)

    def refuse(self, path: str, why: str) -> None:
        """Lets a path rest that was refused for good, or whose answer cannot be taken."""
        with self._state() as state:
            self._rest(state, f"path {path}", REFUSED_SECONDS, why)

    def disregard(self, path: str, fresh_seconds: float) -> None:
        """Lets a path rest whose answer came, cannot be read and is the upstream's last word for so long."""
        with self._state() as state:
            seconds = min(fresh_seconds, MOST_UNREADABLE_SECONDS)
            self._rest(state, f"path {path}", seconds, "what it sent cannot be read and has not expired")

    def _wait_of(self, state: State, path: str) -> tuple[float, str]:
        """How long the path has to wait, not at all where that is not above 0, and why."""
        group = state.groups.get(_route(path))
        mine = {"", f"group {group}", f"path {path}"}
        waits = [
            (rest.seconds - self.clock.seconds_since(rest.since), rest.why)
            for scope, rest in state.rests.items()
            if scope in mine or (group is None and scope.startswith("group "))  # it may be any group's
        ]
        if self.most_a_second and len(state.last_requests) >= self.most_a_second:
            since = self.clock.seconds_since(state.last_requests[-self.most_a_second])
            waits.append((1.0 - since, "other requests go first"))
        return max(waits, default=(0.0, ""))

    def _rest(self, state: State, scope: str, seconds: float, why: str) -> None:
        known = state.rests.get(scope)
        if known is None or seconds > known.seconds - self.clock.seconds_since(known.since):
            state.rests[scope] = Rest(self.clock.now(), seconds, why)

    def _wait(self, seconds: float | None, until: float, why: str) -> None:
        pause = POLL_SECONDS if seconds is None else max(seconds, SHORTEST_WAIT_SECONDS)
        if self.clock.monotonic() + pause > until:
            raise WaitError(seconds, why)
        self.clock.sleep(pause)

    @contextmanager
    def _state(self) -> Iterator[State]:
        """The state, nobody else's meanwhile; what the block changes is kept whole or not at all."""
        file = self.folder / "state.json"
        with _locked(self.folder / "lock", wait=True):
            try:
                before = file.read_bytes()
                state = msgspec.json.decode(before, type=State)
            except (FileNotFoundError, msgspec.MsgspecError):
                before, state = b"", State()
            yield state
            state.rests = {
                scope: rest
                for scope, rest in state.rests.items()
                if self.clock.seconds_since(rest.since) < rest.seconds
            }
            after = msgspec.json.encode(state)
            if after != before:
                part = file.with_name("state.json.part")
                part.write_bytes(after)
                part.replace(file)


def _route(path: str) -> str:
    """The path without ids, hashes and query: `killmails/*/*`."""
    return re.sub(r"\b([0-9]+|[0-9a-f]{40})\b", "*", path.partition("?")[0])


@contextmanager
def _locked(file: Path, *, wait: bool = False) -> Iterator[bool]:
    """Whether the lock could be had; it is held until the block ends."""
    file.parent.mkdir(parents=True, exist_ok=True)
    opened = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(opened)
        yield False
        return
    try:
        yield True
    finally:
        os.close(opened)
