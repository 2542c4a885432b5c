"""A real browser on the golden war: what a page logs as an error, misses or is refused fails its test."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect, sync_playwright

from tests.web import browser as browsers

NEWEST_DAYS = timedelta(days=7)
LEFT_BEHIND = "net::ERR_ABORTED"
"""What a page was still loading when its visitor left it."""


class Visit(Protocol):
    """Opens a page in a browser of its own, as wide and dark as asked; without scripts where so asked."""

    def __call__(self, address: str, *, width: int = 1280, theme: str = "dark", scripts: bool = True) -> Page: ...


def follow(element: Locator) -> None:
    """Clicks what leads to another page, and waits until that page is there."""
    with element.page.expect_navigation():
        element.click()


@pytest.fixture(scope="package")
def browser(golden_api: httpx.Client) -> Iterator[Browser]:
    """A running Chromium. Of the package, not of the session: while it runs, this thread has an event loop."""
    path = browsers.find()
    if path is None:
        pytest.fail(browsers.NONE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


def known_of(client: httpx.Client) -> dict[str, str]:
    """What addresses of pages stand on: the largest battle of the newest days, where, who and what was in it, a
    doctrine, a campaign."""
    newest = client.get("/api/battles?limit=1").json()["data_status"]["as_of"]
    start = f"{datetime.fromisoformat(newest) - NEWEST_DAYS:%Y-%m-%d}"
    (battle,) = client.get(f"/api/battles?sort=-isk_destroyed&start={start}&limit=1").json()["items"]
    pilots = client.get(f"/api/battles/{battle['slug']}/participants?limit=1").json()["items"]
    (mail,) = client.get(f"/api/battles/{battle['slug']}/killmails?sort=-isk_destroyed&limit=1").json()["items"]
    (doctrine,) = client.get("/api/war/doctrines?days=30&limit=1").json()["items"]
    (campaign,) = client.get("/api/war/conflicts/campaigns?sort=-isk_total&limit=1").json()["items"]
    return {
        "doctrine": doctrine["id"],
        "campaign": campaign["id"],
        "battle": battle["slug"],
        "killmail": str(mail["killmail_id"]),
        "system": str(battle["system"]["id"]),
        "region": str(battle["region"]["id"]),
        "alliance": str(battle["sides"][0]["top_alliances"][0]["id"]),
        "corporation": str(pilots[0]["corporation"]["id"]),
        "character": str(pilots[0]["character"]["id"]),
        "type": str(pilots[0]["ships"][0]["id"]),
    }


@pytest.fixture(scope="session")
def known(golden_api: httpx.Client) -> dict[str, str]:
    """`known_of` the golden war."""
    return known_of(golden_api)


@pytest.fixture
def visit(browser: Browser, golden_api: httpx.Client, known: dict[str, str]) -> Iterator[Visit]:
    """Opens pages; at the end nothing may have gone wrong on any of them."""
    contexts, wrong = [], []

    def open_page(address: str, *, width: int = 1280, theme: str = "dark", scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=str(golden_api.base_url),
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        context.add_init_script(f"localStorage.theme ??= '{theme}'")
        page = context.new_page()
        asked = address.format(**known)

        def check(response: Response) -> None:
            is_the_page = response.request.is_navigation_request()
            if response.status >= HTTPStatus.BAD_REQUEST and not is_the_page:
                wrong.append(f"{response.status} {response.url}")

        def is_the_pages_own_status(text: str, url: str) -> bool:
            return text.startswith("Failed to load resource") and url.endswith(asked)

        page.on("response", check)
        page.on(
            "requestfailed",
            lambda request: (
                wrong.append(f"failed: {request.url} {request.failure}") if request.failure != LEFT_BEHIND else None
            ),
        )
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on(
            "console",
            lambda message: (
                wrong.append(f"console: {message.text}")
                if message.type in {"error", "warning"}
                and not is_the_pages_own_status(message.text, message.location["url"])
                else None
            ),
        )
        page.goto(asked)
        expect(page.locator('[aria-busy="true"]')).to_have_count(0)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
