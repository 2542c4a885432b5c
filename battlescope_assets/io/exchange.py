"""One request and its answer, within bounds of time and size; when to ask, retrying and keeping belong elsewhere."""

import asyncio
import hashlib
import ssl
from collections.abc import Callable, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import IO, NamedTuple

import httpx

ANSWER_SECONDS = 20.0
"""An answer may take as long; a file may take longer while it brings `LEAST_BYTES_PER_SECOND`."""
LEAST_BYTES_PER_SECOND = 64 * 2**10
TIMEOUT = httpx.Timeout(10, connect=5)
"""Of connecting and of each wait for more, in seconds."""
MOST_REDIRECTS = 3
WEB_PAGES = ("text/html", "application/xhtml+xml")
"""No upstream's data are: a page comes from what stands before the upstream, with a status as if all were well."""


class ExchangeError(Exception):
    """No usable answer came; the next attempt may bring one."""


class TooLargeError(Exception):
    """The answer is larger than we take."""


class Request(NamedTuple):
    """What is sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None


class Reply(NamedTuple):
    """An answer; its body, where the status is 200, was written elsewhere."""

    status: int
    headers: Mapping[str, str]
    size_bytes: int
    sha256: str


def exchange(
    request: Request,
    into: IO[bytes],
    most_bytes: int,
    seconds: float,
    heed: Callable[[int, Mapping[str, str]], None],
    *,
    may_flow: bool,
) -> Reply:
    """Sends the request and writes the answer's body, decoded, into an empty file.

    Args:
        request: what is sent.
        into: takes the body of a 200; cut back to empty first.
        most_bytes: the largest body taken.
        seconds: how long everything may take.
        heed: is told status and headers as soon as they are there, whatever becomes of the body.
        may_flow: whether it may take longer, while it brings `LEAST_BYTES_PER_SECOND`.

    Raises:
        ExchangeError: no connection, a connection cut, too slow, or a web page in place of data.
        TooLargeError: the body is larger, or says that it will be.
    """
    into.seek(0)
    into.truncate()
    try:
        return asyncio.run(_exchange(request, into, most_bytes, seconds, heed, may_flow=may_flow))
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
        raise ExchangeError(_why(error, seconds, into.tell())) from error


def _why(error: Exception, seconds: float, received: int) -> str:
    """What happened, as a part of a sentence."""
    match error:
        case TimeoutError():
            return f"no whole answer within {seconds:.3g} s"
        case httpx.ConnectTimeout():
            return f"no connection within {TIMEOUT.connect} s"
        case httpx.TimeoutException():
            return f"nothing came for {TIMEOUT.read} s"
        case httpx.ConnectError():
            return f"no connection: {_root(error)}"
        case httpx.DecodingError():
            return "its body is not encoded as its headers say"
        case httpx.NetworkError() | httpx.RemoteProtocolError():
            return f"the connection was cut after {received} bytes of the body"
        case _:
            return f"{type(error).__name__}: {error}"


def _root(error: BaseException) -> BaseException:
    """What caused it at first; the layers between say less."""
    cause = error.__cause__ or error.__context__
    return error if cause is None else _root(cause)


async def _exchange(
    request: Request,
    into: IO[bytes],
    most_bytes: int,
    seconds: float,
    heed: Callable[[int, Mapping[str, str]], None],
    *,
    may_flow: bool,
) -> Reply:
    # Asynchronous, since only so one bound holds for all of it: connecting, headers that trickle, a body that trickles.
    digest = hashlib.sha256()
    size = 0
    started = asyncio.get_running_loop().time()
    async with (
        asyncio.timeout(seconds) as bound,
        httpx.AsyncClient(
            verify=_tls(), timeout=TIMEOUT, follow_redirects=True, max_redirects=MOST_REDIRECTS
        ) as client,
        client.stream(request.method, request.url, headers=request.headers, content=request.content) as response,
    ):
        heed(response.status_code, response.headers)
        if response.status_code == HTTPStatus.OK:
            if response.headers.get("Content-Type", "").lower().startswith(WEB_PAGES):
                raise ExchangeError("it sent a web page instead of data")
            announced = response.headers.get("Content-Length", "")
            if announced.isdecimal() and int(announced) > most_bytes:
                message = f"would send {announced} bytes; the limit is {most_bytes}"
                raise TooLargeError(message)
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > most_bytes:
                    message = f"sends more than {most_bytes} bytes"
                    raise TooLargeError(message)
                digest.update(chunk)
                into.write(chunk)
                if may_flow:
                    bound.reschedule(started + seconds + size / LEAST_BYTES_PER_SECOND)
        return Reply(response.status_code, response.headers, size, digest.hexdigest())


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()
