"""Asset core/killmail_values: what every mail was worth at its day; the rules of valuation belong to the domain."""

from collections.abc import Sequence
from datetime import date

import dagster as dg
import numpy as np

from battlescope_assets.domain.flags import FLAG_COLUMNS, flag_rows, flags_of
from battlescope_assets.domain.prices import PRICE_COLUMNS, PRICE_LOOKBACK_DAYS, price_rows, prices_of
from battlescope_assets.domain.universe import CombatWorld
from battlescope_assets.domain.valuation import VALUE_COLUMNS, Values, value_mails, value_rows
from battlescope_assets.domain.window import Window
from battlescope_assets.io.killmails import read_mails
from battlescope_assets.io.ledgers import items_are_pruned
from battlescope_assets.io.universe import read_combat_world
from battlescope_assets.io.values import Differences, ValuesOfDay, read_differences, read_losses, read_values_of_day
from battlescope_assets.io.warehouse import (
    NO_CHANGE,
    Change,
    Connection,
    Rows,
    Warehouse,
    lock,
    replace_days,
    replace_rows,
)
from battlescope_assets.partitions import BACKFILL_POLICY, days_of


def build_killmail_values(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset over the given days."""

    @dg.asset(
        key=["core", "killmail_values"],
        deps=[
            dg.AssetDep(["raw", "killmails"]),
            dg.AssetDep(
                ["raw", "market_history"],
                partition_mapping=dg.TimeWindowPartitionMapping(
                    start_offset=-PRICE_LOOKBACK_DAYS, allow_nonexistent_upstream_partitions=True
                ),
            ),
            dg.AssetDep(["core", "static_data"]),
        ],
        partitions_def=partitions,
        backfill_policy=BACKFILL_POLICY,
        group_name="killmails",
        kinds={"python", "postgres"},
        pool="core_killmail_values",
    )
    def killmail_values(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> None:
        """Destroyed, dropped, fitted and total ISK of every mail, with the source and date of its prices."""
        with warehouse.transaction() as connection:
            world = read_combat_world(connection)
        for day in days_of(context):
            values, change, differences = value_day(day, world, warehouse)
            context.add_asset_metadata(
                {
                    "dagster/row_count": values.mails,
                    "rows_changed": change.total,
                    "destroyed_isk": values.destroyed_isk,
                    "dropped_isk": values.dropped_isk,
                    "mails_with_unpriced_types": values.mails_with_unpriced_types,
                    "mails_compared_with_zkillboard": differences.mails_compared,
                    "median_ratio_to_zkillboard": differences.median_ratio or dg.MetadataValue.null(),
                    "within_5_percent_of_zkillboard": differences.within_5_percent,
                    "same_flags_as_zkillboard": differences.same_flags,
                },
                partition_key=day.isoformat(),
            )

    return killmail_values


def value_day(day: date, world: CombatWorld, warehouse: Warehouse) -> tuple[ValuesOfDay, Change, Differences]:
    """Values the day's mails at the prices stored now, and lays them beside zKillboard's."""
    with warehouse.transaction() as connection:
        _, change = revalue(connection, day, world)
        return read_values_of_day(connection, day), change, read_differences(connection, day)


def revalue(
    connection: Connection, day: date, world: CombatWorld, killmail_ids: Sequence[int] | None = None
) -> tuple[Values, Change]:
    """Values the day's mails, or these of them, at the prices stored now, and derives their flags.

    A value that changes becomes a new version: the database keeps the old one. A day has one list of prices: where
    these mails meet another price than mails before them, all of the day are valued again. Mails whose items were
    pruned keep their values: of their day, only flags are derived again, and nothing is returned as valued.
    """
    lock(connection, "raw.killmails")  # a mail that the feed brings meanwhile would lose the value it came with
    table, window = "core.killmail_values", Window.of_day(day)
    pruned = items_are_pruned(connection, day)
    mails = read_mails(connection, window, killmail_ids)
    flags = flag_rows(flags_of(mails, world))
    if killmail_ids is None and pruned:
        flagged = [(day, mail_id, *flag) for mail_id, flag in zip(mails.killmail_id.tolist(), flags, strict=True)]
        rows = Rows(("day", "killmail_id", *FLAG_COLUMNS), flagged)
        nothing = value_mails(*read_losses(connection, day, []), world)
        return nothing, replace_days(connection, window, {table: rows})[table]
    losses, stacks, market = read_losses(connection, day, killmail_ids)
    values = value_mails(losses, stacks, market, world)
    valued = Rows(
        (*VALUE_COLUMNS, *FLAG_COLUMNS),
        [(*value, *flag) for value, flag in zip(value_rows(values), flags, strict=True)],
    )
    types = np.unique(np.concatenate((losses.ship_type_id, stacks.item_type_id)))
    days = np.full(len(types), np.datetime64(day))
    priced = Rows(PRICE_COLUMNS, price_rows(prices_of(market, world, types, days), types, day))
    if killmail_ids is None:
        return values, replace_days(connection, window, {table: valued, "core.type_prices": priced})[table]
    if not killmail_ids:
        return values, NO_CHANGE
    repriced = replace_rows(connection, "core.type_prices", priced, "type_id", types.tolist(), window)
    if repriced.updated + repriced.deleted > 0 and not pruned:
        return revalue(connection, day, world)
    return values, replace_rows(connection, table, valued, "killmail_id", killmail_ids, window)
