"""Names that begin as asked, and names with words that do."""

from typing import Any

from api.deps import Connection

BEGINNINGS = """
select entry_kind, entry_id, entry_name, context
from marts.dim_search_entries
where lower_name like %(prefix)s and entry_kind = any(%(kinds)s)
order by lower_name, entry_kind, entry_id
limit %(limit)s
"""
"""The order is the index's, so that the first hundred of a million names are found without seeing the others."""
WORDS = """
select entry_kind, entry_id, entry_name, context
from marts.dim_search_entries
where words @@ to_tsquery('simple', %(words)s) and lower_name not like %(prefix)s and entry_kind = any(%(kinds)s)
order by length(lower_name), lower_name, entry_kind, entry_id
limit %(limit)s
"""
FACETS = """
select entry_kind, count(*) as entries
from (
    select entry_kind from marts.dim_search_entries
    where words @@ to_tsquery('simple', %(words)s)
    limit %(most)s
) as found
group by entry_kind
"""
MOST_COUNTED = 10_000
"""Nobody looks through more; and two letters begin a fifth of all names."""


async def entries(connection: Connection, text: str, words: list[str], kinds: list[str], limit: int) -> list[Any]:
    """Entries whose name begins with `text` (lower case), the shortest first, then those with all words' beginnings."""
    parameters = {
        "prefix": text.translate({ord(sign): f"\\{sign}" for sign in "\\%_"}) + "%",
        "words": _query(words),
        "kinds": kinds,
        "limit": limit,
    }
    found = await (await connection.execute(BEGINNINGS, parameters)).fetchall()
    if len(found) < limit and words:
        rest = parameters | {"limit": limit - len(found)}
        found += await (await connection.execute(WORDS, rest)).fetchall()
    return found


async def facets(connection: Connection, words: list[str]) -> dict[str, int]:
    """How many entries of each kind have all words' beginnings, counting no more than `MOST_COUNTED`."""
    if not words:
        return {}
    cursor = await connection.execute(FACETS, {"words": _query(words), "most": MOST_COUNTED})
    return {row["entry_kind"]: row["entries"] async for row in cursor}


def _query(words: list[str]) -> str:
    return " & ".join(f"{word}:*" for word in words)
