"""What one of a type cost at a day, from market history, ESI's price list and fixed figures; mails belong elsewhere.

The rules are zKillboard's, as far as market history goes, so that its numbers and these can be laid side by side:

* A type's price at a day is the mean of its last `MOST_AVERAGES` daily averages in The Forge before that day, without
  the two highest (from `FEWEST_TRIMMED` values on) and the two lowest (of a full `MOST_AVERAGES`), so that no single
  day's spike or scam decides it. Where the day's own average is lower, or the only one, that is the price.
* Capsules cost a fixed 10,000 ISK; SKINs, and what only scams are offered of, 0.01 ISK, wherever the market puts them.
* A few prizes and faction capitals have an estimate. Customs offices cost what they are built of. Anything else that
  nobody trades has ESI's average, else its adjusted price. Titans and supercarriers, whose market is passed over, have
  an estimate where ESI has neither. (zKillboard builds the latter, and structure rigs, from blueprints, which the
  static data here does not have.)
* A price that is a guess has a range: the lowest and highest of fewer than `FEWEST_TRIMMED` averages; ESI's two
  figures; `ESTIMATE_FACTOR` around an estimate, or around the only figure ESI has.

Money is kept in whole hundredths of ISK (`_centi_isk`), so that sums are exact.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from battlescope_assets.domain.mails import Bool, Float64, Int64
from battlescope_assets.domain.rare_prices import (
    EARLIER_ESTIMATES_ISK,
    ESTIMATE_FACTOR,
    ESTIMATED_GROUP_ISK,
    ESTIMATED_TYPE_ISK,
    FIXED_GROUP_ISK,
    FIXED_TYPE_ISK,
    RECIPES,
    WORTHLESS_TYPE_IDS,
)
from battlescope_assets.domain.universe import CombatWorld

Days = NDArray[np.datetime64]

THE_FORGE_REGION_ID = 10000002
"""Jita's region: where nearly everything is sold, so where a price means most."""
PRICE_LOOKBACK_DAYS = 90
"""Averages older than this are no price. A caller reads the points of so many days before a kill, and of its day."""
MOST_AVERAGES = 34
FEWEST_TRIMMED = 7
TRIMMED_PER_END = 2

SKIN_CATEGORY_ID = 91
CENTI_ISK = 100
"""In one ISK."""
WORTHLESS_CENTI_ISK = 1
MOST_CENTI_ISK = 10**15
"""Nothing was ever worth 10 trillion ISK: such a figure is an error, and no price."""


class PriceSource(StrEnum):
    """Where a price comes from."""

    MARKET_HISTORY = "market_history"
    ESI_AVERAGE = "esi_average"
    ESI_ADJUSTED = "esi_adjusted"
    BUILD_COST = "build_cost"
    FIXED = "fixed"
    ESTIMATE = "estimate"
    NONE = "none"


@dataclass(frozen=True)
class PricePoints:
    """Daily averages of one region, columns of shape (points,), in any order; each (type, day) once."""

    type_id: Int64
    day: Days
    average_isk: Float64


@dataclass(frozen=True)
class EsiPrices:
    """One row per type of ESI's price list of `day`, columns of shape (types,); NaN where ESI has no such figure."""

    day: np.datetime64
    type_id: Int64
    average_isk: Float64
    adjusted_isk: Float64


@dataclass(frozen=True)
class Market:
    """What prices are made of: The Forge's history, and ESI's price list nearest to the days asked for."""

    points: PricePoints
    esi: EsiPrices


@dataclass(frozen=True)
class Prices:
    """Prices, columns of the shape asked for."""

    centi_isk: Int64
    """0 where there is none; a price has at least 1."""
    low_centi_isk: Int64
    high_centi_isk: Int64
    """With `low_centi_isk`, the range of a price that is a guess; both equal the price where it is none."""
    day: Days
    """The latest day of the figures the price rests on; NaT where it rests on no market."""
    source: NDArray[np.str_]
    """Values of `PriceSource`."""


def prices_at(points: PricePoints, type_id: Int64, day: Days) -> Prices:
    """The price each type's history gives at its day; `type_id` and `day` have the same shape (n,).

    Averages that are not above 0, or above anything believable, are no prices and are passed over.
    """
    known = _is_price(points.average_isk)
    keys = _key(points.type_id[known], points.day[known])
    order = np.argsort(keys)
    keys = np.append(keys[order], np.iinfo(np.int64).max)
    averages = np.append(points.average_isk[known][order], np.inf)

    asked = _key(type_id, day)
    end = np.searchsorted(keys, asked)
    count = np.minimum(end - np.searchsorted(keys, asked - PRICE_LOOKBACK_DAYS), MOST_AVERAGES)
    latest = _latest(averages, end, count)
    mean = _trimmed_means(latest, count)
    own = np.where(keys[end] == asked, averages[end], np.inf)
    price = np.minimum(mean, own)
    is_guess = count < FEWEST_TRIMMED
    figures = np.column_stack((latest, own))
    low = np.where(is_guess, figures.min(axis=1), price)
    high = np.where(is_guess, np.where(figures < np.inf, figures, -np.inf).max(axis=1), price)
    price_day = np.where(own < mean, asked, keys[end - 1]) & _DAY_BITS
    return _prices(
        price,
        low,
        high,
        price_day.astype("datetime64[D]"),
        np.full(len(price), PriceSource.MARKET_HISTORY),
    )


