"""Reads the killmail feed's next documents and keeps them with the position; rules and clustering belong elsewhere."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, cast

import msgspec

from battlescope_assets.domain.feed import ZKB_COLUMNS, FeedMail, Pending, Position, newest_number, parse
from battlescope_assets.domain.killmail import (
    ATTACKER_COLUMNS,
    ITEM_COLUMNS,
    KILLMAIL_COLUMNS,
    Killmail,
    Reason,
    Rejection,
    killmail_rows,
)
from battlescope_assets.domain.window import Window
from battlescope_assets.io.killmails import stored_ids
from battlescope_assets.io.sources import DeferredError, Source, SourceError
from battlescope_assets.io.warehouse import Connection, Rows, insert_rows, lock, replace_rows, replace_table

SEQUENCE = "ephemeral/sequence.json"
MOST_BYTES = 2 * 2**20
"""Largest document taken: a mail of thousands of attackers has a quarter."""
POSITION_COLUMNS = (
    "is_only_row", "next_sequence_id", "newest_sequence_id", "is_probing", "read_at", "skipped_since",
    "newest_uploaded_at", "documents_read", "mails_stored", "mails_filtered", "documents_rejected",
)  # fmt: skip


@dataclass(frozen=True)
class Pace:
    """How much of the feed is read at once, beside how far requests lie apart, which is its `Source`'s affair."""

    most_documents: int = 100
    longest: timedelta = timedelta(seconds=15)
    """What is read of the feed at once is seen when it ends, and Dagster gives a tick a minute."""


@dataclass(frozen=True)
class FeedState:
    """The row of raw.feed_position, with the pending numbers."""

    position: Position
    read_at: datetime
    """When upstream last answered for a document, or we last gave up those of a silence."""
    newest_uploaded_at: datetime | None = None
    """Of all documents read."""
    skipped_since: datetime | None = None
    """Since when mails must come from archives, until they were asked for: the position jumped over a silence."""
    documents_read: int = 0
    mails_stored: int = 0
    """New ones."""
    mails_filtered: int = 0
    """Left out by the ruleset."""
    documents_rejected: int = 0


class Batch(NamedTuple):
    """What was read of the feed, and the position after it."""

    position: Position
    mails: dict[int, FeedMail]
    """By number."""
    rejections: dict[int, Rejection]
    """By number: documents that are not asked for again."""
    read_at: datetime
    """As in `FeedState`."""
    skipped_since: datetime | None
    """As in `FeedState`."""
    trouble: str | None
    """What could not be read first, in a sentence for people."""


def try_lock(connection: Connection) -> bool:
    """Whether nobody else reads the feed; then nobody else can, to the transaction's end."""
    found = connection.execute("select pg_try_advisory_xact_lock(hashtextextended('raw.feed_position', 0))").fetchone()
    return found == (True,)


def read_state(connection: Connection) -> FeedState | None:
    """How far the feed is read; None where it never was."""
    row = connection.execute(
        """
        select next_sequence_id, newest_sequence_id, is_probing, read_at, newest_uploaded_at, skipped_since,
            documents_read, mails_stored, mails_filtered, documents_rejected
        from raw.feed_position
        """
    ).fetchone()
    if row is None:
        return None
    following, newest, is_probing, *others = cast(
        "tuple[int, int, bool, datetime, datetime | None, datetime | None, int, int, int, int]", row
    )
    rows = connection.execute("select sequence_id, times_missing, ask_at from raw.feed_pending").fetchall()
    pending = {
        number: Pending(times, ask_at) for number, times, ask_at in cast("list[tuple[int, int, datetime]]", rows)
    }
    return FeedState(Position(following, newest, pending, is_probing), *others)  # type: ignore[arg-type]  # mypy loses the types


