"""Answers HTTP requests from the catalogue, with the faults switched on; which files exist belongs to the catalogue.

Control, for loopback clients only: `POST /_control/faults` with a fault as JSON, `DELETE /_control/faults`,
`POST /_control/late-mails/YYYY-MM-DD`, `GET /_control/requests`. `GET /` says that it runs.
"""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from battlescope_assets.upstream.catalogue import Catalogue, Document
from battlescope_assets.upstream.faults import Fault, FaultKind, Faults, flipped

CONTROL = "_control/"
PAGE = b"<!doctype html><title>One moment</title><p>Checking your browser before you go on.</p>"
PACE_SECONDS = 0.05
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Request(NamedTuple):
    """One request as it was answered; `status` is 0 where the connection was reset."""

    method: str
    path: str
    status: int
    user_agent: str | None
    if_none_match: str | None
    compatibility_date: str | None


class Upstream(ThreadingHTTPServer):
    """The local upstream, bound and not yet answering; port 0 takes a free one.

    `faults` switches faults, `catalogue` has the files, `requests` everything that was asked, control left out.
    """

    daemon_threads = True

    def __init__(self, catalogue: Catalogue, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), _Handler)
        self.catalogue = catalogue
        self.faults = Faults()
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
def running(catalogue: Catalogue, host: str = "127.0.0.1", port: int = 0) -> Iterator[Upstream]:
    """The upstream, answering in a thread until the block ends."""
    with Upstream(catalogue, host, port) as upstream:
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
        if self._route == "universe/names":
            self._names()
        else:
            self._control()

    def do_DELETE(self) -> None:
        self._control()

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header, by the catalogue's clock."""
        return super().date_time_string(self.server.catalogue.now().timestamp() if timestamp is None else timestamp)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Requests are kept in `Upstream.requests`, not written to the terminal."""

    @property
    def _route(self) -> str:
        return urlsplit(self.path).path.lstrip("/")

    def _answer(self) -> None:
        if self._route.startswith(CONTROL):
            self._control()
            return
        if not self._route:
            self._send(HTTPStatus.OK, {"Content-Type": "text/plain"}, b"BattleScope's local upstream\n")
            return
        fault = self.server.faults.take(self._route)
        match fault:
            case Fault(kind=FaultKind.RESET):
                self._log(0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                self.connection.close()
                self.close_connection = True
            case Fault(kind=FaultKind.STATUS):
                asked = fault.retry_after_seconds
                self._send(fault.status, {} if asked is None else {"Retry-After": str(asked)}, b"")
            case Fault(kind=FaultKind.WRONG_CONTENT):
                self._send(HTTPStatus.OK, {"Content-Type": "text/html"}, PAGE)
            case _:
                self._send_document(self.server.catalogue.document(self._route), fault)

    def _send_document(self, document: Document | None, fault: Fault | None) -> None:
        if document is None:
            self._send(HTTPStatus.NOT_FOUND, {}, b"")
            return
        headers = {
            "ETag": document.etag,
            "Last-Modified": format_datetime(document.last_modified, usegmt=True),
            **document.headers,
        }
        if self.headers.get("If-None-Match") == document.etag:
            self._send(HTTPStatus.NOT_MODIFIED, headers, None)
            return
        self._send(HTTPStatus.OK, headers | {"Content-Type": document.media_type}, document.read(), fault)

    def _send(self, status: int, headers: dict[str, str], body: bytes | None, fault: Fault | None = None) -> None:
        """Sends an answer; `body` None means that the status allows none."""
        if not self._route.startswith(CONTROL) and self._route:
            self._log(status)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and self.command != "HEAD":
            self._send_body(body, fault)

    def _send_body(self, body: bytes, fault: Fault | None) -> None:
        match fault:
            case Fault(kind=FaultKind.TRUNCATED):
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            case Fault(kind=FaultKind.FLIPPED_BITS):
                self.wfile.write(flipped(body))
            case Fault(kind=FaultKind.SLOW):
                step = max(1, round(fault.bytes_per_second * PACE_SECONDS))
                for start in range(0, len(body), step):
                    self.wfile.write(body[start : start + step])
                    time.sleep(PACE_SECONDS)
            case _:
                self.wfile.write(body)

    def _names(self) -> None:
        """ESI's answer: the names of all ids, or 404 where one is unknown."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
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
            )
        )

    def _control(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
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
