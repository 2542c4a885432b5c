"""Search over the golden war's names and the real map."""

import re
from typing import Any

import httpx
import pytest

from api.queries.search import LAST_CHARACTER, _statement
from api.schemas.search import EntryKind
from tests.conftest import Golden


def found(api: httpx.Client, text: str, **parameters: Any) -> list[dict[str, Any]]:
    answer = api.get("/api/search", params={"q": text, **parameters})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("jita", {"type": "system", "id": 30000142, "name": "Jita", "context": "The Forge"}),
        ("THE FORGE", {"type": "region", "id": 10000002, "name": "The Forge", "context": None}),
        ("forge", {"type": "region", "id": 10000002, "name": "The Forge", "context": None}),
        ("1dq", {"type": "system", "id": 30004759, "name": "1DQ1-A", "context": "Delve"}),
        ("1dq1 a", {"type": "system", "id": 30004759, "name": "1DQ1-A", "context": "Delve"}),
        ("muninn", {"type": "ship_type", "id": 12015, "name": "Muninn", "context": "Heavy Assault Cruiser"}),
        ("issue nav", {"type": "ship_type", "id": 17636, "name": "Raven Navy Issue", "context": "Battleship"}),
    ],
)
def test_names_and_words_are_found(golden_api: httpx.Client, text: str, entry: dict[str, Any]) -> None:
    assert entry in found(golden_api, text, limit=100)


def test_everybody_in_the_war_is_found_by_name(golden: Golden, golden_api: httpx.Client) -> None:
    with golden.warehouse.transaction() as connection:
        named = connection.execute(
            "select category, min(entity_id), (array_agg(entity_name order by entity_id))[1] "
            "from app.entity_names group by category"
        ).fetchall()
    assert {category for category, _, _ in named} >= {"alliance", "character", "corporation"}
    for category, entity_id, name in named:
        if category != "faction":
            assert (category, entity_id) in {(one["type"], one["id"]) for one in found(golden_api, str(name))}


def test_names_that_begin_so_come_first(golden_api: httpx.Client) -> None:
    names = [one["name"].lower() for one in found(golden_api, "am", limit=100)]
    begin = [name.startswith("am") for name in names]
    assert begin == sorted(begin, reverse=True)
    assert all(re.search(r"\bam", name) for name in names)
    assert [name for name in names if name.startswith("am")] == sorted(name for name in names if name.startswith("am"))


def test_type_leaves_only_its_kind_and_facets_count_all(golden_api: httpx.Client) -> None:
    answer = golden_api.get("/api/search", params={"q": "am", "type": ["region", "system"]}).json()
    assert {one["type"] for one in answer["items"]} <= {"region", "system"}
    assert set(answer["facets"]) > {"system"}
    everything = found(golden_api, "amarr", limit=100)
    facets = golden_api.get("/api/search", params={"q": "amarr"}).json()["facets"]
    assert sum(facets.values()) == len(everything)


def battle_named(api: httpx.Client, battle: dict[str, Any]) -> dict[str, Any]:
    """The entry of a battle."""
    started_at = battle["started_at"].replace("T", " ")[: len("2026-01-31 18:42")]
    return {
        "type": "battle",
        "id": battle["id"],
        "name": f"{battle['system']['name']}, {started_at}",
        "context": f"{battle['kind'].replace('_', ' ')} of {battle['total_pilots']} pilots",
    }


def battles(api: httpx.Client, **filters: Any) -> list[dict[str, Any]]:
    listed = api.get("/api/battles", params={"limit": 100} | filters).json()["items"]
    assert listed
    return [battle_named(api, battle) for battle in listed]


@pytest.mark.parametrize("kind", ["battle", "skirmish", "camp", "gank"])
def test_a_battle_is_found_by_its_slug(golden_api: httpx.Client, kind: str) -> None:
    battle = golden_api.get("/api/battles", params={"kind": kind}).json()["items"][0]
    for text in (battle["slug"], battle["slug"].lower()):
        answer = golden_api.get("/api/search", params={"q": text}).json()
        assert answer["items"] == [battle_named(golden_api, battle)]
        assert answer["facets"] == {"battle": 1}
    assert found(golden_api, battle["slug"], type="system") == []
    assert found(golden_api, battle["slug"][:-1] + "x") == []


