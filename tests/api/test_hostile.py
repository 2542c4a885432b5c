"""Hostile values for every parameter of every operation, and abuse below that: refused, and nobody else suffers."""

import json
import socket
from base64 import urlsafe_b64encode
from contextlib import closing
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest
from psycopg.sql import Composable

from api.protection import LARGEST_HEADERS_BYTES
from tests.api.contract import OPERATIONS, READS, Operation, fields, golden_values
from tests.conftest import Golden

MARK = "zqx7"
"""Stands in what must reach the database as a parameter only, if at all."""


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


# Percent-encoded; each is wrong for an id, a number, a moment, a choice, a battle's name and a cursor.
HOSTILE = {
    "SQL that is always true": quote(f"' or 1=1 -- {MARK}"),
    "SQL that ends the statement": quote(f"1; drop table core.battles; -- {MARK}"),
    "SQL that waits": quote(f"1) or pg_sleep(9) is null -- {MARK}"),
    "SQL in another encoding": "%BF%27%20or%201=1",
    "a format's field": quote("%(start)s %s {0}"),
    "script": quote("<script>alert(1)</script>"),
    "a path": quote("....\\\\etc\\passwd", safe=""),
    "NUL": "1%00",
    "control characters": "%0D%0ASet-Cookie:%20a=b%1b",
    "no UTF-8": "%FF%FE",
    "half a surrogate": "%ED%A0%80",
    "other digits": quote("٣٠٠٠٠١٤٢"),
    "right to left": quote("\u202e2410003"),
    "emoji": quote("🚀" * 5),
    "one letter, many accents": quote("e" + "\u0301" * 9),
    "below every number": "-1",
    "beyond 64 bits": "9223372036854775808",
    "beyond everything": "9" * 100,
    "a float beyond everything": "1e999",
    "not a number": "NaN",
    "a number in words": "0x7e",
    "before the first year": "0000-01-01T00:00:00Z",
    "after the last year": "10000-01-01T00:00:00Z",
    "a year before Christ": "-0044-03-15",
    "a day that never was": "2026-02-30",
    "beyond the calendar by its offset": quote("9999-12-31T23:59:59-14:00"),
    "a list": quote('["battle"]'),
    "an object": quote('{"$gt": ""}'),
    "a cursor of nothing": encoded("[]"),
    "a cursor too deep": encoded("[" * 90),
    "a forged cursor": encoded(f'["-started_at", "2026-01-01T00:00:00Z\' or 1=1 -- {MARK}", "x"]'),
    "a cursor of another list": encoded('["-name", 1, 1]'),
    "half a cursor": encoded('["-started_at", "2026-01-31T18:42:11Z", "5b0a6f0e')[:-3],
}  # fmt: skip

LISTS = [one for one in READS if "cursor" in {parameter["name"] for parameter in one.parameters("query")}]


@pytest.fixture(scope="module")
def values(golden: Golden) -> dict[str, str]:
    return golden_values(golden)


def is_text(parameter: dict[str, Any]) -> bool:
    """It takes whatever somebody types."""
    return (
        any(
            schema.get("type") == "string"
            and not {"enum", "const", "format"} & schema.keys()
            and "pattern" not in schema
            for schema in fields(parameter["schema"])
        )
        or parameter["name"] == "q"
    )


def assert_refused(answer: httpx.Response) -> None:
    assert 400 <= answer.status_code < 500, f"{answer.status_code}: {answer.text[:300]}"
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["detail"]
    assert "Traceback" not in answer.text
    assert "psycopg" not in answer.text


@pytest.mark.parametrize("operation", [one for one in READS if one.parameters("query")], ids=str)
def test_what_no_parameter_takes(golden_api: httpx.Client, values: dict[str, str], operation: Operation) -> None:
    """All parameters at once, since each is named; a cursor, which is read after them, and text by themselves."""
    names = {one["name"] for one in operation.parameters("query") if not is_text(one)} - {"cursor"}
    alone = {one["name"] for one in operation.parameters("query")} - names
    for what, value in HOSTILE.items():
        if names:
            answer = golden_api.get(operation.address(values, **dict.fromkeys(names, value)))
            assert_refused(answer)
            assert {error["field"].partition(".")[0] for error in answer.json()["errors"]} == names, what
        for name in alone:
            answer = golden_api.get(operation.address(values, **{name: value}))
            assert answer.status_code < 500, f"{name}: {what}"
            if name == "cursor":
                assert_refused(answer)
    for name in names | alone:
        assert golden_api.get(operation.address(values, **{name: ""})).status_code < 500


@pytest.mark.parametrize("operation", [one for one in READS if one.parameters("path")], ids=str)
def test_what_no_path_takes(golden_api: httpx.Client, values: dict[str, str], operation: Operation) -> None:
    for parameter in operation.parameters("path"):
        for value in HOSTILE.values():
            assert_refused(golden_api.get(operation.address(values, **{parameter["name"]: value})))


@pytest.mark.parametrize("operation", [one for one in READS if one.path.startswith("/api/")], ids=str)
def test_what_would_be_ignored_is_refused(
    golden_api: httpx.Client, values: dict[str, str], operation: Operation
) -> None:
    """A misspelt filter, a list where one value is taken, the second of two values: none looks like an answer."""
    address = operation.address(values)
    start = f"{address}{'&' if '?' in address else '?'}"
    assert golden_api.get(address).status_code == 200
    for stray in ("offset=50", "systemId=1", "limit[]=1", "limit%5B0%5D=1", "%00=1", "=1"):
        answer = golden_api.get(start + stray)
        assert_refused(answer)
        assert answer.status_code == 422
    for parameter in operation.parameters("query"):
        if "array" not in {schema.get("type") for schema in parameter["schema"].get("anyOf", [parameter["schema"]])}:
            answer = golden_api.get(f"{start}{parameter['name']}=1&{parameter['name']}=2")
            assert answer.status_code == 422
            assert {error["field"] for error in answer.json()["errors"]} == {parameter["name"]}


