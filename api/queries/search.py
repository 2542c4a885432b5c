"""Names that begin as asked, names with words that do, battles where systems have such names, and names alike."""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from api.deps import Connection, Row
from api.queries.battles import KINDS

BATTLE = "battle"
"""The one kind that has no names of its own."""
LAST_CHARACTER = "\U0010ffff"
"""No name has it: what begins alike comes before it."""
MOST_COUNTED, MOST_BATTLES_COUNTED = 10_000, 1_000
"""Nobody looks through more; and two letters begin a fifth of all names."""
MOST_SYSTEMS = 20
"""Whose battles are found: who means one of more systems writes another letter."""
WORD = re.compile(r"[^\W_]+")
SLUG = re.compile(r"br-\d+-\d+(-\d+)?")
MONTH_OR_DAY = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")

BEGINNINGS = """
    select lower_name, entry_kind, entry_id, entry_name, context
    from marts.dim_search_entries
    where lower_name >= (select %(text)s::text) and lower_name < (select %(end)s::text)
        and entry_kind = any(%(kinds)s::text[])
    order by {order}
    limit {limit}
"""
"""The order is the index's, so that the first hundred of a million names are found without seeing the others."""
OTHERS = """
    select length(lower_name) as letters, lower_name, entry_kind, entry_id, entry_name, context
    from marts.dim_search_entries
    where words @@ (select to_tsquery('simple', %(words)s::text)) and not starts_with(lower_name, %(text)s::text)
        and entry_kind = any(%(kinds)s::text[])
    order by {order}
    limit {limit} - (select count(*) from beginnings)
"""
ALIKE = """
    select distance, lower_name, entry_kind, entry_id, entry_name, context
    from app.alike_names(%(text)s::text, %(kinds)s::text[])
    where not exists (select from beginnings) and not exists (select from others)
    order by {order}
    limit {limit}
"""
"""None where the server has no pg_trgm."""
SYSTEMS = """
    select entry_id::integer as solar_system_id
    from marts.dim_search_entries
    where entry_kind = 'system' and words @@ (select to_tsquery('simple', %(place)s::text))
    order by length(lower_name), lower_name
    limit {most_systems}
"""
BATTLES = """
    select
        started_at, battle_id, 'battle' as entry_kind, battle_id as entry_id,
        concat(solar_system_name, ', ', to_char(started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')) as entry_name,
        concat(replace(kind, '_', ' '), ' of ', total_pilots, ' pilots') as context
    from {listed}
    order by {order}
    limit {limit} - {names}
"""
FACETS = """
    select entry_kind, count(*) as entries
    from (
        select entry_kind from marts.dim_search_entries
        where words @@ (select to_tsquery('simple', %(words)s::text))
        limit {most_counted}
    ) as found
    group by entry_kind
"""
BATTLE_FACET = """
    select count(*) as battles from (select from {counted} limit {most_battles_counted}) as found
"""
PARTS = {
    "beginnings": BEGINNINGS,
    "others": OTHERS,
    "alike": ALIKE,
    "battles": BATTLES,
    "facets": FACETS,
    "battle_facet": BATTLE_FACET,
}
ORDERS = {
    "beginnings": "lower_name, entry_kind, entry_id",
    "others": "letters, lower_name, entry_kind, entry_id",
    "alike": "distance, lower_name, entry_kind, entry_id",
    "battles": "started_at desc, battle_id desc",
}
"""Of what is found, in the order in which it is shown."""
ENTRY = "json_build_array(entry_kind, entry_id, entry_name, context)"
ANSWERS = {part: f"json_agg({ENTRY} order by {order})" for part, order in ORDERS.items()} | {
    "facets": "json_object_agg(entry_kind, entries)",
    "battle_facet": "battles",
}
FIGHTS = f"""
    select * from marts.fct_battles
    where {KINDS["fights"][1]} and started_at >= %(start)s and started_at < %(until)s
"""
"""As lists of battles have them unless asked for more; a slug is of whatever kind."""
NEWEST = f"order by {ORDERS['battles']} limit {{most}}"
BATTLES_BY = {
    "slug": "(select * from marts.fct_battles where slug = %(slug)s) as battles",
    "time": f"({FIGHTS} {NEWEST}) as battles",
    "system": f"""systems cross join lateral (
        {FIGHTS} and solar_system_id = systems.solar_system_id {NEWEST}
    ) as battles""",
}


class Entry(NamedTuple):
    """Something that was found."""

    kind: str
    id: int | str
    """A battle's is its UUID."""
    name: str
    context: str | None


class Found(NamedTuple):
    """What was found, the best first."""

    entries: list[Entry]
    facets: dict[str, int]
    """Matches by kind, if asked for: of no more than `MOST_COUNTED` names, and `MOST_BATTLES_COUNTED` battles."""
    are_alike: bool
    """No name is as asked: these are spelled much like it."""


