"""Fetches from an upstream: an http(s) address or a folder in its layout; what it sends means belongs elsewhere.

Every request of BattleScope to somebody else's server goes through `Source`. What the upstream asks of its clients is
kept in `etiquette`, for all processes together; bodies and what is known of them are kept in the source's cache folder.
"""

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
import structlog
import tenacity

from battlescope_assets.io.clock import Clock, Moment
from battlescope_assets.io.etiquette import ERROR_LIMITED, Etiquette, WaitError
from battlescope_assets.io.exchange import ANSWER_SECONDS, ExchangeError, Reply, Request, TooLargeError, exchange
from battlescope_assets.io.headers import ahead_seconds, fresh_seconds, http_date

log = structlog.get_logger()

ESI_COMPATIBILITY_DATE = "2026-08-18"
"""The version of ESI's interface that our readers are written for."""
ATTEMPTS = 4
BACK_OFF = tenacity.wait_exponential_jitter(initial=1, max=8)
SHORTEST_ATTEMPT_SECONDS = 5.0
"""An attempt that would get less of the caller's patience is not begun."""
MOST_BYTES_IN_MEMORY = 32 * 2**20
"""Largest answer of `get` and `post`; `fetch` takes larger ones."""
ANSWERS = {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED, HTTPStatus.NOT_FOUND}
PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, ERROR_LIMITED}
"""Refusals that pass, besides 5xx."""


class SourceError(Exception):
    """The upstream could not be asked, or its answer cannot be used."""


class UnavailableError(SourceError):
    """The upstream gives no usable answer now; it may later."""


class DeferredError(UnavailableError):
    """The upstream must not be asked yet: not before `not_before`, or, None, until others have done with it."""

    def __init__(self, message: str, not_before: datetime | None) -> None:
        super().__init__(message)
        self.not_before = not_before


class Fetched(NamedTuple):
    """A file of the upstream, on disk."""

    path: Path
    source: str
    """Where it came from, for people."""
    sha256: str
    """Of the file's bytes."""


class Answer(NamedTuple):
    """A small document of the upstream."""

    body: bytes
    source: str
    """Where it came from, for people."""
    sha256: str
    """Of the body."""
    is_new: bool
    """Whether the upstream sent it now; else it is what it sent before, and the upstream has nothing newer."""
    etag: str | None
    last_modified: datetime | None
    """By our clock, whatever the upstream's says."""
    expires_at: datetime
    """By our clock: nobody asks the upstream before."""


class Kept(msgspec.Struct, frozen=True):
    """What is known of a body in the cache."""

    url: str
    size_bytes: int
    sha256: str
    etag: str | None
    last_modified: datetime | None
    asked: Moment
    fresh_seconds: float
    ahead_seconds: float = 0.0
    """The upstream's clock before ours, which `last_modified` is by."""


