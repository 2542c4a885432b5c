"""What a client may ask of us: how often, at what length, how large a body; what is answered belongs to routes."""

from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Network, ip_address
from math import ceil
from time import time

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

LONGEST_ADDRESS_BYTES = 4_096
"""Path and query; the longest address that all filters make is below 1 kB."""
LARGEST_BODY_BYTES = 16_384
LARGEST_HEADERS_BYTES = 32_768
"""Names and values together; a browser behind a proxy sends about 2 kB."""
REFUSALS = (
    HTTPStatus.REQUEST_URI_TOO_LONG, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
)  # fmt: skip
"""What any operation may answer before it is asked."""
UNLIMITED_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
"""What watches us must not be shut out by what it watches."""
WINDOW_SECONDS = 60
PREFIX_OF_A_CLIENT = 64
"""Bits of an IPv6 address: a host chooses the rest of them as it likes (RFC 4291 §2.5.1)."""


def client_of(request: Request) -> str:
    """Who is counted as one client: an IPv4 address, the network that one host may have all of, else what it is called.

    IPv4 as IPv6 writes it (`::ffff:192.0.2.1`) is IPv4.
    """
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:  # a proxy may say what it likes
        return host
    if isinstance(address, IPv4Address):
        return host
    return f"{address.ipv4_mapped or IPv6Network((int(address), PREFIX_OF_A_CLIENT), strict=False)}"


class Protection:
    """ASGI middleware that refuses long addresses, large headers and bodies, and too many requests of a client.

    The client is the connection's peer. Behind a proxy the server takes the peer from X-Forwarded-For, for the proxies
    it is told to trust and for nobody else. The count is kept in this process.
    """

    def __init__(self, app: ASGIApp, requests_per_minute: int) -> None:
        """Wraps `app`; `requests_per_minute` 0 sets no limit."""
        self.app = app
        self._limit = RateLimitItemPerMinute(requests_per_minute) if requests_per_minute else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on where nothing speaks against it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        headers: dict[str, str] = {}
        if self._limit is not None and scope["path"] not in UNLIMITED_PATHS:
            client = client_of(request)
            is_within = await self._limiter.hit(self._limit, client)
            stats = await self._limiter.get_window_stats(self._limit, client)
            wait_seconds = max(1, ceil(stats.reset_time - time()))
            headers = {
                "RateLimit-Policy": f'"default";q={self._limit.amount};w={WINDOW_SECONDS}',
                "RateLimit": f'"default";r={stats.remaining};t={wait_seconds}',
            }
            if not is_within:
                detail = f"More than {self._limit.amount} requests within a minute; ask again in {wait_seconds} s."
                again = {"Retry-After": f"{wait_seconds}"}
                await problem(request, HTTPStatus.TOO_MANY_REQUESTS, detail, headers=headers | again)(
                    scope, receive, send
                )
                return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        refused = _refused(request)
        if refused is not None:
            await problem(request, *refused)(scope, receive, send_with_headers)
            return
        await self.app(scope, receive, send_with_headers)


def _refused(request: Request) -> tuple[HTTPStatus, str] | None:
    """The status and the sentence for what is too long, before anything of it is read."""
    if len(request.scope["raw_path"]) + len(request.scope["query_string"]) > LONGEST_ADDRESS_BYTES:
        return HTTPStatus.REQUEST_URI_TOO_LONG, f"The address is longer than {LONGEST_ADDRESS_BYTES} bytes."
    if sum(len(name) + len(value) for name, value in request.scope["headers"]) > LARGEST_HEADERS_BYTES:
        detail = f"The headers are larger than {LARGEST_HEADERS_BYTES} bytes."
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail
    if "transfer-encoding" in request.headers:
        return HTTPStatus.LENGTH_REQUIRED, "A body must come with its Content-Length."
    if int(request.headers.get("content-length", 0)) > LARGEST_BODY_BYTES:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is larger than {LARGEST_BODY_BYTES} bytes."
    return None
