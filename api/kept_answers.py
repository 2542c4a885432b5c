"""Answers kept while the data they show does not change; which revision that is belongs to `api.revision`."""

from asyncio import Event, wait_for
from contextlib import suppress
from http import HTTPStatus
from typing import Any, NamedTuple
from zlib import crc32

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.kept import Kept
from api.revision import Revision

CACHE_CONTROL = "no-cache"
"""Keep the answer, and ask whether it still holds: that costs next to nothing."""
MOST_BYTES = 64 * 2**20
"""Of all that is kept; the oldest answers give way."""
BYTES_BESIDES = 2**10
"""About what keeping an answer takes besides its body and what it was asked with."""
MOST_BYTES_OF_ONE = 2**20
"""Exports are larger, and asked for once."""

PATIENCE_SECONDS = 2.0
"""Longest wait for an answer that is being made for another client; then it is made for this one too."""

Key = tuple[bytes, str, str, bool]


class Answer(NamedTuple):
    """What was answered, to be answered again."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    route: Any
    """What made it, for the log and the metrics."""


class _Store:
    """The answers of one moment."""

    def __init__(self, moment: str | None) -> None:
        self.moment = moment
        self.answers = Kept(MOST_BYTES, _size)
        self.making: dict[Key, Event] = {}
        """Answers being made that others wait for; set once they are kept, or will not be."""

    def end(self, key: Key) -> None:
        """Lets those go on who wait for an answer: it is kept, or will not be."""
        if making := self.making.pop(key, None):
            making.set()


def _size(key: Key, answer: Answer) -> int:
    address, scheme, host, _ = key
    return len(address) + len(scheme) + len(host) + len(answer.body) + BYTES_BESIDES


class KeptAnswers:
    """ASGI middleware: tags answers with the moment of the data they show, and while it lasts gives them again.

    Who has the newest tag is told that nothing changed; who has none gets the answer that another got, or is about to
    get, unless the request says `Cache-Control: no-cache`. The moment is taken before the answer's transaction starts,
    so an answer may be newer than its tag, never older. Routes whose answers are of no such moment set their own
    Cache-Control: those have no tag and are not kept.
    """

    def __init__(self, app: ASGIApp, revision: Revision) -> None:
        """Wraps `app`; keeps nothing yet."""
        self.app, self.revision = app, revision
        self._store = _Store(None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on unless the answer is known."""
        if scope["type"] == "http" and scope["method"] == "GET" and (moment := self.revision.moment()):
            await self._answer(moment, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, moment: str, scope: Scope, receive: Receive, send: Send) -> None:
        if moment != self._store.moment:
            self._store = _Store(moment)
        asked = Headers(scope=scope)
        address = scope["raw_path"] + b"?" + scope["query_string"]
        tag = f'W/"{moment}-{crc32(address):x}"'
        if tag in asked.get("if-none-match", ""):
            headers = [
                (b"etag", tag.encode()),
                (b"cache-control", CACHE_CONTROL.encode()),
                (b"vary", b"Accept-Encoding"),
            ]
            await send({"type": "http.response.start", "status": HTTPStatus.NOT_MODIFIED, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        # Links to this site name it as the request does, and bodies are compressed for who can read that.
        key = address, scope["scheme"], asked.get("host", ""), "gzip" in asked.get("accept-encoding", "")
        store = self._store  # another moment's may follow meanwhile
        if "no-cache" in asked.get("cache-control", ""):
            await self.app(scope, receive, _keeping(store, key, tag, scope, send))
            return
        if key in store.making:
            with suppress(TimeoutError):
                await wait_for(store.making[key].wait(), PATIENCE_SECONDS)
        if answer := store.answers.get(key):
            scope["route"] = answer.route
            headers = [*answer.headers]  # whoever passes it on adds some of this request's own
            await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": headers})
            await send({"type": "http.response.body", "body": answer.body})
            return
        store.making.setdefault(key, Event())
        try:
            await self.app(scope, receive, _keeping(store, key, tag, scope, send))
        finally:
            store.end(key)


def _keeping(store: _Store, key: Key, tag: str, scope: Scope, send: Send) -> Send:
    """Passes an answer on, tagged, and keeps it if it can be given again.

    It is kept before it is sent: who it is for may take his time, and others wait for it.
    """
    start: Message | None = None
    headers: list[tuple[bytes, bytes]] | None = None
    body = b""

    async def kept(message: Message) -> None:
        nonlocal start, headers, body
        if message["type"] == "http.response.start":
            given = MutableHeaders(scope=message)
            if message["status"] == HTTPStatus.OK and "cache-control" not in given and "etag" not in given:
                given["ETag"], given["Cache-Control"] = tag, CACHE_CONTROL
                start, headers = message, [*given.raw]
                return
            store.end(key)
        elif headers is not None:
            body += message.get("body", b"")
            if len(body) > MOST_BYTES_OF_ONE:
                headers, body = None, b""
                store.end(key)
            elif not message.get("more_body"):
                store.answers.keep(key, Answer(headers, body, scope.get("route")))
                store.end(key)
        if start is not None:
            head, start = start, None
            await send(head)
        await send(message)

    return kept
