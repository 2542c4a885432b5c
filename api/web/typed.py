"""What people type where an id is meant: names, found as the search finds them; no page belongs here."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, NamedTuple

from fastapi import Request
from pydantic import StringConstraints

from api.deps import Connection
from api.queries import search as queries
from api.routers.search import AUTOCOMPLETE_ENTRIES
from api.schemas.search import EntryKind
from api.web.rendering import address_of

LEAST_LETTERS = 2
"""The search needs them."""
MOST_COMPARED = 3_000
"""Names with the same first letter that what was typed is compared with: more than any letter of systems has."""
MOST_ALIKE = 5

TypedName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
"""A name or an id, as typed into a form."""


class Unknown(NamedTuple):
    """What was typed and is nobody's name."""

    text: str
    kind: EntryKind
    suggestions: list[tuple[str, str]]
    """Names, each with the address of the page that has it instead."""


class Understood(NamedTuple):
    """What was typed, as far as it is known."""

    address: str | None
    """The page's address with ids in place of names; None where nothing was typed, or something is unknown."""
    unknown: list[Unknown]


async def understand(request: Request, connection: Connection, fields: Mapping[str, EntryKind]) -> Understood:
    """Finds what was typed into fields; what `system` means goes to the parameter `system_id`, whose value it replaces.

    A name counts if it is the whole name, in any case; a number is taken for an id where it is no name.
    """
    given = request.query_params.multi_items()
    replaced = {f"{name}_id" for name, _ in given if name in fields}
    known = [(name, value) for name, value in given if name not in fields and name not in replaced]
    missing: list[tuple[str, str, dict[str, int]]] = []
    for name, value in given:
        if name not in fields:
            continue
        text = value.strip()
        begins = await _beginning(connection, text, fields[name])
        exact = {begun.lower(): entry_id for begun, entry_id in begins.items()}.get(text.lower())
        if exact is not None or (text.isascii() and text.isdigit()):
            known.append((f"{name}_id", str(exact or int(text))))
        else:
            missing.append((name, text, begins))
    path = request.url.path
    unknown = [
        Unknown(
            text,
            fields[name],
            [
                (suggestion, address_of(path, [*known, (f"{name}_id", entry_id)]))
                for suggestion, entry_id in (begins or await _alike(connection, text, fields[name])).items()
            ],
        )
        for name, text, begins in missing
    ]
    is_settled = not unknown and any(name in fields for name, _ in given)
    return Understood(address_of(path, known) if is_settled else None, unknown)


async def _beginning(connection: Connection, text: str, kind: EntryKind) -> dict[str, int]:
    """The first of those whose names, or words of them, begin with the text: ids by name."""
    if len(text) < LEAST_LETTERS:
        return {}
    found = await queries.entries(connection, text.lower(), [kind.value], AUTOCOMPLETE_ENTRIES)
    return {entry.name: int(entry.id) for entry in found.entries}


async def _alike(connection: Connection, text: str, kind: EntryKind) -> dict[str, int]:
    """Those whose names begin with the same letter and are written much like the text, the most alike first."""
    entries = await queries.beginning(connection, text[:1].lower(), [kind.value], MOST_COMPARED)
    by_name = {entry.name.lower(): entry for entry in entries}
    alike = [by_name[name] for name in get_close_matches(text.lower(), by_name, MOST_ALIKE)]
    return {entry.name: int(entry.id) for entry in alike}