def _is_price(isk: Float64) -> Bool:
    return (isk > 0) & (isk <= MOST_CENTI_ISK / CENTI_ISK)


def _prices(isk: Float64, low_isk: Float64, high_isk: Float64, day: Days, source: NDArray[np.str_]) -> Prices:
    """Prices in ISK, which are none where they are 0, infinite or NaN; one is at least the smallest coin."""
    found = np.isfinite(isk) & (isk > 0)

    def centi_isk(figure: Float64) -> Int64:
        whole = np.maximum(np.rint(np.where(found, figure, 0) * CENTI_ISK), 1)
        return np.where(found, whole, 0).astype(np.int64)

    return Prices(
        centi_isk(isk),
        centi_isk(low_isk),
        centi_isk(high_isk),
        np.where(found, day, np.datetime64("NaT")),
        np.where(found, source, PriceSource.NONE),
    )


_DAY_BITS = 2**24 - 1


def _key(type_id: Int64, day: Days) -> Int64:
    """Type and day as one number that sorts by both."""
    return (type_id * (_DAY_BITS + 1)) | day.astype("datetime64[D]").astype(np.int64)


def _latest(averages: Float64, end: Int64, count: Int64) -> Float64:
    """Each `averages[end - count:end]`, sorted, then infinite; shape (n, MOST_AVERAGES)."""
    column = np.arange(MOST_AVERAGES)
    latest = np.where(column < count[:, None], averages[np.maximum(end[:, None] - 1 - column, 0)], np.inf)
    latest.sort(axis=1)
    return latest


def _trimmed_means(latest: Float64, count: Int64) -> Float64:
    """The trimmed mean of each row's first `count` values; infinite where `count` is 0."""
    column = np.arange(MOST_AVERAGES)
    lowest = np.where(count == MOST_AVERAGES, TRIMMED_PER_END, 0)[:, None]
    highest = np.where(count >= FEWEST_TRIMMED, count - TRIMMED_PER_END, count)[:, None]
    kept = (lowest <= column) & (column < highest)
    total = np.where(kept, latest, 0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(kept.sum(axis=1), 1), np.inf)


def prices_of(market: Market, world: CombatWorld, type_id: Int64, day: Days) -> Prices:
    """What one of each type costs at its day; `type_id` and `day` have the same shape (n,), pairs may repeat."""
    pairs, pair = np.unique(_key(type_id, day), return_inverse=True)
    type_id, day = pairs // (_DAY_BITS + 1), (pairs & _DAY_BITS).astype("datetime64[D]")
    history = prices_at(market.points, type_id, day)
    esi = _esi_prices(market.esi, type_id)
    built = _build_costs(market.points, type_id, day)
    fixed = _constants(_fixed_isk, type_id, day, world, 1)
    estimated = _constants(_estimated_isk, type_id, day, world, ESTIMATE_FACTOR)
    group_estimate = _constants(_group_estimate_isk, type_id, day, world, ESTIMATE_FACTOR)
    is_off_market = np.isin(type_id, _types_of(world.group_of_type, ESTIMATED_GROUP_ISK))
    found = _first_of(fixed, estimated, built, _kept(history, ~is_off_market), esi, group_estimate)
    return Prices(
        found.centi_isk[pair], found.low_centi_isk[pair], found.high_centi_isk[pair], found.day[pair],
        found.source[pair],
    )  # fmt: skip


def _first_of(*choices: Prices) -> Prices:
    """For each type the first choice that has a price, else none."""
    found = [choice.centi_isk > 0 for choice in choices]
    return Prices(
        np.select(found, [choice.centi_isk for choice in choices], 0),
        np.select(found, [choice.low_centi_isk for choice in choices], 0),
        np.select(found, [choice.high_centi_isk for choice in choices], 0),
        np.select(found, [choice.day for choice in choices], np.datetime64("NaT")),
        np.select(found, [choice.source for choice in choices], PriceSource.NONE),
    )


def _kept(prices: Prices, is_kept: Bool) -> Prices:
    """The prices, none where they are not kept."""
    return replace(prices, centi_isk=np.where(is_kept, prices.centi_isk, 0))


