"""Asks ESI for the names of ids and keeps them; who shows them belongs elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, cast

import msgspec

from battlescope_assets.io.sources import Source
from battlescope_assets.io.warehouse import Change, Connection, Rows, replace_rows

MOST_IDS = 1_000
"""ESI takes no more in one request."""

UNNAMED = """
select distinct entity_id
from (
    select unnest(alliance_ids || corporation_ids) as entity_id from core.battles
    union all
    select unnest(character_ids) from core.battle_details
) as e
where not exists (select from app.entity_names n where n.entity_id = e.entity_id)
order by entity_id
"""


class Name(msgspec.Struct, frozen=True):
    """One of ESI's answers."""

    id: int
    category: Literal["character", "corporation", "alliance", "faction"]
    name: str


def unnamed_ids(connection: Connection) -> list[int]:
    """Ids of battles' pilots, corporations and alliances that have no name here yet."""
    return [entity_id for (entity_id,) in cast("list[tuple[int]]", connection.execute(UNNAMED).fetchall())]


def ask_names(esi: Source, entity_ids: Sequence[int]) -> list[Name]:
    """The names of those ids that ESI knows; at most `MOST_IDS`.

    ESI finds nothing at all where one id of many is unknown, so such a batch is asked for again in halves.

    Raises:
        SourceError: ESI cannot be asked.
        msgspec.DecodeError: its answer is no list of names.
    """
    answer = esi.post("universe/names", msgspec.json.encode(list(entity_ids)))
    if answer is not None:
        return msgspec.json.decode(answer, type=list[Name])
    if len(entity_ids) == 1:
        return []
    middle = len(entity_ids) // 2
    return [*ask_names(esi, entity_ids[:middle]), *ask_names(esi, entity_ids[middle:])]


def keep_names(connection: Connection, names: Sequence[Name], now: datetime) -> Change:
    """Stores the names in place of what was known of their ids."""
    rows = [(name.id, name.category, name.name.replace("\0", ""), now) for name in names]
    columns = ("entity_id", "category", "entity_name", "fetched_at")
    return replace_rows(connection, "app.entity_names", Rows(columns, rows), "entity_id", [row[0] for row in rows])
