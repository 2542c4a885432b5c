"""Keyset cursors: where a page ended, as an opaque and validated string; the SQL that uses them belongs to `queries`.

A cursor holds the sort and the last row's sort value and id. The next page starts strictly after that pair, so rows
that arrive or vanish between two pages neither repeat nor hide others, and deep pages cost what the first costs.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from pydantic_core import to_json

from api.problems import invalid

IskAmount = Annotated[Decimal, Field(max_digits=24, decimal_places=2)]
"""ISK as the marts hold it, in a cursor: whole ISK would lose the place."""


@dataclass(frozen=True)
class Order:
    """A total order of a list: by `column`, ties by the unique `id_column`, both in one direction."""

    column: str
    id_column: str
    is_descending: bool
    types: tuple[Any, Any]
    """The types of the two columns, as pydantic understands them."""
    is_nullable: bool = False
    """Whether `column` can be null; rows where it is come last, in either direction."""


@dataclass(frozen=True)
class Position:
    """The last row of a page: its value in the order's column and its id."""

    value: Any
    row_id: Any


def write_cursor(sort: str, position: Position) -> str:
    """The cursor of the page after `position` in the list sorted by `sort`."""
    return urlsafe_b64encode(to_json((sort, position.value, position.row_id))).decode().rstrip("=")


def read_cursor(cursor: str | None, sort: str, order: Order) -> Position | None:
    """Where a page starts; None at the first.

    Raises:
        RequestValidationError: the cursor was not written by `write_cursor` for this sort.
    """
    if cursor is None:
        return None
    try:
        content = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        _, value, row_id = _adapter(sort, *order.types).validate_json(content, strict=True)
    except ValueError as error:  # pydantic's and base64's errors are ValueErrors
        raise invalid("cursor", f"Not a cursor of this list sorted by {sort}: pass `next_cursor` unchanged") from error
    return Position(value, row_id)


@cache
def _adapter(sort: str, value_type: Any, id_type: Any) -> TypeAdapter[tuple[str, Any, Any]]:
    return TypeAdapter(tuple[Literal[sort], value_type, id_type])  # type: ignore[valid-type]


def page_of(rows: list[dict[str, Any]], limit: int, sort: str, order: Order) -> tuple[list[dict[str, Any]], str | None]:
    """Splits rows, fetched one more than `limit`, into the page and the cursor of the next one."""
    page = rows[:limit]
    if len(rows) <= limit:
        return page, None
    return page, write_cursor(sort, Position(page[-1][order.column], page[-1][order.id_column]))
