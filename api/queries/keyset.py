"""The SQL of a page: where it starts, its order and its length."""

from typing import Any

from psycopg.sql import SQL, Composable, Composed, Identifier

from api.paging import Order, Position

LIMIT = SQL("%(limit)s")


def page(order: Order, after: Position | None, rows: Composable = LIMIT) -> Composed:
    """`[and (column, id) < (...)] order by ... limit ...`, to follow a `where` clause.

    The statement's parameters are `after_value`, `after_id` and, unless `rows` is another, `limit` (see
    `page_parameters`). PostgreSQL plans a statement whose limit is a parameter anew for each page.
    """
    return SQL("{start}{ordering} limit {rows}").format(
        start=SQL("") if after is None else SQL("and {} ").format(_beyond(order, after)),
        ordering=ordering(order),
        rows=rows,
    )


def ordering(order: Order) -> Composed:
    """`order by ...`; null comes last in either direction where the column can be null."""
    return SQL("order by {} {direction}{nulls}, {} {direction}").format(
        Identifier(order.column),
        Identifier(order.id_column),
        direction=SQL("desc" if order.is_descending else "asc"),
        nulls=SQL(" nulls last" if order.is_nullable else ""),  # indexes serve the order without it
    )


def _beyond(order: Order, after: Position) -> Composable:
    names = {
        "column": Identifier(order.column),
        "id": Identifier(order.id_column),
        "beyond": SQL("<" if order.is_descending else ">"),
    }
    if after.value is None:
        return SQL("{column} is null and {id} {beyond} %(after_id)s").format(**names)
    beyond = SQL("({column}, {id}) {beyond} (%(after_value)s, %(after_id)s)").format(**names)
    return SQL("({} or {} is null)").format(beyond, names["column"]) if order.is_nullable else beyond


def page_parameters(after: Position | None, limit: int) -> dict[str, Any]:
    """The parameters of `page`: one row more than `limit`, to learn whether there is a next page."""
    position = {} if after is None else {"after_value": after.value, "after_id": after.row_id}
    return {**position, "limit": limit + 1}
