"""The War Room's tables, as fleet commanders and industrialists use them."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect
from starlette.requests import Request

from api.schemas import examples
from api.schemas.lists import DataStatus
from api.schemas.sovereignty import PastSovereigntyCampaignList, SovereigntyCampaign, SovereigntyCampaignList
from api.web.rendering import render
from api.web.timers import EXPECTATION_SCOPES, TimerPageParameters
from battlescope_assets.settings import Settings
from tests.conftest import Golden
from tests.web.conftest import Visit, follow

TABLES = ["losses", "demand", "timers", "faction-warfare", "doctrines", "conflicts", "hours", "production"]
FRESH = DataStatus(as_of=None, completeness=None, mails_quarantined=0, stale_sources=[], failed_tests=[])


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def rows(page: Page, table: str) -> list[str]:
    """What the first cells of a table say, without what stands below it."""
    cells = page.get_by_role("region", name=table, exact=True).locator("tbody th")
    return [text.split("\n")[0].strip() for text in cells.all_inner_texts()]


@pytest.mark.parametrize("table", TABLES)
def test_the_region_is_kept_from_table_to_table(golden_api: httpx.Client, known: dict[str, str], table: str) -> None:
    text = golden_api.get(f"/war-room/{table}?region_id={known['region']}").text
    for other in TABLES:
        assert f'href="/war-room/{other}?region_id={known["region"]}"' in text
    assert f'<option value="{known["region"]}" selected>' in text
    assert golden_api.get(f"/war-room/{table}").status_code == 200


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/war-room/losses?region_id=1", "There is no region 1."),
        ("/war-room/demand?region_id=1", "There is no region 1."),
        ("/war-room/demand?hub_id=30000001", "There is no trade hub 30000001."),
        ("/war-room/hours?alliance_id=1", "No alliance 1 is known"),
        ("/war-room/faction-warfare?system_id=30000142", "Jita is not in faction warfare."),
        ("/doctrines/00000000-0000-0000-0000-000000000000", "There is no doctrine 00000000-"),
        ("/war-room/campaigns/00000000-0000-0000-0000-000000000000", "There is no campaign 00000000-"),
    ],
)
def test_what_is_not_there_is_said_on_a_page(golden_api: httpx.Client, address: str, said: str) -> None:
    answer = golden_api.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert f"<p>{said}" in answer.text


@pytest.mark.parametrize(
    "address",
    ["/war-room/demand?region_id=10000002&hub_id=30000142", "/war-room/hours?region_id=10000002&alliance_id=99010001"],
)
def test_two_places_at_once_are_refused(golden_api: httpx.Client, address: str) -> None:
    assert golden_api.get(address).status_code == 422


def test_losses_of_a_region_sort_filter_and_go_on(
    visit: Visit, golden_api: httpx.Client, known: dict[str, str]
) -> None:
    page = visit("/war-room/losses")
    page.select_option("select[name=region_id]", known["region"])
    follow(page.get_by_role("button", name="Show"))
    assert query(page)["region_id"] == [known["region"]]
    page = visit("/war-room/losses?region_id={region}&limit=5")
    expected = golden_api.get(f"/api/war/losses/{known['region']}?limit=10").json()["items"]
    names = [loss["type"]["name"] for loss in expected]
    assert rows(page, "Losses") == names[:5]
    follow(page.get_by_role("link", name="More types"))
    assert rows(page, "Losses") == names[5:]
    follow(page.get_by_role("link", name="ISK destroyed"))
    assert query(page)["sort"] == ["-isk_destroyed"]
    assert "cursor" not in query(page)
    follow(page.get_by_role("link", name="Items"))
    items = golden_api.get(f"/api/war/losses/{known['region']}?type=items&sort=-isk_destroyed&limit=5").json()["items"]
    assert rows(page, "Losses") == [loss["type"]["name"] for loss in items]
    group = items[0]["type"]["group"]
    follow(page.get_by_role("region", name="Losses").get_by_role("link", name=group["name"], exact=True).first)
    assert query(page)["group_id"] == [str(group["id"])]
    groups = page.get_by_role("region", name="Losses", exact=True).locator("tbody td:nth-child(2)")
    assert set(groups.all_inner_texts()) == {group["name"]}
    follow(page.locator(".chosen a"))
    assert "group_id" not in query(page)


@pytest.mark.parametrize(
    ("what", "columns", "fact"),
    [
        ("ships", "ship_type_id, sum(ships_lost)", "fct_ship_losses"),
        ("items", "item_type_id, sum(quantity_destroyed)", "fct_item_losses"),
    ],
)
def test_losses_of_new_eden_are_those_of_all_systems(
    golden: Golden, golden_api: httpx.Client, what: str, columns: str, fact: str
) -> None:
    statement = f"select {columns} from marts.{fact} group by 1 order by 2 desc, 1 desc limit 25"
    with golden.warehouse.transaction() as connection:
        facts = connection.execute(statement).fetchall()
    text = golden_api.get(f"/war-room/losses?days=30&type={what}").text
    table = text.split('aria-label="Losses"')[1]
    shown = re.findall(
        r'<th scope="row"><a href="/types/(\d+)">.*?<td class="number"><span class="number">([\d,]+)', table, re.DOTALL
    )
    assert [(int(type_id), int(count.replace(",", ""))) for type_id, count in shown] == facts


def test_market_gaps_say_what_to_do_and_why(visit: Visit, golden_api: httpx.Client, known: dict[str, str]) -> None:
    page = visit("/war-room/demand?region_id={region}")
    page.select_option("select[name=is_flagged]", "true")
    follow(page.get_by_role("button", name="Show"))
    address = f"/api/war/demand/{known['region']}?is_flagged=true&limit=25"
    wanted = golden_api.get(address).json()["items"]
    assert rows(page, "Market gaps") == [one["type"]["name"] for one in wanted]
    text = page.get_by_role("region", name="Market gaps").text_content() or ""
    for one in wanted:
        assert one["recommendation"] in text
        assert one["reason"] in text
    why = page.get_by_role("region", name="Market gaps").locator("details").first
    expect(why.locator("p")).to_be_hidden()
    why.locator("summary").click()
    expect(why.locator("p")).to_have_text(wanted[0]["reason"])
    backtests = golden_api.get(f"/api/war/demand/backtest?region_id={known['region']}").json()["items"]
    for test in backtests:
        assert test["result"] in page.locator("main").inner_text()


def test_market_gaps_of_a_hub_and_of_new_eden(visit: Visit, golden_api: httpx.Client) -> None:
    page = visit("/war-room/demand?sort=-losses_7d")
    most = golden_api.get("/war-room/demand?sort=-losses_7d&limit=1").text
    type_id = re.findall(r'href="/types/(\d+)"', most)[0]
    everywhere = golden_api.get(f"/api/war/demand/item/{type_id}").json()
    first = page.get_by_role("region", name="Market gaps").locator("tbody tr").first
    assert first.locator("th a").first.inner_text() == everywhere["type"]["name"]
    assert first.locator("td").first.inner_text().startswith(f"{everywhere['new_eden']['losses_7d']:,}")
    hub = next(one for one in everywhere["hubs"] if one["hub"])
    follow(page.get_by_role("link", name=f"Around {hub['hub']['name']}"))
    assert query(page) == {"sort": ["-losses_7d"], "hub_id": [str(hub["hub"]["id"])]}
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=everywhere["type"]["name"], exact=True))
    assert row.locator("td").first.inner_text().startswith(f"{hub['losses_7d']:,}")


def timers_page(golden_api: httpx.Client, timer: dict[str, Any]) -> str:
    """The page with one timer ahead: the golden war's are all past."""
    nothing: dict[str, Any] = {"next_cursor": None, "data_status": FRESH}
    state = SimpleNamespace(settings=Settings(), revision=SimpleNamespace(data_status=FRESH))
    scope = {"type": "http", "path": "/war-room/timers", "headers": [], "query_string": b"", "scheme": "http"}
    request = Request(scope | {"app": SimpleNamespace(state=state), "server": ("localhost", 80)})
    answer = render(
        request,
        "timers.html",
        ahead=SovereigntyCampaignList(items=[SovereigntyCampaign.model_validate(timer)], **nothing),
        past=PastSovereigntyCampaignList(items=[], statistics=[], **nothing),
        scopes=EXPECTATION_SCOPES,
        parameters=TimerPageParameters(),
        outcomes=[],
        regions=[],
    )
    return bytes(answer.body).decode()


