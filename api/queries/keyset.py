"""The SQL of a page: where it starts, its order and its length."""

from typing import Any

from psycopg.sql import SQL, Composed, Identifier

from api.paging import Order, Position


def page(order: Order, after: Position | None) -> Composed:
    """`[and (column, id) < (...)] order by ... limit ...`, to follow a `where` clause.

    The statement's parameters are `after_value`, `after_id` and `limit` (see `page_parameters`).
    """
    columns = SQL(", ").join((Identifier(order.column), Identifier(order.id_column)))
    direction = SQL("desc" if order.is_descending else "asc")
    start = Composed([])
    if after is not None:
        beyond = SQL("<" if order.is_descending else ">")
        start = SQL("and ({}) {} (%(after_value)s, %(after_id)s) ").format(columns, beyond)
    ordering = SQL("order by {} {direction}, {} {direction} limit %(limit)s").format(
        Identifier(order.column), Identifier(order.id_column), direction=direction
    )
    return start + ordering


def page_parameters(after: Position | None, limit: int) -> dict[str, Any]:
    """The parameters of `page`: one row more than `limit`, to learn whether there is a next page."""
    position = {} if after is None else {"after_value": after.value, "after_id": after.row_id}
    return {**position, "limit": limit + 1}
