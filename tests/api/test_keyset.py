"""A walk by pages finds every row once, in order, also where values are equal or not there."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.rows import dict_row
from psycopg.sql import SQL

from api.paging import Order, page_of, read_cursor
from api.queries.keyset import page, page_parameters
from battlescope_assets.processes.database import database_url
from battlescope_assets.settings import Settings

Row = dict[str, Any]


@pytest.fixture(scope="module")
def connection(server: Settings) -> Iterator[psycopg.Connection[Row]]:
    with psycopg.connect(database_url(server), autocommit=True, row_factory=dict_row) as opened:
        yield opened


def walk(connection: psycopg.Connection[Row], rows: list[Row], order: Order, limit: int) -> Iterator[Row]:
    cursor: str | None = None
    while True:
        after = read_cursor(cursor, "value", order)
        statement = SQL(
            "select * from unnest(%(values)s::float8[], %(ids)s::int[]) as rows (value, id) where true {}"
        ).format(page(order, after))
        parameters = {"values": [row["value"] for row in rows], "ids": [row["id"] for row in rows]}
        found = connection.execute(statement, parameters | page_parameters(after, limit)).fetchall()
        some, cursor = page_of(found, limit, "value", order)
        yield from some
        if cursor is None:
            return


@given(
    values=st.lists(st.none() | st.sampled_from([-1.5, 0.0, 2.5]) | st.floats(-1e9, 1e9), max_size=12),
    is_descending=st.booleans(),
    limit=st.integers(1, 5),
)
def test_what_is_not_known_comes_last_and_nothing_is_lost_or_told_twice(
    connection: psycopg.Connection[Row], values: list[float | None], is_descending: bool, limit: int
) -> None:
    rows = [{"value": value, "id": number} for number, value in enumerate(values)]
    order = Order("value", "id", is_descending, types=(float | None, int), is_nullable=True)

    def place(row: Row) -> tuple[bool, float, int]:
        sign = -1 if is_descending else 1
        return row["value"] is None, sign * (row["value"] or 0), sign * row["id"]

    assert list(walk(connection, rows, order, limit)) == sorted(rows, key=place)