def test_a_timer_counts_down(visit: Visit, golden_api: httpx.Client) -> None:
    starts_at = (datetime.now(UTC) + timedelta(hours=5, minutes=30)).isoformat()
    html = timers_page(golden_api, {**examples.SOVEREIGNTY_CAMPAIGN, "starts_at": starts_at})
    page = visit("/war-room/timers")
    page.locator("main").evaluate(
        """(main, html) => {
            main.innerHTML = new DOMParser().parseFromString(html, "text/html").querySelector("main").innerHTML;
        }""",
        html,
    )
    clock = page.locator(".timer .countdown")
    expect(clock).to_have_text(re.compile(r"^in 5:(30|29):\d\d$"))
    expect(clock).not_to_have_text(clock.inner_text())
    card = page.locator(".timer")
    expect(card).to_contain_text("Of 9 timers of the same defender in 30 days 44.4 % were fought over")
    expect(card.get_by_role("link", name="31 jumps")).to_have_attribute(
        "href", "/route?from_system_id=30002187&to_system_id=30004759&preference=safer"
    )


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}"])
def test_names_stay_text(golden_api: httpx.Client, name: str) -> None:
    timer = dict[str, Any](examples.SOVEREIGNTY_CAMPAIGN) | {"defender": {"id": 99000001, "name": name}}
    text = timers_page(golden_api, timer)
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert ("{{ 7 * 7 }}" in text) == (name == "{{ 7 * 7 }}")


