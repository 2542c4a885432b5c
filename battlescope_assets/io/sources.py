"""Fetches files from an upstream: an http(s) address or a folder in its layout; what they hold belongs elsewhere."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

import httpx
import structlog
import tenacity

log = structlog.get_logger()

TIMEOUT = httpx.Timeout(30, connect=10)
ATTEMPTS = 4
LONGEST_RETRY_AFTER_SECONDS = 60
BACK_OFF = tenacity.wait_exponential_jitter(initial=1, max=20)
WORTH_RETRYING = {
    HTTPStatus.TOO_MANY_REQUESTS,
    420,  # ESI's "error limited"
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class SourceError(Exception):
    """The upstream could not be asked, or its answer cannot be used."""


class UnavailableError(SourceError):
    """The upstream gives no usable answer now; it may later."""

    def __init__(self, url: str, why: str, wait_seconds: float) -> None:
        super().__init__(f"{url} gave no usable answer ({why})")
        self.wait_seconds = wait_seconds


class Fetched(NamedTuple):
    """A file of the upstream, on disk."""

    path: Path
    source: str
    """Where it came from, for people."""
    sha256: str
    """Of the file's bytes."""


@dataclass(frozen=True)
class Source:
    """One upstream: `url` is an http(s) address or a folder; `cache` keeps what was downloaded, with its ETag."""

    url: str
    user_agent: str
    cache: Path
    most_bytes: int = 512 * 2**20
    wait: Callable[[tenacity.RetryCallState], float] = BACK_OFF

    def fetch(self, path: str) -> Fetched | None:
        """The file at `path` below the upstream's address, or None where the upstream has none.

        A copy in the cache is used again when the upstream says that it has not changed.

        Raises:
            SourceError: no usable answer after the bounded retries, or the file is larger than `most_bytes`.
        """
        if not self.url.startswith(("http://", "https://")):
            return self._read(Path(self.url.removeprefix("file://")) / path)
        return self._retrying(path)(self._download, path)

    def post(self, path: str, body: bytes) -> bytes | None:
        """The answer to a JSON document, or None where the upstream finds nothing for it.

        Raises:
            SourceError: no usable answer after the bounded retries, or it is larger than `most_bytes`.
        """
        return self._retrying(path)(self._post, path, body)

    def _retrying(self, path: str) -> tenacity.Retrying:
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(UnavailableError),
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=lambda state: max(self.wait(state), _asked_to_wait(state)),
            before_sleep=lambda state: log.warning(
                "upstream.retry", path=path, attempt=state.attempt_number, error=str(_error_of(state))
            ),
            reraise=True,
        )

    def forget(self, path: str) -> None:
        """Drops the cached copy, so that a damaged download is fetched anew next time."""
        for file in self._cached(path):
            file.unlink(missing_ok=True)

    def _cached(self, path: str) -> tuple[Path, Path]:
        file = self.cache / path
        return file, file.with_name(file.name + ".etag")

    def _read(self, file: Path) -> Fetched | None:
        if not file.is_file():
            return None
        if file.stat().st_size > self.most_bytes:
            message = f"{file} has {file.stat().st_size} bytes; the limit is {self.most_bytes}"
            raise SourceError(message)
        return Fetched(file, str(file), _sha256(file))

    def _download(self, path: str) -> Fetched | None:
        url = f"{self.url.rstrip('/')}/{path}"
        file, etag_file = self._cached(path)
        headers = {"User-Agent": self.user_agent, "Accept-Encoding": "identity"}
        if file.is_file() and etag_file.is_file():
            headers["If-None-Match"] = etag_file.read_text()
        try:
            with httpx.stream("GET", url, headers=headers, timeout=TIMEOUT, follow_redirects=True) as response:
                if response.status_code == HTTPStatus.NOT_MODIFIED and "If-None-Match" in headers:
                    return Fetched(file, url, _sha256(file))
                if not _has_answer(response):
                    return None
                return Fetched(file, url, self._keep(response, file, etag_file))
        except httpx.HTTPError as error:
            raise UnavailableError(url, f"{type(error).__name__}: {error}", 0) from error

    def _post(self, path: str, body: bytes) -> bytes | None:
        url = f"{self.url.rstrip('/')}/{path}"
        headers = {"User-Agent": self.user_agent, "Content-Type": "application/json"}
        try:
            with httpx.stream("POST", url, content=body, headers=headers, timeout=TIMEOUT) as response:
                return b"".join(self._bounded(response)) if _has_answer(response) else None
        except httpx.HTTPError as error:
            raise UnavailableError(url, f"{type(error).__name__}: {error}", 0) from error

    def _bounded(self, response: httpx.Response) -> Iterator[bytes]:
        size = 0
        for chunk in response.iter_bytes(2**20):
            size += len(chunk)
            if size > self.most_bytes:
                message = f"{response.url} sends more than {self.most_bytes} bytes"
                raise SourceError(message)
            yield chunk

    def _keep(self, response: httpx.Response, file: Path, etag_file: Path) -> str:
        """Streams the body into the cache; the file appears there whole or not at all."""
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.{os.getpid()}.part")
        digest = hashlib.sha256()
        try:
            with part.open("wb") as out:
                for chunk in self._bounded(response):
                    digest.update(chunk)
                    out.write(chunk)
            etag_file.unlink(missing_ok=True)
            part.replace(file)
            if etag := response.headers.get("ETag"):
                etag_file.write_text(etag)
        finally:
            part.unlink(missing_ok=True)
        return digest.hexdigest()


def _has_answer(response: httpx.Response) -> bool:
    """Whether the upstream has what it was asked for.

    Raises:
        SourceError: it refuses, for now or for good.
    """
    status = response.status_code
    if status in WORTH_RETRYING:
        raise UnavailableError(str(response.url), f"status {status}", _retry_after(response))
    if status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
        message = f"{response.url} answered with status {status}"
        raise SourceError(message)
    return status == HTTPStatus.OK


def _error_of(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _asked_to_wait(state: tenacity.RetryCallState) -> float:
    error = _error_of(state)
    return error.wait_seconds if isinstance(error, UnavailableError) else 0


def _retry_after(response: httpx.Response) -> float:
    """Seconds the upstream asks to wait, as far as we are ready to; its date form is not used by any upstream here."""
    asked = response.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_RETRY_AFTER_SECONDS) if asked.isdecimal() else 0


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