def _esi_prices(esi: EsiPrices, type_id: Int64) -> Prices:
    """ESI's average, else its adjusted price; between them lies the truth."""
    order = np.argsort(esi.type_id)
    place = np.minimum(np.searchsorted(esi.type_id, type_id, sorter=order), len(order) - 1)
    average, adjusted = (np.full(len(type_id), np.nan) for _ in range(2))
    if len(order):
        is_listed = esi.type_id[order][place] == type_id
        average = np.where(is_listed, esi.average_isk[order][place], np.nan)
        adjusted = np.where(is_listed, esi.adjusted_isk[order][place], np.nan)
    has_average, has_adjusted = _is_price(average), _is_price(adjusted)
    price = np.where(has_average, average, np.where(has_adjusted, adjusted, np.nan))
    other = np.where(has_adjusted, adjusted, average)
    has_both = has_average & has_adjusted
    low = np.where(has_both, np.minimum(price, other), price / ESTIMATE_FACTOR)
    high = np.where(has_both, np.maximum(price, other), price * ESTIMATE_FACTOR)
    return _prices(
        price,
        low,
        high,
        np.full(len(price), esi.day.astype("datetime64[D]")),
        np.where(has_average, PriceSource.ESI_AVERAGE, PriceSource.ESI_ADJUSTED),
    )


def _build_costs(points: PricePoints, type_id: Int64, day: Days) -> Prices:
    """The cost of what a type is built of, where all of it is traded."""
    costs = np.zeros((3, len(type_id)), np.int64)
    oldest = np.full(len(type_id), np.datetime64("NaT"), "datetime64[D]")
    for built_type_id, parts in RECIPES.items():
        for row in np.flatnonzero(type_id == built_type_id):
            cost = prices_at(points, np.array([*parts]), np.full(len(parts), day[row]))
            if (cost.centi_isk > 0).all():
                quantity = np.array([*parts.values()])
                costs[:, row] = [
                    (isk * quantity).sum() for isk in (cost.centi_isk, cost.low_centi_isk, cost.high_centi_isk)
                ]
                oldest[row] = cost.day.min()
    return Prices(costs[0], costs[1], costs[2], oldest, np.full(len(type_id), PriceSource.BUILD_COST))


def _fixed_isk(type_id: int, _day: date, world: CombatWorld) -> float | None:
    if type_id in WORTHLESS_TYPE_IDS or world.category_of_type.get(type_id) == SKIN_CATEGORY_ID:
        return WORTHLESS_CENTI_ISK / CENTI_ISK
    return FIXED_TYPE_ISK.get(type_id) or FIXED_GROUP_ISK.get(world.group_of_type.get(type_id, 0))


def _estimated_isk(type_id: int, day: date, _world: CombatWorld) -> float | None:
    until, earlier_isk = EARLIER_ESTIMATES_ISK.get(type_id, (date.min, 0))
    return earlier_isk if day <= until else ESTIMATED_TYPE_ISK.get(type_id)


def _group_estimate_isk(type_id: int, _day: date, world: CombatWorld) -> float | None:
    return ESTIMATED_GROUP_ISK.get(world.group_of_type.get(type_id, 0))


def _constants(
    isk_of: Callable[[int, date, CombatWorld], float | None],
    type_id: Int64,
    day: Days,
    world: CombatWorld,
    factor: int,
) -> Prices:
    """Prices that a table gives, not a market; `factor` 1 means that they are no guess."""
    isk = np.array(
        [isk_of(t, d, world) or 0.0 for t, d in zip(type_id.tolist(), day.tolist(), strict=True)], np.float64
    )
    return _prices(
        isk,
        isk / factor,
        isk * factor,
        np.full(len(isk), np.datetime64("NaT"), "datetime64[D]"),
        np.full(len(isk), PriceSource.FIXED if factor == 1 else PriceSource.ESTIMATE),
    )


def _types_of(parent_of_type: dict[int, int], parents: Collection[int]) -> list[int]:
    return [type_id for type_id, parent in parent_of_type.items() if parent in parents]


PRICE_COLUMNS = ("day", "type_id", "price_isk", "price_low_isk", "price_high_isk", "price_source", "price_date")


def price_rows(prices: Prices, type_id: Int64, day: date) -> list[tuple[object, ...]]:
    """The prices there are, of types at one day, as rows whose fields follow `PRICE_COLUMNS`."""
    isk = (prices.centi_isk, prices.low_centi_isk, prices.high_centi_isk)
    return [
        (day, type_id_, *(Decimal(amount).scaleb(-2) for amount in amounts), source, price_day)
        for type_id_, *amounts, source, price_day in zip(
            type_id.tolist(),
            *(column.tolist() for column in isk),
            prices.source.tolist(),
            prices.day.tolist(),
            strict=True,
        )
        if amounts[0] > 0
    ]
