"""The ledger of how fresh every source is: attempts, successes, errors; how fresh one should be is the domain's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from psycopg.rows import class_row

from battlescope_assets.domain.freshness import SourceFetch
from battlescope_assets.io.ledgers import INCOMPLETE_DAYS
from battlescope_assets.io.warehouse import Connection, Warehouse

ATTEMPT = """
insert into raw.source_fetches as known (source, last_attempt_at, last_success_at, as_of, last_error)
values (%(source)s, %(now)s, %(success)s, %(as_of)s, %(error)s)
on conflict (source) do update set
    last_attempt_at = excluded.last_attempt_at,
    last_success_at = coalesce(excluded.last_success_at, known.last_success_at),
    as_of = greatest(excluded.as_of, known.as_of),
    last_error = excluded.last_error
"""

SHORTFALLS = f"""
select source, number, what from (
    select 'killmails' as source, count(*) as number,
        'days lack mails, values or battles: the check days_are_complete names them' as what
    from ({INCOMPLETE_DAYS}) as incomplete
    union all
    select 'killmails', count(*), 'days have no file upstream' from raw.killmail_days where status = 'absent'
    union all
    select 'killmails', coalesce(sum(mails_quarantined), 0), 'mails are in raw.quarantined_mails' from raw.killmail_days
    union all
    select 'killmail_feed', count(*), 'documents are asked for again' from raw.feed_pending
    union all
    select 'killmail_feed', count(*), 'documents are in raw.feed_rejections' from raw.feed_rejections
    union all
    select 'market_history', count(*), 'days of killmails have no market history of their own'
    from raw.killmail_days as k
    where status = 'stored'
        and day + interval '37 hours' < now() -- the history of a day is published after 11:05 of the next
        and not exists (select from raw.market_history_days as m where m.day = k.day and m.status = 'stored')
    union all
    select 'market_history', count(*), 'days lack rows or are missing: raw.day_requests names them'
    from raw.day_requests where source = 'market_history'
    union all
    select 'entity_names', count(*), 'ids have no name at ESI' from app.unknown_entities
    union all
    select source, rows_quarantined, 'rows of the newest answer are in raw.quarantined_rows'
    from (select distinct on (source) source, rows_quarantined from raw.snapshots order by source, as_of desc) as newest
) as found
where number > 0
"""
"""What sources lack, though they were read."""


@dataclass
class Attempt:
    """One attempt to read a source."""

    moments: list[datetime] = field(default_factory=list)
    """The moments that what was read stands for; with one of them the attempt succeeded, whatever else went wrong."""
    problems: list[str] = field(default_factory=list)
    """Why something was not read, a sentence each."""


@contextmanager
def attempt(warehouse: Warehouse, source: str, expected: tuple[type[Exception], ...]) -> Iterator[Attempt]:
    """Records whether the block read the source.

    Args:
        warehouse: of the ledger.
        source: its name.
        expected: errors written for people; their message is recorded. Others are recorded by their type as well.

    Yields:
        The attempt, to be completed by the block.
    """
    made = Attempt()
    try:
        yield made
    except Exception as error:
        made.problems.append(f"{error}" if isinstance(error, expected) else f"{type(error).__name__}: {error}")
        with warehouse.transaction() as connection:
            record(connection, source, made, datetime.now(UTC))
        raise
    with warehouse.transaction() as connection:
        record(connection, source, made, datetime.now(UTC))


def record(connection: Connection, source: str, made: Attempt, now: datetime) -> None:
    """Writes an attempt; of several problems the first, and how many more there were."""
    more = f" (and {len(made.problems) - 1} more)" if len(made.problems) > 1 else ""
    connection.execute(
        ATTEMPT,
        {
            "source": source,
            "now": now,
            "success": now if made.moments or not made.problems else None,
            "as_of": max(made.moments, default=None),
            "error": f"{made.problems[0]}{more}" if made.problems else None,
        },
    )


def source_fetches(connection: Connection) -> dict[str, SourceFetch]:
    """What is known of every source that was ever asked, by its name."""
    with connection.cursor(row_factory=class_row(SourceFetch)) as cursor:
        found = cursor.execute(
            "select source, last_attempt_at, last_success_at, as_of, last_error from raw.source_fetches"
        ).fetchall()
    return {row.source: row for row in found}


def shortfalls(connection: Connection) -> list[tuple[str, str]]:
    """What sources lack, though they were read: source and a sentence, in the sources' order."""
    found = cast("list[tuple[str, int, str]]", connection.execute(SHORTFALLS).fetchall())
    return [(source, f"{number} {what}") for source, number, what in found]
