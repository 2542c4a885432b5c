"""The one way rows of days and whole tables are written to PostgreSQL; what the rows mean belongs elsewhere.

The schema's truth is the migrations: column types and keys are read from the catalog, not repeated here.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, LiteralString, NamedTuple, cast

import psycopg
from psycopg import sql

from battlescope_assets.domain.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

Connection = psycopg.Connection[tuple[object, ...]]


class Rows(NamedTuple):
    """Rows for one table; each row's fields follow `columns`."""

    columns: Sequence[str]
    rows: Iterable[Sequence[object]]


@dataclass(frozen=True)
class Change:
    """How many rows of one table a write touched."""

    inserted: int
    updated: int
    deleted: int

    @property
    def total(self) -> int:
        """Rows touched in whichever way."""
        return self.inserted + self.updated + self.deleted

    def __add__(self, other: "Change") -> "Change":
        return Change(self.inserted + other.inserted, self.updated + other.updated, self.deleted + other.deleted)


NO_CHANGE = Change(0, 0, 0)


@dataclass(frozen=True)
class Warehouse:
    """The database, known by its connection string."""

    url: str

    @contextmanager
    def transaction(self) -> "Iterator[Connection]":
        """A connection in UTC whose block is one transaction, committed at its end and rolled back on an error."""
        with psycopg.connect(self.url, options="-c timezone=UTC", application_name="battlescope") as connection:
            yield connection


def replace_days(
    connection: Connection, window: Window, tables: Mapping[str, Rows], kept: Sequence[int] = ()
) -> dict[str, Change]:
    """Makes each table hold exactly the given rows for the window's days, touching only rows that differ.

    Runs in the caller's transaction, so readers see the days change at once. Tables are named `schema.table` and
    have a `day` column, which is part of their primary key. A window that holds no rows yet is copied into directly;
    otherwise rows are staged and the difference applied, which leaves unchanged rows (and readers) alone.

    Args:
        connection: whose transaction this runs in.
        window: whole days.
        tables: what each is to hold.
        kept: ids of killmails whose rows stay as they are, whatever the given rows say; none of these is among them.

    Raises:
        psycopg.Error: a row breaks a constraint; the transaction is lost, nothing is half written.
    """
    changes = {}
    for name, rows in tables.items():
        table = _table(name)
        lock(connection, name)
        _make_month_partitions(connection, name, window)
        where = sql.SQL("target.day >= {} and target.day < {}").format(window.start.date(), window.end.date())
        if kept:
            where += sql.SQL(" and target.killmail_id <> all({})").format(list(kept))
        if _is_empty(connection, table, where):
            changes[name] = Change(_copy(connection, table, name, rows), 0, 0)
        else:
            changes[name] = _apply_difference(connection, name, rows, where)
    return changes


def replace_table(connection: Connection, name: str, rows: Rows) -> Change:
    """Makes a small table hold exactly the given rows, touching only rows that differ."""
    lock(connection, name)
    return _apply_difference(connection, name, rows, sql.SQL("true"))


def insert_rows(connection: Connection, name: str, rows: Rows, window: Window | None = None) -> None:
    """Adds rows whose keys the table does not have; `window`, for a table of days, holds their days."""
    if window is not None:
        _make_month_partitions(connection, name, window)
    _copy(connection, _table(name), name, rows)


def replace_rows(
    connection: Connection, name: str, rows: Rows, key: str, values: Sequence[object], window: Window | None = None
) -> Change:
    """Makes a table hold exactly the given rows among those whose `key` is one of `values`.

    Args:
        connection: whose transaction this runs in.
        name: the table, as `schema.table`.
        rows: what it is to hold.
        key: a column of the table.
        values: values of that column; at least one.
        window: for a table of days, days that hold all these rows, old and new.
    """
    where = sql.SQL("target.{} = any({})").format(sql.Identifier(key), list(values))
    if window is not None:
        _make_month_partitions(connection, name, window)
        where += sql.SQL(" and target.day between {} and {}").format(window.first_day, window.last_day)
    return _apply_difference(connection, name, rows, where)


def lock(connection: Connection, name: str) -> None:
    """Waits until no other transaction writes what `name` stands for, and holds it to the transaction's end."""
    connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _table(name: str) -> sql.Identifier:
    return sql.Identifier(*name.split("."))


def _is_empty(connection: Connection, table: sql.Identifier, where: sql.Composable) -> bool:
    found = connection.execute(
        sql.SQL("select exists (select from {} as target where {})").format(table, where)
    ).fetchone()
    return found == (False,)


