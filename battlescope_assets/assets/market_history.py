"""Asset raw/market_history: EVE Ref's daily market history as rows; prices are derived elsewhere."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import dagster as dg

from battlescope_assets.assets.archive_days import LANDED, land_days
from battlescope_assets.domain.freshness import PROMISES
from battlescope_assets.domain.window import Window
from battlescope_assets.io import ledgers
from battlescope_assets.io.archive import ArchiveError, decompressed
from battlescope_assets.io.ledgers import MarketHistoryDay
from battlescope_assets.io.sources import Source
from battlescope_assets.io.warehouse import Rows, Warehouse, replace_days
from battlescope_assets.partitions import BACKFILL_POLICY
from battlescope_assets.settings import Settings

COLUMNS = {
    "region_id": "region_id",
    "type_id": "type_id",
    "average_isk": "average",
    "highest_isk": "highest",
    "lowest_isk": "lowest",
    "order_count": "order_count",
    "volume": "volume",
}
"""Our column for each of EVE Ref's; their order in the file differs by age, so they are read by name."""
INTEGERS = ("region_id", "type_id", "order_count", "volume")


def build_market_history(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset over the given days."""

    @dg.asset(
        key=["raw", "market_history"],
        partitions_def=partitions,
        backfill_policy=BACKFILL_POLICY,
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=PROMISES["market_history"].fresh_for),
        group_name="market",
        kinds={"python", "postgres"},
        check_specs=[dg.AssetCheckSpec(LANDED, asset=["raw", "market_history"])],
        pool="raw_market_history",
    )
    def market_history(
        context: dg.AssetExecutionContext,
        everef: dg.ResourceParam[Source],
        warehouse: dg.ResourceParam[Warehouse],
        settings: dg.ResourceParam[Settings],
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows the type by its bare name only
        """One row per day, region and type traded, from EVE Ref's market history.

        A day that cannot be had stays as it was; mails are valued at the prices at hand, and again when it is there.
        """
        most_bytes = settings.archive_max_megabytes * 2**20
        return land_days(
            context,
            warehouse,
            "market_history",
            lambda day: land_day(day, everef, warehouse, most_bytes),
            lambda landed: {"dagster/row_count": landed.rows_stored},
        )

    return market_history


def land_day(day: date, everef: Source, warehouse: Warehouse, most_bytes: int) -> MarketHistoryDay:
    """Makes the warehouse hold exactly what the day's file holds; a file stored before changes nothing.

    Raises:
        ArchiveError, SourceError: the file is damaged or cannot be had; the day stays as it was.
    """
    path = f"market-history/{day:%Y}/market-history-{day}.csv.bz2"
    fetched = everef.fetch(path)
    with warehouse.transaction() as connection:
        known = ledgers.market_history_day(connection, day)
    if fetched is None:
        now = known or MarketHistoryDay(day, f"{everef.url}/{path}", "absent", None, 0, 1, datetime.now(UTC))
        with warehouse.transaction() as connection:
            ledgers.record(connection, known, now)
        return now
    if known is not None and known.content_sha256 == fetched.sha256:
        return known
    try:
        file = read_history(fetched.path, fetched.source, day, most_bytes)
    except ArchiveError:
        everef.forget(path)
        raise
    with warehouse.transaction() as connection:
        known = ledgers.market_history_day(connection, day)
        replace_days(connection, Window.of_day(day), {"raw.market_history": file.rows})
        now = MarketHistoryDay(day, fetched.source, "stored", fetched.sha256, file.count, 1, datetime.now(UTC))
        ledgers.record(connection, known, now)
        return ledgers.market_history_day(connection, day) or now


@dataclass(frozen=True)
class HistoryFile:
    """A file's rows for raw.market_history."""

    rows: Rows
    count: int


def read_history(file: Path, source: str, day: date, most_bytes: int) -> HistoryFile:
    """Reads a day's file by column name.

    Raises:
        ArchiveError: damaged, too large, a column is missing, or a value is not of its type.
    """
    import pandas as pd  # noqa: PLC0415  # takes a second to import, and only this asset needs it

    try:
        text = b"".join(decompressed([file.read_bytes()], most_bytes))
        frame = pd.read_csv(
            io.BytesIO(text), usecols=[*COLUMNS.values(), "date"], dtype=dict.fromkeys(INTEGERS, "int64")
        )
        frame = frame[frame["date"] == day.isoformat()].drop_duplicates(["region_id", "type_id"], keep="last")
        if frame.isna().any(axis=None):
            message = "a value is missing"
            raise ValueError(message)  # noqa: TRY301  # one sentence for all that may be wrong
        for name in ("average", "highest", "lowest"):
            frame[name] = frame[name].astype("float64").map("{:.2f}".format).map(Decimal)
    except (ArchiveError, ValueError, pd.errors.ParserError) as error:
        message = f"{source} is no market history: {error}"
        raise ArchiveError(message) from error
    columns = [frame[theirs].tolist() for theirs in COLUMNS.values()]
    return HistoryFile(
        Rows(("day", *COLUMNS), [(day, *row) for row in zip(*columns, strict=True)]),
        len(frame),
    )
