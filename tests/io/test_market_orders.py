"""Adding up market orders: stock per region, hub and type; a file that is none is refused and the stock stays."""

import bz2
from datetime import UTC, datetime
from pathlib import Path

import pytest

from battlescope_assets.assets.market_orders import read_orders
from battlescope_assets.io import market_orders
from battlescope_assets.io.archive import ArchiveError
from battlescope_assets.io.freshness import source_fetches
from battlescope_assets.io.market_orders import PATH, read_stock
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.warehouse import Warehouse

HEADER = (
    "duration,is_buy_order,issued,location_id,min_volume,order_id,price,range,system_id,type_id,volume_remain,"
    "volume_total,region_id,http_last_modified,station_id,constellation_id,universe_id"
)
FORGE, JITA, PERIMETER, DELVE, IN_DELVE = 10000002, 30000142, 30000144, 10000060, 30004759


def order(
    region_id: int,
    system_id: int,
    type_id: int,
    volume: object,
    price: object,
    *,
    is_buy: str = "false",
    as_of: str = "2026-09-15T12:15:00Z",
) -> str:
    issued = "2026-09-01T00:00:00Z"
    return f"90,{is_buy},{issued},1,1,1,{price},region,{system_id},{type_id},{volume},9,{region_id},{as_of},,1,eve"


ORDERS = [
    order(FORGE, JITA, 587, 10, 500000.5),
    order(FORGE, JITA, 587, 5, 490000),
    order(FORGE, PERIMETER, 587, 7, 480000.25, as_of="2026-09-15T12:17:30Z"),
    order(FORGE, JITA, 587, 100, 400000, is_buy="true"),
    order(FORGE, JITA, 587, 1, 450000, is_buy="true"),
    order(FORGE, PERIMETER, 34, 3_000_000_000, 5.01),
    order(DELVE, IN_DELVE, 587, 2, 900000),
    order(DELVE, IN_DELVE, 35, 9, 1, is_buy="true"),
]
STOCK = {
    (FORGE, 34): (3_000_000_000, 1, "5.01", 0, None, 0, 0, None),
    (FORGE, 587): (22, 3, "480000.25", 15, "490000.00", 101, 2, "450000.00"),
    (DELVE, 35): (0, 0, None, 0, None, 9, 1, "1.00"),
    (DELVE, 587): (2, 1, "900000.00", 0, None, 0, 0, None),
}


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(str(tmp_path), "tests", tmp_path / "cache")


def publish(source: Source, orders: list[str], header: str = HEADER) -> Path:
    file = Path(source.url) / PATH
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bz2.compress("\n".join([header, *orders, ""]).encode()))
    return file


def stored(warehouse: Warehouse) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Every row with its version, by region and type."""
    with warehouse.transaction() as connection:
        found = connection.execute("select *, xmin::text, ctid::text from raw.market_orders").fetchall()
    return {row[:2]: row[2:] for row in found}


@pytest.mark.parametrize("at_once", [1, 3, 1_000])
def test_orders_are_added_up_by_region_and_type(source: Source, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(market_orders, "ORDERS_AT_ONCE", at_once)
    stock = read_stock(publish(source, ORDERS), "the file")
    assert {
        row[:2]: tuple(f"{field}" if i in {2, 4, 7} and field is not None else field for i, field in enumerate(row[2:]))
        for row in stock.rows
    } == STOCK
    assert (stock.orders, stock.as_of) == (8, datetime(2026, 9, 15, 12, 17, 30, tzinfo=UTC))


def test_columns_are_read_by_name_and_others_do_not_matter(source: Source) -> None:
    header = "http_last_modified,region_id,new,type_id,volume_remain,price,system_id,is_buy_order"
    line = f"2026-09-15T12:15:00Z,{FORGE},x,587,10,5.5,{JITA},False"
    (row,) = read_stock(publish(source, [line], header), "the file").rows
    assert row[:4] == (FORGE, 587, 10, 1)


@pytest.mark.parametrize(
    ("what", "orders", "header"),
    [
        ("no orders", [], HEADER),
        ("a column is missing", ORDERS, HEADER.replace("volume_remain", "volume_left")),
        ("a price is a word", [*ORDERS, order(FORGE, JITA, 587, 1, "cheap")], HEADER),
        ("a price is missing", [*ORDERS, order(FORGE, JITA, 587, 1, "")], HEADER),
        ("a volume is a fraction", [*ORDERS, order(FORGE, JITA, 587, 1.5, 1)], HEADER),
        ("a volume is negative", [*ORDERS, order(FORGE, JITA, 587, -1, 1)], HEADER),
        ("an order is neither bought nor sold", [*ORDERS, order(FORGE, JITA, 587, 1, 1, is_buy="maybe")], HEADER),
        ("nobody knows when", [order(FORGE, JITA, 587, 1, 1, as_of="noon")], HEADER),
    ],
)
def test_what_is_no_snapshot_of_orders_is_refused(source: Source, what: str, orders: list[str], header: str) -> None:
    with pytest.raises(ArchiveError, match="the file is no snapshot of market orders: "):
        read_stock(publish(source, orders, header), "the file")


def test_a_damaged_or_huge_file_is_refused(source: Source) -> None:
    file = publish(source, ORDERS)
    with pytest.raises(ArchiveError, match="more than 100 bytes when decompressed"):
        read_stock(file, "the file", most_bytes=100)
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(ArchiveError, match="the bzip2 file is cut short"):
        read_stock(file, "the file")


def test_the_stock_is_that_of_the_newest_file(source: Source, warehouse: Warehouse) -> None:
    with pytest.raises(SourceError, match="has no market-orders"):
        read_orders(source, warehouse)
    publish(source, ORDERS)
    assert read_orders(source, warehouse)["rows_changed"] == 4
    before = stored(warehouse)
    assert read_orders(source, warehouse)["rows_changed"] == 0
    later = order(FORGE, JITA, 587, 4, 490000, as_of="2026-09-15T12:45:00Z")
    publish(source, [ORDERS[0], later, *ORDERS[2:-1]])
    assert read_orders(source, warehouse)["rows_changed"] == 2
    now = stored(warehouse)
    assert {key for key in before if before[key] != now.get(key)} == {(FORGE, 587), (DELVE, 35)}
    assert now[FORGE, 587][:4:3] == (21, 14)
    publish(source, [])
    with pytest.raises(ArchiveError):
        read_orders(source, warehouse)
    assert stored(warehouse) == now
    with warehouse.transaction() as connection:
        known = source_fetches(connection)["market_orders"]
    assert known.as_of == datetime(2026, 9, 15, 12, 45, tzinfo=UTC)
    assert known.last_error is not None
    assert "is no snapshot of market orders: it has no orders" in known.last_error
