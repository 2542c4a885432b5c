"""Demand, recomputed from the mails and the market's own rows."""

import numpy as np
import pandas as pd
import pytest

from tests.conftest import Golden
from tests.marts.conftest import Frames, Query

HAULING_GROUPS = {
    "Hauler", "Deep Space Transport", "Freighter", "Capital Industrial Ship", "Jump Freighter",
    "Industrial Command Ship", "Blockade Runner",
}  # fmt: skip
HOLDS = {5, 143}
IN_USE = {*range(11, 35), 87, 89, *range(92, 100), *range(125, 133), *range(158, 173)}
FIGURES = ["losses_7d", "dropped_7d", "volume_7d", "stock", "gap_units", "demand_score", "fights", "confidence"]


@pytest.fixture(scope="module")
def lost(frames: Frames, query: Query) -> pd.DataFrame:
    """What was lost in use: day, solar_system_id, type_id, destroyed, dropped, with region_id, hub and jumps."""
    types = query("select type_id, group_name, category_name, market_group_id from core.types").set_index("type_id")
    hulls = frames.killmails.rename(columns={"victim_ship_type_id": "type_id"})[["day", "solar_system_id", "type_id"]]
    mails = frames.killmails.set_index("killmail_id")
    items = frames.items.rename(
        columns={"item_type_id": "type_id", "quantity_destroyed": "destroyed", "quantity_dropped": "dropped"}
    )
    victims = items.killmail_id.map(mails.victim_ship_type_id).map(types.group_name)
    is_supply = (
        items.flag.isin(HOLDS) & (items.type_id.map(types.category_name) == "Charge") & ~victims.isin(HAULING_GROUPS)
    )
    items["solar_system_id"] = items.killmail_id.map(mails.solar_system_id)
    used = items[~items.is_contained & (items.flag.isin(IN_USE) | is_supply)]
    columns = ["day", "solar_system_id", "type_id", "destroyed", "dropped"]
    lost = pd.concat([hulls.assign(destroyed=1, dropped=0)[columns], used[columns]])
    lost = lost[lost.type_id.map(types.market_group_id).notna()]
    systems = query("select solar_system_id, region_id from core.solar_systems")
    hubs = (
        query("select solar_system_id, hub_solar_system_id, jumps from core.hub_jumps")
        .sort_values(["jumps", "hub_solar_system_id"])
        .drop_duplicates("solar_system_id")
    )
    return lost.merge(systems, how="left").merge(hubs, how="left")


@pytest.fixture(scope="module")
def market(golden: Golden, query: Query) -> pd.DataFrame:
    """Per region and type: volume of the golden days, stock, and the hub's stock."""
    first, last = golden.days[0], golden.days[-1]
    volumes = query(
        "select region_id, type_id, sum(volume)::bigint as volume_7d from raw.market_history"
        f" where day between '{first}' and '{last}' group by region_id, type_id"
    )
    stock = query(
        "select region_id, type_id, sell_volume as stock, hub_sell_volume as hub_stock from raw.market_orders"
    )
    return volumes.merge(stock, how="outer").fillna(0)


def expected_demand(lost: pd.DataFrame, market: pd.DataFrame, place: list[str]) -> pd.DataFrame:
    key = [*place, "type_id"]
    fights = lost.groupby([*key, "day", "solar_system_id"], as_index=False, dropna=False).destroyed.sum()
    sums = lost.groupby(key, as_index=False, dropna=False).agg(
        losses_7d=("destroyed", "sum"), dropped_7d=("dropped", "sum")
    )
    squares = (
        fights.assign(squared=fights.destroyed.astype(float) ** 2)
        .groupby(key, as_index=False, dropna=False)
        .squared.sum()
    )
    found = sums.merge(squares).merge(market.groupby(key, as_index=False)[["volume_7d", "stock"]].sum(), how="left")
    found[["volume_7d", "stock"]] = found[["volume_7d", "stock"]].fillna(0)
    found["gap_units"] = found.losses_7d - found.stock
    found["demand_score"] = found.losses_7d / np.maximum(found.volume_7d, 1)
    found["fights"] = (found.losses_7d.astype(float) ** 2 / found.squared).where(found.losses_7d > 0)
    found["confidence"] = (1 - 1 / np.sqrt(found.fights)).fillna(0)
    return found[found.losses_7d + found.dropped_7d > 0][key + FIGURES].sort_values(key).reset_index(drop=True)


def assert_mart_equals(query: Query, mart: str, expected: pd.DataFrame, condition: str = "true") -> None:
    key = [name for name in expected.columns if name not in FIGURES]
    columns = ", ".join(expected.columns)
    found = query(f"select {columns} from marts.{mart} where {condition} order by {', '.join(key)}")
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert len(found) > 100


def test_demand_of_regions_equals_mails_and_market(lost: pd.DataFrame, market: pd.DataFrame, query: Query) -> None:
    assert_mart_equals(query, "rpt_region_demand", expected_demand(lost, market, ["region_id"]))


def test_demand_of_new_eden_equals_mails_and_market(lost: pd.DataFrame, market: pd.DataFrame, query: Query) -> None:
    assert_mart_equals(query, "rpt_type_demand", expected_demand(lost, market, []))


def test_demand_of_hubs_equals_mails_and_market(lost: pd.DataFrame, market: pd.DataFrame, query: Query) -> None:
    systems = query("select solar_system_id as hub_solar_system_id, region_id from core.solar_systems")
    hubs = systems[systems.hub_solar_system_id.isin(lost.hub_solar_system_id)]
    of_hubs = market.assign(stock=market.hub_stock).merge(hubs)
    in_reach = lost[lost.hub_solar_system_id.notna()].astype({"hub_solar_system_id": int})
    assert_mart_equals(
        query,
        "rpt_hub_demand",
        expected_demand(in_reach, of_hubs, ["hub_solar_system_id"]),
        "hub_solar_system_id is not null",
    )


def test_losses_beyond_stargates_stay_without_a_hub(lost: pd.DataFrame, query: Query) -> None:
    beyond = lost[lost.hub_solar_system_id.isna()]
    found = query(
        "select sum(losses_7d)::bigint as losses_7d, count(stock) as with_stock, count(demand_score) as scored"
        " from marts.rpt_hub_demand where hub_solar_system_id is null"
    )
    assert found.iloc[0].to_dict() == {"losses_7d": beyond.destroyed.sum(), "with_stock": 0, "scored": 0}
    assert len(beyond) > 0


def test_three_days_have_no_trend_and_no_back_test(query: Query) -> None:
    unknown = query(
        "select count(trend) as trends, count(losses_previous_7d) as before, count(change_standard_errors) as changes"
        " from marts.rpt_region_demand"
    )
    assert unknown.iloc[0].tolist() == [0, 0, 0]
    backtests = query("select result, lift, concordance from marts.rpt_demand_backtests")
    assert set(backtests.result) == {"Not known: killmails do not reach back over the last 14 days."}
    assert backtests[["lift", "concordance"]].isna().all(axis=None)


def test_every_flag_has_its_sentence(query: Query) -> None:
    flagged = query(
        "select is_short or is_in_demand as is_flagged, recommendation is not null as is_recommended"
        " from marts.rpt_region_demand"
    )
    assert (flagged.is_flagged == flagged.is_recommended).all()
    assert flagged.is_flagged.any()


def test_a_war_leaves_gaps_in_the_market(query: Query) -> None:
    gaps = query(
        "select count(*) as gaps from marts.rpt_region_demand where stock > 0 and gap_units > 0 and losses_7d > stock"
    )
    assert gaps.gaps[0] > 0
