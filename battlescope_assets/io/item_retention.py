"""Deletes the items of days, where nothing is lost by it; which days have outlived their retention is the domain's."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import LiteralString, NamedTuple, cast

from psycopg import sql

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


def prune(warehouse: Warehouse, days: Sequence[date], now: datetime) -> Pruned:
    """Deletes the items of these days, each in a transaction of its own, and gives months without any back to the disk.

    A day keeps its items unless the archive can bring all of them back and what was lost on it has been counted, to the
    unit and the ISK: no aggregate, value or battle of it needs them any more.
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
    for month in sorted({day.replace(day=1) for day in stacks}):
        with warehouse.transaction() as connection:
            lock(connection, "raw.killmails")
            partition = sql.Identifier("raw", f"killmail_items_{month:%Y_%m}")
            if not _truth(connection, sql.SQL("select exists (select from {})").format(partition)):
                connection.execute(sql.SQL("truncate {}").format(partition))
    return Pruned(stacks, left)


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
