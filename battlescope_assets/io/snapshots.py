"""Writes snapshots: each answer once, into histories of states, hours or days; what answers mean is the domain's."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString, NamedTuple, cast

from psycopg import sql

from battlescope_assets.domain.snapshots import KINDS, Snapshot
from battlescope_assets.domain.states import Change, Place, State, insert_answer
from battlescope_assets.domain.window import Window
from battlescope_assets.io.warehouse import Connection, Rows, lock, replace_days, replace_rows

STATE = ("first_seen_at", "last_seen_at", "ended_at")


ESI_PATHS = {
    "sovereignty_campaigns": "sovereignty/campaigns",
    "sovereignty_systems": "sovereignty/systems",
    "faction_warfare": "fw/systems",
    "system_jumps": "universe/system_jumps",
    "system_kills": "universe/system_kills",
    "market_prices": "markets/prices",
}
"""Where ESI has each kind."""


class DatedSnapshot(NamedTuple):
    """A snapshot and where it came from."""

    snapshot: Snapshot
    as_of: datetime
    """The upstream's moment."""
    origin: str
    sha256: str


class Stored(NamedTuple):
    """What storing an answer did."""

    is_new: bool
    """False where this answer was stored before: then nothing was touched."""
    rows_changed: int


def store_answer(connection: Connection, source: str, answer: DatedSnapshot, now: datetime) -> Stored:
    """Stores an answer, whatever was stored before or after it; one of the same moment was stored already."""
    lock(connection, f"raw.{source}")
    place = _place(connection, source, answer.as_of)
    if place is None:
        return Stored(False, 0)
    connection.execute(
        """
        insert into raw.snapshots (source, as_of, origin, content_sha256, rows_stored, rows_quarantined, stored_at)
        values (%s, %s, %s, %s, %s, %s, %s)
        """,
        [
            source, answer.as_of, answer.origin, answer.sha256, len(answer.snapshot.rows),
            len(answer.snapshot.refusals), now,
        ],
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into raw.quarantined_rows (source, as_of, row_index, key, detail, row_text)
            values (%s, %s, %s, %s, %s, %s)
            """,
            [(source, answer.as_of, *refusal) for refusal in answer.snapshot.refusals],
        )
    return Stored(True, WRITERS[source](connection, source, answer.snapshot, place))


def stored_slots(connection: Connection, source: str, day: date) -> set[datetime]:
    """The slots of answers of the day and around it that are stored."""
    window = Window.of_day(day)
    found = connection.execute(
        "select as_of from raw.snapshots where source = %s and as_of >= %s and as_of < %s",
        [source, window.start - timedelta(hours=1), window.end + timedelta(hours=1)],
    ).fetchall()
    return {KINDS[source].slot(as_of) for (as_of,) in cast("list[tuple[datetime]]", found)}


class NewestAnswer(NamedTuple):
    """Of the answers stored."""

    as_of: datetime
    content_sha256: str


def newest_answer(connection: Connection, source: str) -> NewestAnswer | None:
    """The newest answer stored."""
    found = connection.execute(
        "select as_of, content_sha256 from raw.snapshots where source = %s order by as_of desc limit 1", [source]
    ).fetchone()
    return NewestAnswer(*cast("tuple[datetime, str]", found)) if found else None


def _place(connection: Connection, source: str, as_of: datetime) -> Place | None:
    """Where the answer lies among those stored; None where one of this moment is stored."""
    found = connection.execute(
        """
        select (select max(as_of) from raw.snapshots where source = %(source)s and as_of < %(as_of)s),
            (select min(as_of) from raw.snapshots where source = %(source)s and as_of > %(as_of)s),
            exists (select from raw.snapshots where source = %(source)s and as_of = %(as_of)s)
        """,
        {"source": source, "as_of": as_of},
    ).fetchone()
    before, after, is_known = cast("tuple[datetime | None, datetime | None, bool]", found)
    return None if is_known else Place(before, as_of, after)


def _write_states(connection: Connection, source: str, snapshot: Snapshot, place: Place) -> int:
    """Inserts the answer into the history; only states that change are touched."""
    names = _Names(source)
    found = connection.execute(
        names.fill(
            "select {key}, {columns}, {state} from {table} "
            "where first_seen_at = %(after)s "
            "or (first_seen_at <= %(before)s and (ended_at is null or ended_at > %(before)s))"
        ),
        place._asdict(),
    )
    width = len(names.columns)
    near = [
        State(key, tuple(fields[:width]), *fields[width:])
        for key, *fields in cast("list[tuple[Any, ...]]", found.fetchall())
    ]
    changes = insert_answer(place, near, snapshot.rows, snapshot.unread_keys)
    _apply(connection, names, changes)
    return len(changes)


def _apply(connection: Connection, names: "_Names", changes: Sequence[Change]) -> None:
    """Old ends go before new beginnings: a key has one state that goes on."""
    updates = [
        (new.first_seen_at, new.last_seen_at, new.ended_at, new.key, old.first_seen_at)
        for old, new in changes
        if old is not None and new is not None
    ]
    inserts = [
        (new.key, *new.row, new.first_seen_at, new.last_seen_at, new.ended_at)
        for old, new in changes
        if old is None and new is not None
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            names.fill(
                "update {table} set first_seen_at = %s, last_seen_at = %s, ended_at = %s "
                "where {key} = %s and first_seen_at = %s"
            ),
            updates,
        )
        if inserts:
            with cursor.copy(names.fill("copy {table} ({key}, {columns}, {state}) from stdin")) as copy:
                for row in inserts:
                    copy.write_row(row)


class _Names:
    """The identifiers of a table of states."""

    def __init__(self, source: str) -> None:
        key, *self.columns = KINDS[source].columns
        self._parts = {
            "table": sql.Identifier("raw", source),
            "key": sql.Identifier(key),
            "columns": sql.SQL(", ").join(map(sql.Identifier, self.columns)),
            "state": sql.SQL(", ").join(map(sql.Identifier, STATE)),
        }

    def fill(self, statement: LiteralString) -> sql.Composed:
        return sql.SQL(statement).format(**self._parts)


def _write_hour(connection: Connection, source: str, snapshot: Snapshot, place: Place) -> int:
    """Replaces the hour the answer counts; of two answers for one hour the later one holds."""
    kind = KINDS[source]
    hour = kind.slot(place.at)
    if place.after is not None and kind.slot(place.after) == hour:
        return 0
    day = hour.astimezone(UTC).date()
    rows = Rows(("day", "hour", *kind.columns), [(day, hour, key, *row) for key, row in snapshot.rows.items()])
    return replace_rows(connection, f"raw.{source}", rows, "hour", [hour], Window.of_day(day)).total


def _write_day(connection: Connection, source: str, snapshot: Snapshot, place: Place) -> int:
    """Replaces the day of the answer; of two answers of one day the later one holds."""
    kind = KINDS[source]
    if place.after is not None and kind.slot(place.after) == kind.slot(place.at):
        return 0
    day = place.at.astimezone(UTC).date()
    rows = Rows(("day", *kind.columns), [(day, key, *row) for key, row in snapshot.rows.items()])
    return replace_days(connection, Window.of_day(day), {f"raw.{source}": rows})[f"raw.{source}"].total


WRITERS: dict[str, Callable[[Connection, str, Snapshot, Place], int]] = {
    "sovereignty_campaigns": _write_states,
    "sovereignty_systems": _write_states,
    "faction_warfare": _write_states,
    "system_jumps": _write_hour,
    "system_kills": _write_hour,
    "market_prices": _write_day,
}
"""How each kind of snapshot is kept."""
