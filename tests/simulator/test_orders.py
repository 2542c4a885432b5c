from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from battlescope_assets.domain.universe import TRADE_HUBS
from battlescope_assets.simulator.orders import COLUMNS, Orders
from battlescope_assets.simulator.war import War

DAY = date(2026, 11, 2)
EVENING = datetime(2026, 11, 2, 23, 45, tzinfo=UTC)


@pytest.fixture(scope="module")
def orders(war: War) -> Orders:
    return Orders(war)


@pytest.fixture(scope="module")
def table(orders: Orders) -> pd.DataFrame:
    return orders.orders(EVENING)


def stock(table: pd.DataFrame) -> pd.DataFrame:
    sells = table[table["is_buy_order"] == "false"]
    return sells.groupby(["region_id", "type_id"]).agg(
        {"volume_remain": "sum", "volume_total": "sum", "price": "min", "order_id": "count"}
    )


def left_of(stock: pd.DataFrame, region_id: int, type_id: int) -> int:
    return int(stock["volume_remain"].to_dict().get((region_id, type_id), 0))


def test_orders_are_sound_and_everefs(war: War, table: pd.DataFrame) -> None:
    assert list(table.columns) == COLUMNS
    assert table["order_id"].is_unique
    assert ((table["volume_remain"] > 0) & (table["volume_remain"] <= table["volume_total"])).all()
    assert set(TRADE_HUBS) <= set(table["system_id"])
    homes = {power.region_id for power in war.people.coalitions}
    assert homes <= set(table["region_id"])
    hubs = table[table["region_id"] == 10000002]
    is_buy = hubs["is_buy_order"] == "true"
    spread = hubs[~is_buy].groupby("type_id")["price"].min() - hubs[is_buy].groupby("type_id")["price"].max()
    assert (spread.dropna() > 0).all(), "nobody sells for less than others pay"


def test_the_same_time_has_the_same_orders(war: War, table: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(Orders(war).orders(EVENING), table)


def test_stock_falls_where_a_type_is_lost_in_bulk(war: War, orders: Orders, table: pd.DataFrame) -> None:
    home = war.people.coalitions[0].region_id or 0
    lost = Counter(
        destroyed.type_id
        for destroyed in war.destroyed(DAY)
        if destroyed.region_id == home and war.types[destroyed.type_id].category_name == "Ship"
    )
    before, after = stock(orders.orders(EVENING - timedelta(days=1))), stock(table)
    most_lost = [type_id for type_id, count in lost.most_common(4) if count > 5 and left_of(before, home, type_id)]
    assert most_lost
    for type_id in most_lost:
        assert left_of(after, home, type_id) < left_of(before, home, type_id)
    never = {type_id for _, type_id in after.index} - {
        destroyed.type_id for ago in range(6) for destroyed in war.destroyed(DAY - timedelta(days=ago))
    }
    untouched = after[after.index.get_level_values("type_id").isin(never)]
    assert (untouched["volume_remain"] == untouched["volume_total"]).all()


def test_history_follows_losses_too(war: War) -> None:
    market = war.market
    type_id = next(
        t
        for t, _ in Counter(m.body["victim"]["ship_type_id"] for m in war.made(DAY)).most_common()
        if t in market.prices(DAY) and war.types[t].group_name != "Capsule"
    )
    histories: list[list[dict[int, int]]] = [[{}, {}], [{type_id: 500}, {}], [{}, {type_id: 500}]]
    quiet, bulk, recovering = (
        next(r for r in market.history(DAY, lost) if (r.type_id, r.region_id) == (type_id, 10000002))
        for lost in histories
    )
    assert bulk.average > quiet.average
    assert bulk.volume > quiet.volume
    assert quiet.average < recovering.average <= bulk.average
    assert recovering.volume == quiet.volume
