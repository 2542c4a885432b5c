"""The live feed in a browser: what lands appears, once, whatever pauses, hides or breaks the connection."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from playwright.sync_api import Page, expect

from battlescope_assets.domain.feed import FeedMail, Zkb
from battlescope_assets.domain.killmail import Killmail
from battlescope_assets.io.feed import store_mails
from tests.conftest import Golden
from tests.web.conftest import Visit, follow

WITHIN_MILLISECONDS = 5_000
FIRST_ID = 990_000_000
CONNECTED = "Connected"
TABLES = ("killmail_zkb", "killmail_items", "killmail_attackers", "killmails", "killmail_index", "killmail_landings")

Land = Callable[..., list[int]]


def listed(api: httpx.Client, is_awaited: Callable[[int], bool]) -> None:
    """Waits until the newest killmail of lists is the one awaited: they learn of a new day within a second."""
    for _ in range(1_000):
        api.get("/api/killmails?limit=1", headers={"Cache-Control": "no-cache"})  # takes the database's time
        newest = api.get("/api/killmails?limit=1").json()["items"]
        if newest and is_awaited(newest[0]["killmail_id"]):
            return
    pytest.fail("the killmail awaited is not listed")


@pytest.fixture
def land(golden: Golden, golden_api: httpx.Client) -> Iterator[Land]:
    """Stores new killmails of now as the feed does; returns their ids."""
    (body, *_) = golden.war.killmails(golden.days[0])
    count = 0

    def now(number: int, **changes: Any) -> list[int]:
        nonlocal count
        moment = datetime.now(UTC).replace(microsecond=0).isoformat()
        ids = [FIRST_ID + count + place for place in range(number)]
        count += number
        mails = [
            msgspec.convert(body | {"killmail_id": one, "killmail_time": moment} | changes, Killmail) for one in ids
        ]
        with golden.warehouse.transaction() as connection:
            store_mails(connection, [FeedMail(mail, Zkb("0" * 40, 1.0), mail.killmail_time, None) for mail in mails])
        return ids

    now(1)  # the newest landing is one of now, not one that another test deleted
    yield now
    with golden.warehouse.transaction() as connection:
        for table in TABLES:
            connection.execute(f"delete from raw.{table} where killmail_id >= {FIRST_ID}".encode())
        connection.execute("delete from app.day_changes")
    listed(golden_api, lambda newest: newest < FIRST_ID)


def following(visit: Visit, address: str = "/intel", **options: Any) -> Page:
    """The page, once it follows the stream."""
    page = visit(address, **options)
    expect(page.locator(".feed-status")).to_contain_text(CONNECTED)
    return page


def landed(page: Page) -> list[int]:
    """Ids of the killmails that came since the page was loaded, the newest first."""
    ids: list[str] = page.locator("tr.landed").evaluate_all("rows => rows.map((row) => row.id)")
    return [int(one.removeprefix("killmail-")) for one in ids]


def appears(page: Page, killmail_id: int) -> None:
    expect(page.locator(f"#killmail-{killmail_id}")).to_have_count(1, timeout=WITHIN_MILLISECONDS)


def hide(page: Page, *, is_hidden: bool) -> None:
    """What a browser does when another tab is chosen, or this one again."""
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_hidden,
    )


def test_a_kill_appears_within_seconds_of_its_landing(visit: Visit, land: Land) -> None:
    page = following(visit)
    before = page.locator(".feed tbody tr").count()
    (first,) = land(1)
    appears(page, first)
    (second,) = land(1)
    appears(page, second)
    assert landed(page) == [second, first]
    assert page.locator(".feed tbody tr").count() == before + 2


def test_a_row_that_landed_is_like_one_that_was_there(visit: Visit, land: Land, golden_api: httpx.Client) -> None:
    page = following(visit)
    (killmail_id,) = land(1)
    appears(page, killmail_id)
    row = page.locator(f"#killmail-{killmail_id}")
    links = "all => all.map((one) => [one.getAttribute('href'), one.textContent])"
    came, came_links = row.inner_text().split(), row.locator("a").evaluate_all(links)
    listed(golden_api, lambda newest: newest == killmail_id)
    page.reload()
    row = page.locator(f"#killmail-{killmail_id}")
    assert row.locator("a").evaluate_all(links) == came_links
    assert row.inner_text().split() == came
    assert landed(page) == []


@pytest.mark.parametrize("way", ["pause", "hidden"])
def test_what_lands_during_a_pause_comes_after_it(visit: Visit, land: Land, way: str) -> None:
    page = following(visit)
    (before,) = land(1)
    appears(page, before)
    if way == "pause":
        page.get_by_role("button", name="Pause").click()
    else:
        hide(page, is_hidden=True)
    expect(page.locator(".feed-status")).to_contain_text("Paused")
    during = land(3)
    assert landed(page) == [before]
    if way == "pause":
        page.get_by_role("button", name="Continue").click()
    else:
        hide(page, is_hidden=False)
    appears(page, during[-1])
    (after,) = land(1)
    appears(page, after)
    assert landed(page) == [after, *reversed(during), before]


def test_a_lost_connection_is_said_and_loses_nothing(visit: Visit, land: Land) -> None:
    page = following(visit)
    page.clock.install()
    (before,) = land(1)
    appears(page, before)
    page.get_by_role("button", name="Pause").click()
    page.route("**/api/live*", lambda route: route.abort("aborted"))
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".feed-status")).to_contain_text("Away")
    during = land(2)
    page.unroute_all()
    page.clock.fast_forward(60_000)
    appears(page, during[-1])
    assert landed(page) == [*reversed(during), before]


def test_names_stay_text_and_what_comes_twice_stands_once(
    visit: Visit, golden_api: httpx.Client, known: dict[str, str]
) -> None:
    (member,) = golden_api.get(f"/api/battles/{known['battle']}/killmails?limit=1").json()["items"]
    killmail = golden_api.get(f"/api/killmails/{member['killmail_id']}").json()
    name = "<script>alert('x')</script><b>Bob</b>"
    never_landed = FIRST_ID - 1  # the stream may still tell of those that other tests landed
    told = killmail | {"killmail_id": never_landed, "isk_total": 2_345_000_000, "landed_at": "", "alliance_ids": []}
    told["victim"] |= {"character": {"id": 95000001, "name": name}}
    event = f"id: 1\nevent: killmail\ndata: {json.dumps(told)}\n\n"
    page = visit("/intel")
    page.get_by_role("button", name="Pause").click()
    page.route("**/api/live*", lambda route: route.fulfill(body=2 * event, content_type="text/event-stream"))
    page.get_by_role("button", name="Continue").click()
    row = page.locator("tr.landed:has(a[href='/characters/95000001'])")
    expect(row).to_have_count(1)
    assert row.locator("a[href='/characters/95000001']").inner_text() == name
    assert "2.35 b" in row.inner_text()
    assert row.locator(".tag.big").count() == 1


def test_a_page_that_was_paused_by_hand_stays_so(visit: Visit) -> None:
    page = following(visit)
    page.get_by_role("button", name="Pause").click()
    hide(page, is_hidden=True)
    hide(page, is_hidden=False)
    expect(page.locator(".feed-status")).to_contain_text("when you continue")


def test_filters_stand_in_the_address_and_hold_for_the_stream(visit: Visit, land: Land) -> None:
    page = visit("/intel")
    page.fill("input[name=system]", "jita")
    page.select_option("select[name=min_isk]", "")
    follow(page.get_by_role("button", name="Show"))
    assert page.url.endswith("/intel?system_id=30000142")
    expect(page.locator(".feed-status")).to_contain_text(CONNECTED)
    land(2, solar_system_id=30002187)
    wanted = land(1, solar_system_id=30000142)
    appears(page, wanted[0])
    assert landed(page) == wanted
    follow(page.locator(".chosen a"))
    assert page.url.endswith("/intel")


def test_an_unknown_name_is_said(visit: Visit) -> None:
    page = visit("/intel?alliance=No%20such%20alliance")
    assert "There is no alliance called “No such alliance”" in page.locator("main").inner_text()


def test_without_scripts_the_newest_stand_there(visit: Visit, land: Land, golden_api: httpx.Client) -> None:
    page = visit("/intel", scripts=False)
    (killmail_id,) = land(1)
    listed(golden_api, lambda newest: newest == killmail_id)
    follow(page.get_by_role("link", name="Reload"))
    assert page.locator(".feed tbody tr").first.get_attribute("id") == f"killmail-{killmail_id}"