class _Battles(NamedTuple):
    """Which battles a text may mean."""

    by: str
    """One of `BATTLES_BY`."""
    parameters: dict[str, Any]
    is_a_name: bool = False
    """The text says no more than a system's name."""


async def entries(
    connection: Connection, text: str, kinds: list[str], limit: int, *, with_facets: bool = False
) -> Found:
    """Entries whose name begins with `text` (lower case), by the alphabet, others with all words' beginnings, battles.

    A battle is meant by its slug, by its system's name, by its day or month (`2026-01-31`), or by both of these; the
    newest come first.
    """
    words = WORD.findall(text)
    meant = _battles_meant(text)
    parts: list[str] = []
    if {*kinds} != {BATTLE}:
        parts = ["beginnings", "others"] if words else ["beginnings"]
        parts += ["alike"] if meant and meant.is_a_name else []
    if BATTLE in kinds and meant:
        parts += ["battles"]
    if with_facets and words:
        parts += ["facets", "battle_facet"] if meant else ["facets"]
    if not parts:
        return Found([], {}, are_alike=False)
    parameters = _beginning(text, kinds) | {"words": _prefixes(words)} | (meant.parameters if meant else {})
    return await _found(connection, _statement(limit, tuple(parts), meant and meant.by), parameters)


async def beginning(connection: Connection, text: str, kinds: list[str], limit: int) -> list[Entry]:
    """Only those whose name begins with `text` (lower case)."""
    found = await _found(connection, _statement(limit, ("beginnings",), None), _beginning(text, kinds))
    return found.entries


def _beginning(text: str, kinds: list[str]) -> dict[str, Any]:
    return {"text": text, "end": text + LAST_CHARACTER, "kinds": kinds}


def _prefixes(words: list[str]) -> str:
    return " & ".join(f"{word}:*" for word in words)


def _battles_meant(text: str) -> _Battles | None:
    if SLUG.fullmatch(text):
        return _Battles("slug", {"slug": text.upper()})
    window = {"start": datetime.min.replace(tzinfo=UTC), "until": datetime.max.replace(tzinfo=UTC)}
    place, date = text, MONTH_OR_DAY.search(text)
    if date and (days := _days(*date.groups())):
        window = dict(zip(window, days, strict=True))
        place = text[: date.start()] + text[date.end() :]
    if words := WORD.findall(place):
        return _Battles("system", window | {"place": _prefixes(words)}, is_a_name=place == text)
    return _Battles("time", window) if place != text else None


def _days(year: str, month: str, day: str | None) -> tuple[datetime, datetime] | None:
    """The day, or the month, half open; None: no calendar has it."""
    try:
        start = datetime(int(year), int(month), int(day or 1), tzinfo=UTC)
        return start, start + timedelta(days=1) if day else (start + timedelta(days=31)).replace(day=1)
    except (ValueError, OverflowError):
        return None


async def _found(connection: Connection, statement: bytes, parameters: dict[str, Any]) -> Found:
    row: Row = await (await connection.execute(statement, parameters)).fetchone() or {}
    found = {part: row.get(part) or [] for part in ORDERS}
    facets = row.get("facets") or {}
    if row.get("battle_facet"):
        facets[BATTLE] = row["battle_facet"]
    return Found([Entry(*entry) for part in found.values() for entry in part], facets, bool(found["alike"]))


@cache
def _statement(limit: int, parts: tuple[str, ...], battles_by: str | None) -> bytes:
    """One statement, so that it needs no transaction; its row has an array for each part.

    What is searched for stands in subqueries, where PostgreSQL does not look at it before it plans: it would mistake
    how many names begin with four letters, and fetch and sort them all rather than read the first from the index.
    """
    names = " - ".join(f"(select count(*) from {part})" for part in parts if part in {"beginnings", "others"})
    battles = BATTLES_BY[battles_by] if battles_by else ""
    written = {"systems": SYSTEMS} if battles_by == "system" else {}
    written |= {part: PARTS[part] for part in parts}
    ctes = [
        f"{name} as materialized ({template})".format(
            order=ORDERS.get(name),
            limit=limit,
            names=names or 0,
            listed=battles.format(most=limit),
            counted=battles.format(most=MOST_BATTLES_COUNTED),
            most_counted=MOST_COUNTED,
            most_battles_counted=MOST_BATTLES_COUNTED,
            most_systems=MOST_SYSTEMS,
        )
        for name, template in written.items()
    ]
    answers = [f"(select {ANSWERS[part]} from {part}) as {part}" for part in parts]
    return f"with {', '.join(ctes)} select {', '.join(answers)}".encode()  # nothing of the request's
