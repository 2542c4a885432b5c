"""The front page: the last 24 hours of the data, whatever the clock says."""

import re
from datetime import datetime, timedelta

import httpx
from playwright.sync_api import expect

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
