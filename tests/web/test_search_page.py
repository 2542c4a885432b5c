"""The search's page, and the names shown as they are typed."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from api.queries import search as queries
from api.queries.search import Entry, Found
from tests.web.conftest import Visit
from tests.web.test_battle_pages import query

FIELD = "#find"


def hrefs(page: Page) -> list[str]:
    links = page.get_by_role("region", name="What was found").locator("tbody a")
    return list(links.evaluate_all("all => all.map((one) => one.getAttribute('href'))"))


PATHS = {"character": "characters", "corporation": "corporations", "alliance": "alliances",
         "system": "systems", "region": "regions", "ship_type": "types", "battle": "battles"}  # fmt: skip


@pytest.mark.parametrize("scripts", [True, False])
def test_the_header_leads_to_what_was_found(visit: Visit, golden_api: httpx.Client, *, scripts: bool) -> None:
    told = golden_api.get("/api/search?q=na&limit=100").json()
    page = visit("/about", scripts=scripts)
    page.fill(FIELD, "na")
    page.get_by_role("search").get_by_role("button", name="Search").click()
    page.wait_for_url("**/search?q=na")
    assert hrefs(page) == [f"/{PATHS[one['type']]}/{one['id']}" for one in told["items"]]
    page.get_by_role("navigation", name="Kind").get_by_role("link", name="Systems").click()
    page.wait_for_url("**type=system**")
    assert query(page) == {"q": ["na"], "type": ["system"]}
    assert {href.split("/")[1] for href in hrefs(page)} == {"systems"}
    page.locator(".filters input[name=q]").fill("ta")
    page.locator(".filters").get_by_role("button", name="Search").click()
    page.wait_for_url("**/search?q=ta**")
    assert query(page) == {"q": ["ta"], "type": ["system"]}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/search", "Pilots, corporations, alliances"),
        ("/search?q=x", "is too short"),
        ("/search?q=%20x%20", "is too short"),
        (f"/search?q={'x' * 101}", "101 letters"),
        ("/search?q=nobody+is+called+so", "Nothing known has a name in which words begin with"),
        ("/search?q=%3Cscript%3Ealert(1)%3C/script%3E", "“&lt;script&gt;alert(1)&lt;/script&gt;”"),
        ("/search?q=%25%5C_%26%7C", "“%\\_&amp;|”"),
    ],
)
def test_what_finds_nothing_is_said_in_words(golden_api: httpx.Client, address: str, said: str) -> None:
    page = golden_api.get(address).text
    assert said in page[page.index('<p class="empty">') :]
    assert "<script>alert" not in page


def test_a_battle_is_found_by_its_system_and_day(visit: Visit, golden_api: httpx.Client) -> None:
    battle = golden_api.get("/api/battles").json()["items"][0]
    text = f"{battle['system']['name']} {battle['started_at'][:10]}"
    told = golden_api.get("/api/search/autocomplete", params={"q": text}).json()
    place = [one["id"] for one in told].index(battle["id"])
    page = visit("/about")
    page.fill(FIELD, text)
    page.get_by_role("listbox", name="Names").get_by_role("option").nth(place).click()
    page.wait_for_url(f"**/battles/{battle['id']}")
    page = visit(f"/search?q={text}", scripts=False)
    assert hrefs(page)[place] == f"/battles/{battle['id']}"
    expect(page.get_by_role("region", name="What was found").locator("tbody tr").nth(place)).to_contain_text(
        told[place]["context"]
    )


def test_names_that_are_only_alike_are_said_to_be(golden_api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def alike(*_given: object, **_options: object) -> Found:
        return Found([Entry("alliance", 1, "Goonswarm Federation", None)], {}, are_alike=True)

    monkeypatch.setattr(queries, "entries", alike)
    page = golden_api.get("/search?q=goonswram", headers={"Cache-Control": "no-cache"}).text
    said = page.index("Nothing known has a name in which words begin with “goonswram”. These are spelled much like it:")
    assert page.index('href="/alliances/1"') > said
    answer = golden_api.get("/api/search?q=goonswram", headers={"Cache-Control": "no-cache"}).json()
    assert (answer["are_alike"], [one["id"] for one in answer["items"]]) == (True, [1])


def test_an_empty_field_leaves_the_address(visit: Visit) -> None:
    page = visit("/search?q=&type=system", scripts=False)
    assert query(page) == {"type": ["system"]}


def test_names_are_shown_as_they_are_typed(visit: Visit, golden_api: httpx.Client) -> None:
    told = golden_api.get("/api/search/autocomplete?q=nag").json()
    page = visit("/about")
    field, names = page.locator(FIELD), page.get_by_role("option")
    assert field.get_attribute("role") == "combobox"
    assert field.get_attribute("aria-expanded") == "false"
    field.press_sequentially("nag")
    expect(names).to_have_count(len(told))
    assert field.get_attribute("aria-expanded") == "true"
    assert [text.split("\n")[0] for text in names.locator("span:first-child").all_inner_texts()] == [
        one["name"] for one in told
    ]
    field.press("ArrowUp")
    expect(names.last).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    expect(names.first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == names.first.get_attribute("id")
    field.press("Escape")
    expect(names.first).to_be_hidden()
    assert field.input_value() == "nag"
    field.press("ArrowDown")
    expect(names.first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url(f"**/{PATHS[told[0]['type']]}/{told[0]['id']}")
    assert told[0]["name"] in page.locator("h1").inner_text()


def test_only_the_newest_text_is_answered(visit: Visit) -> None:
    page = visit("/about")
    page.route("**/api/search/autocomplete?q=na", lambda _route: None)  # never answered
    page.route("**/api/search/autocomplete?q=nag", lambda route: route.continue_())
    field = page.locator(FIELD)
    with page.expect_request(lambda request: request.url.endswith("?q=na")):
        field.press_sequentially("na")
    with page.expect_event("requestfailed", lambda request: request.url.endswith("?q=na")):
        field.press("g")
    expect(page.get_by_role("option").first).to_contain_text("Nag")
    field.fill("n")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_name_stays_text(visit: Visit) -> None:
    page = visit("/about")
    entry = {"type": "character", "id": 1, "name": "<img src=x onerror=alert(1)>", "context": None}
    page.route("**/api/search/autocomplete**", lambda route: route.fulfill(json=[entry]))
    page.locator(FIELD).fill("img")
    expect(page.get_by_role("option")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator(".suggestions img").count() == 0


def test_without_an_answer_the_form_still_works(visit: Visit) -> None:
    page = visit("/about")
    page.route("**/api/search/autocomplete**", lambda route: route.fulfill(status=200, json=[]))
    page.locator(FIELD).fill("nag")
    page.locator(FIELD).press("Enter")
    page.wait_for_url("**/search?q=nag")