def test_battles_are_found_by_their_system_the_newest_first_behind_names(golden_api: httpx.Client) -> None:
    system = golden_api.get("/api/battles").json()["items"][0]["system"]
    expected = battles(golden_api, system_id=system["id"])
    entries = found(golden_api, system["name"], limit=100)
    assert entries[0]["id"] == system["id"]
    names = [entry for entry in entries if entry["type"] != "battle"]
    of_the_system = [entry for entry in entries[len(names) :] if entry["name"].startswith(f"{system['name']}, ")]
    assert entries[: len(names)] == names
    assert of_the_system == expected
    assert found(golden_api, system["name"], type="battle", limit=1) == expected[:1]
    facets = golden_api.get("/api/search", params={"q": system["name"], "type": "region"}).json()["facets"]
    assert facets["battle"] == len(entries) - len(names)


@pytest.mark.parametrize("day", ["2026-06-06", "2026-06"])
def test_battles_are_found_by_their_day_with_or_without_their_system(golden_api: httpx.Client, day: str) -> None:
    of_day = [entry for entry in battles(golden_api) if f" {day}" in entry["name"]]
    assert found(golden_api, day, limit=100) == of_day[:100]
    (system, _), others = of_day[0]["name"].split(", "), of_day[1:]
    here = [of_day[0], *(entry for entry in others if entry["name"].startswith(f"{system}, "))]
    for text in (f"{system} {day}", f"{day} {system}"):
        entries = found(golden_api, text, limit=100)
        assert [entry for entry in entries if entry["name"].startswith(f"{system}, ")] == here
        assert {entry["type"] for entry in entries} == {"battle"}


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "0000-00", "9999-12-31", "9999-12", "2025-06", "br-1-2"])
def test_days_without_battles_have_none(golden_api: httpx.Client, text: str) -> None:
    assert found(golden_api, text) == []


def test_first_names_are_read_in_the_order_of_indexes(golden: Golden) -> None:
    """Else all names that begin alike are fetched and sorted: of a million, thousands."""
    statement = _statement(10, ("beginnings", "others"), None)
    parameters = {"text": "a", "end": "a" + LAST_CHARACTER, "kinds": [*EntryKind], "words": "a:*"}
    with golden.warehouse.transaction() as connection:
        for kind in ("seqscan", "bitmapscan"):  # the golden war has few names
            connection.execute(f"set local enable_{kind} = off".encode())
        plan = connection.execute(b"explain (costs off) " + statement, parameters).fetchall()
    lines = [str(line).strip() for (line,) in plan]
    beginnings = lines[lines.index("CTE beginnings") + 1 : lines.index("CTE others")]
    nodes = [line.removeprefix("->").split()[:2] for line in beginnings]
    assert nodes.count(["Index", "Scan"]) >= 4
    assert ["Merge", "Append"] in nodes
    assert ["Incremental", "Sort"] in nodes, "by the alphabet from the index, ties by what they are"
    assert ["Sort"] not in nodes


def test_autocomplete_is_the_beginning_of_the_search(golden_api: httpx.Client) -> None:
    typed = golden_api.get("/api/search/autocomplete", params={"q": "per"}).json()
    assert typed == found(golden_api, "per", limit=10)
    assert typed


@pytest.mark.parametrize("text", ["%%", "__", "\\\\", "'; --", "&|!():*", "\u0000\u0000", "🚀🚀", "a" * 100, "<>"])
def test_signs_are_no_commands(golden_api: httpx.Client, text: str) -> None:
    answer = golden_api.get("/api/search", params={"q": text})
    assert answer.status_code in ({400, 422} if "\0" in text else {200})
    if answer.status_code == 200:
        assert answer.json()["items"] == []


@pytest.mark.parametrize(
    "query", ["", "?q=", "?q=a", "?q=%20a%20", "?q=" + "a" * 101, "?q=ab&type=planet", "?q=ab&limit=101"]
)
def test_what_is_no_search_is_refused(golden_api: httpx.Client, query: str) -> None:
    assert golden_api.get(f"/api/search{query}").status_code == 422
