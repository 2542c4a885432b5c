"""The War Room's map, regions and solar systems: what they show, and the way down from the galaxy to a battle."""

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Golden
from tests.web.conftest import Visit

OFF_THE_MAP = {"wormhole", "abyssal", None}
HEAT = "document.querySelector('.galaxy').chart.getOption().series.find((one) => one.id === 'heat').data"
CENTRE_OF_LAST = f"""
    (() => {{
        const {{ chart }} = document.querySelector(".galaxy"), last = {HEAT}.at(-1);
        const [x, y] = chart.convertToPixel({{ xAxisIndex: 0, yAxisIndex: 0 }}, last.value);
        return {{ x, y, link: last.link }};
    }})()
"""
CENTRES_OF_NODES = """
    (() => {
        const { chart } = document.querySelector(".region-map");
        const series = chart.getModel().getSeriesByIndex(0), nodes = series.getData();
        return chart.getOption().series[0].data.map(({ link }, index) => {
            const [x, y] = series.coordinateSystem.dataToPoint(nodes.getItemLayout(index));
            return { x, y, link };
        });
    })()
"""


def hot(api: httpx.Client, **parameters: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get("/api/war/heatmap", params=parameters).json()["items"]
    return items


def on_the_map(systems: list[dict[str, Any]]) -> dict[str, int]:
    return {
        one["system"]["name"]: one["ships_lost_to_players"]
        for one in systems
        if one["security_class"] not in OFF_THE_MAP
    }


def shown(page: Page) -> dict[str, int]:
    found: dict[str, int] = dict(page.evaluate(f"{HEAT}.map((one) => [one.name, one.value[2]])"))
    return found


def path(page: Page) -> str:
    return urlsplit(page.url).path


def click_on_canvas(page: Page, chart: str, place: dict[str, Any]) -> None:
    page.locator(f"{chart} canvas").first.click(position={"x": place["x"], "y": place["y"]})


def test_the_map_shows_what_the_api_says(visit: Visit, golden_api: httpx.Client) -> None:
    systems = on_the_map(hot(golden_api, min_kills=1))
    assert systems
    page = visit("/war-room?min_kills=1")
    assert shown(page) == systems
    expect(page.locator(".map-status")).to_have_text(f"{len(systems)} systems with heat")


def test_the_slider_shows_one_day_and_play_goes_on(visit: Visit, golden_api: httpx.Client) -> None:
    page = visit("/war-room")
    days = (page.locator(".map-controls").get_attribute("data-days") or "").split()
    assert len(days) == 7
    slider, frame = page.locator(".slider input"), page.locator(".galaxy")
    slider.focus()
    page.keyboard.press("End")
    expect(frame).to_have_attribute("data-shown", days[-1])
    assert shown(page) == on_the_map(hot(golden_api, days=1, day=days[-1], min_kills=1))
    page.get_by_role("button", name="Play").click()
    expect(frame).to_have_attribute("data-shown", days[0])
    assert shown(page) == on_the_map(hot(golden_api, days=1, day=days[0], min_kills=1))
    expect(frame).to_have_attribute("data-shown", days[1])
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_the_map_zooms_and_keeps_its_heat_in_another_theme(visit: Visit) -> None:
    page = visit("/war-room?min_kills=1")
    before, canvas = shown(page), page.locator(".galaxy canvas").first
    whole = canvas.screenshot()
    page.get_by_role("button", name="Zoom in").click()
    zoomed = page.evaluate("document.querySelector('.galaxy').chart.getOption().dataZoom[0]")
    assert zoomed["end"] - zoomed["start"] == pytest.approx(60)
    page.get_by_role("button", name="Switch to the light theme").click()
    assert canvas.screenshot() != whole
    assert shown(page) == before


def test_a_click_on_the_map_leads_to_the_region(visit: Visit) -> None:
    page = visit("/war-room?min_kills=1")
    place = page.evaluate(CENTRE_OF_LAST)  # the coldest, drawn above the others
    click_on_canvas(page, ".galaxy", place)
    page.wait_for_url(f"**{place['link']}")
    expect(page.locator(".region-map canvas")).to_be_visible()


def test_a_click_on_a_region_leads_to_the_system_and_beyond_the_border(visit: Visit, known: dict[str, str]) -> None:
    page = visit("/regions/{region}")
    nodes = page.evaluate(CENTRES_OF_NODES)
    assert {node["link"].split("/")[1] for node in nodes} == {"systems", "regions"}
    for kind in ("systems", "regions"):
        # The one farthest from any other: no other's circle lies over its centre.
        alone = max(
            (node for node in nodes if node["link"].startswith(f"/{kind}/")),
            key=lambda one: min(
                abs(one["x"] - other["x"]) + abs(one["y"] - other["y"]) for other in nodes if other is not one
            ),
        )
        click_on_canvas(page, ".region-map", alone)
        page.wait_for_url(f"**{alone['link']}")
        page.go_back()
        expect(page.locator('[aria-busy="true"]')).to_have_count(0)
        assert path(page) == f"/regions/{known['region']}"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_tables_lead_from_the_galaxy_to_a_battle_by_keyboard(visit: Visit, *, scripts: bool) -> None:
    page = visit("/war-room", scripts=scripts)
    region = page.get_by_role("region", name="Hottest regions").locator("tbody a").first
    name = region.inner_text()
    region.press("Enter")
    page.wait_for_url("**/regions/*")
    assert page.locator("h1").inner_text() == name
    system = page.get_by_role("region", name="Systems by ships lost").locator("tbody a").first
    name = system.inner_text()
    system.press("Enter")
    page.wait_for_url("**/systems/*")
    assert page.locator("h1").inner_text().startswith(name)
    page.locator(".rows h3 a").first.press("Enter")
    page.wait_for_url("**/battles/*")
    assert page.locator(".side-card").count() > 0


def test_the_tables_are_by_the_heat_that_the_form_chose(visit: Visit, golden_api: httpx.Client) -> None:
    by = "isk_destroyed"
    page = visit("/war-room", scripts=False)
    page.select_option("select[name=by]", by)
    page.select_option("select[name=days]", "14")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**by=*")
    assert {"by": by, "days": "14"}.items() <= dict(re.findall(r"[?&](\w+)=(\w+)", page.url)).items()
    systems = sorted(hot(golden_api, days=14, min_kills=0), key=lambda one: (-one[by], one["system"]["id"]))
    names = [one["system"]["name"] for one in systems if one[by] > 0][:12]
    assert names
    links = page.get_by_role("region", name="Hottest systems").locator("tbody a[href^='/systems/']")
    assert links.all_inner_texts() == names


def test_the_region_selector_leads_to_the_region(visit: Visit, known: dict[str, str]) -> None:
    page = visit("/war-room", scripts=False)
    page.select_option("select[name=region_id]", known["region"])
    page.get_by_role("button", name="Go to region").click()
    page.wait_for_url(f"**/regions/{known['region']}")
    assert page.locator("select[name=region_id]").input_value() == known["region"]


def test_a_region_says_what_the_api_says(visit: Visit, golden_api: httpx.Client, known: dict[str, str]) -> None:
    region = golden_api.get(f"/api/regions/{known['region']}?days=30").json()
    losses = golden_api.get(f"/api/war/losses/{known['region']}?days=30&limit=10").json()["items"]
    page = visit("/regions/{region}", scripts=False)
    page.get_by_role("link", name="30 days").click()
    page.wait_for_url("**days=30")
    hot_systems = {one["system"]["name"]: one["ships_lost_to_players"] for one in region["hot_systems"]}
    rows = page.get_by_role("region", name="Systems by ships lost").locator("tbody tr")
    assert rows.count() == sum(region["systems"].values())
    listed = {
        row.locator("a").inner_text(): int(row.locator("td").first.inner_text())
        for row in [rows.nth(number) for number in range(len(hot_systems))]
    }
    assert listed == hot_systems
    types = page.get_by_role("region", name="Ships lost most").locator("tbody a")
    assert types.all_inner_texts() == [loss["type"]["name"] for loss in losses]
    for other in region["neighbours"]:
        assert page.locator(f'a[href="/regions/{other["id"]}"]').count() > 0


def test_a_system_says_what_the_api_says(visit: Visit, golden_api: httpx.Client, known: dict[str, str]) -> None:
    system = golden_api.get(f"/api/systems/{known['system']}").json()
    alert = golden_api.get(f"/api/war/conflict-alert?system_id={known['system']}").json()
    battles = golden_api.get(f"/api/battles?system_id={known['system']}&limit=1").json()["items"]
    page = visit("/systems/{system}")
    assert alert["sentence"].split(";")[0] in page.locator(".lead").inner_text()
    neighbours = page.get_by_role("region", name="Neighbours").locator("a[href^='/systems/']")
    assert neighbours.all_inner_texts() == [one["system"]["name"] for one in system["neighbours"]]
    assert page.locator(f'a[href="/battles/{battles[0]["slug"]}"]').count() == 1
    hub = page.get_by_role("link", name="safer way").get_attribute("href") or ""
    way = re.fullmatch(r"/route\?from_system_id=(\d+)&to_system_id=(\d+)&preference=safer", hub)
    assert way
    route = golden_api.get(f"/api/war/route-safety/{way[1]}/{way[2]}?preference=shortest").json()["routes"][0]
    assert f"{route['jumps']} jump" in page.locator(".figures").inner_text()


def test_a_systems_killmails_go_on(visit: Visit, golden_api: httpx.Client, known: dict[str, str]) -> None:
    start = golden_api.get(f"/api/systems/{known['system']}?days=30").json()["window"]["start"]
    expected = golden_api.get(
        "/api/killmails", params={"system_id": known["system"], "start": start, "limit": 30}
    ).json()["items"]
    page = visit("/systems/{system}?days=30")
    links = page.get_by_role("region", name="Killmails").locator("tbody th a")
    found = links.evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    page.get_by_role("link", name="More killmails").click()
    page.wait_for_url("**cursor=*")
    found += links.evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    assert found == [f"/killmails/{mail['killmail_id']}" for mail in expected]


@pytest.mark.parametrize("address", ["/regions/1", "/systems/1"])
def test_places_that_do_not_exist_say_so(golden_api: httpx.Client, address: str) -> None:
    answer = golden_api.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "There is no" in answer.text


def test_the_maps_data_is_whole_and_small(golden_api: httpx.Client) -> None:
    galaxy = golden_api.get("/war-room/galaxy.json").json()
    whole = golden_api.get("/api/war/map").json()
    systems = [one for one in whole["systems"] if one["security_class"] not in OFF_THE_MAP]
    assert [(x, y) for x, y, _ in galaxy["systems"]] == [
        (round(100 * one["map_x_ly"]), round(100 * one["map_y_ly"])) for one in systems
    ]
    assert [galaxy["security_classes"][one[2]] for one in galaxy["systems"]] == [
        one["security_class"] for one in systems
    ]
    ids = [one["id"] for one in systems]
    assert [[ids[one], ids[other]] for one, other in galaxy["stargates"]] == whole["stargates"]


def test_trends_say_where_there_was_nothing_before(golden: Golden, golden_api: httpx.Client) -> None:
    statement = """
        select distinct on (is_lost_now, was_lost_before) is_lost_now, was_lost_before, region_id, solar_system_id
        from marts.rpt_system_heat cross join lateral (
            select ships_lost_to_players > 0 as is_lost_now, previous_ships_lost_to_players > 0 as was_lost_before
        ) as known
        where window_days = 1 and trend is not null
        """
    said = {}
    with golden.warehouse.transaction() as connection:
        for is_lost_now, was_lost_before, region_id, system_id in connection.execute(statement):
            table = golden_api.get(f"/regions/{region_id}?days=1").text.split('aria-label="Systems by ships lost"')[1]
            trend = re.search(rf'href="/systems/{system_id}".*?class="trend \w+">(.*?)</span>', table)
            said[is_lost_now, was_lost_before] = trend and trend[1]
    assert said.pop((True, True)) not in {"none before", "100 % less"}
    assert said == {(True, False): "none before", (False, False): "as before", (False, True): "100 % less"}
