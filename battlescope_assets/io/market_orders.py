"""EVE Ref's snapshot of all market orders, added up by region and type and stored; no single order is kept."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from battlescope_assets.domain.universe import TRADE_HUBS
from battlescope_assets.io.archive import ArchiveError, ahead, decompressed
from battlescope_assets.io.warehouse import Connection, Rows, replace_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

SOURCE = "market_orders"
PATH = "market-orders/market-orders-latest.v3.csv.bz2"
MOST_BYTES = 2**30
"""A million orders have about 150 MB; a larger file is refused as a bomb."""
ORDERS_AT_ONCE = 200_000
INTEGERS = ("region_id", "type_id", "system_id", "volume_remain")
KEY = ["region_id", "type_id"]
SUMS = ["sell_volume", "sell_orders", "hub_sell_volume", "buy_volume", "buy_orders"]
LOWEST = ["lowest_sell_isk", "hub_lowest_sell_isk"]
HIGHEST = "highest_buy_isk"
COLUMNS = (
    "region_id", "type_id", "sell_volume", "sell_orders", "lowest_sell_isk", "hub_sell_volume", "hub_lowest_sell_isk",
    "buy_volume", "buy_orders", "highest_buy_isk",
)  # fmt: skip


class Stock(NamedTuple):
    """What a file says."""

    rows: list[tuple[object, ...]]
    """In the order of `COLUMNS`."""
    orders: int
    as_of: datetime
    """When the newest of its orders was read from the game."""


def read_stock(file: Path, source: str, most_bytes: int = MOST_BYTES) -> Stock:
    """Adds up a file's orders, some at a time; columns are read by name.

    One program writes the file, so a value that cannot be read means that the file is not what it was: it is refused
    whole, and the stock before it stays.

    Raises:
        ArchiveError: damaged, too large, without orders, a column is missing, or a value is not of its type.
    """
    import pandas as pd  # noqa: PLC0415  # takes a second to import

    pieces = ahead(decompressed(_chunks(file), most_bytes))
    parts, orders, newest = [], 0, ""
    try:
        reader = pd.read_csv(
            io.BufferedReader(_Joined(pieces), 2**20),
            usecols=[*INTEGERS, "price", "is_buy_order", "http_last_modified"],
            dtype=dict.fromkeys(INTEGERS, "int64") | {"price": "float64", "is_buy_order": "bool"},
            chunksize=ORDERS_AT_ONCE,
        )
        for chunk in reader:
            if chunk.isna().any(axis=None) or (chunk[[*INTEGERS, "price"]] < 0).any(axis=None):
                message = "a value is missing or negative"
                raise ValueError(message)  # noqa: TRY301  # one sentence for all that may be wrong
            if not chunk.empty:
                parts.append(_added_up(chunk))
                orders += len(chunk)
                newest = max(newest, chunk["http_last_modified"].max())
        if not orders:
            message = "it has no orders"
            raise ValueError(message)  # noqa: TRY301
        as_of = datetime.fromisoformat(newest).astimezone(UTC)
    except (ArchiveError, ValueError, TypeError, pd.errors.ParserError) as error:
        message = f"{source} is no snapshot of market orders: {error}"
        raise ArchiveError(message) from error
    return Stock(list(_rows(_combined(pd.concat(parts)))), orders, as_of)


def store_stock(connection: Connection, stock: Stock, origin: str, sha256: str, now: datetime) -> int:
    """Makes the stock the one stored; returns how many rows that touched."""
    changed = replace_table(connection, f"raw.{SOURCE}", Rows(COLUMNS, stock.rows)).total
    connection.execute(
        """
        insert into raw.snapshots (source, as_of, origin, content_sha256, rows_stored, rows_quarantined, stored_at)
        values (%s, %s, %s, %s, %s, 0, %s)
        on conflict (source, as_of) do update set
            origin = excluded.origin, content_sha256 = excluded.content_sha256,
            rows_stored = excluded.rows_stored, stored_at = excluded.stored_at
        """,
        [SOURCE, stock.as_of, origin, sha256, len(stock.rows), now],
    )
    return changed


def _added_up(orders: pd.DataFrame) -> pd.DataFrame:
    """One row per region and type."""
    is_buy, is_hub = orders["is_buy_order"], orders["system_id"].isin(list(TRADE_HUBS))
    volume, price = orders["volume_remain"], orders["price"]
    columns = {
        "sell_volume": volume.where(~is_buy, 0),
        "sell_orders": (~is_buy).astype("int64"),
        "lowest_sell_isk": price.where(~is_buy),
        "hub_sell_volume": volume.where(~is_buy & is_hub, 0),
        "hub_lowest_sell_isk": price.where(~is_buy & is_hub),
        "buy_volume": volume.where(is_buy, 0),
        "buy_orders": is_buy.astype("int64"),
        "highest_buy_isk": price.where(is_buy),
    }
    return _combined(orders[KEY].assign(**columns))


def _combined(rows: pd.DataFrame) -> pd.DataFrame:
    how = dict.fromkeys(SUMS, "sum") | dict.fromkeys(LOWEST, "min") | {HIGHEST: "max"}
    return rows.groupby(KEY, as_index=False).agg(how)[list(COLUMNS)]


def _rows(stock: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    columns = [
        [Decimal(f"{price:.2f}") if price == price else None for price in stock[name]]  # noqa: PLR0124  # not NaN
        if name.endswith("_isk")
        else stock[name].tolist()
        for name in COLUMNS
    ]
    return zip(*columns, strict=True)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(2**20):
            yield chunk


class _Joined(io.RawIOBase):
    """Pieces of bytes as a file to read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:  # a piece may be empty
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
