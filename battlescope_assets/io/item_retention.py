"""Deletes the items of days, where nothing is lost by it; which days have outlived their retention is the domain's."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import LiteralString, NamedTuple, cast

from psycopg import sql
from psycopg.errors import LockNotAvailable

from battlescope_assets.io.warehouse import Connection, Warehouse, lock

NOT_COUNTED = """
select case
    when to_regclass('marts.fct_item_losses') is null then 'the marts are not built'
    when (select count(*) from raw.killmails where day = %(day)s)
        is distinct from (select mails_stored from raw.killmail_days where day = %(day)s)
        then 'the feed brought mails that its archive does not have'
    when exists (
        select from raw.killmails k where k.day = %(day)s and not exists (
            select from core.killmail_values v where v.day = %(day)s and v.killmail_id = k.killmail_id
        )
    ) then 'some of its mails have no value yet'
    when (
        select greatest(d.changed_at, m.changed_at) > coalesce(d.clustered_at, '-infinity')
        from raw.killmail_days d
        left join raw.market_history_days m on m.day = d.day and m.status = 'stored'
        where d.day = %(day)s
    ) then 'its battles have not been reconstructed since it changed'
end
"""
MISCOUNTED = """
select (stacks.destroyed, stacks.dropped, worth.destroyed, worth.dropped)
    is distinct from (counted.destroyed, counted.dropped, counted.destroyed_isk, counted.dropped_isk)
from (
    select coalesce(sum(quantity_destroyed), 0) as destroyed, coalesce(sum(quantity_dropped), 0) as dropped
    from raw.killmail_items
    where day = %(day)s
) stacks, (
    select coalesce(sum(destroyed_isk - hull_isk), 0) as destroyed, coalesce(sum(dropped_isk), 0) as dropped
    from core.killmail_values
    where day = %(day)s
) worth, (
    select coalesce(sum(quantity_destroyed), 0) as destroyed, coalesce(sum(quantity_dropped), 0) as dropped,
        coalesce(sum(destroyed_isk), 0) as destroyed_isk, coalesce(sum(dropped_isk), 0) as dropped_isk
    from marts.fct_item_losses
    where day = %(day)s
) counted
"""


class Pruned(NamedTuple):
    """What pruning did."""

    stacks: dict[date, int]
    """Rows deleted, by day."""
    left: dict[date, str]
    """Days left as they are, and why."""
    read_meanwhile: tuple[str, ...] = ()
    """Tables of months without items whose space stays taken until the next time, since somebody reads them."""


def days_with_items(connection: Connection, first_day: date, last_day: date) -> dict[date, bool]:
    """Days from first to last whose archive is stored with its items, and whether these stay beyond the retention."""
    found = connection.execute(
        """
        select day, items_stay
        from raw.killmail_days
        where day between %s and %s and status = 'stored' and items_pruned_at is null
        order by day
        """,
        [first_day, last_day],
    )
    return dict(cast("list[tuple[date, bool]]", found.fetchall()))


def prune(warehouse: Warehouse, days: Sequence[date], now: datetime, lock_seconds: float = 5.0) -> Pruned:
    """Deletes the items of these days, each in a transaction of its own, and gives months without any back to the disk.

    A month that somebody reads for longer than `lock_seconds` gives its space back another day: who waits for the table
    holds up all that read or write after them.

    A day keeps its items unless the archive can bring all of them back and what was lost on it has been counted, to the
    unit and the ISK. Checked is one table, `fct_item_losses`, and that the day was clustered since it changed. The
    others that read items (demand, doctrines) are built by the same dbt run; where it failed on one of these only, that
    table lacks the day until a backfill brings its items again.
    """
    stacks, left = dict[date, int](), dict[date, str]()
    for day in days:
        with warehouse.transaction() as connection:
            lock(connection, "raw.killmails")
            reason = _reason_to_leave(connection, day)
            if reason is not None:
                left[day] = reason
                continue
            stacks[day] = connection.execute("delete from raw.killmail_items where day = %s", [day]).rowcount
            connection.execute(
                "update raw.killmail_days set items_pruned_at = %s, items_stay = false where day = %s", [now, day]
            )
    with warehouse.transaction() as connection:
        candidates = _pruned_months(connection)
    kept = []
    for partition in candidates:
        try:
            _truncate(warehouse, partition, lock_seconds)
        except LockNotAvailable:
            kept.append(partition)
    return Pruned(stacks, left, tuple(kept))


def _pruned_months(connection: Connection) -> list[str]:
    """Tables of months with days whose items were pruned, that have space on the disk."""
    found = connection.execute(
        """
        select relid::regclass::text from pg_partition_tree('raw.killmail_items')
        where isleaf and pg_relation_size(relid) > 0 and exists (
            select from raw.killmail_days
            where items_pruned_at is not null and to_char(day, 'YYYY_MM') = right(relid::regclass::text, 7)
        )
        order by 1
        """
    ).fetchall()
    return [name for (name,) in cast("list[tuple[str]]", found)]


def _truncate(warehouse: Warehouse, partition: str, lock_seconds: float) -> None:
    """Gives the disk back what the table had, if it has no row left."""
    table = sql.Identifier(*partition.split("."))
    with warehouse.transaction() as connection:
        lock(connection, "raw.killmails")
        connection.execute("select set_config('lock_timeout', %s, true)", [f"{lock_seconds * 1_000:.0f}ms"])
        if not _truth(connection, sql.SQL("select exists (select from {})").format(table)):
            connection.execute(sql.SQL("truncate {}").format(table))


def _reason_to_leave(connection: Connection, day: date) -> str | None:
    found = connection.execute(NOT_COUNTED, {"day": day}).fetchone()
    [reason] = cast("tuple[str | None]", found)
    if reason is None and _truth(connection, MISCOUNTED, {"day": day}):
        return "what was lost on it has not been counted"
    return reason


def _truth(
    connection: Connection, query: LiteralString | sql.Composed, parameters: dict[str, object] | None = None
) -> bool:
    found = connection.execute(query, parameters).fetchone()
    return cast("tuple[bool]", found)[0]