def write_state(connection: Connection, state: FeedState) -> None:
    """Keeps how far the feed is read."""
    row = (
        True, state.position.next_sequence_id, state.position.newest_sequence_id, state.position.is_probing,
        state.read_at, state.skipped_since, state.newest_uploaded_at, state.documents_read, state.mails_stored,
        state.mails_filtered, state.documents_rejected,
    )  # fmt: skip
    replace_table(connection, "raw.feed_position", Rows(POSITION_COLUMNS, [row]))
    pending = [(number, *wait) for number, wait in state.position.pending.items()]
    replace_table(connection, "raw.feed_pending", Rows(("sequence_id", "times_missing", "ask_at"), pending))


def forget_silence(connection: Connection, skipped_since: datetime) -> None:
    """Keeps that the mails since then were asked for elsewhere."""
    connection.execute("update raw.feed_position set skipped_since = null where skipped_since = %s", [skipped_since])


def read_batch(feed: Source, state: FeedState | None, pace: Pace, clock: Callable[[], datetime]) -> Batch:
    """Reads documents as far as the pace allows, until upstream has none for the number asked, or trouble.

    Without the newest number the documents that follow are read all the same. One that cannot be had or is damaged is
    asked for again later; it holds up no other, however many tries it takes.

    Args:
        feed: R2Z2.
        state: how far it was read; None starts with the newest document.
        pace: bounds of the batch.
        clock: the time now, UTC.

    Raises:
        SourceError: not even the newest number can be had, on the first start.
    """
    began_at, now = time.monotonic(), clock()
    trouble = None
    try:
        newest = _newest(feed)
    except SourceError as error:
        if state is None:
            raise
        position, trouble = state.position, f"{error}"
    else:
        position = Position.at(newest) if state is None else _told(state, newest, now)
    read_at, skipped_since = (now, None) if state is None else (state.read_at, state.skipped_since)
    if state is not None and position.next_sequence_id != state.position.next_sequence_id:
        read_at, skipped_since = now, skipped_since or state.read_at
    mails, rejections = dict[int, FeedMail](), dict[int, Rejection]()
    is_answering, is_doubted, doubted = False, False, dict[int, Rejection]()
    for _ in range(pace.most_documents):
        if time.monotonic() - began_at > pace.longest.total_seconds():
            break
        number = position.upcoming if is_doubted else position.due(now)
        try:
            found = _document(feed, number)
        except DeferredError as error:
            trouble = trouble or f"{error}"
            if number in position.pending:
                position = position.unanswered(number, clock())
            break
        now = clock()
        failure = found if isinstance(found, Rejection) and found.killmail_id is None else None
        trouble = trouble or (failure and failure.detail)
        if failure is not None and not is_answering:
            # Another document tells whether it is this one or all: without one no try is used up.
            doubted |= {number: failure} if number in position.pending else {}
            is_last = is_doubted or number > position.newest_sequence_id
            position, is_doubted = position.unanswered(number, now), True
            if is_last:
                break
            continue
        for other, refusal in doubted.items():
            position = position.unread(other, now)
            rejections |= {} if other in position.pending else {other: refusal}
        is_answering, is_doubted, doubted = True, False, {}
        if failure is None:
            read_at = now
        match found:
            case None:
                position = position.missing(number, now)
                break
            case FeedMail():
                mails[number] = found
                position = position.found(number, found.sequence_updated, now)
            case Rejection() if failure is None:
                rejections[number] = found
                position = position.found(number, None, now)
            case Rejection():
                if number <= position.newest_sequence_id or found.reason is not Reason.NOT_TO_BE_HAD:
                    position = position.unread(number, now)
                    rejections |= {} if number in position.pending else {number: found}
                if found.reason is Reason.NOT_TO_BE_HAD:  # that took its time
                    break
    return Batch(position, mails, rejections, read_at, skipped_since, trouble)


def _told(state: FeedState, newest: int, now: datetime) -> Position:
    since_upload = timedelta(0) if state.newest_uploaded_at is None else now - state.newest_uploaded_at
    return state.position.told(newest, now - state.read_at, since_upload)


