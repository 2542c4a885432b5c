"""What things are called, kept by the process until names change; the SQL belongs to `queries`."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from fastapi import Depends, Request

from api.deps import Connection, Row
from api.queries import names as queries
from api.revision import Revision

TABLES = ("entity_names", "static_data_builds")
MOST_NAMES = 200_000
"""Kept at once, in some 30 MB; the application then begins anew."""


class Names:
    """Names of one revision, as far as they were asked for; None is the name of what has none.

    Missing ones are looked for one by one: a difference of sets goes through all that is known.
    """

    def __init__(self) -> None:
        """Knows none yet."""
        self._entities: dict[int, str | None] = {}
        self._systems: dict[int, str | None] = {}
        self._types: dict[int, Row | None] = {}

    def __len__(self) -> int:
        """How many are known, or known not to be."""
        return len(self._entities) + len(self._systems) + len(self._types)

    async def of_entities(self, connection: Connection, ids: Iterable[int]) -> Mapping[int, str | None]:
        """Characters, corporations and alliances: these, and others."""
        if missing := {one for one in ids if one not in self._entities}:
            self._entities |= dict.fromkeys(missing) | await queries.entity_names(connection, missing)
        return self._entities

    async def of_systems(self, connection: Connection, ids: Iterable[int]) -> Mapping[int, str | None]:
        """Solar systems: these, and others."""
        if missing := {one for one in ids if one not in self._systems}:
            self._systems |= dict.fromkeys(missing) | await queries.system_names(connection, missing)
        return self._systems

    async def of_types(self, connection: Connection, ids: Iterable[int]) -> Mapping[int, Row | None]:
        """`type_name` and `group_name` of types: these, and others."""
        if missing := {one for one in ids if one not in self._types}:
            self._types |= dict.fromkeys(missing) | await queries.types(connection, missing)
        return self._types


class KeptNames:
    """Keeps the newest names."""

    def __init__(self, revision: Revision) -> None:
        """Knows none yet."""
        self._revision = revision
        self._kept: tuple[int, Names] | None = None

    def newest(self) -> Names:
        """Names for a request that has read nothing yet; another one's where they did not change since."""
        revision = self._revision.of(*TABLES)
        if revision is None:  # nobody would hear of a change
            return Names()
        if self._kept is None or self._kept[0] != revision or len(self._kept[1]) > MOST_NAMES:
            self._kept = revision, Names()
        return self._kept[1]


async def _newest(request: Request) -> Names:
    kept: KeptNames = request.app.state.names
    return kept.newest()


CurrentNames = Annotated[Names, Depends(_newest)]
"""Stands before whatever reads: what a route reads in an older moment may not be kept as the newest."""
