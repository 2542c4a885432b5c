"""Reads and writes the ledgers of archive days: what came for a day and what was kept; fetching belongs elsewhere."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, TypeVar, cast

from psycopg.rows import class_row

from battlescope_assets.domain.completeness import NOT_CLUSTERED, DayRequest
from battlescope_assets.domain.window import Window
from battlescope_assets.io.warehouse import Change, Connection, Rows, replace_days, replace_table


@dataclass(frozen=True)
class KillmailDay:
    """A row of raw.killmail_days."""

    day: date
    source: str
    status: Literal["stored", "absent"]
    content_sha256: str | None
    mails_expected: int | None
    mails_stored: int
    mails_quarantined: int
    revision: int
    changed_at: datetime
    mails_filtered: int = 0
    """Left out by the ruleset."""
    ruleset: str = ""
    items_stay: bool = False
    """The day was asked for when it was older than the retention."""
    items_pruned_at: datetime | None = None
    """When its items were deleted; None while they are there."""


KILLMAIL_DAY = """
select day, source, status, content_sha256, mails_expected, mails_stored, mails_quarantined, revision, changed_at,
    mails_filtered, ruleset, items_stay, items_pruned_at
from raw.killmail_days
where day = %s
"""


@dataclass(frozen=True)
class MarketHistoryDay:
    """A row of raw.market_history_days."""

    day: date
    source: str
    status: Literal["stored", "absent"]
    content_sha256: str | None
    rows_stored: int
    revision: int
    changed_at: datetime


Day = TypeVar("Day", KillmailDay, MarketHistoryDay)


def killmail_day(connection: Connection, day: date) -> KillmailDay | None:
    """What is known of a killmail archive day."""
    with connection.cursor(row_factory=class_row(KillmailDay)) as cursor:
        return cursor.execute(KILLMAIL_DAY, [day]).fetchone()


def items_are_pruned(connection: Connection, day: date) -> bool:
    """Whether the items of the day's mails were deleted."""
    known = killmail_day(connection, day)
    return known is not None and known.items_pruned_at is not None


def market_history_day(connection: Connection, day: date) -> MarketHistoryDay | None:
    """What is known of a market history day."""
    with connection.cursor(row_factory=class_row(MarketHistoryDay)) as cursor:
        return cursor.execute("select * from raw.market_history_days where day = %s", [day]).fetchone()


def held_mails(connection: Connection) -> dict[date, int]:
    """How many mails every day asked for brought, quarantined and filtered ones included."""
    found = connection.execute(
        "select day, mails_stored + mails_quarantined + mails_filtered from raw.killmail_days"
    ).fetchall()
    return dict(cast("list[tuple[date, int]]", found))


def held_rows(connection: Connection) -> dict[date, int]:
    """How many rows every day of market history asked for brought."""
    found = connection.execute("select day, rows_stored from raw.market_history_days").fetchall()
    return dict(cast("list[tuple[date, int]]", found))


def days_asked_for(connection: Connection) -> set[date]:
    """Killmail days that were landed, found absent, or purged since."""
    found = connection.execute("select day from raw.killmail_days union select day from raw.purged_days").fetchall()
    return {day for (day,) in cast("list[tuple[date]]", found)}


UNCLUSTERED_DAYS = """
select d.day
from raw.killmail_days as d
left join raw.market_history_days as m on m.day = d.day and m.status = 'stored'
where d.status = 'stored'
    and greatest(d.changed_at, m.changed_at) > coalesce(d.clustered_at, '-infinity')
    -- The run that changed it may be at it still; dagster.yaml gives runs so long.
    and greatest(d.changed_at, m.changed_at) < now() - interval '2 hours'
"""

CLUSTERED = """
update raw.killmail_days as d
set clustered_at = %(now)s
where d.day = %(day)s
    and d.status = 'stored'
    and coalesce(d.clustered_at, '-infinity') < greatest(
        d.changed_at,
        (select m.changed_at from raw.market_history_days as m where m.day = d.day and m.status = 'stored')
    )
    and not exists (
        select
        from raw.killmails as k
        left join core.killmail_values as v on v.day = %(day)s and v.killmail_id = k.killmail_id
        where k.day = %(day)s and v.is_npc is null
    )
"""


