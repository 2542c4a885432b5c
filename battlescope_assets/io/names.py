"""Asks ESI for the names of ids and keeps what it says; who shows them belongs elsewhere."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast

import msgspec

from battlescope_assets.domain.window import Window
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.warehouse import Change, Connection, Rows, lock, replace_rows

MOST_IDS = 1_000
"""ESI takes no more in one request."""
MOST_IDS_A_RUN = 100_000
"""The rest waits for the next run, so that a first run over years of mails ends."""
NAME_LIFETIME = timedelta(days=90)
"""Names change only by CCP's hand, a few in a month; a name older than this is asked for again when it is seen."""
FIRST_RETRY, LAST_RETRY = timedelta(days=1), timedelta(days=64)
"""An id that ESI does not know is asked for again after a day, then after twice as long each time."""
LONGEST_TRANSACTION = timedelta(days=1)
"""A battle is seen when its transaction ends; its `updated_at` is of before."""
CATEGORIES = {"character", "corporation", "alliance", "faction"}

WANTED = """
with seen as (
    select unnest(b.alliance_ids || b.corporation_ids || d.character_ids) as entity_id
    from core.battles as b
    join core.battle_details as d using (battle_id)
    where b.updated_at >= %(changed_since)s
    union
    select entity_id from app.unknown_entities where retry_at <= %(now)s
    union
    select unnest(array[victim_character_id, victim_corporation_id, victim_alliance_id])
    from raw.killmails
    where day >= %(first_day)s and day <= %(last_day)s
    union
    select unnest(array[character_id, corporation_id, alliance_id])
    from raw.killmail_attackers
    where day >= %(first_day)s and day <= %(last_day)s
)
select entity_id
from seen
left join app.entity_names as known using (entity_id)
left join app.unknown_entities as unknown using (entity_id)
where entity_id between 1 and 2147483647
    and (known.fetched_at is null or known.fetched_at < %(oldest)s)
    and (unknown.retry_at is null or unknown.retry_at <= %(now)s)
order by known.fetched_at is not null, entity_id
limit %(most)s
"""
"""Nameless ids come first; ESI takes 32-bit ids only."""

KEEP_UNKNOWN = """
insert into app.unknown_entities as known (entity_id, times_asked, asked_at, retry_at)
select entity_id, 1, %(now)s, %(now)s + %(first)s from unnest(%(ids)s::bigint[]) as asked (entity_id)
on conflict (entity_id) do update set
    times_asked = known.times_asked + 1,
    asked_at = excluded.asked_at,
    retry_at = %(now)s + least(%(first)s * 2 ^ least(known.times_asked, 30), %(last)s)
"""


class Name(msgspec.Struct, frozen=True):
    """One of ESI's answers."""

    id: int
    category: str
    name: str


class Answer(NamedTuple):
    """What ESI says of some ids; a batch that it refuses, because one of many ids is unknown, says nothing."""

    names: list[Name]
    unknown_ids: list[int]


def wanted_ids(connection: Connection, window: Window | None, since: datetime | None, now: datetime) -> list[int]:
    """Ids whose name is missing or old and may be asked for: of battles that changed, of mails, and the unknown.

    Args:
        connection: to the warehouse.
        window: days whose mails' ids are wanted; None for none.
        since: when all battles' ids were last looked at; None for never.
        now: the time.
    """
    parameters = {
        "first_day": window and window.first_day,
        "last_day": window and window.last_day,
        "changed_since": since - LONGEST_TRANSACTION if since else datetime.min.replace(tzinfo=UTC),
        "oldest": now - NAME_LIFETIME,
        "now": now,
        "most": MOST_IDS_A_RUN,
    }
    return [entity_id for (entity_id,) in cast("list[tuple[int]]", connection.execute(WANTED, parameters).fetchall())]


def ask_names(esi: Source, entity_ids: Sequence[int]) -> Iterator[Answer]:
    """The names of these ids, at most `MOST_IDS`, one answer per request; each id is in exactly one.

    ESI finds nothing at all where one id of many is unknown, so such a batch is asked for again in halves.

    Raises:
        SourceError: ESI cannot be asked, or its answer is no list of names; earlier answers hold.
    """
    body = esi.post("universe/names", msgspec.json.encode(list(entity_ids)))
    if body is not None:
        try:
            names = msgspec.json.decode(body, type=list[Name])
        except msgspec.DecodeError as error:
            message = f"{esi.url}/universe/names sent no names: {error}"
            raise SourceError(message) from error
        found = {name.id: name for name in names if name.category in CATEGORIES}
        yield Answer(
            [found[entity_id] for entity_id in entity_ids if entity_id in found],
            [entity_id for entity_id in entity_ids if entity_id not in found],
        )
    elif len(entity_ids) == 1:
        yield Answer([], list(entity_ids))
    else:
        yield Answer([], [])
        middle = len(entity_ids) // 2
        yield from ask_names(esi, entity_ids[:middle])
        yield from ask_names(esi, entity_ids[middle:])


def keep_answer(connection: Connection, answer: Answer, now: datetime) -> Change:
    """Stores names in place of what was known of their ids, and which ids are unknown; returns what names changed."""
    lock(connection, "app.entity_names")
    named = [name.id for name in answer.names]
    if answer.unknown_ids:
        times = {"now": now, "first": FIRST_RETRY, "last": LAST_RETRY}
        connection.execute(KEEP_UNKNOWN, {**times, "ids": answer.unknown_ids})
    if named:
        connection.execute("delete from app.unknown_entities where entity_id = any(%s)", [named])
    rows = [(name.id, name.category, name.name.replace("\0", ""), now) for name in answer.names]
    columns = ("entity_id", "category", "entity_name", "fetched_at")
    return replace_rows(connection, "app.entity_names", Rows(columns, rows), "entity_id", named)
