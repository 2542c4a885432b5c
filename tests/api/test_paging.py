"""Cursors carry a position unchanged, and nothing else is a cursor."""

from base64 import urlsafe_b64encode
from datetime import UTC
from typing import Any
from uuid import UUID

import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st

from api.paging import Order, Position, page_of, read_cursor, write_cursor
from api.queries.battles import BATTLE_ORDERS, KILLMAIL_ORDERS, PARTICIPANT_ORDERS
from api.queries.conflicts import CAMPAIGN_ORDERS, CONFLICT_ORDERS
from api.queries.demand import REGION_ORDERS, TYPE_ORDERS
from api.queries.doctrines import DOCTRINE_ORDERS
from api.queries.entities import SHIP_ORDERS
from api.queries.losses import LOSS_ORDERS
from api.queries.production import ALERT_ORDERS
from api.schemas.battles import BattleSort

ORDERS: list[tuple[str, Order]] = [
    (sort, order)
    for orders in (
        ALERT_ORDERS, BATTLE_ORDERS, CAMPAIGN_ORDERS, CONFLICT_ORDERS, DOCTRINE_ORDERS, KILLMAIL_ORDERS, LOSS_ORDERS,
        PARTICIPANT_ORDERS, REGION_ORDERS, SHIP_ORDERS, TYPE_ORDERS,
    )
    for sort, order in orders.items()
]  # fmt: skip
VALUES = {
    "started_at": st.datetimes(timezones=st.just(UTC)),
    "killmail_time": st.datetimes(timezones=st.just(UTC)),
    "starts_at": st.datetimes(timezones=st.just(UTC)),
    "last_battle_at": st.datetimes(timezones=st.just(UTC)),
    "last_lost_at": st.datetimes(timezones=st.just(UTC)),
    "last_seen_at": st.datetimes(timezones=st.just(UTC)),
    "isk_total": st.decimals(0, 10**20, places=2),
    "destroyed_isk": st.decimals(0, 10**20, places=2),
    "dropped_isk": st.decimals(0, 10**20, places=2),
    "gap_isk": st.decimals(-(10**20), 10**20, places=2),
    "losses_7d_isk": st.decimals(0, 10**20, places=2),
    "isk_destroyed": st.decimals(0, 10**20, places=2),
    "isk_lost": st.decimals(0, 10**20, places=2),
    "demand_score": st.floats(0, allow_infinity=False),
}
IDS = {
    "alert_id": st.text("prime_time:0123456789-", min_size=1, max_size=60),
    "battle_id": st.uuids(),
    "campaign_id": st.uuids(),
    "conflict_id": st.from_regex(r"[1-9][0-9]{0,18}-[1-9][0-9]{0,18}", fullmatch=True),
    "doctrine_id": st.uuids(),
}
integers = st.integers(0, 2**63 - 1)


@given(st.data(), st.sampled_from(ORDERS))
def test_a_cursor_is_read_as_it_was_written(data: st.DataObject, sorted_by: tuple[str, Order]) -> None:
    sort, order = sorted_by
    values = VALUES.get(order.column, integers)
    value = data.draw(st.none() | values if order.is_nullable else values)
    position = Position(value, data.draw(IDS.get(order.id_column, integers)))
    cursor = write_cursor(sort, position)
    assert read_cursor(cursor, sort, order) == position
    assert cursor.isascii()
    assert len(cursor) <= 512


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


ID = "5b0a6f0e-6c4e-5f5a-9d3a-0c2f6f1f7a55"


@pytest.mark.parametrize(
    ("cursor", "why"),
    [
        ("", "empty"),
        ("x", "not base64"),
        ("ünïcode", "not ASCII"),
        (encoded("nonsense"), "not JSON"),
        (encoded("[" * 300), "too deep"),
        (encoded("[]"), "no position"),
        (encoded(f'["-pilots", 3, "{ID}"]'), "another list's sort"),
        (encoded(f'["-started_at", 3, "{ID}"]'), "a number for a moment"),
        (encoded(f'["-started_at", "2026-01-01T00:00:00", "{ID}"]'), "a moment without a zone"),
        (encoded(f'["-started_at", "9999999-01-01T00:00:00Z", "{ID}"]'), "a moment far away"),
        (encoded('["-started_at", "2026-01-01T00:00:00Z", "x"]'), "no id"),
        (encoded(f'["-started_at", "2026-01-01T00:00:00Z", "{ID}", 1]'), "too long"),
        (encoded(f'["-started_at", "2026-01-01T00:00:00Z\' or 1=1 --", "{ID}"]'), "SQL"),
    ],
)
def test_what_is_not_a_cursor_is_refused(cursor: str, why: str) -> None:
    with pytest.raises(RequestValidationError) as error:
        read_cursor(cursor, "-started_at", BATTLE_ORDERS[BattleSort.STARTED_AT_DOWN])
    assert error.value.errors()[0]["loc"] == ("query", "cursor"), why


@given(st.lists(st.integers(0, 5), max_size=12), st.integers(1, 12))
def test_a_page_has_a_cursor_only_where_more_rows_were_found(pilots: list[int], limit: int) -> None:
    order = BATTLE_ORDERS[BattleSort.PILOTS]
    rows: list[dict[str, Any]] = [{"total_pilots": n, "battle_id": UUID(int=i)} for i, n in enumerate(pilots)]
    page, cursor = page_of(rows, limit, "pilots", order)
    assert page == rows[:limit]
    assert (cursor is not None) == (len(rows) > limit)
    if cursor is not None:
        assert read_cursor(cursor, "pilots", order) == Position(page[-1]["total_pilots"], page[-1]["battle_id"])
