"""Links: whatever a page leads to is there."""

from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from http import HTTPStatus
from itertools import groupby
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest

from api.web.rendering import NAVIGATION
from tests.web.pages import PAGES, KnownPage

MOST_ALIKE = 3
"""Links made alike that are followed from one page: pages of a hundred pilots are one page for a hundred pilots."""

MADE_LATER = {"/dbt-docs"}
"""It stands there as soon as the asset app/dbt_docs was materialised."""


class Links(HTMLParser):
    """Addresses that a page leads to, and the names of its places."""

    def __init__(self, page: str) -> None:
        """Reads a page."""
        super().__init__()
        self.addresses: list[str] = []
        self.places: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places.add(given.get("id") or "")
        address = given.get({"a": "href", "link": "href", "script": "src", "img": "src"}.get(tag, ""))
        if address:
            self.addresses.append(address)


def shape(address: str) -> tuple[str, ...]:
    """What links that lead to the same kind of page have in common."""
    parts = urlsplit(address)
    first, *others = parts.path.strip("/").split("/")
    named = [part if part.isalpha() or part.startswith("static") else "…" for part in others]
    return (first, *named, *sorted(parse_qs(parts.query)))


def own_addresses(client: httpx.Client, known_page: KnownPage, known: dict[str, str]) -> Iterator[str]:
    """Addresses of this site that a page leads to, a few of each shape; the places on the page itself are there."""
    asked = known_page.address.format(**known)
    answer = client.get(asked, headers={"Accept": "text/html"})
    links = Links(answer.text)
    assert links.addresses, asked
    for address in links.addresses:
        if address.startswith("#"):
            assert address[1:] in links.places, f"{asked} has no {address}"
    absolute = {urljoin(str(answer.url), address) for address in links.addresses if not address.startswith("#")}
    own = sorted(
        (one for one in absolute if one.startswith(str(client.base_url)) and urlsplit(one).path not in MADE_LATER),
        key=lambda one: (shape(one), one),
    )
    for _, alike in groupby(own, key=shape):
        yield from list(alike)[:MOST_ALIKE]


@pytest.mark.parametrize(("path", "name"), NAVIGATION)
def test_the_navigation_leads_somewhere(golden_api: httpx.Client, path: str, name: str) -> None:
    page = golden_api.get(path)
    assert page.status_code == HTTPStatus.OK, name
    assert f'<a href="{path}" aria-current="page">{name}</a>' in page.text


@pytest.fixture(scope="module")
def status(golden_api: httpx.Client) -> Callable[[str], int]:
    """What an address of this site answers; asked once, whichever pages lead there."""

    @cache
    def ask(address: str) -> int:
        return golden_api.get(address, follow_redirects=True, headers={"Accept": "text/html"}).status_code

    return ask


@pytest.mark.parametrize("known_page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(
    golden_api: httpx.Client, known: dict[str, str], known_page: KnownPage, status: Callable[[str], int]
) -> None:
    addresses = list(own_addresses(golden_api, known_page, known))
    assert addresses
    assert {address: status(address) for address in addresses if status(address) != HTTPStatus.OK} == {}
