"""Prices: zKillboard's rule for market history, what comes in its place, and the ranges of guesses."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from statistics import fmean

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from battlescope_assets.domain.prices import (
    FEWEST_TRIMMED,
    MOST_AVERAGES,
    PRICE_LOOKBACK_DAYS,
    Market,
    PricePoints,
    price_rows,
    prices_at,
    prices_of,
)
from battlescope_assets.domain.universe import CombatWorld
from tests.domain.markets import DAY, ago, esi_of, points_of

RIFTER, CAPSULE, SKIN, AVATAR, NYX, MOLOK, UTU, GANTRY, KHUMAAK, UNTRADED = (
    587, 670, 45000, 11567, 23913, 42241, 2834, 2233, 12478, 42,
)  # fmt: skip
OFFICE_PARTS = {3962: 1, 2867: 8, 2871: 8, 2872: 8, 2876: 8}
WORLD = CombatWorld(
    stargates=np.zeros((0, 2), np.int64),
    group_of_type={RIFTER: 25, CAPSULE: 29, SKIN: 1950, AVATAR: 30, NYX: 659, MOLOK: 30},
    category_of_type={RIFTER: 6, CAPSULE: 6, SKIN: 91, AVATAR: 6, NYX: 6, MOLOK: 6},
)


def history(averages: dict[int, float], type_id: int = RIFTER) -> PricePoints:
    """Points of one type by how many days before `DAY` they are."""
    return points_of(*((type_id, DAY - timedelta(days=ago), average) for ago, average in averages.items()))


def price(points: PricePoints, type_id: int = RIFTER, day: date = DAY) -> tuple[float, date | None]:
    prices = prices_at(points, np.array([type_id]), np.array([day], "datetime64[D]"))
    return prices.centi_isk[0] / 100, prices.day.tolist()[0]


@pytest.mark.parametrize(
    ("averages", "expected", "price_day"),
    [
        pytest.param({}, 0, None, id="never traded"),
        pytest.param({1: 10.0}, 10, ago(1), id="one average"),
        pytest.param({2: 10.0, 5: 30.0}, 20, ago(2), id="a mean, dated by its latest day"),
        pytest.param({1: 10, 2: 10, 3: 10, 4: 10, 5: 10, 6: 70}, 20, ago(1), id="six averages are not trimmed"),
        pytest.param({1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 99, 7: 99}, 3, ago(1), id="of seven, the two highest are cut"),
        pytest.param(dict(enumerate([5] * 33, 1)) | {1: 99, 2: 99}, 5, ago(1), id="33 averages"),
        pytest.param(dict(enumerate([5] * 33, 1)) | {1: 98, 2: 1}, (5 * 30 + 1) / 31, ago(1), id="lows of 33 count"),
        pytest.param(
            dict(enumerate([5] * 34, 1)) | {1: 98, 2: 99, 3: 1, 4: 2}, 5, ago(1), id="of 34, two at both ends"
        ),
        pytest.param(dict(enumerate([5] * 34 + [500] * 9, 1)), 5, ago(1), id="only the latest 34 count"),
        pytest.param({PRICE_LOOKBACK_DAYS: 7.0}, 7, ago(PRICE_LOOKBACK_DAYS), id="the oldest day that counts"),
        pytest.param({PRICE_LOOKBACK_DAYS + 1: 7.0}, 0, None, id="older than that"),
        pytest.param({0: 4.0, 1: 10.0}, 4, DAY, id="the day's own average, if lower"),
        pytest.param({0: 40.0, 1: 10.0}, 10, ago(1), id="not if higher"),
        pytest.param({0: 40.0}, 40, DAY, id="the day's own is better than none"),
        pytest.param({-1: 1.0, 1: 10.0}, 10, ago(1), id="what comes later does not count"),
        pytest.param(
            {1: 0.0, 2: -5.0, 3: np.nan, 4: 1.1e13, 5: np.inf, 6: 10.0},
            10,
            ago(6),
            id="what is no price is passed over",
        ),
        pytest.param({1: 0.001}, 0.01, ago(1), id="a price is at least the smallest coin"),
    ],
)
def test_the_price_rule(averages: dict[int, float], expected: float, price_day: date | None) -> None:
    found, day = price(history(averages))
    assert found == pytest.approx(expected, abs=0.005)
    assert day == price_day


def test_types_and_days_do_not_mix() -> None:
    points = points_of((RIFTER, ago(1), 10), (RIFTER + 1, ago(1), 20), (RIFTER, ago(40), 30), (RIFTER - 1, DAY, 1))
    types = np.array([RIFTER, RIFTER + 1, RIFTER, RIFTER + 2])
    days = np.array([DAY, DAY, ago(39), DAY], "datetime64[D]")
    assert prices_at(points, types, days).centi_isk.tolist() == [2000, 2000, 3000, 0]


PLAIN_AVERAGES = st.dictionaries(
    st.integers(-2, PRICE_LOOKBACK_DAYS + 5) | st.integers(0, 40),
    st.integers(1, 10**12).map(lambda centi_isk: centi_isk / 100),
    max_size=60,
)


def plain_price(averages: dict[int, float]) -> float:
    """The rule once more, said with lists."""
    latest = [averages[days] for days in sorted(averages) if 1 <= days <= PRICE_LOOKBACK_DAYS][:MOST_AVERAGES]
    kept = sorted(latest)
    if len(kept) == MOST_AVERAGES:
        kept = kept[2:-2]
    elif len(kept) >= FEWEST_TRIMMED:
        kept = kept[:-2]
    own = [averages[0]] if 0 in averages else []
    return min([fmean(kept), *own] if kept else own, default=0)


@given(PLAIN_AVERAGES)
def test_prices_are_those_of_the_rule_said_plainly(averages: dict[int, float]) -> None:
    assert price(history(averages))[0] == pytest.approx(plain_price(averages), rel=1e-12, abs=0.0051)


@given(
    st.dictionaries(
        st.integers(1, PRICE_LOOKBACK_DAYS), st.floats(0.01, 1e9), min_size=FEWEST_TRIMMED - 1, max_size=40
    ),
    st.integers(1, PRICE_LOOKBACK_DAYS),
    st.floats(0.01, 1e12),
)
def test_no_single_day_lifts_a_price_above_the_other_days(
    averages: dict[int, float], struck: int, spike: float
) -> None:
    assume(struck not in averages)
    assert price(history(averages | {struck: spike}))[0] <= max(averages.values()) + 0.01


@given(PLAIN_AVERAGES, st.integers(2, 1000))
def test_prices_scale_with_the_market(averages: dict[int, float], factor: int) -> None:
    scaled = {days: average * factor for days, average in averages.items()}
    assert price(history(scaled))[0] == pytest.approx(price(history(averages))[0] * factor, rel=1e-9, abs=0.01 * factor)


@given(PLAIN_AVERAGES, st.randoms(use_true_random=False))
def test_prices_do_not_depend_on_the_order_of_points(averages: dict[int, float], random: Random) -> None:
    days = list(averages)
    random.shuffle(days)
    assert price(history({day: averages[day] for day in days})) == price(history(averages))


def cost(
    type_id: int, *points: tuple[int, date, float], esi: dict[int, tuple[float, float]] | None = None, day: date = DAY
) -> tuple[object, ...]:
    """Price, low, high (ISK), source and price date of one type."""
    market = Market(points_of(*points), esi_of(esi or {}))
    types = np.array([type_id])
    rows = price_rows(prices_of(market, WORLD, types, np.array([day], "datetime64[D]")), types, day)
    [row] = rows or [(day, type_id)]
    return tuple(float(value) if isinstance(value, Decimal) else value for value in row[2:])


WEEK = [10, 11, 12, 13, 14, 90, 99]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(
            cost(RIFTER, *((RIFTER, ago(i), isk) for i, isk in enumerate(WEEK, 1))),
            (12, 12, 12, "market_history", ago(1)),
            id="seven averages are no guess",
        ),
        pytest.param(
            cost(RIFTER, *((RIFTER, ago(i), isk) for i, isk in enumerate(WEEK[:6], 1))),
            (25, 10, 90, "market_history", ago(1)),
            id="six are: between the lowest and the highest",
        ),
        pytest.param(
            cost(RIFTER, (RIFTER, ago(2), 20), (RIFTER, DAY, 5)),
            (5, 5, 20, "market_history", DAY),
            id="the day's own counts for the range",
        ),
        pytest.param(
            cost(RIFTER, (RIFTER, ago(1), 20), esi={RIFTER: (7, 8)}),
            (20, 20, 20, "market_history", ago(1)),
            id="ESI does not overrule a market",
        ),
        pytest.param(
            cost(UNTRADED, esi={UNTRADED: (700, 900)}), (700, 700, 900, "esi_average", ago(4)), id="ESI's average"
        ),
        pytest.param(
            cost(UNTRADED, esi={UNTRADED: (np.nan, 900)}),
            (900, 300, 2700, "esi_adjusted", ago(4)),
            id="its adjusted price, alone, may be off",
        ),
        pytest.param(
            cost(UNTRADED, esi={UNTRADED: (700, np.nan)}),
            (700, 233.33, 2100, "esi_average", ago(4)),
            id="so may its average, alone",
        ),
        pytest.param(cost(UNTRADED, esi={UNTRADED: (0, np.nan), 41: (5, 5)}), (), id="no figure anywhere"),
        pytest.param(cost(CAPSULE, (CAPSULE, ago(1), 77)), (10_000, 10_000, 10_000, "fixed", None), id="capsule"),
        pytest.param(cost(SKIN, (SKIN, ago(1), 1e6)), (0.01, 0.01, 0.01, "fixed", None), id="SKIN"),
        pytest.param(cost(KHUMAAK, (KHUMAAK, ago(1), 1e9)), (0.01, 0.01, 0.01, "fixed", None), id="scam relic"),
        pytest.param(
            cost(UTU, (UTU, ago(1), 1)), (80e9, 26_666_666_666.67, 240e9, "estimate", None), id="tournament prize"
        ),
        pytest.param(
            cost(AVATAR, (AVATAR, ago(1), 1e12), esi={AVATAR: (9e10, 8e10)}),
            (9e10, 8e10, 9e10, "esi_average", ago(4)),
            id="a titan's market is passed over",
        ),
        pytest.param(
            cost(AVATAR, (AVATAR, ago(1), 1e12)),
            (100e9, 33_333_333_333.33, 300e9, "estimate", None),
            id="without ESI a titan is estimated",
        ),
        pytest.param(cost(NYX), (20e9, 6_666_666_666.67, 60e9, "estimate", None), id="a supercarrier too"),
        pytest.param(
            cost(MOLOK, esi={MOLOK: (9e10, 8e10)}),
            (650e9, 216_666_666_666.67, 1950e9, "estimate", None),
            id="an estimate of its own comes first",
        ),
        pytest.param(
            cost(MOLOK, day=date(2019, 7, 1)), (350e9, 116_666_666_666.67, 1050e9, "estimate", None), id="as of then"
        ),
        pytest.param(
            cost(GANTRY, *((part, ago(i), 10) for i, part in enumerate(OFFICE_PARTS, 1))),
            (330, 330, 330, "build_cost", ago(5)),
            id="a customs office costs its parts",
        ),
        pytest.param(
            cost(GANTRY, *((part, ago(1), 10) for part in [*OFFICE_PARTS][:-1]), esi={GANTRY: (5, 6)}),
            (5, 5, 6, "esi_average", ago(4)),
            id="all of them, or the next source",
        ),
    ],
)
def test_where_a_price_comes_from(found: tuple[object, ...], expected: tuple[object, ...]) -> None:
    assert found == pytest.approx(expected)


@given(PLAIN_AVERAGES, st.none() | st.tuples(st.floats(0.01, 1e12), st.floats(0.01, 1e12)))
def test_a_price_lies_in_its_range(averages: dict[int, float], esi: tuple[float, float] | None) -> None:
    found = cost(
        RIFTER, *((RIFTER, ago(days), isk) for days, isk in averages.items()), esi={RIFTER: esi} if esi else {}
    )
    if found:
        isk, low, high = (figure for figure in found[:3] if isinstance(figure, float))
        assert low <= isk <= high


@given(st.lists(st.sampled_from([RIFTER, CAPSULE, AVATAR, GANTRY, UNTRADED]), max_size=12))
def test_a_type_costs_the_same_among_others(types: list[int]) -> None:
    market = Market(points_of((RIFTER, ago(1), 20), *((part, ago(1), 10.0) for part in OFFICE_PARTS)), esi_of({}))
    asked = np.array(types, np.int64)
    together = prices_of(market, WORLD, asked, np.full(len(types), np.datetime64(DAY)))
    alone = [prices_of(market, WORLD, np.array([t]), np.array([DAY], "datetime64[D]")).centi_isk[0] for t in types]
    assert together.centi_isk.tolist() == alone
