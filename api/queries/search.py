"""Names that begin as asked, and names with words that do."""

import re
from functools import cache
from typing import Any

from api.deps import Connection, Row

LAST_CHARACTER = "\U0010ffff"
"""No name has it: what begins alike comes before it."""
MOST_COUNTED = 10_000
"""Nobody looks through more; and two letters begin a fifth of all names."""
BEGINNINGS = """
    select 0 as length, lower_name, entry_kind, entry_id, entry_name, context, null::bigint as entries
    from marts.dim_search_entries
    where lower_name >= (select %(text)s::text) and lower_name < (select %(end)s::text)
        and entry_kind = any(%(kinds)s::text[])
    order by lower_name, entry_kind, entry_id
    limit {limit}
"""
"""The order is the index's, so that the first hundred of a million names are found without seeing the others."""
OTHERS = """
    select length(lower_name) as length, lower_name, entry_kind, entry_id, entry_name, context, null::bigint as entries
    from marts.dim_search_entries
    where words @@ (select to_tsquery('simple', %(words)s::text)) and not starts_with(lower_name, %(text)s::text)
        and entry_kind = any(%(kinds)s::text[])
    order by length, lower_name, entry_kind, entry_id
    limit {limit} - (select count(*) from beginnings)
"""
FACETS = """
    select
        null::integer as length, null as lower_name, entry_kind, null::bigint as entry_id, null as entry_name,
        null as context, count(*) as entries
    from (
        select entry_kind from marts.dim_search_entries
        where words @@ (select to_tsquery('simple', %(words)s::text))
        limit {most_counted}
    ) as found
    group by entry_kind
"""


async def entries(
    connection: Connection, text: str, kinds: list[str], limit: int, *, with_facets: bool
) -> tuple[list[Row], dict[str, int]]:
    """Entries whose name begins with `text` (lower case), by the alphabet, then others with all words' beginnings.

    If asked for, also how many of each kind have all words' beginnings, counting no more than `MOST_COUNTED`.
    """
    words = re.findall(r"[^\W_]+", text)
    statement = _statement(limit, has_words=bool(words), with_facets=with_facets and bool(words))
    parameters = _beginning(text, kinds) | {"words": " & ".join(f"{word}:*" for word in words)}
    rows = await (await connection.execute(statement, parameters)).fetchall()
    found = [row for row in rows if row["entries"] is None]
    return found, {row["entry_kind"]: row["entries"] for row in rows[len(found) :]}


async def beginning(connection: Connection, text: str, kinds: list[str], limit: int) -> list[Row]:
    """Only those whose name begins with `text` (lower case)."""
    statement = _statement(limit, has_words=False, with_facets=False)
    return await (await connection.execute(statement, _beginning(text, kinds))).fetchall()


def _beginning(text: str, kinds: list[str]) -> dict[str, Any]:
    return {"text": text, "end": text + LAST_CHARACTER, "kinds": kinds}


@cache
def _statement(limit: int, *, has_words: bool, with_facets: bool) -> bytes:
    """One statement, so that it needs no transaction.

    What is searched for stands in subqueries, where PostgreSQL does not look at it before it plans: it would mistake
    how many names begin with four letters, and fetch and sort them all rather than read the first from the index.
    """
    parts = {"beginnings": BEGINNINGS}
    if has_words:
        parts["others"] = OTHERS
    if with_facets:
        parts["facets"] = FACETS
    return f"""
        with {", ".join(f"{name} as materialized ({part})" for name, part in parts.items())}
        {" union all ".join(f"select * from {name}" for name in parts)}
        order by length, lower_name, entry_kind, entry_id
    """.format(limit=limit, most_counted=MOST_COUNTED).encode()  # nothing of the request's
