"""The ledger of how fresh every source is: attempts, successes, errors; how fresh one should be is the domain's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast

from psycopg.rows import class_row

from battlescope_assets.io.warehouse import Connection, Warehouse

ATTEMPT = """
insert into raw.source_fetches as known (source, last_attempt_at, last_success_at, as_of, last_error)
values (%(source)s, %(now)s, %(success)s, %(as_of)s, %(error)s)
on conflict (source) do update set
    last_attempt_at = excluded.last_attempt_at,
    last_success_at = coalesce(excluded.last_success_at, known.last_success_at),
    as_of = coalesce(excluded.as_of, known.as_of),
    last_error = excluded.last_error
"""


@dataclass(frozen=True)
class SourceFetch:
    """A row of raw.source_fetches."""

    source: str
    last_attempt_at: datetime
    last_success_at: datetime | None
    as_of: datetime | None
    last_error: str | None


@contextmanager
def attempt(warehouse: Warehouse, source: str, expected: tuple[type[Exception], ...]) -> Iterator[list[datetime]]:
    """Records whether the block read the source.

    Args:
        warehouse: of the ledger.
        source: its name.
        expected: errors written for people; their message is recorded. Others are recorded by their type as well.

    Yields:
        A list: the block appends the upstream's own moment of what it read.
    """
    moments: list[datetime] = []
    try:
        yield moments
    except Exception as error:
        sentence = f"{error}" if isinstance(error, expected) else f"{type(error).__name__}: {error}"
        _record(warehouse, source, None, sentence)
        raise
    _record(warehouse, source, moments[-1], None)


def _record(warehouse: Warehouse, source: str, as_of: datetime | None, error: str | None) -> None:
    now = datetime.now(UTC)
    with warehouse.transaction() as connection:
        connection.execute(
            ATTEMPT,
            {"source": source, "now": now, "success": None if error else now, "as_of": as_of, "error": error},
        )


def source_fetches(connection: Connection) -> dict[str, SourceFetch]:
    """What is known of every source that was ever asked, by its name; of the feed, what its position says."""
    with connection.cursor(row_factory=class_row(SourceFetch)) as cursor:
        found = cursor.execute(
            """
            select source, last_attempt_at, last_success_at, as_of, last_error from raw.source_fetches
            union all
            select 'killmail_feed', read_at, read_at, newest_uploaded_at, null from raw.feed_position
            """
        ).fetchall()
    return {row.source: row for row in found}


def newest_days(connection: Connection) -> dict[str, date | None]:
    """The newest stored day of each archive of days."""
    found = connection.execute(
        """
        select 'killmails', max(day) from raw.killmail_days where status = 'stored'
        union all
        select 'market_history', max(day) from raw.market_history_days where status = 'stored'
        """
    ).fetchall()
    return dict(cast("list[tuple[str, date | None]]", found))
