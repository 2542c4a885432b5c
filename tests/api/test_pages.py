"""The pages: filled, linked, safe with the names players choose."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request

from api.app import create_app
from api.schemas import examples
from api.schemas.battles import Battle, BattleList
from api.schemas.lists import DataStatus
from api.web import rendering
from api.web.battles import KINDS, SORTS, BattleListPageParameters
from api.web.formats import side_name
from api.web.rendering import render
from battlescope_assets.settings import Settings


class Page(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.sources: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if tag == "a":
            self.links.append(given["href"])
        if tag in {"script", "img"} and given.get("type") != "application/json":
            self.sources.append(given.get("src", "inline"))
        if tag == "link":
            self.sources.append(given["href"])
        if "id" in given:
            self.ids.append(given["id"])
        self.inline += [name for name in given if name == "style" or name.startswith("on")]


PAGES = ["/", "/dashboard", "/battles?kind=camp", "/battles?sort=-isk_destroyed&limit=5", "/about", "/docs"]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_needs_nothing_from_elsewhere_and_nothing_inline(golden_api: httpx.Client, address: str) -> None:
    answer = golden_api.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = Page(answer.text)
    assert page.inline == []
    assert page.tags.count("h1") == 1
    assert len(page.ids) == len(set(page.ids))
    for source in page.sources:
        assert golden_api.get(source).status_code == 200
    assert {link.removeprefix("#") for link in page.links if link.startswith("#")} <= set(page.ids)


def test_the_list_shows_what_the_api_says(golden_api: httpx.Client) -> None:
    battles = golden_api.get("/api/battles?limit=20").json()["items"]
    answer = golden_api.get("/battles")
    page = Page(answer.text)
    assert page.tags.count("article") == len(battles) > 0
    for battle in battles:
        assert f"/battles/{battle['slug']}" in page.links
        assert battle["zkill_related_urls"][0] in page.links
        assert battle["system"]["name"] in answer.text
        for side in battle["sides"]:
            assert f">{side_name(side['side'])}</b>" in answer.text
    won = [battle["outcome"] for battle in battles if battle["outcome"]["is_decisive"]]
    assert won
    assert all(outcome["reason"].startswith(f"{side_name(outcome['winning_side'])} destroyed") for outcome in won)
    assert {"/docs", "/dbt-docs"} <= set(page.links)
    assert "Data as of" in answer.text
    assert "of announced killmails stored" in answer.text


@pytest.mark.parametrize("address", ["/", "/battles?limit=3", "/about"])
def test_links_lead_somewhere(golden_api: httpx.Client, address: str) -> None:
    followed = [link for link in Page(golden_api.get(address).text).links if link.startswith(("/battles", "/about"))]
    assert followed
    for link in followed:
        assert golden_api.get(link).status_code == 200, link


def test_fields_left_empty_leave_the_address(golden_api: httpx.Client) -> None:
    answer = golden_api.get("/battles?kind=camp&region_id=&min_isk=&sort=-pilots")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/battles?kind=camp&sort=-pilots"


@pytest.mark.parametrize(
    ("address", "accept", "is_page"),
    [
        ("/battles?limit=0", "text/html,*/*", True),
        ("/nowhere", "text/html", True),
        ("/nowhere", "*/*", False),
        ("/api/battles?limit=0", "text/html", False),
    ],
)
def test_people_read_of_errors_on_a_page(golden_api: httpx.Client, address: str, accept: str, *, is_page: bool) -> None:
    answer = golden_api.get(address, headers={"Accept": accept})
    assert answer.status_code in {404, 422}
    kind = "text/html" if is_page else "application/problem+json"
    assert answer.headers["Content-Type"].startswith(kind)


def rendered(battle: dict[str, Any]) -> str:
    answer = BattleList(
        items=[Battle.model_validate(battle)],
        next_cursor=None,
        data_status=DataStatus(
            as_of=None,
            completeness=None,
            mails_quarantined=3,
            stale_sources=["killmails"],
            failed_tests=["unique_of_something"],
        ),
        total=None,
    )
    state = SimpleNamespace(settings=Settings(), revision=SimpleNamespace(data_status=answer.data_status))
    scope = {"type": "http", "path": "/battles", "headers": [(b"host", b"localhost")], "query_string": b""}
    request = Request(scope | {"app": SimpleNamespace(state=state), "scheme": "http", "server": ("localhost", 80)})
    chosen = [("alliance_id", f"with {battle['region']['name'] or 'nobody'}")]
    context: dict[str, Any] = {
        "answer": answer,
        "parameters": BattleListPageParameters(),
        "kinds": KINDS,
        "sorts": SORTS,
    }
    context |= {
        "unknown": [],
        "regions": [],
        "security_classes": [],
        "statuses": [],
        "least_isk": [],
        "least_pilots": [],
    }
    return bytes(render(request, "battles.html", chosen=chosen, **context).body).decode()


def named_sides(name: str) -> list[dict[str, Any]]:
    """Sides of the example, one named by an alliance and one by a corporation of that name."""
    alliances, corporations = cast("list[dict[str, Any]]", examples.BATTLE["sides"])
    group = {"id": 1, "name": name, "pilots": 3}
    return [{**alliances, "top_alliances": [group]}, {**corporations, "top_corporations": [group]}]


def test_a_side_is_named_by_its_alliances_else_its_corporations() -> None:
    battle: dict[str, Any] = {**examples.BATTLE}
    page = rendered(battle)
    assert '<a href="/alliances/99000001">First Example Alliance</a>' in page
    assert '<a href="/corporations/98000002">Corporation 98000002</a>' in page
    first, second = named_sides("x")
    assert "no corporation of players" not in page
    assert "no corporation of players" in rendered({**battle, "sides": [first, {**second, "top_corporations": []}]})


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a & b", "{{ 7 * 7 }}"]
)
def test_names_stay_text(name: str) -> None:
    battle: dict[str, Any] = {**examples.BATTLE}
    battle["system"] = {**battle["system"], "name": name}
    battle["region"] = {**battle["region"], "name": name}
    battle["outcome"] = {**battle["outcome"], "reason": name}
    battle["sides"] = named_sides(name)
    tame = {**battle, "sides": named_sides("x")}
    tame |= {"system": {**battle["system"], "name": "x"}, "region": {**battle["region"], "name": "x"}}
    tame |= {"outcome": {**battle["outcome"], "reason": "x"}}
    page = Page(rendered(battle))
    assert page.tags == Page(rendered(tame)).tags
    assert page.inline == []
    assert "49" not in rendered(battle) or name != "{{ 7 * 7 }}"


def test_no_template_takes_text_for_markup() -> None:
    folder = Path(rendering.__file__).parent / "templates"
    for path in folder.glob("*.html"):
        assert rendering.templates.env.autoescape(path.name), path.name  # type: ignore[operator]
        assert not re.search(r"\|\s*safe\b|autoescape", path.read_text()), path.name


def test_a_battle_nothing_is_known_about_is_shown() -> None:
    battle = {
        **examples.BATTLE,
        "system": {"id": 30009999, "name": None, "security_status": None},
        "region": {"id": None, "name": None},
        "space_type": None,
        "security_class": None,
        "sides": [],
    }
    text = rendered(battle)
    assert "System 30009999" in text
    assert "stale: killmails" in text
    assert "None" not in text


def test_the_dbt_docs_are_served_once_generated(serve: Callable[[FastAPI], httpx.Client], tmp_path: Path) -> None:
    client = serve(create_app(Settings(home=tmp_path), "postgresql:///nowhere"))
    missing = client.get("/dbt-docs")
    assert missing.status_code == 404
    assert "app/dbt_docs" in missing.json()["detail"]
    site = tmp_path / "dbt" / "target" / "static_index.html"
    site.parent.mkdir(parents=True)
    site.write_text("<!doctype html><title>dbt</title>", encoding="utf-8")
    answer = client.get("/dbt-docs")
    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype html>")
    assert "script-src 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
