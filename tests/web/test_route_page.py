"""The route planner: names become ids in the address, ways stand side by side, each jump with what happened there."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Visit, follow

JITA, AMARR, IKUCHI = 30000142, 30002187, 30000138
WORMHOLE = 31000005
"""Thera: no stargates lead there."""
WAY = f"/route?from_system_id={JITA}&to_system_id={AMARR}"


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.parametrize("scripts", [True, False])
def test_names_are_found(visit: Visit, *, scripts: bool) -> None:
    page = visit("/route", scripts=scripts)
    page.fill("input[name=from_system]", "jita")
    page.fill("input[name=to_system]", f"{AMARR}")
    page.select_option("select[name=preference]", "safer")
    follow(page.get_by_role("button", name="Show"))
    assert query(page) == {"from_system_id": [f"{JITA}"], "to_system_id": [f"{AMARR}"], "preference": ["safer"]}
    assert page.locator("h1").inner_text() == "Jita to Amarr"


def test_a_way_is_what_the_api_says(visit: Visit, golden_api: httpx.Client, known: dict[str, str]) -> None:
    answer = golden_api.get(f"/api/war/route-safety/{JITA}/{known['system']}?preference=shortest").json()
    (route,) = answer["routes"]
    page = visit(f"/route?from_system_id={JITA}&to_system_id={{system}}", scripts=False)
    names = [step["system"]["name"] for step in route["steps"]]
    assert page.locator(".jumps tbody th > a").all_inner_texts() == names
    assert page.locator("#systems").input_value().split("\n") == names
    lost = page.locator(".jumps tbody td:nth-child(5)").all_inner_texts()
    assert [int(text) for text in lost] == [step["ships_lost_24_hours"] for step in route["steps"]]
    assert sum(step["ships_lost_24_hours"] for step in route["steps"]) > 0
    killmails = [f"/killmails/{killmail_id}" for step in route["steps"] for killmail_id in step["killmail_ids"]]
    links = page.locator(".jumps details a")
    assert links.evaluate_all("all => all.map((one) => one.getAttribute('href'))") == killmails
    assert page.locator(".warnings li").all_inner_texts() == route["warnings"]


def test_ways_stand_side_by_side(visit: Visit, golden_api: httpx.Client) -> None:
    every = "?preference=shortest&preference=safer&preference=secure"
    routes = golden_api.get(f"/api/war/route-safety/{JITA}/{AMARR}{every}").json()["routes"]
    page = visit(WAY, scripts=False)
    assert page.locator(".way-figures b").all_inner_texts() == [f"{route['jumps']}" for route in routes]
    follow(page.get_by_role("link", name="High security only"))
    assert page.locator(".jumps tbody tr").count() == routes[2]["jumps"] + 1
    assert set(page.locator(".jumps abbr").all_inner_texts()) == {"H"}


def test_a_system_can_be_avoided_and_allowed_again(visit: Visit) -> None:
    page = visit(WAY, scripts=False)
    before = page.locator("#systems").input_value()
    through = before.split("\n")[1]
    follow(page.get_by_role("link", name=f"Avoid {through}"))
    assert through not in page.locator("#systems").input_value().split("\n")
    follow(page.get_by_role("button", name="Show"))  # the form keeps what is avoided
    assert through not in page.locator("#systems").input_value().split("\n")
    follow(page.locator(".chosen a"))
    assert page.locator("#systems").input_value() == before


def test_the_way_back(visit: Visit) -> None:
    page = visit(WAY, scripts=False)
    follow(page.get_by_role("link", name="The way back"))
    assert page.locator("h1").inner_text() == "Amarr to Jita"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/route", "Say where from and where to"),
        (f"/route?from_system_id={JITA}", "Say where from and where to"),
        (f"/route?from_system_id={JITA}&to_system_id={JITA}", "You are there already"),
        (f"/route?from_system_id={JITA}&to_system_id={WORMHOLE}", "has no stargates"),
        (f"/route?from_system_id={JITA}&to_system_id=3", "There is no solar system 3"),
        ("/route?from_system=Jtia&to_system=Amarr", "There is no system called “Jtia”"),
        ("/route?from_system=%3Cscript%3E&to_system=Amarr", "There is no system called “<script>”"),
    ],
)
def test_what_there_is_not_is_said(visit: Visit, address: str, said: str) -> None:
    assert said in visit(address, scripts=False).locator("main").inner_text()


def test_who_mistypes_is_shown_what_may_be_meant(visit: Visit) -> None:
    page = visit("/route?from_system=Jtia&to_system=Amarr", scripts=False)
    follow(page.get_by_role("link", name="Jita", exact=True))
    assert page.locator("h1").inner_text() == "Jita to Amarr"


def test_the_systems_of_a_way_can_be_copied(visit: Visit) -> None:
    page = visit(WAY)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#systems").input_value()


def test_names_are_completed_as_they_are_typed(visit: Visit) -> None:
    page = visit("/route")
    page.locator("input[name=from_system]").press_sequentially("Jit")
    expect(page.locator("#from_system-names option[value=Jita]")).to_have_count(1)
    assert page.locator("#to_system-names option").count() == 0
