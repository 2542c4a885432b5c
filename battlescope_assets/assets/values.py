"""Asset core/killmail_values: what every mail was worth at its day; the rules of valuation belong to the domain."""

from datetime import date

import dagster as dg

from battlescope_assets.domain.universe import CombatWorld
from battlescope_assets.domain.valuation import PRICE_LOOKBACK_DAYS, VALUE_COLUMNS, Values, value_mails, value_rows
from battlescope_assets.domain.window import Window
from battlescope_assets.io.universe import read_combat_world
from battlescope_assets.io.values import read_losses
from battlescope_assets.io.warehouse import Change, Rows, Warehouse, replace_days
from battlescope_assets.partitions import BACKFILL_POLICY, days_of

CENTI_ISK = 100


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
            values, change = value_day(day, world, warehouse)
            context.add_asset_metadata(
                {
                    "dagster/row_count": len(values.killmail_id),
                    "rows_changed": change.total,
                    "destroyed_isk": int(values.destroyed_centi_isk.sum()) // CENTI_ISK,
                    "dropped_isk": int(values.dropped_centi_isk.sum()) // CENTI_ISK,
                    "mails_with_unpriced_types": int((values.unpriced_types > 0).sum()),
                },
                partition_key=day.isoformat(),
            )

    return killmail_values


def value_day(day: date, world: CombatWorld, warehouse: Warehouse) -> tuple[Values, Change]:
    """Values the day's mails at the prices stored now."""
    table = "core.killmail_values"
    with warehouse.transaction() as connection:
        values = value_mails(*read_losses(connection, day), world)
        rows = {table: Rows(VALUE_COLUMNS, value_rows(values))}
        return values, replace_days(connection, Window.of_day(day), rows)[table]
