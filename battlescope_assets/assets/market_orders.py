"""Asset raw/market_orders: stock by region, hub and type from EVE Ref's newest snapshot; adding it up is in io."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from battlescope_assets.domain.freshness import PROMISES
from battlescope_assets.io.archive import ArchiveError
from battlescope_assets.io.freshness import attempt
from battlescope_assets.io.market_orders import PATH, SOURCE, read_stock, store_stock
from battlescope_assets.io.snapshots import newest_answer
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.warehouse import Warehouse


@dg.asset(
    key=["raw", SOURCE],
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=PROMISES[SOURCE].fresh_for),
    group_name="market",
    kinds={"python", "postgres"},
    pool=f"raw_{SOURCE}",
)
def market_orders(
    everef: dg.ResourceParam[Source], warehouse: dg.ResourceParam[Warehouse]
) -> dg.MaterializeResult[None]:
    """Volume for sale and wanted, best prices: per region and in the region's trade hub, per type, as it is now."""
    try:
        metadata = read_orders(everef, warehouse)
    except (ArchiveError, SourceError) as error:
        raise dg.Failure(str(error)) from error
    return dg.MaterializeResult(metadata=metadata)


def read_orders(everef: Source, warehouse: Warehouse) -> dict[str, dg.MetadataValue[Any] | str | int]:
    """Makes the stored stock that of the newest file; a file stored before changes nothing. Returns metadata.

    Raises:
        ArchiveError, SourceError: the file is damaged or cannot be had; the stock stays as it was.
    """
    with attempt(warehouse, SOURCE, (ArchiveError, SourceError)) as made:
        fetched = everef.fetch(PATH)
        if fetched is None:
            message = f"{everef.url} has no {PATH}"
            raise SourceError(message)
        with warehouse.transaction() as connection:
            known = newest_answer(connection, SOURCE)
        if known is not None and known.content_sha256 == fetched.sha256:
            made.moments.append(known.as_of)
            return {"as_of": dg.MetadataValue.timestamp(known.as_of), "source": fetched.source, "rows_changed": 0}
        try:
            stock = read_stock(fetched.path, fetched.source)
        except ArchiveError:
            everef.forget(PATH)
            raise
        with warehouse.transaction() as connection:
            changed = store_stock(connection, stock, fetched.source, fetched.sha256, datetime.now(UTC))
        made.moments.append(stock.as_of)
    return {
        "as_of": dg.MetadataValue.timestamp(stock.as_of),
        "source": fetched.source,
        "orders": stock.orders,
        "dagster/row_count": len(stock.rows),
        "rows_changed": changed,
    }