def unclustered_days(connection: Connection, first_day: date) -> list[date]:
    """Days since the first whose mails or market history changed after they were last valued and clustered."""
    found = connection.execute(f"{UNCLUSTERED_DAYS} and d.day >= %s", [first_day]).fetchall()
    return [day for (day,) in cast("list[tuple[date]]", found)]


def record_clustered(connection: Connection, day: date, now: datetime) -> None:
    """Notes that the day's battles are reconstructed, unless some of its mails have no value or no flags."""
    connection.execute(CLUSTERED, {"day": day, "now": now})


def day_requests(connection: Connection) -> list[DayRequest]:
    """The book of days that differ from the upstream's totals."""
    with connection.cursor(row_factory=class_row(DayRequest)) as cursor:
        return cursor.execute(
            "select source, day, reason, requests, requested_on, retry_on from raw.day_requests order by day desc"
        ).fetchall()


def keep_day_requests(connection: Connection, requests: Sequence[DayRequest]) -> Change:
    """Makes the book hold exactly these."""
    rows = Rows([field.name for field in fields(DayRequest)], [astuple(request) for request in requests])
    return replace_table(connection, "raw.day_requests", rows)


class IncompleteDay(NamedTuple):
    """A killmail day that lacks mails, values or battles, or was never stored, as far as that is known."""

    day: date
    status: str | None
    """None where the day was never stored."""
    mails_expected: int | None
    mails_stored: int | None
    mails_quarantined: int | None
    source: str | None
    revision: int | None
    reason: str | None
    """Why it was thought to lack something when that was last looked at; None where it was not."""
    requests: int | None
    retry_on: date | None


INCOMPLETE_DAYS = f"""
select day, d.status, d.mails_expected, d.mails_stored, d.mails_quarantined, d.source, d.revision,
    coalesce(r.reason, case when u.day is not null then '{NOT_CLUSTERED}' end) as reason, r.requests, r.retry_on
from raw.killmail_days as d
full join (select * from raw.day_requests where source = 'killmails') as r using (day)
left join ({UNCLUSTERED_DAYS}) as u using (day)
where r.day is not null or u.day is not null
    or d.mails_stored + d.mails_quarantined + d.mails_filtered < d.mails_expected
"""


def incomplete_days(connection: Connection, most: int) -> list[IncompleteDay]:
    """The newest days that are not complete."""
    found = connection.execute(f"{INCOMPLETE_DAYS} order by day desc limit %s", [most])
    return [IncompleteDay(*row) for row in cast("list[tuple[Any, ...]]", found.fetchall())]


class Summary(NamedTuple):
    """What the ledger of killmail days says as a whole."""

    days_stored: int
    mails_stored: int
    newest_day: date | None


def summary(connection: Connection) -> Summary:
    """All killmail days in numbers."""
    found = connection.execute(
        """
        select count(*), coalesce(sum(mails_stored), 0), max(day) from raw.killmail_days where status = 'stored'
        """
    ).fetchone()
    return Summary(*cast("tuple[int, int, date | None]", found))


def record(connection: Connection, known: Day | None, now: Day) -> Change:
    """Writes what is now known of a day; a day that says the same as before keeps its revision and time of change.

    A purged day whose archive is stored again is purged no more.
    """
    if known is not None:
        if replace(now, revision=known.revision, changed_at=known.changed_at) == known:
            return Change(0, 0, 0)
        now = replace(now, revision=known.revision + (known.content_sha256 != now.content_sha256))
    table = {KillmailDay: "raw.killmail_days", MarketHistoryDay: "raw.market_history_days"}[type(now)]
    if table == "raw.killmail_days" and now.status == "stored":
        connection.execute("delete from raw.purged_days where day = %s", [now.day])
    rows = Rows([field.name for field in fields(now)], [astuple(now)])
    return replace_days(connection, Window.of_day(now.day), {table: rows})[table]
