"""The project's documents as pages, and what the data's page says of the data."""

import re
from urllib.parse import urldefrag

import httpx
import pytest

from api.web.methods import DOCUMENTS
from battlescope_assets.settings import REPOSITORY
from tests.web.conftest import Visit, follow

NAMES = sorted(path.stem for path in (REPOSITORY / "docs").glob("*.md"))


def test_every_document_is_listed(visit: Visit) -> None:
    page = visit("/methods", scripts=False)
    links = page.locator(".documents a")
    assert sorted(links.evaluate_all("all => all.map((one) => one.getAttribute('href'))")) == [
        f"/methods/{name}" for name in NAMES
    ]
    title = links.first.inner_text()
    follow(links.first)
    assert page.locator("article h1").inner_text() == title


@pytest.mark.parametrize("name", NAMES)
def test_links_of_a_document_lead_somewhere(golden_api: httpx.Client, name: str) -> None:
    text = golden_api.get(f"/methods/{name}").text
    article = text[text.index('<article class="document">') : text.index("</article>")]
    assert "<h1 id=" in article
    assert " style=" not in article
    ids = {address: re.findall(r' id="([^"]+)"', text) for address in (f"/methods/{name}",)}
    for link in re.findall(
        r'<a href="([^"]+)"', text[text.index('<div class="reference">') : text.index("</article>")]
    ):
        if "://" in link or link == "/dbt-docs":
            continue
        address, anchor = urldefrag(link)
        address = address or f"/methods/{name}"
        if address not in ids:
            answer = golden_api.get(address)
            assert answer.status_code == 200, link
            ids[address] = re.findall(r' id="([^"]+)"', answer.text)
        assert not anchor or anchor in ids[address], link


def test_documents_are_text_not_code(golden_api: httpx.Client) -> None:
    assert golden_api.get("/methods/nothing").status_code == 404
    assert golden_api.get("/methods/..%2Fpyproject").status_code == 404


def test_documents_are_the_repositorys() -> None:
    assert DOCUMENTS.resolve() == REPOSITORY / "docs"


def test_about_says_what_the_api_says(visit: Visit, golden_api: httpx.Client) -> None:
    told = golden_api.get("/api/data-quality").json()
    page = visit("/about")
    page.get_by_text("Killmails by day, stored and missing: the numbers").click()
    days = page.get_by_role("region", name="Completeness by day").locator("tbody tr")
    assert days.locator("th").all_inner_texts() == [day["day"] for day in told["days"]]
    sources = page.get_by_role("region", name="Sources and how fresh they are").locator("tbody tr")
    assert sources.count() == len(told["sources"])
    assert page.locator(".figures").get_by_text(f"{told['tests']['passed']:,}", exact=True).count() >= 1
    tables = page.get_by_role("region", name="Largest tables").locator("tbody th").all_inner_texts()
    assert tables == [f"{one['schema_name']}.{one['table']}" for one in told["tables"][:12]]
