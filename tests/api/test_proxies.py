"""Behind a reverse proxy: who the client is and how he came, from the proxies that are trusted and from nobody else."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from structlog.testing import capture_logs

from api.app import create_app
from battlescope_assets.settings import Settings

NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nothing"
VISITOR, PROXY, OTHER_PROXY = "203.0.113.7", "127.0.0.1", "10.1.2.3"


def application(**settings: object) -> FastAPI:
    return create_app(Settings.model_validate(settings), NO_DATABASE)


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return application(trusted_proxies="127.0.0.1, 10.0.0.0/8")


def ask(app: FastAPI, path: str, peer: str = PROXY, **headers: str) -> httpx.Response:
    """The answer, as a page where there is one, to who connects from `peer`: loopback has one address only."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(peer, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.get(path, headers={"Accept": "text/html"} | named)

    return asyncio.run(asked())


def client_in_the_log(app: FastAPI, peer: str, **headers: str) -> str:
    with capture_logs() as lines:
        ask(app, "/healthz", peer, **headers)
    (line,) = lines
    return str(line["client"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        (PROXY, VISITOR, VISITOR),
        (PROXY, f"198.51.100.1, {VISITOR}", VISITOR),  # what he claimed himself stands before
        (PROXY, f"198.51.100.1, {VISITOR}, {OTHER_PROXY}", VISITOR),
        (OTHER_PROXY, f"{VISITOR}, 192.0.2.1", "192.0.2.1"),  # not listed, so it is the client
        ("192.0.2.1", VISITOR, "192.0.2.1"),
        ("::1", VISITOR, "::1"),
    ],
)
def test_the_client_is_whom_trusted_proxies_name(app: FastAPI, peer: str, forwarded: str, client: str) -> None:
    assert client_in_the_log(app, peer, X_Forwarded_For=forwarded) == client
    assert client_in_the_log(app, peer) == peer


def test_no_other_header_names_the_client(app: FastAPI) -> None:
    assert client_in_the_log(app, PROXY, Forwarded=f"for={VISITOR}", X_Real_IP=VISITOR, True_Client_IP=VISITOR) == PROXY


def test_each_visitor_of_a_proxy_has_a_limit_of_his_own() -> None:
    app = application(api_requests_per_minute=1)
    asked = [ask(app, "/nowhere", X_Forwarded_For=f"203.0.113.{one}").status_code for one in (1, 2, 1)]
    assert asked == [404, 404, 429]


@pytest.mark.parametrize(
    ("one", "another", "is_one_client"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", True),
        ("2001:db8:0:1::1", "2001:DB8:0:1:0:0:0:2%eth0", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("unknown", "unknown", True),
        ("unknown", "hidden", False),
    ],
)
def test_a_client_is_all_addresses_that_one_host_may_have(one: str, another: str, is_one_client: bool) -> None:
    app = application(api_requests_per_minute=1)
    asked = [ask(app, "/nowhere", X_Forwarded_For=address).status_code for address in (one, another)]
    assert asked == [404, 429 if is_one_client else 404]


@pytest.mark.parametrize(("peer", "scheme"), [(PROXY, "https"), ("192.0.2.1", "http")])
def test_addresses_that_leave_the_site_are_those_of_the_visitor(app: FastAPI, peer: str, scheme: str) -> None:
    page = ask(app, "/nowhere", peer, Host="war.example.org", X_Forwarded_Proto="https").text
    assert f'<meta property="og:image" content="{scheme}://war.example.org/static/preview.png">' in page


@pytest.mark.parametrize("trusted", ["*", "proxy.example.org", "10.0.0.1/8"])
def test_what_is_no_address_is_refused(trusted: str) -> None:
    with pytest.raises(ValidationError, match="trusted_proxies"):
        Settings.model_validate({"trusted_proxies": trusted})


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("localhost:8000", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("war.example.org", False),
        ("localhost.example.org", False),
        ("192.0.2.1", False),
    ],
)
def test_pages_link_to_dagster_for_visitors_on_its_machine(app: FastAPI, host: str, is_here: bool) -> None:
    page = ask(app, "/nowhere", Host=host).text
    assert ('<a href="http://localhost:3000">Dagster</a>' in page) is is_here
    assert ("Dagster" in page) is is_here


def test_pages_link_to_dagster_for_all_where_others_find_it_too() -> None:
    app = application(dagster_public_url="https://dagster.example.org")
    for host in ("localhost:8000", "war.example.org"):
        assert '<a href="https://dagster.example.org">Dagster</a>' in ask(app, "/nowhere", Host=host).text
