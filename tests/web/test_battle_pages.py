"""The list of battles and the page of one, as visitors use them."""

import io
from urllib.parse import parse_qs, urlsplit

import httpx
import pandas as pd
import pytest
from playwright.sync_api import Page

from tests.web.conftest import Visit, follow


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_filters_stand_in_the_address(visit: Visit, known: dict[str, str], *, scripts: bool) -> None:
    page = visit("/battles?kind=battle&alliance_id={alliance}", scripts=scripts)
    page.select_option("select[name=region_id]", known["region"])
    page.select_option("select[name=min_isk]", str(10**8))
    page.select_option("select[name=sort]", "-isk_destroyed")
    follow(page.get_by_role("button", name="Show"))
    assert query(page) == {
        "kind": ["battle"],
        "alliance_id": [known["alliance"]],
        "region_id": [known["region"]],
        "min_isk": [str(10**8)],
        "sort": ["-isk_destroyed"],
    }
    assert page.locator(f'article a[href="/battles/{known["battle"]}"]').count() == 1
    follow(page.locator(".chosen a"))
    assert "alliance_id" not in query(page)
    assert query(page)["region_id"] == [known["region"]]


def test_names_that_are_typed_stand_as_ids_in_the_address(
    visit: Visit, golden_api: httpx.Client, known: dict[str, str]
) -> None:
    battle = golden_api.get(f"/api/battles/{known['battle']}").json()
    page = visit("/battles?kind=battle", scripts=False)
    page.fill("input[name=system]", battle["system"]["name"].lower())
    page.fill("input[name=alliance]", battle["sides"][0]["top_alliances"][0]["name"])
    follow(page.get_by_role("button", name="Show"))
    named = {"system_id": [known["system"]], "alliance_id": [known["alliance"]]}
    assert query(page) == {"kind": ["battle"], "sort": ["-started_at"]} | named
    assert page.locator(f'article a[href="/battles/{known["battle"]}"]').count() == 1
    (pilot,) = golden_api.get(f"/api/battles/{known['battle']}/participants?limit=1").json()["items"]
    page.fill("input[name=corporation]", pilot["corporation"]["name"])
    page.fill("input[name=character]", pilot["character"]["name"])
    page.fill("input[name=system]", known["system"])  # in place of the one the address has
    follow(page.get_by_role("button", name="Show"))
    named |= {"corporation_id": [str(pilot["corporation"]["id"])], "character_id": [str(pilot["character"]["id"])]}
    assert query(page) == {"kind": ["battle"], "sort": ["-started_at"]} | named
    assert page.locator(f'article a[href="/battles/{known["battle"]}"]').count() == 1
    said = golden_api.get("/battles?alliance=Nobody%20there")
    assert said.status_code == 404
    assert "There is no alliance called “Nobody there”" in said.text


@pytest.mark.parametrize(
    ("address", "chosen"),
    [
        ("/battles?region_id=10000002&sort=kills", {"region_id": "10000002", "sort": "kills"}),
        ("/battles?region_id=1", {"region_id": "1"}),
        ("/war-room/conflicts?min_isk=5000000000", {"min_isk": "5000000000"}),
        ("/war-room/production?hours=7", {"hours": "7"}),
    ],
)
def test_forms_show_what_the_address_chose(visit: Visit, address: str, chosen: dict[str, str]) -> None:
    page = visit(address, scripts=False)
    for name, value in chosen.items():
        assert page.locator(f"select[name={name}]").input_value() == value


def test_what_makes_no_sense_is_said_on_a_page(visit: Visit) -> None:
    page = visit("/battles?min_isk=lots")
    assert "min_isk" in page.locator(".problem").inner_text()


def test_more_battles_are_other_battles(visit: Visit) -> None:
    page = visit("/battles?limit=3")
    first = page.locator("article h2").all_text_contents()
    ids = page.locator("article h2").evaluate_all("all => all.map((one) => one.id)")
    follow(page.get_by_role("link", name="More battles"))
    more = page.locator("article h2").evaluate_all("all => all.map((one) => one.id)")
    assert len(first) == 3
    assert more
    assert not set(ids) & set(more)
    follow(page.get_by_role("link", name="First page"))
    assert page.locator("article h2").evaluate_all("all => all.map((one) => one.id)") == ids