@pytest.mark.parametrize("operation", LISTS, ids=str)
def test_a_cursor_is_of_one_list_in_one_order(
    golden_api: httpx.Client, values: dict[str, str], operation: Operation
) -> None:
    """A genuine one is refused with another sort, and whenever a letter of it is missing."""
    page = golden_api.get(operation.address(values, limit="1")).json()
    cursor = page["next_cursor"]
    if cursor is None:  # the golden war has no second one of this
        assert len(page["items"]) <= 1
        return
    assert golden_api.get(operation.address(values, limit="1", cursor=cursor)).status_code == 200
    for part in (cursor[:-1], cursor[1:], cursor[: len(cursor) // 2], cursor + "AAAA"):
        assert_refused(golden_api.get(operation.address(values, limit="1", cursor=part)))
    sorts = [
        sort
        for parameter in operation.parameters("query")
        if parameter["name"] == "sort"
        for schema in fields(parameter["schema"])
        for sort in schema.get("enum", [])
        if sort != parameter["schema"].get("default")
    ]
    for sort in sorts:
        assert_refused(golden_api.get(operation.address(values, limit="1", sort=sort, cursor=cursor)))


def test_values_reach_the_database_as_parameters_only(
    golden_api: httpx.Client, values: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every statement that the application sends while it is asked with marked values, written down on its way."""
    sent: list[tuple[str, Any]] = []
    execute = psycopg.AsyncCursor.execute

    async def written_down(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
        composed = query.as_string(cursor) if isinstance(query, Composable) else query
        sent.append((composed.decode() if isinstance(composed, bytes) else composed, params))
        return await execute(cursor, query, params, **options)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", written_down)
    for operation in READS:
        for parameter in operation.parameters("query"):
            golden_api.get(operation.address(values, **{parameter["name"]: quote(f"' or '{MARK}' = '")}))
    assert any(MARK in json.dumps(params, default=str) for _, params in sent)
    assert [query for query, _ in sent if MARK in query] == []


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if "requestBody" in one.spec], ids=str)
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 4_000, b"null", b"\xff\xfe", b'{"first_day": NaN}', b'{"a": 1e999}', b'{"\\ud800": 1}']
)
def test_bodies_nobody_can_read(
    golden_api: httpx.Client, values: dict[str, str], operation: Operation, body: bytes
) -> None:
    answer = golden_api.request(
        operation.method, operation.address(values), content=body, headers={"Content-Type": "application/json"}
    )
    assert_refused(answer)


def connection(api: httpx.Client) -> socket.socket:
    return socket.create_connection((api.base_url.host, api.base_url.port or 80), timeout=30)


def said(api: httpx.Client, request: bytes) -> bytes:
    """What the server says to these bytes before it closes the connection."""
    with closing(connection(api)) as line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(65_536), b""))


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"a" * (LARGEST_HEADERS_BYTES + 1) + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nhost: a\r\n" + b"x: a\r\n" * LARGEST_HEADERS_BYTES + b"\r\n", 431),
        (b"GET /" + b"a" * 5_000 + b" HTTP/1.1\r\nhost: a\r\n\r\n", 414),
        (b"GET /?" + b"a=b&" * 1_500 + b" HTTP/1.1\r\nhost: a\r\n\r\n", 414),
        (b"GET /?" + b"a=b&" * 30_000 + b" HTTP/1.1\r\nhost: a\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", 400),
        (b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999999999999999\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET http://127.0.0.1:1/nowhere HTTP/1.1\r\nhost: evil.example\r\n\r\n", 404),
        (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nhost: a\r\n\r\n", 404),
        (b"G\xc3\x8bT / HTTP/1.1\r\nhost: a\r\n\r\n", 400),
    ],
)
def test_what_is_hardly_http(golden_api: httpx.Client, request_: bytes, status: int) -> None:
    head = request_.replace(b"\r\nhost:", b"\r\nconnection: close\r\nhost:", 1)
    assert said(golden_api, head).startswith(f"HTTP/1.1 {status} ".encode())


def test_clients_that_never_finish_asking_hold_up_nobody(golden_api: httpx.Client) -> None:
    lines = [connection(golden_api) for _ in range(200)]
    try:
        for line in lines:
            line.sendall(b"GET /api/battles HTTP/1.1\r\nhost: a\r\nx: ")
        assert {golden_api.get("/api/battles?limit=1").status_code for _ in range(20)} == {200}
    finally:
        for line in lines:
            line.close()


def test_nothing_of_an_answer_comes_from_headers_that_anybody_can_send(golden_api: httpx.Client) -> None:
    """So no cache can be made to keep an answer that was meant for somebody else."""
    headers = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Prefix": "/evil",
        "X-Original-URL": "/metrics",
        "Forwarded": "host=evil.example",
    }
    for path, status in (("/api/battles", 200), ("/api/battles/", 404)):
        spoofed, plain = golden_api.get(path, headers=headers), golden_api.get(path)
        assert (spoofed.status_code, spoofed.json()) == (status, plain.json())
        assert "evil" not in spoofed.text + str(spoofed.headers)
