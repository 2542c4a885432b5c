"""Killmails wanted in detail: which are due, asking ESI for one, keeping what it says; when, belongs elsewhere."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, cast

import msgspec

from battlescope_assets.domain.killmail import LARGEST_MAIL_BYTES, Rejection, parse
from battlescope_assets.domain.window import Window
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.warehouse import Connection

FIRST_PAUSE = timedelta(minutes=1)
PAUSE_GROWTH = 4
"""Each pause is so many times as long as the one before: 1 min, 4 min, …, 4 h 16 min."""
MOST_ATTEMPTS = 6
DEFERRED_PAUSE = timedelta(seconds=30)
"""Where ESI must not be asked and does not say until when."""

TAKE_DUE = """
update app.killmail_enrichments as wanted
set status = 'processing', error = null, attempts = wanted.attempts + 1, updated_at = %(now)s
from raw.killmail_index as i
join raw.killmails as k on k.day = i.day and k.killmail_id = i.killmail_id
where i.killmail_id = wanted.killmail_id and wanted.killmail_id in (
    select killmail_id from app.killmail_enrichments
    where retry_at <= %(now)s order by retry_at, killmail_id limit %(most)s
)
returning wanted.killmail_id, k.day, k.killmail_hash, wanted.attempts
"""
"""Rows that a tick which died left as `processing` are due as they were."""


class Wanted(NamedTuple):
    """A killmail to ask for."""

    killmail_id: int
    day: date
    killmail_hash: str | None
    attempts: int
    """This one included."""


def try_lock(connection: Connection) -> bool:
    """Whether nobody else asks for killmails; then nobody else can, to the transaction's end."""
    found = connection.execute(
        "select pg_try_advisory_xact_lock(hashtextextended('app.killmail_enrichments', 0))"
    ).fetchone()
    return found == (True,)


def take_due(connection: Connection, now: datetime, most: int) -> list[Wanted]:
    """Marks the requests that are due, the oldest first, as being processed."""
    found = connection.execute(TAKE_DUE, {"now": now, "most": most}).fetchall()
    return sorted(Wanted(*row) for row in cast("list[tuple[int, date, str | None, int]]", found))


def ask(esi: Source, wanted: Wanted) -> bytes:
    """The killmail as ESI has it, without fields that no killmail has.

    Raises:
        SourceError: it cannot be had, or it is no such killmail.
    """
    if wanted.killmail_hash is None:
        message = f"neither archive nor feed has brought the hash of killmail {wanted.killmail_id}"
        raise SourceError(message)
    path = f"killmails/{wanted.killmail_id}/{wanted.killmail_hash}"
    answer = esi.get(path, keep=False, most_bytes=LARGEST_MAIL_BYTES)
    if answer is None:
        message = f"{esi.url}/{path} is not there"
        raise SourceError(message)
    mail = parse(answer.body, Window.of_day(wanted.day), wanted.killmail_id)
    if isinstance(mail, Rejection):
        message = f"{answer.source} is no such killmail: {mail.detail}"
        raise SourceError(message)
    return msgspec.json.encode(mail)


def keep_payload(connection: Connection, wanted: Wanted, payload: bytes, now: datetime) -> None:
    """Stores what ESI sent."""
    connection.execute(
        """
        update app.killmail_enrichments
        set status = 'succeeded', payload = %(payload)s::jsonb, error = null, retry_at = null, fetched_at = %(now)s,
            updated_at = %(now)s
        where killmail_id = %(killmail_id)s
        """,
        {"killmail_id": wanted.killmail_id, "payload": payload.decode(), "now": now},
    )


def keep_failure(connection: Connection, wanted: Wanted, error: str, now: datetime) -> None:
    """Stores why it could not be had, and when it is asked for again: ever later, not after the last attempt."""
    pause = FIRST_PAUSE * PAUSE_GROWTH ** (wanted.attempts - 1)
    connection.execute(
        """
        update app.killmail_enrichments
        set status = 'failed', error = %(error)s, retry_at = %(retry_at)s, updated_at = %(now)s
        where killmail_id = %(killmail_id)s
        """,
        {
            "killmail_id": wanted.killmail_id,
            "error": error.replace("\0", ""),
            "retry_at": now + pause if wanted.attempts < MOST_ATTEMPTS else None,
            "now": now,
        },
    )


def put_back(connection: Connection, wanted: Sequence[Wanted], not_before: datetime, now: datetime) -> None:
    """Makes requests wait that ESI was not asked for; that was no attempt."""
    connection.execute(
        """
        update app.killmail_enrichments
        set status = 'pending', attempts = attempts - 1, retry_at = %(not_before)s, updated_at = %(now)s
        where killmail_id = any(%(killmail_ids)s)
        """,
        {"killmail_ids": [one.killmail_id for one in wanted], "not_before": not_before, "now": now},
    )
