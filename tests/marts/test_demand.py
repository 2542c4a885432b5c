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
FIGURES = [
    "losses_7d", "dropped_7d", "losses_7d_isk", "volume_7d", "stock", "gap_units", "gap_isk", "demand_score", "fights",
    "confidence",
]  # fmt: skip


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


@pytest.fixture(scope="module")
def prices(query: Query) -> pd.Series:
    """The newest price of each type, by type_id."""
    found = query("select day, type_id, price_isk::double precision as price_isk from core.type_prices")
    return found.sort_values("day").groupby("type_id").price_isk.last()


def expected_demand(lost: pd.DataFrame, market: pd.DataFrame, prices: pd.Series, place: list[str]) -> pd.DataFrame:
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
    has_market = found[place[0]].isin(market[place[0]]) if place else pd.Series(data=True, index=found.index)
    found[["volume_7d", "stock"]] = found[["volume_7d", "stock"]].fillna(0).where(has_market)
    found["losses_7d_isk"] = found.losses_7d * found.type_id.map(prices)
    found["gap_units"] = found.losses_7d - found.stock
    found["gap_isk"] = found.gap_units * found.type_id.map(prices)
    found["demand_score"] = found.losses_7d / np.maximum(found.volume_7d, 1)
    found["fights"] = (found.losses_7d.astype(float) ** 2 / found.squared).where(found.losses_7d > 0)
    found["confidence"] = (1 - 1 / np.sqrt(found.fights)).fillna(0)
    return found[found.losses_7d + found.dropped_7d > 0][key + FIGURES].sort_values(key).reset_index(drop=True)


def assert_mart_equals(query: Query, mart: str, expected: pd.DataFrame, condition: str = "true") -> None:
    key = [name for name in expected.columns if name not in FIGURES]
    columns = ", ".join(f"{name}::double precision" if name.endswith("_isk") else name for name in expected.columns)
    if mart == "rpt_hub_demand":
        columns = columns.replace("volume_7d", "region_volume_7d as volume_7d")
    found = query(f"select {columns} from marts.{mart} where {condition} order by {', '.join(key)}")
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert len(found) > 100


def test_demand_of_regions_equals_mails_and_market(
    lost: pd.DataFrame, market: pd.DataFrame, prices: pd.Series, query: Query
) -> None:
    assert_mart_equals(query, "rpt_region_demand", expected_demand(lost, market, prices, ["region_id"]))


def test_demand_of_new_eden_equals_mails_and_market(
    lost: pd.DataFrame, market: pd.DataFrame, prices: pd.Series, query: Query
) -> None:
    assert_mart_equals(query, "rpt_type_demand", expected_demand(lost, market, prices, []))


def test_regions_without_a_market_lack_nothing_and_say_where_there_is_one(market: pd.DataFrame, query: Query) -> None:
    found = query(
        "select region_id, hub_solar_system_name, has_market, volume_7d, stock, buy_volume, gap_units, gap_isk,"
        " demand_score, is_short, is_in_demand, recommendation, reason from marts.rpt_region_demand"
        " where region_id is not null"
    )
    assert (found.has_market == found.region_id.isin(market.region_id)).all()
    without = found[~found.has_market]
    of_markets = without.drop(columns=["region_id", "hub_solar_system_name", "has_market", "reason"])
    assert of_markets.isna().all(axis=None)
    is_beyond = without.hub_solar_system_name.isna()
    assert without.reason[is_beyond].str.contains("market here, and no stargates lead to a trade hub.").all()
    assert without.reason[~is_beyond].str.contains("market here; .* away, has .* for sale").all()
    assert is_beyond.any()
    assert not is_beyond.all()


def test_demand_of_hubs_equals_mails_and_market(
    lost: pd.DataFrame, market: pd.DataFrame, prices: pd.Series, query: Query
) -> None:
    systems = query("select solar_system_id as hub_solar_system_id, region_id from core.solar_systems")
    hubs = systems[systems.hub_solar_system_id.isin(lost.hub_solar_system_id)]
    of_hubs = market.assign(stock=market.hub_stock).merge(hubs)
    in_reach = lost[lost.hub_solar_system_id.notna()].astype({"hub_solar_system_id": int})
    assert_mart_equals(
        query,
        "rpt_hub_demand",
        expected_demand(in_reach, of_hubs, prices, ["hub_solar_system_id"]),
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
    assert set(backtests.result) == {"Not known: not every day of the week before the last has killmails."}
    assert backtests[["lift", "concordance"]].isna().all(axis=None)


def test_every_flag_has_its_sentence(query: Query) -> None:
    found = query(
        "select is_short is true or is_in_demand is true as is_flagged, recommendation, fights"
        " from marts.rpt_region_demand"
    )
    assert (found.is_flagged == found.recommendation.notna()).all()
    assert found.is_flagged.any()
    flagged = found[found.is_flagged]
    assert (flagged.recommendation.str.contains("One fight took all of it") == (flagged.fights == 1)).all()


def test_a_war_leaves_gaps_in_the_market(query: Query) -> None:
    gaps = query(
        "select count(*) as gaps from marts.rpt_region_demand where stock > 0 and gap_units > 0 and losses_7d > stock"
    )
    assert gaps.gaps[0] > 0