def test_past_timers_say_what_became_of_them(visit: Visit, golden_api: httpx.Client) -> None:
    past = golden_api.get("/api/war/campaigns/outcomes?limit=25").json()["items"]
    page = visit("/war-room/timers")
    shown = page.get_by_role("region", name="Past timers").locator("tbody tr").all_inner_texts()
    assert len(shown) == len(past) > 0
    for timer, row in zip(past, shown, strict=True):
        assert timer["system"]["name"] in row
        assert timer["outcome_reason"] in row
    outcome = past[0]["outcome"]
    page.select_option("select[name=outcome]", outcome)
    follow(page.get_by_role("button", name="Show"))
    tags = page.get_by_role("region", name="Past timers").locator("td .tag")
    assert set(tags.all_inner_texts()) == {outcome}


def test_a_system_of_faction_warfare_shows_its_history(visit: Visit, golden_api: httpx.Client) -> None:
    page = visit("/war-room/faction-warfare?min_contested=0")
    systems = golden_api.get("/api/war/fw/hotspots?min_contested=0&limit=25").json()["items"]
    names = [one["system"]["name"] for one in systems]
    table = page.get_by_role("region", name="Systems of faction warfare")
    assert [text.split()[0] for text in table.locator("tbody th").all_inner_texts()] == names
    other = systems[-1]["system"]
    follow(page.get_by_role("link", name=f"history of {other['name']}", exact=True))
    assert query(page)["system_id"] == [str(other["id"])]
    expect(page.locator("h2#history")).to_contain_text(other["name"])
    history = golden_api.get(f"/api/war/fw/status/{other['id']}").json()["history"]
    states = page.get_by_role("region", name=f"States of {other['name']}", include_hidden=True).locator("tbody tr")
    assert states.count() == len(history)
    follow(page.get_by_role("link", name="Vulnerable, from 90 %"))
    assert query(page) == {"min_contested": ["90"]}


