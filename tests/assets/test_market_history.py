"""Landing market history: columns by name, whatever their order; a file that is none changes nothing."""

import bz2
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from battlescope_assets.assets.market_history import land_day
from battlescope_assets.io.archive import ArchiveError
from battlescope_assets.io.ledgers import MarketHistoryDay
from battlescope_assets.io.sources import Source
from battlescope_assets.io.warehouse import Warehouse

DAY = date(2026, 9, 15)
NOW = """average,date,highest,lowest,order_count,volume,http_last_modified,region_id,type_id
5.25,2026-09-15,5.3,5.1,2000,1000000000,2026-09-16T11:05:00Z,10000002,34
9000000.5,2026-09-15,9500000,8900000,12,20,2026-09-16T11:05:00Z,10000043,587
"""
BEFORE_2020 = """type_id,region_id,date,lowest,highest,average,volume,order_count
34,10000002,2026-09-15,5.1,5.3,5.25,1000000000,2000
587,10000043,2026-09-15,8900000,9500000,9000000.5,20,12
"""
ROWS = [
    (10000002, 34, Decimal("5.25"), Decimal("5.30"), Decimal("5.10"), 2000, 1000000000),
    (10000043, 587, Decimal("9000000.50"), Decimal("9500000.00"), Decimal("8900000.00"), 12, 20),
]


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(str(tmp_path), "tests", tmp_path / "cache")


def land(source: Source, warehouse: Warehouse, text: str, compress: bool = True) -> MarketHistoryDay:
    file = Path(source.url) / "market-history" / "2026" / f"market-history-{DAY}.csv.bz2"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bz2.compress(text.encode()) if compress else text.encode())
    return land_day(DAY, source, warehouse, 2**20)


def stored(warehouse: Warehouse) -> list[tuple[object, ...]]:
    with warehouse.transaction() as connection:
        return connection.execute(
            "select region_id, type_id, average_isk, highest_isk, lowest_isk, order_count, volume "
            "from raw.market_history where day = %s order by 1, 2",
            [DAY],
        ).fetchall()


@pytest.mark.parametrize("text", [NOW, BEFORE_2020])
def test_columns_are_read_by_name(source: Source, warehouse: Warehouse, text: str) -> None:
    assert land(source, warehouse, text).rows_stored == 2
    assert stored(warehouse) == ROWS


def test_rows_of_another_day_and_repeated_rows_are_left_out(source: Source, warehouse: Warehouse) -> None:
    extra = "1,2026-09-14,1,1,1,1,,10000002,35\n5.25,2026-09-15,5.3,5.1,2000,1000000000,,10000002,34\n"
    assert land(source, warehouse, NOW + extra).rows_stored == 2
    assert stored(warehouse) == ROWS


@pytest.mark.parametrize(
    ("name", "text", "compress"),
    [
        ("a column is missing", NOW.replace("average", "mean"), True),
        ("a number is a word", NOW.replace("5.25", "cheap"), True),
        ("a number is missing", NOW.replace("5.25", ""), True),
        ("an id is a fraction", NOW.replace(",34\n", ",34.5\n"), True),
        ("nothing", "", True),
        ("a web page", "<html>Bad Gateway</html>", False),
        ("larger than allowed", NOW + "x" * 2**20, True),
    ],
)
def test_what_is_no_market_history_is_refused_and_the_day_stays(
    source: Source, warehouse: Warehouse, name: str, text: str, compress: bool
) -> None:
    land(source, warehouse, NOW)
    with pytest.raises(ArchiveError):
        land(source, warehouse, text, compress)
    assert stored(warehouse) == ROWS


def test_a_day_without_a_file_is_absent(source: Source, warehouse: Warehouse) -> None:
    assert land_day(date(2026, 9, 20), source, warehouse, 2**20).status == "absent"
