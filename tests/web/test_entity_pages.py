"""The pages of pilots, corporations, alliances and types."""

import httpx
import pytest

from tests.web.conftest import Visit, follow
from tests.web.test_battle_pages import query

ENTITIES = ["alliance", "corporation", "character"]


@pytest.mark.parametrize("kind", ENTITIES)
def test_figures_are_the_apis(visit: Visit, golden_api: httpx.Client, known: dict[str, str], kind: str) -> None:
    told = golden_api.get(f"/api/{kind}s/{known[kind]}").json()
    page = visit(f"/{kind}s/{{{kind}}}")
    assert told["name"] in page.locator("h1").inner_text()
    (month,) = [one for one in told["statistics"] if one["days"] == 30]
    cards = dict(
        zip(
            page.locator(".figures dt").all_inner_texts(),
            page.locator(".figures dd:not(.note)").all_inner_texts(),
            strict=True,
        )
    )
    assert cards["Kills"] == f"{month['kills']:,}"
    assert cards["Losses"] == f"{month['losses']:,}"
    title = page.locator(".figures dd:not(.note) [title]").nth(0).get_attribute("title")
    assert title == f"{month['isk_destroyed']:,} ISK"
    assert page.locator(f'a[href="https://zkillboard.com/{kind}/{known[kind]}/"]').count() == 1
    systems = page.get_by_role("region", name="Where").locator("tbody th")
    assert [text.split("\n")[0] for text in systems.all_inner_texts()] == [
        one["system"]["name"] for one in told["systems"]
    ]


@pytest.mark.parametrize("kind", ENTITIES)
def test_its_battles_go_on_by_pages_and_sort(
    visit: Visit, golden_api: httpx.Client, known: dict[str, str], kind: str
) -> None:
    every = "&".join(f"kind={one}" for one in ("battle", "skirmish", "structure_bash", "camp", "gank"))
    told = golden_api.get(f"/api/battles?{kind}_id={known[kind]}&{every}&sort=-isk_destroyed&limit=20").json()["items"]
    page = visit(f"/{kind}s/{{{kind}}}?days=7", scripts=False)
    battles = page.locator("section", has=page.locator("#battles"))
    follow(battles.get_by_role("link", name="ISK destroyed"))
    assert query(page) == {"days": ["7"], "battles_sort": ["-isk_destroyed"]}
    links = battles.locator("tbody a[href^='/battles/']")
    slugs = links.evaluate_all("all => all.map((one) => one.getAttribute('href').slice(9))")
    assert slugs == [battle["slug"] for battle in told[:10]]
    if len(told) > 10:
        follow(battles.get_by_role("link", name="More battles"))
        slugs = links.evaluate_all("all => all.map((one) => one.getAttribute('href').slice(9))")
        assert slugs == [battle["slug"] for battle in told[10:]]
        follow(battles.get_by_role("link", name="First page"))
    follow(page.get_by_role("navigation", name="Window").get_by_role("link", name="30 days"))
    assert query(page)["days"] == ["30"]


def test_losses_lead_to_their_killmails(visit: Visit, golden_api: httpx.Client, known: dict[str, str]) -> None:
    told = golden_api.get(f"/api/killmails?alliance_id={known['alliance']}&limit=10").json()["items"]
    page = visit("/alliances/{alliance}", scripts=False)
    links = page.locator("section", has=page.locator("#losses")).locator("tbody a[href^='/killmails/']")
    assert links.evaluate_all("all => all.map((one) => one.getAttribute('href'))") == [
        f"/killmails/{mail['killmail_id']}" for mail in told
    ]
    follow(links.first)
    assert page.url.endswith(f"/killmails/{told[0]['killmail_id']}")


def test_a_pilots_hulls_sort(visit: Visit, golden_api: httpx.Client, known: dict[str, str]) -> None:
    told = golden_api.get(f"/api/characters/{known['character']}/ships?sort=-kills&limit=15").json()["items"]
    page = visit("/characters/{character}", scripts=False)
    ships = page.get_by_role("region", name="Ships flown")
    follow(ships.get_by_role("link", name="Kills"))
    assert [text.split("\n")[0] for text in ships.locator("tbody th").all_inner_texts()] == [
        one["ship"]["name"] if one["ship"] else "not said" for one in told
    ]


def test_a_type_says_where_it_is_lost_and_who_flies_it(
    visit: Visit, golden_api: httpx.Client, known: dict[str, str]
) -> None:
    told = golden_api.get(f"/api/types/{known['type']}").json()
    page = visit("/types/{type}")
    assert told["name"] in page.locator("h1").inner_text()
    regions = page.get_by_role("region", name="Where it is lost").locator("tbody tr")
    assert regions.count() == len(told["regions"])
    flown = page.get_by_role("region", name="Who flies it").locator("tbody th a")
    assert flown.evaluate_all("all => all.map((one) => one.getAttribute('href'))") == [
        f"/{one['group']['kind']}s/{one['group']['id']}" for one in told["flown_by"]
    ]
    page.get_by_text("Units lost by day: the numbers").click()
    days = page.get_by_role("region", name="Units lost by day").locator("tbody tr")
    assert days.count() == len(told["days"])


@pytest.mark.parametrize("address", ["/alliances/1", "/corporations/1", "/characters/1", "/types/999999999"])
def test_who_is_not_known_is_said_on_a_page(golden_api: httpx.Client, address: str) -> None:
    answer = golden_api.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<h1>Not Found</h1>" in answer.text