def test_a_doctrine_is_bought_for_so_many_ships(visit: Visit, golden_api: httpx.Client, known: dict[str, str]) -> None:
    page = visit("/war-room/doctrines?days=30")
    follow(page.locator(f'a[href="/doctrines/{known["doctrine"]}"]'))
    page.get_by_label("Ships", exact=True).fill("7")
    follow(page.get_by_role("button", name="Make the list"))
    assert query(page)["ships"] == ["7"]
    doctrine = golden_api.get(f"/api/war/doctrines/by-id/{known['doctrine']}?ships=7").json()
    expect(page.locator("#multibuy")).to_have_value(doctrine["multibuy"])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("[role=status]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == doctrine["multibuy"]
    way = parse_qs(urlsplit(page.locator('a[href^="/route?"]').get_attribute("href") or "").query)
    assert way["preference"] == ["safer"]
    bursts = golden_api.get(f"/api/war/doctrines/by-id/{known['doctrine']}/bursts?limit=100").json()["items"]
    losses: Counter[int] = Counter()
    for burst in bursts:
        losses[burst["system"]["id"]] += burst["losses"]
    assert losses[int(way["to_system_id"][0])] == max(losses.values())
    assert page.get_by_role("region", name="Where it was lost").locator("tbody tr").count() == min(len(bursts), 20)


def test_the_shopping_list_needs_no_script(visit: Visit, golden_api: httpx.Client, known: dict[str, str]) -> None:
    page = visit("/doctrines/{doctrine}?ships=3", scripts=False)
    doctrine = golden_api.get(f"/api/war/doctrines/by-id/{known['doctrine']}?ships=3").json()
    assert page.locator("#multibuy").input_value() == doctrine["multibuy"]
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()


def test_conflicts_lead_to_those_of_one_alliance_and_to_campaigns_and_battles(
    visit: Visit, golden_api: httpx.Client
) -> None:
    conflicts = golden_api.get("/api/war/conflicts?limit=20").json()["items"]
    page = visit("/war-room/conflicts")
    assert rows(page, "Conflicts") == [one["group"]["name"] for one in conflicts]
    matrix = golden_api.get("/api/war/conflicts/matrix?alliances=12").json()
    table = page.get_by_role("region", name="ISK that rows destroyed of columns", include_hidden=True)
    assert table.locator("tbody tr").count() == len(matrix["groups"])
    alliance = next(one["group"] for one in conflicts if one["group"]["kind"] == "alliance")
    follow(page.get_by_role("link", name=f"all conflicts of {alliance['name']}", exact=True).first)
    assert query(page) == {"alliance_id": [str(alliance["id"])]}
    for row in page.get_by_role("region", name="Conflicts", exact=True).locator("tbody tr").all_inner_texts():
        assert alliance["name"] in row
    follow(page.locator('a[href^="/war-room/campaigns/"]').first)
    assert alliance["name"] in page.locator("h1").inner_text()
    battle = page.get_by_role("region", name="Battles of the campaign").locator("tbody th a").first
    system = battle.inner_text().split(",")[0]
    follow(battle)
    assert "/battles/" in page.url
    assert system in page.locator("h1").inner_text()


@pytest.mark.parametrize("address", ["/war-room/hours?region_id={region}", "/war-room/hours?alliance_id={alliance}"])
def test_hours_of_the_day(visit: Visit, golden_api: httpx.Client, known: dict[str, str], address: str) -> None:
    is_region = "region" in address
    path = f"?region_id={known['region']}" if is_region else f"/alliance/{known['alliance']}"
    activity = golden_api.get(f"/api/war/activity{path}").json()
    page = visit(address)
    page.locator("summary").click()
    hours = page.get_by_role("region", name=re.compile("by hour of the day")).locator("tbody tr")
    counts = [int(row.split("\t")[1].replace(",", "")) for row in hours.all_inner_texts()]
    field = "ships_lost_to_players" if is_region else "kills"
    assert counts == [hour[field] for hour in activity["hours_of_day"]]
    prime = activity["prime_time"]
    assert f"Prime time is {prime['from_hour']:02}:00" in page.locator(".outcome-line").inner_text()


def test_production_notes_say_why_in_words(visit: Visit, golden_api: httpx.Client) -> None:
    page = visit("/war-room/production")
    follow(page.get_by_role("link", name="Hubs that losses feed"))
    assert query(page) == {"kind": ["hub_demand"]}
    page.select_option("select[name=sort]", "-isk_lost")
    follow(page.get_by_role("button", name="Show"))
    alerts = golden_api.get("/api/war/alerts/production?kind=hub_demand&sort=-isk_lost&limit=25").json()["items"]
    assert alerts
    notes = page.get_by_role("region", name="Reasons to build or haul").locator("tbody th")
    assert notes.all_inner_texts() == [alert["sentence"] for alert in alerts]