def _column_types(connection: Connection, name: str) -> dict[str, str]:
    found = connection.execute(
        """
        select attname, format_type(atttypid, null)
        from pg_attribute
        where attrelid = %s::regclass and attnum > 0 and not attisdropped
        """,
        [name],
    )
    return dict(cast("Iterable[tuple[str, str]]", found))


def _primary_key(connection: Connection, name: str) -> list[str]:
    found = connection.execute(
        """
        select attname
        from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey)
        where indrelid = %s::regclass and indisprimary
        order by array_position(indkey::int2[], attnum)
        """,
        [name],
    )
    return [column for (column,) in cast("Iterable[tuple[str]]", found)]


def _copy(connection: Connection, target: sql.Identifier, name: str, rows: Rows) -> int:
    types = _column_types(connection, name)
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(target, _columns(rows.columns))
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            copy.set_types([types[column] for column in rows.columns])
            for row in rows.rows:
                copy.write_row(row)
        return cursor.rowcount


def _columns(names: Iterable[str], prefix: str = "") -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(prefix, name) if prefix else sql.Identifier(name) for name in names)


def _comparable(names: Iterable[str], prefix: str, types: Mapping[str, str]) -> sql.Composed:
    """The columns as they are compared; PostgreSQL knows no equality of json."""
    return sql.SQL(", ").join(
        sql.SQL("{}::text" if types[name] == "json" else "{}").format(sql.Identifier(prefix, name)) for name in names
    )


def _apply_difference(connection: Connection, name: str, rows: Rows, where: sql.Composable) -> Change:
    table, stage = _table(name), sql.Identifier("stage_" + name.replace(".", "_"))
    key, types = _primary_key(connection, name), _column_types(connection, name)
    values = [column for column in rows.columns if column not in key]
    parts = {
        "table": table,
        "stage": stage,
        "columns": _columns(rows.columns),
        "key": _columns(key),
        "where": where,
        "same_key": sql.SQL(" and ").join(
            sql.SQL("target.{0} = stage.{0}").format(sql.Identifier(column)) for column in key
        ),
        "set": sql.SQL(", ").join(sql.SQL("{0} = stage.{0}").format(sql.Identifier(column)) for column in values),
        "old": _comparable(values, "target", types),
        "new": _comparable(values, "stage", types),
    }

    def run(statement: LiteralString) -> int:
        return connection.execute(sql.SQL(statement).format(**parts)).rowcount

    run("create temporary table {stage} on commit drop as select {columns} from {table} with no data")
    _copy(connection, stage, name, rows)
    run("analyze {stage}")
    deleted = run(
        "delete from {table} as target where {where} and not exists (select from {stage} as stage where {same_key})"
    )
    updated = 0
    if values:
        updated = run(
            "update {table} as target set {set} from {stage} as stage "
            "where {where} and {same_key} and ({old}) is distinct from ({new})"
        )
    inserted = run(
        "insert into {table} ({columns}) select {columns} from {stage} as stage "
        "where not exists (select from {table} as target where {where} and {same_key})"
    )
    run("drop table {stage}")
    return Change(inserted, updated, deleted)


def _make_month_partitions(connection: Connection, name: str, window: Window) -> None:
    """Creates the month partitions the window needs; a table that is not partitioned is left alone.

    A partition is made beside its parent and then attached: `create table … partition of` would lock readers out.
    """
    schema, plain = name.split(".")
    found = connection.execute(
        """
        select (select relkind = 'p' from pg_class where oid = %(name)s::regclass),
               array(select inhrelid::regclass::text from pg_inherits where inhparent = %(name)s::regclass)
        """,
        {"name": name},
    ).fetchone()
    is_partitioned, partitions = cast("tuple[bool, list[str]]", found)
    if not is_partitioned:
        return
    for month in sorted({day.replace(day=1) for day in window.days()}):
        partition = f"{plain}_{month:%Y_%m}"
        if f"{schema}.{partition}" in partitions:
            continue
        parts = {
            "parent": _table(name),
            "partition": sql.Identifier(schema, partition),
            "first": month,
            "next": next_month(month),
        }
        for statement in (
            (
                "create table {partition} (like {parent} including defaults including constraints, "
                "constraint month check (day >= {first} and day < {next}))"
            ),
            "alter table {parent} attach partition {partition} for values from ({first}) to ({next})",
            "alter table {partition} drop constraint month",
        ):
            connection.execute(sql.SQL(statement).format(**parts))


def next_month(month: date) -> date:
    """The first day of the month after the one that begins with `month`."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