def _document(feed: Source, number: int) -> FeedMail | Rejection | None:
    """Document `number`, None where upstream has none; a rejection without a mail's id is no document at all.

    Raises:
        DeferredError: upstream must not be asked now.
    """
    path = f"ephemeral/{number}.json"
    try:
        answer = feed.get(path, keep=False, most_bytes=MOST_BYTES)
    except DeferredError:
        raise
    except SourceError as error:
        return Rejection(Reason.NOT_TO_BE_HAD, f"{error}", None)
    if answer is None:
        return None
    found = parse(answer.body, number)
    if isinstance(found, Rejection) and found.killmail_id is None:
        return found._replace(detail=f"{feed.url}/{path} is no document of the feed: {found.detail}")
    return found


def _newest(feed: Source) -> int:
    answer = feed.get(SEQUENCE, most_bytes=MOST_BYTES)
    try:
        return newest_number(answer.body if answer else b"")
    except msgspec.DecodeError as error:
        feed.forget(SEQUENCE)
        message = f"{feed.url}/{SEQUENCE} names no newest document: {error}"
        raise SourceError(message) from error


def store_mails(connection: Connection, mails: Sequence[FeedMail]) -> list[Killmail]:
    """Stores mails and what zKillboard says of them; a mail that is stored already gets but the hash it may lack.

    Returns:
        The mails that are new.
    """
    lock(connection, "raw.killmails")  # an archive of these days may be landing
    known = stored_ids(connection, [mail.killmail.killmail_id for mail in mails])
    latest = {mail.killmail.killmail_id: mail for mail in mails}
    for day in sorted({mail.killmail.killmail_time.date() for mail in latest.values()}):
        of_day = [mail for mail in latest.values() if mail.killmail.killmail_time.date() == day]
        new = [mail.killmail for mail in of_day if mail.killmail.killmail_id not in known]
        if new:
            rows, window = killmail_rows(new), Window.of_day(day)
            insert_rows(connection, "raw.killmails", Rows(KILLMAIL_COLUMNS, rows.killmails), window)
            insert_rows(connection, "raw.killmail_attackers", Rows(ATTACKER_COLUMNS, rows.attackers), window)
            insert_rows(connection, "raw.killmail_items", Rows(ITEM_COLUMNS, rows.items), window)
            index = Rows(("killmail_id", "day"), [(mail.killmail_id, day) for mail in new])
            insert_rows(connection, "raw.killmail_index", index)
        zkb = [(day, mail.killmail.killmail_id, *_zkb_fields(mail)) for mail in of_day]
        replace_rows(
            connection,
            "raw.killmail_zkb",
            Rows(ZKB_COLUMNS, zkb),
            "killmail_id",
            [mail.killmail.killmail_id for mail in of_day],
            Window.of_day(day),
        )
    connection.execute(
        """
        update raw.killmails k
        set killmail_hash = z.hash
        from raw.killmail_zkb z
        where k.killmail_hash is null and z.day = k.day and z.killmail_id = k.killmail_id
            and k.day = any(%(days)s) and k.killmail_id = any(%(ids)s)
        """,
        {"days": list({mail.killmail.killmail_time.date() for mail in latest.values()}), "ids": list(latest)},
    )
    return [mail.killmail for mail_id, mail in latest.items() if mail_id not in known]


def store_rejections(
    connection: Connection, sound: Iterable[int], rejections: Mapping[int, Rejection], now: datetime
) -> None:
    """Keeps why documents were refused, and forgets it of those that are `sound` by now."""
    rows = [
        (number, refused.killmail_id, refused.reason.value, refused.detail, now)
        for number, refused in rejections.items()
    ]
    columns = ("sequence_id", "killmail_id", "reason", "detail", "read_at")
    if numbers := [*sound, *rejections]:
        replace_rows(connection, "raw.feed_rejections", Rows(columns, rows), "sequence_id", numbers)


def _zkb_fields(mail: FeedMail) -> tuple[object, ...]:
    zkb = mail.zkb
    isk = (zkb.fitted_value_isk, zkb.dropped_value_isk, zkb.destroyed_value_isk, zkb.total_value_isk)
    return (
        zkb.hash,
        zkb.location_id or None,
        *(None if value is None else Decimal(f"{value:.2f}") for value in isk),
        zkb.points,
        zkb.npc,
        zkb.solo,
        zkb.awox,
        zkb.labels,
    )