@dataclass(frozen=True)
class Source:
    """One upstream.

    Args:
        url: an http(s) address or a folder.
        user_agent: who we are, with a contact.
        cache: folder that keeps what was downloaded and what the upstream asked for; processes that share it also
            share the upstream's limits.
        most_bytes: the largest file taken.
        compatibility_date: which version of its interface ESI shall speak.
        most_at_once: how many requests may be under way, of all processes. With more than one, a request may be
            under way already when another is told to wait.
        most_a_second: how many requests may begin within any second, of all processes.
        seconds_after_missing: how long nothing is asked after the upstream had no file for a path.
        seconds_after_forbidden: how long nothing is asked after a 403 that does not say for how long; 0 where a 403
            is about its path alone.
        patience_seconds: how long one call may wait and try. What would take longer is `UnavailableError` at once.
        clock: the machine's.
    """

    url: str
    user_agent: str
    cache: Path
    most_bytes: int = 512 * 2**20
    compatibility_date: str | None = None
    most_at_once: int = 1
    most_a_second: int | None = None
    seconds_after_missing: float = 0.0
    seconds_after_forbidden: float = 0.0
    patience_seconds: float = 30.0
    clock: Clock = field(default_factory=Clock)

    def fetch(self, path: str) -> Fetched | None:
        """The file at `path` below the upstream's address, or None where the upstream has none.

        A copy in the cache is used again until it expires, and then where the upstream says that it has not changed.

        Raises:
            UnavailableError: no usable answer within `patience_seconds`.
            SourceError: the upstream refuses, or the file is larger than `most_bytes`.
        """
        if (folder := self._folder) is not None:
            return _read(folder / path, self.most_bytes)
        kept, _ = self._cached(path, self.most_bytes, {"Accept-Encoding": "identity"}, may_flow=True)
        return None if kept is None else Fetched(self._body(path), kept.url, kept.sha256)

    def get(self, path: str, *, keep: bool = True, most_bytes: int = MOST_BYTES_IN_MEMORY) -> Answer | None:
        """The small document at `path`, or None where the upstream has none; cached as files are.

        Args:
            path: below the upstream's address, with a query where wanted.
            keep: False for one that is asked for once and never again; it is not cached.
            most_bytes: the largest document taken.

        Raises:
            UnavailableError: no usable answer within `patience_seconds`.
            SourceError: the upstream refuses, or the document is larger than `most_bytes`.
        """
        if (folder := self._folder) is not None:
            read = _read(folder / path, most_bytes)
            now = self.clock.in_seconds(0)
            return read and Answer(read.path.read_bytes(), read.source, read.sha256, True, None, None, now)
        if keep:
            kept, is_new = self._cached(path, most_bytes, {}, may_flow=False)
            return None if kept is None else self._answer(self._body(path).read_bytes(), kept, is_new=is_new)
        body = io.BytesIO()
        reply = self._ask("GET", path, {}, body, most_bytes)
        return reply and self._answer(body.getvalue(), self._facts_of(path, reply), is_new=True)

    def post(self, path: str, body: bytes) -> bytes | None:
        """The answer to a JSON document, or None where the upstream finds nothing for it.

        Raises:
            UnavailableError: no usable answer within `patience_seconds`.
            SourceError: the upstream refuses, or the answer is larger than `MOST_BYTES_IN_MEMORY`.
        """
        answer = io.BytesIO()
        reply = self._ask(
            "POST", path, {"Content-Type": "application/json"}, answer, MOST_BYTES_IN_MEMORY, content=body
        )
        return reply and answer.getvalue()

    def forget(self, path: str) -> None:
        """Drops the cached copy, so that a damaged download is fetched anew when it expires, but within an hour."""
        known = self._known(path)
        if known and (left := known.fresh_seconds - self.clock.seconds_since(known.asked)) > 0:
            self._etiquette.disregard(path, left)
        self._facts(path).unlink(missing_ok=True)
        self._body(path).unlink(missing_ok=True)

    def _cached(
        self, path: str, most_bytes: int, headers: dict[str, str], *, may_flow: bool
    ) -> tuple[Kept | None, bool]:
        """What the cache holds of the path after asking where needed, and whether it came just now.

        Body and facts appear whole or not at all, and facts are gone before the body they describe is.
        """
        body, facts = self._body(path), self._facts(path)
        part = body.with_name(f"{body.name}.part")
        end = self._end()
        with self._deferring(path), self._etiquette.alone(path, end - SHORTEST_ATTEMPT_SECONDS):
            known = self._known(path)
            if known is not None and self.clock.seconds_since(known.asked) < known.fresh_seconds:
                return known, False
            body.parent.mkdir(parents=True, exist_ok=True)
            try:
                with part.open("wb") as into:
                    asked = headers | _conditions(known)
                    reply = self._ask("GET", path, asked, into, most_bytes, end=end, may_flow=may_flow)
                if reply is None:
                    return None, False
                kept = self._facts_of(path, reply)
                if known is not None and reply.status == HTTPStatus.NOT_MODIFIED:
                    kept = msgspec.structs.replace(known, asked=kept.asked, fresh_seconds=kept.fresh_seconds)
                else:
                    facts.unlink(missing_ok=True)
                    part.replace(body)
                part.write_bytes(msgspec.json.encode(kept))
                part.replace(facts)
            finally:
                part.unlink(missing_ok=True)
            return kept, reply.status == HTTPStatus.OK

    def _ask(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        into: IO[bytes],
        most_bytes: int,
        *,
        content: bytes | None = None,
        end: float | None = None,
        may_flow: bool = False,
    ) -> Reply | None:
        """The upstream's 200, its 304 to a conditional question, or None for its 404; tried again where that may help.

        Raises:
            UnavailableError, SourceError: as `get` says.
        """
        end = self._end() if end is None else end
        latest_start = end - SHORTEST_ATTEMPT_SECONDS
        url = self._address(path)
        request = Request(method, url, self._ours | headers, content)
        etiquette = self._etiquette

        def attempt() -> Reply:
            with etiquette.turn(path, latest_start):
                seconds = min(ANSWER_SECONDS, end - self.clock.monotonic())
                reply = exchange(request, into, most_bytes, seconds, partial(etiquette.heed, path), may_flow=may_flow)
            is_ban = reply.status == HTTPStatus.FORBIDDEN and self.seconds_after_forbidden > 0
            if is_ban or _may_pass(reply.status, headers):
                etiquette.expect_turn(path, latest_start)
                message = f"status {reply.status}"
                raise ExchangeError(message)
            return reply

        retrying = tenacity.Retrying(
            sleep=self.clock.sleep,
            retry=tenacity.retry_if_exception_type(ExchangeError),
            wait=BACK_OFF,
            stop=lambda state: (
                state.attempt_number >= ATTEMPTS or self.clock.monotonic() + state.upcoming_sleep > latest_start
            ),
            before_sleep=lambda state: log.warning(
                "upstream.retry",
                url=url,
                attempt=state.attempt_number,
                error=str(state.outcome and state.outcome.exception()),
            ),
            reraise=True,
        )
        try:
            with self._deferring(path):
                reply = retrying(attempt)
        except ExchangeError as error:
            message = f"{url} gave no usable answer ({error})"
            raise UnavailableError(message) from error
        except TooLargeError as error:
            refusal = str(error)
        else:
            if reply.status in ANSWERS:
                return None if reply.status == HTTPStatus.NOT_FOUND else reply
            refusal = f"answered with status {reply.status}"
        if method == "GET":
            etiquette.refuse(path, f"it {refusal}")
        message = f"{url} {refusal}"
        raise SourceError(message)

    @contextmanager
    def _deferring(self, path: str) -> Iterator[None]:
        try:
            yield
        except WaitError as error:
            if error.seconds is None:
                message = f"{self._address(path)} cannot be asked now: {error}"
                raise DeferredError(message, None) from error
            not_before = self.clock.in_seconds(error.seconds)
            message = f"{self._address(path)} is not asked before {not_before:%Y-%m-%d %H:%M:%S} UTC: {error}"
            raise DeferredError(message, not_before) from error

    @property
    def _folder(self) -> Path | None:
        return None if self.url.startswith(("http://", "https://")) else Path(self.url.removeprefix("file://"))

    @property
    def _etiquette(self) -> Etiquette:
        folder = self.cache / ".etiquette"
        return Etiquette(
            folder,
            self.most_at_once,
            self.most_a_second,
            self.seconds_after_missing,
            self.seconds_after_forbidden,
            self.clock,
        )

    @property
    def _ours(self) -> dict[str, str]:
        known = {"User-Agent": self.user_agent, "X-Compatibility-Date": self.compatibility_date}
        return {name: value for name, value in known.items() if value}

    def _end(self) -> float:
        return self.clock.monotonic() + self.patience_seconds

    def _address(self, path: str) -> str:
        return f"{self.url.rstrip('/')}/{path}"

    def _body(self, path: str) -> Path:
        return self.cache / path

    def _facts(self, path: str) -> Path:
        return self.cache / f"{path}.facts.json"

    def _known(self, path: str) -> Kept | None:
        """What is known of the cached body; None where there is none, or not a whole one of this address."""
        try:
            kept = msgspec.json.decode(self._facts(path).read_bytes(), type=Kept)
            is_whole = self._body(path).stat().st_size == kept.size_bytes
        except (FileNotFoundError, msgspec.MsgspecError):
            return None
        return kept if is_whole and kept.url == self._address(path) else None

    def _facts_of(self, path: str, reply: Reply) -> Kept:
        return Kept(
            self._address(path),
            reply.size_bytes,
            reply.sha256,
            reply.headers.get("ETag"),
            http_date(reply.headers.get("Last-Modified", "")),
            self.clock.now(),
            fresh_seconds(reply.headers, self.clock.in_seconds(0)),
            ahead_seconds(reply.headers, self.clock.in_seconds(0)),
        )

    def _answer(self, body: bytes, kept: Kept, *, is_new: bool) -> Answer:
        expires_at = self.clock.in_seconds(kept.fresh_seconds - self.clock.seconds_since(kept.asked))
        modified = kept.last_modified and kept.last_modified - timedelta(seconds=kept.ahead_seconds)
        return Answer(body, kept.url, kept.sha256, is_new, kept.etag, modified, expires_at)


def _conditions(known: Kept | None) -> dict[str, str]:
    """Asks for a body only where it is another one than the one we have."""
    if known and known.etag:
        return {"If-None-Match": known.etag}
    if known and known.last_modified:
        return {"If-Modified-Since": format_datetime(known.last_modified, usegmt=True)}
    return {}


def _may_pass(status: int, asked: Mapping[str, str]) -> bool:
    """Whether the same question may get another answer later."""
    if status == HTTPStatus.NOT_MODIFIED:
        return "If-None-Match" not in asked and "If-Modified-Since" not in asked
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in PASSING


def _read(file: Path, most_bytes: int) -> Fetched | None:
    if not file.is_file():
        return None
    if (size := file.stat().st_size) > most_bytes:
        message = f"{file} has {size} bytes; the limit is {most_bytes}"
        raise SourceError(message)
    with file.open("rb") as opened:
        return Fetched(file, str(file), hashlib.file_digest(opened, "sha256").hexdigest())
