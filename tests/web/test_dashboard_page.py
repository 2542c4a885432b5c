"""The front page: the last 24 hours of the data, whatever the clock says."""

import re
from datetime import datetime, timedelta
from typing import Any

import httpx
from playwright.sync_api import expect

from tests.conftest import Golden
from tests.web.conftest import Visit, follow

HOUR = timedelta(hours=1)


def test_it_shows_the_last_24_hours_of_the_data(visit: Visit, golden_api: httpx.Client) -> None:
    status = golden_api.get("/api/battles?limit=1").json()["data_status"]
    end = datetime.fromisoformat(status["as_of"]).replace(minute=0, second=0) + HOUR
    window = {"start": (end - 24 * HOUR).isoformat(), "end": end.isoformat()}
    battles = golden_api.get("/api/battles", params=window | {"sort": "-isk_destroyed", "limit": 5}).json()["items"]
    assert battles
    page = visit("/")
    links = page.locator(".rows h3 a[href^='/battles/']")
    assert links.evaluate_all("all => all.map((one) => one.getAttribute('href'))") == [
        f"/battles/{battle['slug']}" for battle in battles
    ]
    page.get_by_text("ISK destroyed by hour, EVE time: the numbers").click()
    hours = page.get_by_role("region", name="ISK destroyed by hour").locator("tbody tr")
    assert hours.count() == 24
    follow(page.get_by_role("link", name="All battles of these 24 hours"))
    assert page.locator("article h2 a").first.get_attribute("href") == f"/battles/{battles[0]['slug']}"


def test_its_figures_are_sums_over_killmails(golden: Golden, golden_api: httpx.Client) -> None:
    status = golden_api.get("/api/battles?limit=1").json()["data_status"]
    end = datetime.fromisoformat(status["as_of"]).replace(minute=0, second=0) + HOUR
    statement = """
        select region_id, count(*), sum(destroyed_isk), count(*) filter (
            where not is_npc and category_name = 'Ship' and victim_ship_group_name != 'Capsule'
        )
        from marts.fct_killmails left join marts.dim_types on victim_ship_type_id = type_id
        where killmail_time >= %s and killmail_time < %s
        group by region_id
        """
    with golden.warehouse.transaction() as connection:
        regions: list[Any] = connection.execute(statement, [end - 24 * HOUR, end]).fetchall()
    text = golden_api.get("/").text
    assert f'title="{round(sum(isk for _, _, isk, _ in regions)):,} ISK"' in text
    for name, column in (("Killmails", 1), ("Ships lost to players", 3)):
        total = sum(region[column] for region in regions)
        assert f'<dt>{name}</dt><dd><span class="number">{total:,}</span></dd>' in text
    hot = re.findall(r'href="/regions/(\d+)"', text.split('aria-label="Hot regions"')[1].split("</table>")[0])
    ranked = sorted(regions, key=lambda region: (-region[3], -region[2], region[0]))
    assert hot == [str(region_id) for region_id, _, _, ships in ranked if ships > 0][:8]


def test_every_source_says_whether_it_is_fresh(visit: Visit) -> None:
    page = visit("/")
    sources = page.locator(".source")
    assert sources.count() > 5
    for text in sources.all_inner_texts():
        assert ("fresh" in text) != ("stale" in text)


def test_relative_times_count_on(visit: Visit) -> None:
    page = visit("/")
    moment = page.locator(".bottom time.relative")
    moment.evaluate("element => { element.dateTime = new Date(Date.now() + 900_000).toISOString(); }")
    expect(moment).to_have_text(re.compile(r"in 1\d:\d\d"))
    expect(moment).not_to_have_text(moment.inner_text())
