"""Deletes from the warehouse what has been kept long enough; when and how long belongs elsewhere."""

from datetime import date, datetime, timedelta
from typing import NamedTuple, cast

from psycopg import sql

from battlescope_assets.io.warehouse import Connection, lock, next_month

GRACE = timedelta(days=7)
"""Battles that are deleted may be brought back for so long: what they are made of goes only then."""
LANDINGS_KEPT = timedelta(days=7)
CLUSTERINGS_KEPT = timedelta(days=7)
ENRICHMENTS_KEPT = timedelta(days=30)
TABLES_OF_MAILS = (
    "raw.killmails", "raw.killmail_attackers", "raw.killmail_items", "raw.killmail_zkb", "core.killmail_values",
    "core.killmail_value_versions", "core.type_prices",
)  # fmt: skip
"""Partitioned by the month of the mail."""

EXPIRED = """
select month from (
    select date_trunc('month', day)::date as month, max(changed_at) as stored_at
    from raw.killmail_days
    group by 1
) as months
-- A month that was stored, or stored again, when its time was over already is there on purpose.
where month + make_interval(months => 1 + %(months_kept)s) <= %(today)s
    and stored_at < (month + make_interval(months => 1 + %(months_kept)s)) at time zone 'UTC'
    -- One with battles goes in two steps, a week apart; one without has but the second.
    and (
        month + make_interval(months => 1 + %(months_kept)s) + %(grace)s <= %(today)s
        or exists (select from core.battles where day >= month and day < month + interval '1 month')
    )
order by month
"""

DELETE_BATTLES = """
with gone as (
    update core.battles set deleted_at = %(now)s, deletion_reason = %(reason)s
    where day >= %(month)s and day < %(next)s and deleted_at is null
    returning battle_id, slug
)
insert into app.battle_outbox (event_type, battle_id, is_backfill, payload, created_at)
select 'battle.deleted', battle_id, true, jsonb_build_object('battle_id', battle_id, 'slug', slug), %(now)s from gone
"""

PURGE = (
    """
    delete from raw.killmail_index i using raw.killmails k
    where k.day >= %(month)s and k.day < %(next)s and i.killmail_id = k.killmail_id
    """,
    """
    update core.battle_lineage set battle_id = null
    where battle_id in (select battle_id from core.battles where day >= %(month)s and day < %(next)s)
    """,
    "delete from core.battles where day >= %(month)s and day < %(next)s",
    "delete from raw.quarantined_mails where day >= %(month)s and day < %(next)s",
    "delete from raw.day_requests where day >= %(month)s and day < %(next)s",
    "delete from raw.killmail_days where day >= %(month)s and day < %(next)s",
    """
    insert into raw.purged_days
    select day::date, %(now)s from generate_series(%(month)s::date, %(next)s::date - 1, interval '1 day') as day
    on conflict do nothing
    """,
)


class Pruned(NamedTuple):
    """What became of a month."""

    month: date
    """Its first day."""
    battles_deleted: int
    """They are shown no more, and can be brought back until the month is purged."""
    is_purged: bool
    """Whether its mails and battles are gone for good."""


def expired_months(connection: Connection, months_kept: int, today: date) -> list[date]:
    """Months, by their first day, that ended so many months ago and were stored before their time was over.

    One without battles is named a week later.
    """
    found = connection.execute(EXPIRED, {"months_kept": months_kept, "today": today, "grace": GRACE}).fetchall()
    return [month for (month,) in cast("list[tuple[date]]", found)]


def months_before(connection: Connection, day: date) -> list[date]:
    """Months, by their first day, with stored days that all lie before a day."""
    found = connection.execute(
        """
        select distinct date_trunc('month', day)::date as month from raw.killmail_days
        where date_trunc('month', day) + interval '1 month' <= %s order by month
        """,
        [day],
    ).fetchall()
    return [month for (month,) in cast("list[tuple[date]]", found)]


def deleted_months(connection: Connection) -> list[date]:
    """Months, by their first day, with battles that are deleted and not yet purged."""
    found = connection.execute(
        """
        select distinct date_trunc('month', day)::date as month from core.battles
        where deleted_at is not null order by month
        """
    ).fetchall()
    return [month for (month,) in cast("list[tuple[date]]", found)]


def prune_month(connection: Connection, month: date, reason: str, now: datetime, lock_seconds: float = 5.0) -> Pruned:
    """Deletes the battles of a month; where they all were deleted `GRACE` ago, purges it: its mails too, for good.

    A battle belongs to the month of its first mail. Aggregates of marts stay: what a purged day had is kept by
    raw.purged_days from being counted again, until an archive brings the day.

    Args:
        connection: whose transaction this runs in.
        month: its first day.
        reason: why battles are deleted, for people.
        now: written as the time of deletion.
        lock_seconds: how long readers may hold up the purge; new ones wait behind it.

    Raises:
        psycopg.errors.LockNotAvailable: somebody reads one of the tables for long; nothing changed.
    """
    lock(connection, "raw.killmails")
    lock(connection, "core.battles")
    parameters = {"month": month, "next": next_month(month), "now": now, "reason": reason, "grace_began": now - GRACE}
    if deleted := connection.execute(DELETE_BATTLES, parameters).rowcount:
        return Pruned(month, deleted, False)
    waiting = connection.execute(
        """
        select exists (
            select from core.battles where day >= %(month)s and day < %(next)s and deleted_at > %(grace_began)s
        )
        """,
        parameters,
    ).fetchone()
    if waiting == (True,):
        return Pruned(month, 0, False)
    for statement in PURGE:
        connection.execute(statement, parameters)
    # A partition's table goes with its place in the parent, which readers hold up: they come first.
    connection.execute("select set_config('lock_timeout', %s, true)", [f"{lock_seconds * 1_000:.0f}ms"])
    for name in TABLES_OF_MAILS:
        schema, table = name.split(".")
        partition = sql.Identifier(schema, f"{table}_{month:%Y_%m}")
        connection.execute(sql.SQL("drop table if exists {}").format(partition))
    return Pruned(month, 0, True)


def prune_refusals(connection: Connection, before: datetime) -> int:
    """Deletes rows of snapshots and documents of the feed that were refused before a moment; returns how many.

    Refused mails of archives stay as long as their days, whose completeness they are part of.
    """
    rows = connection.execute(
        """
        delete from raw.quarantined_rows as refused
        using raw.snapshots as answer
        where answer.source = refused.source and answer.as_of = refused.as_of and answer.stored_at < %s
        """,
        [before],
    ).rowcount
    documents = connection.execute("delete from raw.feed_rejections where read_at < %s", [before]).rowcount
    return rows + documents


def prune_ledgers(connection: Connection, now: datetime) -> int:
    """Deletes what only the last days count of: landings, clusterings, killmails in detail; returns how many rows."""
    kept = (
        ("delete from raw.killmail_landings where landed_at < %s", LANDINGS_KEPT),
        ("delete from core.clusterings where finished_at < %s", CLUSTERINGS_KEPT),
        ("delete from app.killmail_enrichments where updated_at < %s", ENRICHMENTS_KEPT),
    )
    return sum(connection.execute(statement, [now - age]).rowcount for statement, age in kept)
