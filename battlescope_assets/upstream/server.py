"""Answers HTTP requests from the catalogue, with the faults switched on; which files exist belongs to the catalogue.

Control, for loopback clients only: `POST /_control/faults` with a fault as JSON, `DELETE /_control/faults`,
`POST /_control/late-mails/YYYY-MM-DD`, `GET /_control/requests`. `GET /` says that it runs.
"""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import urlsplit

import msgspec

from battlescope_assets.upstream.catalogue import Catalogue, Document
from battlescope_assets.upstream.esi import Limits
from battlescope_assets.upstream.faults import Fault, FaultKind, Faults, flipped

if TYPE_CHECKING:
    from io import BufferedIOBase

CONTROL = "_control/"
PAGE = b"<!doctype html><title>One moment</title><p>Checking your browser before you go on.</p>"
ZEROS = bytes(2**16)
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Request(NamedTuple):
    """One request as it was answered; `status` is 0 where there was no answer."""

    method: str
    path: str
    status: int
    user_agent: str | None
    if_none_match: str | None
    compatibility_date: str | None
    received_seconds: float
    """By the server's monotonic clock."""


class Upstream(ThreadingHTTPServer):
    """The local upstream, bound and not yet answering; port 0 takes a free one.

    `faults` switches faults, `catalogue` has the files, `requests` everything that was asked, control left out;
    headers and limits go by the catalogue's clock, the times in `requests` by `monotonic`.
    """

    daemon_threads = True

    def __init__(
        self,
        catalogue: Catalogue,
        host: str = "127.0.0.1",
        port: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__((host, port), _Handler)
        self.catalogue = catalogue
        self.monotonic = monotonic
        self.faults = Faults()
        self.limits = Limits(catalogue.now)
        self.requests: list[Request] = []

    @property
    def url(self) -> str:
        """EVE Ref's base address here."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def static_data_url(self) -> str:
        """The static data's base address here."""
        return f"{self.url}/static-data"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle of an answer is no error of ours."""


@contextmanager
def running(
    catalogue: Catalogue, host: str = "127.0.0.1", port: int = 0, monotonic: Callable[[], float] = time.monotonic
) -> Iterator[Upstream]:
    """The upstream, answering in a thread until the block ends."""
    with Upstream(catalogue, host, port, monotonic) as upstream:
        thread = threading.Thread(target=upstream.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield upstream
        finally:
            upstream.shutdown()
            thread.join()


def serve(catalogue: Catalogue, host: str, port: int) -> None:
    """Answers in the foreground until the process is told to stop; Ctrl-C ends it quietly.

    Raises:
        OSError: the port is taken.
    """
    with Upstream(catalogue, host, port) as upstream, suppress(KeyboardInterrupt):
        upstream.serve_forever()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "BattleScopeUpstream"
    sys_version = ""
    server: Upstream

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Requests are kept in `Upstream.requests`, not written to the terminal."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """A point in time, or now, for a header: as this answer's clock has it."""
        return super().date_time_string((self._now() if timestamp is None else timestamp) + self._ahead)

    @property
    def _ahead(self) -> int:
        return self._fault.clock_ahead_seconds if self._fault else 0

    def _now(self) -> float:
        return self.server.catalogue.now().timestamp()

    @property
    def _route(self) -> str:
        return urlsplit(self.path).path.lstrip("/")

    def _answer(self) -> None:
        self._fault: Fault | None = None
        self._received = self.server.monotonic()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self._route.startswith(CONTROL):
            self._control(body)
        elif not self._route:
            self._send(HTTPStatus.OK, {"Content-Type": "text/plain"}, b"BattleScope's local upstream\n")
        elif refusal := self.server.limits.refusal(self._route):
            self._send(refusal.status, dict(refusal.headers), b"")
        else:
            self._fault = self.server.faults.take(self._route)
            self._meet_fault(body)

    def _meet_fault(self, body: bytes) -> None:
        fault = self._fault
        match fault:
            case Fault(kind=FaultKind.RESET):
                self._log(0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                self.connection.close()
                self.close_connection = True
            case Fault(kind=FaultKind.SILENT):
                self._log(0)
                self.connection.recv(1)
                self.close_connection = True
            case Fault(kind=FaultKind.STATUS):
                is_body_allowed = fault.status != HTTPStatus.NOT_MODIFIED
                self._send(fault.status, self._retry_after(fault), b"" if is_body_allowed else None)
            case Fault(kind=FaultKind.WRONG_CONTENT):
                self._send(HTTPStatus.OK, {"Content-Type": "text/html"}, PAGE)
            case Fault(kind=FaultKind.OVERSIZE):
                self._send(HTTPStatus.OK, {"Connection": "close"}, None)
                with suppress(OSError):
                    while True:
                        self.wfile.write(ZEROS)
            case Fault(kind=FaultKind.SLOW):
                self.wfile = cast("BufferedIOBase", _Slow(self.connection, fault.bytes_per_second))
                self._respond(body)
                self.close_connection = True
            case _:
                self._respond(body)

    def _retry_after(self, fault: Fault) -> dict[str, str]:
        seconds = fault.retry_after_seconds
        if seconds is None:
            return {}
        until = self.date_time_string(self._now() + seconds)
        return {"Retry-After": until if fault.retry_after_is_date else str(seconds)}

    def _respond(self, body: bytes) -> None:
        if self.command in {"GET", "HEAD"}:
            self._send_document(self.server.catalogue.document(self._route))
        else:
            self._names(body)

    def _send_document(self, document: Document | None) -> None:
        if document is None:
            self._send(HTTPStatus.NOT_FOUND, {}, b"")
            return
        headers = {
            "ETag": document.etag,
            "Last-Modified": self.date_time_string(document.last_modified.timestamp()),
            **document.headers,
        }
        if "Expires" in headers:
            headers["Expires"] = self.date_time_string(parsedate_to_datetime(headers["Expires"]).timestamp())
        if self.headers.get("If-None-Match") == document.etag:
            self._send(HTTPStatus.NOT_MODIFIED, headers, None)
            return
        self._send(HTTPStatus.OK, headers | {"Content-Type": document.media_type}, document.read())

    def _send(self, status: int, headers: dict[str, str], body: bytes | None) -> None:
        """Sends an answer; `body` None means that none follows, or none of a known length."""
        if not self._route.startswith(CONTROL) and self._route:
            self._log(status)
            headers |= self.server.limits.headers(self._route, status)
        if body is not None:
            headers["Content-Length"] = str(len(body))
        headers |= self._fault.headers if self._fault else {}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if body and self.command != "HEAD":
            self._send_body(body)

    def _send_body(self, body: bytes) -> None:
        match self._fault:
            case Fault(kind=FaultKind.TRUNCATED):
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            case Fault(kind=FaultKind.FLIPPED_BITS):
                self.wfile.write(flipped(body))
            case _:
                self.wfile.write(body)

    def _names(self, body: bytes) -> None:
        """ESI's answer: the names of all ids, or 404 where one is unknown."""
        if self._route != "universe/names":
            self._send(HTTPStatus.NOT_FOUND, {}, b"")
            return
        try:
            entity_ids = msgspec.json.decode(body, type=list[int])
        except msgspec.DecodeError as error:
            self._send(HTTPStatus.BAD_REQUEST, {"Content-Type": "text/plain"}, str(error).encode())
            return
        names = self.server.catalogue.names(entity_ids)
        if names is None:
            self._send(HTTPStatus.NOT_FOUND, {}, b"")
        else:
            self._send(HTTPStatus.OK, {"Content-Type": "application/json"}, msgspec.json.encode(names))

    def _log(self, status: int) -> None:
        asked = self.headers.get
        self.server.requests.append(
            Request(
                self.command,
                self.path,
                status,
                asked("User-Agent"),
                asked("If-None-Match"),
                asked("X-Compatibility-Date"),
                self._received,
            )
        )

    def _control(self, body: bytes) -> None:
        if not ip_address(self.client_address[0]).is_loopback:
            self._send(HTTPStatus.FORBIDDEN, {}, b"")
            return
        status, content = HTTPStatus.OK, b""
        try:
            match self.command, self._route.removeprefix(CONTROL).split("/"):
                case "POST", ["faults"]:
                    self.server.faults.switch_on(msgspec.json.decode(body, type=Fault))
                case "DELETE", ["faults"]:
                    self.server.faults.heal()
                case "POST", ["late-mails", day]:
                    self.server.catalogue.publish_late_mails(date.fromisoformat(day))
                case "GET", ["requests"]:
                    content = msgspec.json.encode(self.server.requests)
                case _:
                    status = HTTPStatus.NOT_FOUND
        except (msgspec.DecodeError, ValueError) as error:
            status, content = HTTPStatus.BAD_REQUEST, str(error).encode()
        self._send(status, {"Content-Type": "application/json" if status == HTTPStatus.OK else "text/plain"}, content)


class _Slow:
    """Writes to a connection at a rate, as its handler's file."""

    closed = False

    def __init__(self, connection: socket.socket, bytes_per_second: int) -> None:
        self._connection = connection
        self._rate = bytes_per_second

    def write(self, data: bytes) -> int:
        """Sends all of it: a part twenty times a second, or a byte at a time where that is slower."""
        step = max(1, self._rate // 20)
        for start in range(0, len(data), step):
            self._connection.sendall(data[start : start + step])
            time.sleep(step / self._rate)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """The connection is closed by who opened it."""
