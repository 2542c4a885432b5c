"""Clients that ask too much, at too great length, or from elsewhere: refused in words, and the others do not notice."""

from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.protection import LARGEST_BODY_BYTES, LONGEST_ADDRESS_BYTES
from battlescope_assets.settings import Settings

NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nothing"
LIMIT = 5

Serve = Callable[[FastAPI], httpx.Client]


@pytest.fixture
def limited(serve: Serve) -> httpx.Client:
    """An application that lets a client ask five times a minute, without a database."""
    return serve(create_app(Settings(api_requests_per_minute=LIMIT), NO_DATABASE))


@pytest.fixture
def unlimited(serve: Serve) -> httpx.Client:
    return serve(create_app(Settings(api_requests_per_minute=0), NO_DATABASE))


def test_the_limit_counts_down_and_then_refuses(limited: httpx.Client) -> None:
    for left in reversed(range(LIMIT)):
        answer = limited.get("/nowhere")
        assert answer.status_code == 404
        assert answer.headers["RateLimit-Policy"] == f'"default";q={LIMIT};w=60'
        assert answer.headers["RateLimit"].startswith(f'"default";r={left};t=')
    refused = limited.get("/nowhere")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.json()["title"] == "Too Many Requests"
    assert refused.json()["detail"].startswith(f"More than {LIMIT} requests within a minute; ask again in ")
    assert refused.headers["Content-Security-Policy"]


def test_what_watches_us_is_never_shut_out(limited: httpx.Client) -> None:
    assert {limited.get("/healthz").status_code for _ in range(LIMIT + 2)} == {200}
    assert limited.get("/metrics").status_code == 200


@pytest.mark.parametrize("address", ["/api/battles?cursor=" + "A" * LONGEST_ADDRESS_BYTES, "/" + "b" * 5_000])
def test_a_long_address_is_refused(unlimited: httpx.Client, address: str) -> None:
    answer = unlimited.get(address)
    assert answer.status_code == 414
    assert answer.json()["detail"] == f"The address is longer than {LONGEST_ADDRESS_BYTES} bytes."


def test_a_large_body_is_refused_before_it_is_read(unlimited: httpx.Client) -> None:
    answer = unlimited.request("GET", "/healthz", content=b"x" * (LARGEST_BODY_BYTES + 1))
    assert answer.status_code == 413
    assert answer.json()["detail"] == f"The body is larger than {LARGEST_BODY_BYTES} bytes."


def test_a_body_of_unknown_length_is_refused(unlimited: httpx.Client) -> None:
    answer = unlimited.request("GET", "/healthz", content=iter([b"x"]))
    assert answer.status_code == 411
    assert answer.json()["detail"] == "A body must come with its Content-Length."


def test_scripts_of_other_sites_may_read(unlimited: httpx.Client) -> None:
    answer = unlimited.get("/healthz", headers={"Origin": "https://corporation.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"]
    for method, header, status in (("GET", "If-None-Match", 200), ("GET", "X-Other", 400), ("DELETE", "Accept", 400)):
        asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": header}
        preflight = unlimited.options("/api/battles", headers={"Origin": "https://corporation.example"} | asked)
        assert preflight.status_code == status, asked


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/no-such-page", "/static/style.css"])
def test_a_head_is_that_of_the_answer(unlimited: httpx.Client, path: str) -> None:
    answer, head = unlimited.get(path), unlimited.head(path)
    assert head.status_code == answer.status_code
    assert head.content == b""
    assert {*head.headers} == {*answer.headers}
    assert head.headers["Content-Type"] == answer.headers["Content-Type"]
