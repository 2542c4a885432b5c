"""Losses, recomputed from the mails."""

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from tests.marts.conftest import Frames, Query

KEY = ["day", "solar_system_id", "ship_type_id"]
ITEM_KEY = ["day", "solar_system_id", "item_type_id"]
ITEM_SUMS = ["quantity_destroyed", "quantity_dropped", "destroyed_isk", "dropped_isk"]
WINDOWS = (1, 7, 30)


def test_ships_lost_equal_the_mails(frames: Frames, query: Query) -> None:
    expected = (
        frames.killmails.rename(columns={"victim_ship_type_id": "ship_type_id"})
        .groupby(KEY, as_index=False)
        .agg(
            ships_lost=("killmail_id", "size"),
            npc_losses=("is_player_kill", lambda flags: (~flags).sum()),
            destroyed_isk=("destroyed_isk", "sum"),
            dropped_isk=("dropped_isk", "sum"),
        )
    )
    columns = ", ".join(expected.columns)
    found = query(f"select {columns} from marts.fct_ship_losses order by {', '.join(KEY)}")
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert len(found) > 100


def priced_items(frames: Frames, query: Query) -> pd.DataFrame:
    """Every stack with its system and worth, by the rules that docs/values.md states."""
    prices = query("select day, type_id as item_type_id, price_isk from core.type_prices")
    items = frames.items.merge(frames.killmails[["killmail_id", "solar_system_id", "total_isk"]], on="killmail_id")
    items = items.merge(prices, on=["day", "item_type_id"], how="left")
    items["price_isk"] = items["price_isk"].where(items["price_isk"].notna(), Decimal(0))
    is_golden_implant = (items["item_type_id"] == 33329) & (items["flag"] == 89)
    is_worthless = (items["singleton"] == 2) | (items["flag"] == 179) | is_golden_implant
    items["price_isk"] = items["price_isk"].where(~is_worthless, Decimal("0.01"))
    items["destroyed_isk"] = items["price_isk"] * items["quantity_destroyed"]
    items["dropped_isk"] = items["price_isk"] * items["quantity_dropped"]
    return items


def test_items_lost_equal_the_mails(frames: Frames, query: Query) -> None:
    expected = priced_items(frames, query).groupby(ITEM_KEY, as_index=False)[ITEM_SUMS].sum()
    columns = ", ".join(expected.columns)
    found = query(f"select {columns} from marts.fct_item_losses order by {', '.join(ITEM_KEY)}")
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert len(found) > 1_000
    assert found["destroyed_isk"].sum() > 0


def test_types_lost_equal_the_mails(frames: Frames, query: Query) -> None:
    hulls = frames.killmails.rename(columns={"victim_ship_type_id": "type_id"}).groupby(["day", "type_id"]).size()
    items = frames.items.rename(columns={"item_type_id": "type_id"}).groupby(["day", "type_id"])
    quantities = items[["quantity_destroyed", "quantity_dropped"]].sum()
    expected = hulls.rename("ships_lost").to_frame().join(quantities, how="outer").fillna(0).sort_index().reset_index()
    columns = ", ".join(expected.columns)
    found = query(f"select {columns} from marts.fct_type_losses order by day, type_id")
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert (found["ships_lost"] > 0).sum() > 50


def test_hulls_and_items_are_all_that_mails_were_worth(query: Query) -> None:
    [worth] = query(
        "select sum(destroyed_isk - hull_isk) as a, sum(dropped_isk) as b from core.killmail_values"
    ).to_numpy()
    [items] = query("select sum(destroyed_isk) as a, sum(dropped_isk) as b from marts.fct_item_losses").to_numpy()
    assert list(worth) == list(items)


def trends(losses: pd.DataFrame, regions: pd.DataFrame, key: str, sums: list[str], window_days: int) -> pd.DataFrame:
    """What a window and the one before lost, by region and type, as the mart's columns; region 0 = none."""
    end_day: date = losses["day"].max() + timedelta(days=1)
    first_day = end_day - timedelta(days=window_days)
    previous = first_day - timedelta(days=window_days)
    losses = losses.merge(regions, on="solar_system_id", how="left")
    losses["region_id"] = losses["region_id"].fillna(0).astype(int)

    def summed(start: date, end: date) -> pd.DataFrame:
        return losses[(losses["day"] >= start) & (losses["day"] < end)].groupby(["region_id", key])[sums].sum()

    joined = summed(first_day, end_day).join(summed(previous, first_day).add_suffix("_before"), how="outer")
    joined = joined.where(joined.notna(), 0)
    if losses["day"].min() > previous:
        joined[[f"{name}_before" for name in sums]] = None
    before = joined[f"{sums[0]}_before"]
    joined["trend"] = (joined[sums[0]] / before.clip(lower=1)).where(before.notna(), None)
    return joined.reset_index()


@pytest.mark.parametrize("window_days", WINDOWS)
def test_trends_of_ships_and_items_equal_the_mails(frames: Frames, query: Query, window_days: int) -> None:
    regions = query("select solar_system_id, region_id from core.solar_systems")
    ships = frames.killmails.rename(columns={"victim_ship_type_id": "ship_type_id"}).assign(ships_lost=1)
    for mart, key, losses, sums in (
        ("rpt_ship_loss_trends", "ship_type_id", ships, ["ships_lost", "destroyed_isk", "dropped_isk"]),
        ("rpt_item_loss_trends", "item_type_id", priced_items(frames, query), ITEM_SUMS),
    ):
        expected = trends(losses, regions, key, sums, window_days)
        columns = [*sums, *(f"previous_{name} as {name}_before" for name in sums), "trend"]
        found = query(
            f"select coalesce(region_id, 0) as region_id, {key}, {', '.join(columns)} "
            f"from marts.{mart} where window_days = {window_days} order by 1, 2"
        )
        pd.testing.assert_frame_equal(
            found.astype(object).where(found.notna(), None), expected.astype(object), check_dtype=False
        )
        assert len(found) > 100


def test_the_ten_ships_lost_most_in_a_region_are_ranked(query: Query) -> None:
    found = query(
        """
        select region_id, ships_lost, rank_by_units from marts.rpt_ship_loss_trends
        where window_days = 7 and category_name = 'Ship' and rank_by_units <= 10 order by region_id, rank_by_units
        """
    )
    for _, region in found.groupby("region_id", dropna=False):
        assert region["rank_by_units"].tolist() == list(range(1, len(region) + 1))
        assert region["ships_lost"].is_monotonic_decreasing
    assert found.groupby("region_id").size().max() == 10
    spaces = query("select distinct space_type from marts.fct_ship_losses where space_type is not null")
    assert {"kspace", "jspace"} <= set(spaces["space_type"])
