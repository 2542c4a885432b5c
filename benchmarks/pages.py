"""Every page over HTTP, one visitor at a time, and how soon a browser paints the heaviest; answers are `serving`'s."""

import statistics
from typing import cast

import httpx
from playwright.sync_api import Browser, expect, sync_playwright

from benchmarks.client import ask
from tests.web import browser as browsers
from tests.web.conftest import known_of
from tests.web.pages import PAGES

SECONDS = 1.5
"""How long each page is asked for."""
VISITS = 5
LIMIT_P95_MS = 150.0
LIMIT_PAINT_MS = 1_500.0
HEAVIEST = ("dashboard", "war-room", "battle")
LARGEST_PAINT = """
    () => new Promise((tell) => new PerformanceObserver((list) => tell(list.getEntries().at(-1).startTime))
        .observe({ type: "largest-contentful-paint", buffered: true }))
"""


def pages(port: int) -> bool:
    """Prints the figures of the application on this port; tells whether all are within their limits."""
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, timeout=30) as client:
        known = known_of(client)
        passed = True
        print(f"  {'page':22}{'p50 ms':>9}{'p95':>9}{'limit':>9}{'kB':>9}")
        for page in PAGES:
            address = page.address.format(**known)
            expected = {client.get(address).status_code}  # some are pages of what is not there
            asked = ask(port, [address], 1, SECONDS)
            p50, p95 = (1_000 * statistics.quantiles(asked.latencies, n=20)[cut] for cut in (9, 18))
            is_within = p95 <= LIMIT_P95_MS and asked.statuses.keys() == expected and max(expected) < 500
            passed &= is_within
            print(
                f"  {page.name:22}{p50:9.1f}{p95:9.1f}{LIMIT_P95_MS:9.1f}{asked.mean_bytes / 1_000:9.1f}"
                f"  {'PASS' if is_within else f'MISS {sorted(asked.statuses)}'}"
            )
    return _paints(url, known) and passed


def _paints(url: str, known: dict[str, str]) -> bool:
    """The largest contentful paint of first visits, nothing cached, in headless Chromium: their median."""
    passed = True
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browsers.find())
        for page in (one for one in PAGES if one.name in HEAVIEST):
            paints = sorted(_paint(browser, url + page.address.format(**known)) for _ in range(VISITS))
            middle = statistics.median(paints)
            passed &= middle <= LIMIT_PAINT_MS
            print(
                f"  {page.name:22} largest contentful paint {paints[0]:.0f}-{paints[-1]:.0f} ms, median {middle:.0f} "
                f"(limit {LIMIT_PAINT_MS:.0f})  {'PASS' if middle <= LIMIT_PAINT_MS else 'MISS'}"
            )
        browser.close()
    return passed


def _paint(browser: Browser, address: str) -> float:
    """Milliseconds from the start of the navigation, once everything is drawn: what comes late can be the largest."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    expect(page.locator('[aria-busy="true"]')).to_have_count(0)
    paint = cast("float", page.evaluate(LARGEST_PAINT))
    context.close()
    return paint
