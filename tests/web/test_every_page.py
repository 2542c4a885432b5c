"""What holds for every page: it is whole, light, accessible, fits a phone, and needs no script for what it says."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.web.conftest import Visit
from tests.web.pages import PAGES, KnownPage

every_page = pytest.mark.parametrize("known_page", PAGES, ids=lambda page: page.name)

KILOBYTE = 1_000
HEAVIEST = {True: 500 * KILOBYTE, False: 60 * KILOBYTE}
"""Bytes over the wire at the first visit, with charts and without."""
ALIKE = ".operation:nth-of-type(n+9)"
"""The reference has hundreds of sections made alike: the first ones stand for all."""
WEIGHT = """
    ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
        .reduce((sum, entry) => sum + entry.encodedBodySize, 0)
"""


OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
NAMES_OF_ONE_LONG_WORD = """
    const links = ["alliances", "corporations", "characters", "systems"].map((path) => `main a[href^="/${path}/"]`);
    for (const name of document.querySelectorAll(["h1", ...links]))
        name.textContent = "W".repeat(50);
"""
"""As long as the game allows."""


def serious_findings(page: Page) -> list[str]:
    return [
        f"{finding['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for finding in Axe().run(page, {"exclude": [ALIKE]}, {"resultTypes": ["violations"]}).response["violations"]
        if finding["impact"] in {"serious", "critical"}
        for node in finding["nodes"]
    ]


def without_clock(texts: list[str]) -> list[str]:
    """Without what changes from one second to the next: how long ago something was (in brackets), or is from now."""
    return [re.sub(r"\(.*?\)|in ((\d+ (h|min|days?)|\d+(:\d\d)+) ?)+", "", text) for text in texts]


@every_page
def test_on_a_desktop_in_the_dark_and_without_scripts(visit: Visit, known_page: KnownPage) -> None:
    page = visit(known_page.address)
    assert page.locator("h1").count() == 1
    assert page.locator(".canvas:has(canvas)").count() == page.locator(".chart").count()
    assert (page.locator(".chart").count() > 0) == known_page.has_charts
    assert 0 < page.evaluate(WEIGHT) <= HEAVIEST[known_page.has_charts]
    without_scripts = visit(known_page.address, scripts=False)
    assert without_scripts.locator("h1").inner_text() == page.locator("h1").inner_text()
    tables = without_scripts.locator("main table").all_text_contents()
    assert bool(tables) == known_page.has_tables
    assert without_clock(tables) == without_clock(page.locator("main table").all_text_contents())
    assert serious_findings(page) == []


@every_page
def test_on_a_phone_in_the_light(visit: Visit, known_page: KnownPage) -> None:
    page = visit(known_page.address, width=390, theme="light")
    assert page.locator("html").get_attribute("data-theme") == "light" or not known_page.has_themes
    assert page.evaluate(OVERFLOW) <= 0
    assert serious_findings(page) == []
    page.evaluate(NAMES_OF_ONE_LONG_WORD)
    assert page.evaluate(OVERFLOW) <= 0
