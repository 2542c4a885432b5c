"""Everything that goes wrong at an upstream, with the sentence it is told in and how long nothing may be asked then."""

from typing import Any, NamedTuple

from battlescope_assets.io.etiquette import TOO_MANY_SECONDS
from battlescope_assets.upstream.faults import Fault, FaultKind
from battlescope_assets.upstream.server import Upstream


class Case(NamedTuple):
    """A fault, what the feed's sensor says of it, and how long nothing may be asked."""

    fault: Fault
    sentence: str
    rest_seconds: float = 0.0


NO_ANSWER = r"{file} gave no usable answer \({why}\)"
CUT = r"the connection was cut after \d+ bytes of the body"
NOT_BEFORE = r"{file} is not asked before \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: it answered with status {why}"
REFUSED = r"{file} {why}"
HOUR = 3_600


def status(code: int, **fields: Any) -> Fault:
    return Fault("", FaultKind.STATUS, status=code, **fields)


CASES = {
    **{f"{code}": Case(status(code), NO_ANSWER.replace("{why}", f"status {code}")) for code in (500, 502, 503, 504)},
    "503 with Retry-After": Case(
        status(503, retry_after_seconds=40), NOT_BEFORE.replace("{why}", "503 and asked to be left alone for 40 s"), 40
    ),
    "429 without Retry-After": Case(status(429), NOT_BEFORE.replace("{why}", "429"), TOO_MANY_SECONDS),
    "429 with Retry-After": Case(
        status(429, retry_after_seconds=90), NOT_BEFORE.replace("{why}", "429 and asked to be left alone for 90 s"), 90
    ),
    **{
        f"429 with a date, clock {name}": Case(
            status(429, retry_after_seconds=30, retry_after_is_date=True, clock_ahead_seconds=ahead),
            NOT_BEFORE.replace("{why}", "429 and asked to be left alone for (29|30) s"),
            29,
        )
        for name, ahead in {"ahead": HOUR, "behind": -HOUR}.items()
    },
    "420": Case(
        status(420, headers={"X-ESI-Error-Limit-Remain": "0", "X-ESI-Error-Limit-Reset": "50"}),
        NOT_BEFORE.replace("{why}", "420"),
        50,
    ),
    "401": Case(status(401), REFUSED.replace("{why}", "answered with status 401")),
    "403 with Retry-After": Case(
        status(403, retry_after_seconds=45),
        NOT_BEFORE.replace("{why}", "403 and asked to be left alone for 45 s"),
        45,
    ),
    "silent": Case(Fault("", FaultKind.SILENT), NO_ANSWER.replace("{why}", r"no whole answer within \S+ s")),
    "slow": Case(
        Fault("", FaultKind.SLOW, bytes_per_second=1), NO_ANSWER.replace("{why}", r"no whole answer within \S+ s")
    ),
    "reset": Case(Fault("", FaultKind.RESET), NO_ANSWER.replace("{why}", CUT)),
    "truncated": Case(Fault("", FaultKind.TRUNCATED), NO_ANSWER.replace("{why}", CUT)),
    "endless": Case(
        Fault("", FaultKind.OVERSIZE), REFUSED.replace("{why}", "sends more than (2097152|33554432) bytes")
    ),
    "huge": Case(
        Fault("", FaultKind.OVERSIZE, headers={"Content-Length": "10000000000"}),
        REFUSED.replace("{why}", "would send 10000000000 bytes; the limit is (2097152|33554432)"),
    ),
    "web page": Case(
        Fault("", FaultKind.WRONG_CONTENT), NO_ANSWER.replace("{why}", "it sent a web page instead of data")
    ),
    "web page said to be JSON": Case(
        Fault("", FaultKind.WRONG_CONTENT, headers={"Content-Type": "application/json"}),
        r"{file} (is no document of the feed|names no newest document): JSON is malformed: .*",
    ),
    "no gzip": Case(
        Fault("", FaultKind.AS_EVER, headers={"Content-Encoding": "gzip"}),
        NO_ANSWER.replace("{why}", "its body is not encoded as its headers say"),
    ),
    "clock ahead": Case(Fault("", FaultKind.AS_EVER, clock_ahead_seconds=HOUR), ""),
}


def asked_within(upstream: Upstream, seconds: float, statuses: set[int]) -> list[tuple[float, str]]:
    """Requests received so soon after an answer of these statuses: after how many seconds, and for what."""
    asked = upstream.requests
    return [
        (later.received_seconds - refused.received_seconds, later.path)
        for place, refused in enumerate(asked)
        if refused.status in statuses
        for later in asked[place + 1 :]
        if later.received_seconds - refused.received_seconds < seconds
    ]