def test_a_battle_says_what_the_api_says(visit: Visit, golden_api: httpx.Client, known: dict[str, str]) -> None:
    battle = golden_api.get(f"/api/battles/{known['battle']}").json()
    page = visit("/battles/{battle}")
    text = page.locator("main").inner_text()
    assert battle["system"]["name"] in page.locator("h1").inner_text()
    assert battle["outcome"]["reason"] in text
    assert page.locator(".side-card").count() == len(battle["sides"])
    for side in battle["sides"]:
        for group in side["groups"][:12]:
            assert group["name"] in text
    for url in battle["zkill_related_urls"]:
        assert page.locator(f'a[href="{url}"]').count() == 1
    assert page.locator("#killmails").count() == 1


def test_the_tables_of_a_battle_sort_filter_and_go_on(
    visit: Visit, golden_api: httpx.Client, known: dict[str, str]
) -> None:
    page = visit("/battles/{battle}?limit=5&killmails_sort=-isk_destroyed")
    pilots = page.get_by_role("region", name="Pilots")
    follow(pilots.get_by_role("link", name="ISK lost"))
    assert query(page)["participants_sort"] == ["-isk_lost"]
    assert query(page)["killmails_sort"] == ["-isk_destroyed"]
    assert pilots.locator('[aria-sort="descending"]').inner_text().startswith("ISK lost")
    expected = golden_api.get(f"/api/battles/{known['battle']}/participants?sort=-isk_lost&limit=10").json()["items"]
    names = [pilot["character"]["name"] for pilot in expected]
    assert pilots.locator("tbody th").all_inner_texts() == names[:5]
    follow(page.get_by_role("link", name="More pilots"))
    assert pilots.locator("tbody th").all_inner_texts() == names[5:]
    page.select_option("select[name=side]", "1")
    follow(page.get_by_role("button", name="Show in both tables"))
    assert set(pilots.locator("tbody .label").all_inner_texts()) == {"Side 1"}


def test_a_chart_follows_the_theme(visit: Visit) -> None:
    page = visit("/battles/{battle}")
    canvas = page.locator(".canvas canvas")
    dark = canvas.screenshot()
    page.get_by_role("button", name="Switch to the light theme").click()
    assert page.locator("html").get_attribute("data-theme") == "light"
    assert canvas.screenshot() != dark
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "light"


def test_links_to_a_battle_have_a_preview(visit: Visit, golden_api: httpx.Client) -> None:
    page = visit("/battles/{battle}")
    tags = {
        name: page.locator(f'meta[property="og:{name}"]').get_attribute("content") or ""
        for name in ("title", "description", "url", "image")
    }
    assert "ISK destroyed" in tags["title"]
    assert "pilots" in tags["description"]
    assert tags["url"] == page.url
    image = golden_api.get(urlsplit(tags["image"]).path)
    assert image.headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("table", ["participants", "killmails"])
def test_files_open_in_pandas_and_hold_every_row(
    visit: Visit, golden_api: httpx.Client, known: dict[str, str], table: str
) -> None:
    page = visit("/battles/{battle}")
    with page.expect_download() as started:
        page.locator(f'a[href$="{table}.csv"]').click()
    download = started.value
    assert download.suggested_filename == f"{known['battle']}-{table}.csv"
    as_csv = pd.read_csv(download.path())
    rows = golden_api.get(f"/battles/{known['battle']}/{table}.json")
    as_json = pd.read_json(io.BytesIO(rows.content))
    battle = golden_api.get(f"/api/battles/{known['battle']}").json()
    expected = {"participants": battle["total_pilots"], "killmails": battle["total_killmails"]}
    assert len(as_csv) == len(as_json) == expected[table]
    key = {"participants": "damage_done", "killmails": "killmail_id"}[table]
    assert as_csv[key].tolist() == as_json[key].tolist()


def test_the_keyboard_reaches_the_content_first(visit: Visit) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
