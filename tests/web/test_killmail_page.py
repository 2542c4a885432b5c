"""The page of a killmail, and how its details come to it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from battlescope_assets.assets.enrichments import enrich
from battlescope_assets.io.sources import Source
from battlescope_assets.upstream.faults import Fault, FaultKind
from tests.conftest import Golden
from tests.web.conftest import Visit, follow


@pytest.fixture
def fetch_details(golden: Golden, tmp_path: Path) -> Iterator[Callable[[], Any]]:
    """Has the simulated ESI asked for what waits; afterwards nothing is asked for any more."""
    source = Source(golden.upstream.url, "tests", tmp_path)
    with ThreadPoolExecutor(1) as thread:  # this one has the browser's event loop
        yield lambda: thread.submit(enrich, source, golden.warehouse).result()
    golden.upstream.faults.heal()
    with golden.warehouse.transaction() as connection:
        connection.execute("delete from app.killmail_enrichments")


@pytest.mark.parametrize("scripts", [True, False])
def test_details_come_when_they_are_asked_for(
    visit: Visit,
    golden_api: httpx.Client,
    known: dict[str, str],
    fetch_details: Callable[[], Any],
    *,
    scripts: bool,
) -> None:
    page = visit("/killmails/{killmail}", scripts=scripts)
    assert page.get_by_role("region", name="Attackers", exact=True).count() == 0
    page.get_by_role("button", name="Ask for the details").click()
    expect(page.locator("[role=status]")).to_contain_text("ESI is being asked (pending")
    assert page.url.endswith(f"/killmails/{known['killmail']}#details")
    assert fetch_details() == (1, 0, 0, None)
    if not scripts:
        follow(page.get_by_role("link", name="Look again"))
    attackers = page.get_by_role("region", name="Attackers", exact=True).locator("tbody tr")
    expect(attackers.first).to_be_visible()
    told = golden_api.get(f"/api/killmails/{known['killmail']}").json()["enrichment"]["payload"]
    assert attackers.count() == len(told["attackers"])
    assert page.get_by_text("final blow", exact=True).count() == 1
    items = page.get_by_role("region", name="Items", exact=True).locator("tbody tr")
    assert items.count() == sum(1 + len(item["items"]) for item in told["items"])


def test_details_that_cannot_be_had_say_why(
    visit: Visit, golden: Golden, golden_api: httpx.Client, known: dict[str, str], fetch_details: Callable[[], Any]
) -> None:
    golden.upstream.faults.switch_on(Fault("killmails/*", FaultKind.STATUS, status=422))
    asked = golden_api.post(f"/killmails/{known['killmail']}/enrichment")
    assert (asked.status_code, asked.headers["Location"]) == (303, f"/killmails/{known['killmail']}#details")
    fetch_details()
    page = visit("/killmails/{killmail}")
    said = page.locator("[role=status]")
    assert "Attempt 1 failed" in said.inner_text()
    assert "status 422" in said.inner_text()


def test_it_says_in_which_battle_it_is_and_why(visit: Visit, golden_api: httpx.Client, known: dict[str, str]) -> None:
    battle = golden_api.get(f"/api/battles/{known['battle']}").json()
    linked = next(mail for mail in battle["killmails"] if mail["link"])
    first = next(mail for mail in battle["killmails"] if not mail["link"])
    assert "first killmail" in golden_api.get(f"/killmails/{first['killmail_id']}").text
    page = visit(f"/killmails/{linked['killmail_id']}", scripts=False)
    box = page.locator("section", has=page.locator("#battle"))
    assert box.locator(f'a[href="/killmails/{linked["link"]["killmail_id"]}"]').count() == 1
    assert page.locator(f'a[href="https://zkillboard.com/kill/{linked["killmail_id"]}/"]').count() == 1
    follow(box.get_by_role("link", name=battle["slug"]))
    assert battle["system"]["name"] in page.locator("h1").inner_text()


def test_nobody_asks_for_what_is_not_stored(golden_api: httpx.Client) -> None:
    for answer in (golden_api.get("/killmails/1"), golden_api.post("/killmails/1/enrichment")):
        assert (answer.status_code, answer.json()["detail"]) == (404, "Killmail 1 is not stored.")
