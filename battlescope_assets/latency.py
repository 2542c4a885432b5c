"""Measures how long mails take from the feed to the API, over HTTP alone; nothing is read or written behind it.

It looks at a local upstream many times a second, which nobody may do to zKillboard's.
"""

import ipaddress
import time
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx
import numpy as np

LOOK_SECONDS = 0.2
PROBED_NUMBERS = 3
"""Numbers looked for at once: one may never come."""
LOOK_AGAIN_SECONDS = 1
"""For a mail that was not in the API."""
PATIENCE_SECONDS = 600


class LatencyError(RuntimeError):
    """It cannot be measured."""


def measure(feed: str, api: str, mails: int) -> Iterator[str]:
    """Watches so many new mails appear on the feed and then in the API; yields lines of progress and the result.

    Raises:
        LatencyError: the feed is not local, or mails do not appear.
    """
    host = urlsplit(feed).hostname or ""
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        message = f"{feed} is no local upstream, and no other may be asked so often"
        raise LatencyError(message)
    with httpx.Client(timeout=30, trust_env=False) as client:
        following = _newest(client, feed) + 1
        waiting, looked_at = dict[int, float](), dict[int, float]()
        seconds, published, seen = list[float](), 0, set[int]()
        began_at = last_seen_at = last_published_at = time.monotonic()
        while len(seconds) < mails:
            while published < mails and (found := _published(client, feed, following)):
                number, mail_id = found
                following = number + 1
                # One that was stored before, a repost, is no measure.
                if mail_id not in seen and not _is_visible(client, api, mail_id):
                    waiting[mail_id] = looked_at[mail_id] = last_published_at = time.monotonic()
                    published += 1
                seen.add(mail_id)
            for mail_id in list(waiting):
                if time.monotonic() - looked_at.get(mail_id, 0) < LOOK_AGAIN_SECONDS:
                    continue
                looked_at[mail_id] = time.monotonic()
                if _is_visible(client, api, mail_id):
                    last_seen_at = time.monotonic()
                    seconds.append(last_seen_at - waiting.pop(mail_id))
                    if len(seconds) % 100 == 0:
                        yield f"{len(seconds)} mails after {last_seen_at - began_at:.0f} s"
            if published < mails and time.monotonic() - last_published_at > PATIENCE_SECONDS:
                message = f"{feed} published no new killmail for {PATIENCE_SECONDS} s, after {published} of {mails}"
                raise LatencyError(message)
            if waiting and time.monotonic() - max(last_seen_at, min(waiting.values())) > PATIENCE_SECONDS:
                message = f"killmail {min(waiting)} is not in {api} after {PATIENCE_SECONDS} s"
                raise LatencyError(message)
            time.sleep(LOOK_SECONDS)
    per_hour = mails / (time.monotonic() - began_at) * 3_600
    median, nearly_all = np.percentile(seconds, [50, 95])
    yield (
        f"{mails} mails at {per_hour:.0f} an hour, seconds from the feed to the API: "
        f"p50 {median:.1f}, p95 {nearly_all:.1f}, max {max(seconds):.1f}"
    )


def _newest(client: httpx.Client, feed: str) -> int:
    """The newest number there is: `sequence.json` lags behind."""
    answer = _get(client, f"{feed}/ephemeral/sequence.json")
    if answer.status_code != HTTPStatus.OK:
        message = f"{feed} has no feed"
        raise LatencyError(message)
    newest = int(answer.json()["sequence"])
    while found := _published(client, feed, newest + 1):
        newest = found[0]
    return newest


def _published(client: httpx.Client, feed: str, following: int) -> tuple[int, int] | None:
    """Number and killmail id of the next document."""
    for number in range(following, following + PROBED_NUMBERS):
        answer = _get(client, f"{feed}/ephemeral/{number}.json")
        if answer.status_code == HTTPStatus.OK:
            return number, int(answer.json()["killmail_id"])
    return None


def _is_visible(client: httpx.Client, api: str, mail_id: int) -> bool:
    try:
        answer = _get(client, f"{api}/api/killmails/{mail_id}")
    except httpx.TimeoutException:
        return False
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        message = "the API limits requests: start it with BATTLESCOPE_API_REQUESTS_PER_MINUTE=0 to measure so many"
        raise LatencyError(message)
    if answer.status_code not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE}:
        message = f"{answer.url} answered with status {answer.status_code}"
        raise LatencyError(message)
    return answer.status_code == HTTPStatus.OK


def _get(client: httpx.Client, url: str) -> httpx.Response:
    try:
        return client.get(url)
    except httpx.HTTPError as error:
        message = f"{url} cannot be asked: {error}"
        raise LatencyError(message) from error
