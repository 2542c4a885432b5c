"""Where SQL stands, and what the API reads."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
STATEMENT = re.compile(
    r"\b(select\s.+\sfrom|insert\s+into|update\s+\w+\.\w+\s+set|delete\s+from)\s", re.IGNORECASE | re.DOTALL
)
ROOMS = (
    "battlescope_assets/io/",
    "battlescope_assets/migrations/",
    "battlescope_assets/processes/database.py",
    "api/queries/",
)
SCHEMAS = re.compile(r"\b(?:raw|core|app|staging|intermediate)\.[a-z]\w*")


def sources(*folders: str) -> dict[str, str]:
    found = [file for folder in folders for file in (REPOSITORY / folder).rglob("*.py")]
    return {file.relative_to(REPOSITORY).as_posix(): file.read_text() for file in found}


def test_sql_stands_in_its_rooms_only() -> None:
    strings = re.compile(r'"""(.*?)"""|"((?:[^"\\]|\\.)*)"', re.DOTALL)
    elsewhere = [
        f"{name}: {text[:60]!r}"
        for name, source in sources("battlescope_assets", "api").items()
        if not name.startswith(ROOMS)
        for groups in strings.findall(source)
        for text in groups
        if STATEMENT.search(text) and not text[0].isupper()
    ]
    assert elsewhere == []


def test_the_api_reads_marts_only() -> None:
    """And calls two functions: one writes that somebody wants a killmail's details, one asks an extension, if any."""
    queries = sources("api/queries")
    assert any("marts." in source for source in queries.values())
    named = [f"{name}: {found}" for name, source in queries.items() for found in SCHEMAS.findall(source)]
    assert sorted(named) == [
        "api/queries/killmails.py: app.request_enrichment",
        "api/queries/search.py: app.alike_names",
    ]
