"""What a lost ship and its items were worth at its day's market prices; neither tables nor market files belong here.

The rules are zKillboard's, as far as market history goes, so that its numbers and these can be laid side by side:

* A type's price at a day is the mean of its last `MOST_AVERAGES` daily averages in The Forge before that day, without
  the two highest (from `FEWEST_TRIMMED` values on) and the two lowest (of a full `MOST_AVERAGES`), so that no single
  day's spike or scam decides it. Where the day's own average is lower, or the only one, that is the price.
* Capsules cost a fixed 10,000 ISK. SKINs, blueprint copies, ships in a frigate escape bay and the implant of golden
  pods cost 0.01 ISK, wherever the market puts them.
* A type without a price counts as 0, and such types are counted: a value that is too low says so.

Here a stack's destroyed and dropped quantities are valued apart; zKillboard puts a stack that has both into both sums.

Money is kept in whole hundredths of ISK (`_centi_isk`): sums are exact, so no order of items changes a value.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from battlescope_assets.domain.mails import Float64, Int64
from battlescope_assets.domain.universe import CombatWorld

Days = NDArray[np.datetime64]

THE_FORGE_REGION_ID = 10000002
"""Jita's region: where nearly everything is sold, so where a price means most."""
PRICE_LOOKBACK_DAYS = 90
"""Averages older than this are no price. A caller reads the points of so many days before a kill, and of its day."""
MOST_AVERAGES = 34
FEWEST_TRIMMED = 7
TRIMMED_PER_END = 2

CAPSULE_GROUP_ID = 29
SKIN_CATEGORY_ID = 91
GOLDEN_CAPSULE_IMPLANT_TYPE_ID = 33329
BLUEPRINT_COPY = 2
"""The value of `singleton` that tells a copy from the blueprint."""
IMPLANT_FLAG = 89
FRIGATE_ESCAPE_BAY_FLAG = 179
FITTED_FLAGS = np.array([*range(11, 35), 87, 89, *range(92, 100), *range(125, 133), *range(158, 173)])
"""Low, mid and high slots; drone bay; implants; rigs; subsystems; fighter bay and tubes, service slots, structure fuel.

zKillboard's list, and service slots, which it leaves out."""
CAPSULE_CENTI_ISK = 10_000_00
WORTHLESS_CENTI_ISK = 1

MOST_STACK_CENTI_ISK = 10**15
"""No stack was ever worth 10 trillion ISK: its price or its count is an error, so its type counts as unpriced.

The bound also keeps any sum of a mail's stacks within 64 bits."""


class PriceSource(StrEnum):
    """Where a price comes from."""

    MARKET_HISTORY = "market_history"
    FIXED = "fixed"
    NONE = "none"


@dataclass(frozen=True)
class PricePoints:
    """Daily averages of one region, columns of shape (points,), in any order; each (type, day) once."""

    type_id: Int64
    day: Days
    average_isk: Float64


@dataclass(frozen=True)
class Prices:
    """Market prices, columns of the shape asked for."""

    centi_isk: Int64
    """0 where there is none; a price has at least 1."""
    day: Days
    """The latest day of the averages the price rests on; NaT where there is no price."""


@dataclass(frozen=True)
class Losses:
    """One row per killmail, columns of shape (mails,), in any order; each killmail id once."""

    killmail_id: Int64
    day: Days
    ship_type_id: Int64


@dataclass(frozen=True)
class Stacks:
    """One row per item stack lost, contents of containers included, columns of shape (stacks,), in any order."""

    killmail_id: Int64
    item_type_id: Int64
    flag: Int64
    singleton: Int64
    quantity_destroyed: Int64
    quantity_dropped: Int64


@dataclass(frozen=True)
class Values:
    """One row per killmail, columns of shape (mails,), in the order of the losses asked for."""

    killmail_id: Int64
    day: Days
    destroyed_centi_isk: Int64
    """The hull and what was destroyed with it."""
    dropped_centi_isk: Int64
    fitted_centi_isk: Int64
    """The hull and all that was fitted to it, destroyed or dropped."""
    hull_centi_isk: Int64
    hull_price_source: NDArray[np.str_]
    """Values of `PriceSource`."""
    hull_price_date: Days
    """NaT where the hull has no market price."""
    oldest_price_date: Days
    """The oldest `Prices.day` among hull and items; NaT where no market price was used."""
    unpriced_types: Int64
    """How many different types, the hull's included, had no price."""


def prices_at(points: PricePoints, type_id: Int64, day: Days) -> Prices:
    """The market price of each type at its day; `type_id` and `day` have the same shape (n,).

    Averages that are not above 0, or above anything believable, are no prices and are passed over.
    """
    known = (points.average_isk > 0) & (points.average_isk <= MOST_STACK_CENTI_ISK / 100)
    keys = _key(points.type_id[known], points.day[known])
    order = np.argsort(keys)
    keys = np.append(keys[order], np.iinfo(np.int64).max)
    averages = np.append(points.average_isk[known][order], np.inf)

    asked = _key(type_id, day)
    end = np.searchsorted(keys, asked)
    count = np.minimum(end - np.searchsorted(keys, asked - PRICE_LOOKBACK_DAYS), MOST_AVERAGES)
    mean = _trimmed_means(averages, end, count)
    own = np.where(keys[end] == asked, averages[end], np.inf)
    price = np.minimum(mean, own)
    found = np.isfinite(price)
    # However little, a price is at least the smallest coin.
    centi_isk = np.maximum(np.rint(np.where(found, price, 0) * 100), 1).astype(np.int64)
    price_day = np.where(own < mean, asked, keys[end - 1]) & _DAY_BITS
    return Prices(
        np.where(found, centi_isk, 0),
        np.where(found, price_day.astype("datetime64[D]"), np.datetime64("NaT")),
    )


_DAY_BITS = 2**24 - 1


def _key(type_id: Int64, day: Days) -> Int64:
    """Type and day as one number that sorts by both."""
    return (type_id * (_DAY_BITS + 1)) | day.astype("datetime64[D]").astype(np.int64)


def _trimmed_means(averages: Float64, end: Int64, count: Int64) -> Float64:
    """The trimmed mean of each `averages[end - count:end]`; infinite where `count` is 0."""
    column = np.arange(MOST_AVERAGES)
    latest = np.where(column < count[:, None], averages[np.maximum(end[:, None] - 1 - column, 0)], np.inf)
    latest.sort(axis=1)
    lowest = np.where(count == MOST_AVERAGES, TRIMMED_PER_END, 0)[:, None]
    highest = np.where(count >= FEWEST_TRIMMED, count - TRIMMED_PER_END, count)[:, None]
    kept = (lowest <= column) & (column < highest)
    total = np.where(kept, latest, 0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(kept.sum(axis=1), 1), np.inf)


def value_mails(losses: Losses, stacks: Stacks, points: PricePoints, world: CombatWorld) -> Values:
    """What each mail was worth at its own day; stacks of mails that are not among the losses are left out.

    Args:
        losses: the mails to value.
        stacks: their items.
        points: averages of The Forge from `PRICE_LOOKBACK_DAYS` before the first mail's day to the last mail's day.
        world: tells capsules and SKINs.
    """
    known = np.isin(stacks.killmail_id, losses.killmail_id)
    by_id = np.argsort(losses.killmail_id)
    stack_mail = by_id[np.searchsorted(losses.killmail_id, stacks.killmail_id[known], sorter=by_id)]

    # Hulls are stacks of one, so every rule is said once; they come first, in the order of the losses.
    mails = len(losses.killmail_id)
    hull = np.zeros(mails, np.int64)
    mail = np.concatenate((np.arange(mails), stack_mail))
    type_id = np.concatenate((losses.ship_type_id, stacks.item_type_id[known]))
    flag = np.concatenate((hull, stacks.flag[known]))
    destroyed = np.concatenate((hull + 1, stacks.quantity_destroyed[known]))
    dropped = np.concatenate((hull, stacks.quantity_dropped[known]))
    is_copy = np.concatenate((hull, stacks.singleton[known])) == BLUEPRINT_COPY
    is_fitted = np.isin(flag, FITTED_FLAGS)
    is_fitted[:mails] = True

    pairs, pair = np.unique(_key(type_id, losses.day[mail]), return_inverse=True)
    market = prices_at(points, pairs // (_DAY_BITS + 1), (pairs & _DAY_BITS).astype("datetime64[D]"))
    is_worthless = (
        is_copy
        | (flag == FRIGATE_ESCAPE_BAY_FLAG)
        | ((type_id == GOLDEN_CAPSULE_IMPLANT_TYPE_ID) & (flag == IMPLANT_FLAG))
        | np.isin(type_id, _types_of(world.category_of_type, SKIN_CATEGORY_ID))
    )
    is_capsule = np.isin(type_id, _types_of(world.group_of_type, CAPSULE_GROUP_ID))
    price = np.select((is_worthless, is_capsule), (WORTHLESS_CENTI_ISK, CAPSULE_CENTI_ISK), market.centi_isk[pair])
    count = destroyed.astype(np.float64) + dropped
    price[price * count > MOST_STACK_CENTI_ISK] = 0

    is_fixed = is_worthless | is_capsule
    is_unpriced = (price == 0) & (count > 0)
    from_market = ~is_fixed & (price > 0) & (count > 0)
    price_date = np.where(from_market, market.day[pair], np.datetime64("NaT"))
    oldest = np.full(mails, np.datetime64("NaT"), "datetime64[D]")
    np.fmin.at(oldest, mail, price_date)
    unpriced = np.unique(np.stack((mail[is_unpriced], type_id[is_unpriced])), axis=1)[0]
    return Values(
        killmail_id=losses.killmail_id,
        day=losses.day,
        destroyed_centi_isk=_sums(mail, price * destroyed, mails),
        dropped_centi_isk=_sums(mail, price * dropped, mails),
        fitted_centi_isk=_sums(mail, price * (destroyed + dropped) * is_fitted, mails),
        hull_centi_isk=price[:mails],
        hull_price_source=np.select(
            (is_fixed[:mails], from_market[:mails]), (PriceSource.FIXED, PriceSource.MARKET_HISTORY), PriceSource.NONE
        ),
        hull_price_date=price_date[:mails],
        oldest_price_date=oldest,
        unpriced_types=np.bincount(unpriced, minlength=mails),
    )


def _types_of(parent_of_type: dict[int, int], parent_id: int) -> list[int]:
    return [type_id for type_id, parent in parent_of_type.items() if parent == parent_id]


def _sums(mail: Int64, centi_isk: Int64, mails: int) -> Int64:
    sums = np.zeros(mails, np.int64)
    np.add.at(sums, mail, centi_isk)
    return sums


VALUE_COLUMNS = (
    "day", "killmail_id", "destroyed_isk", "dropped_isk", "fitted_isk", "total_isk", "hull_isk", "hull_price_source",
    "hull_price_date", "oldest_price_date", "unpriced_types",
)  # fmt: skip
ValueRow = tuple[object, ...]


def value_rows(values: Values) -> list[ValueRow]:
    """Values as rows whose fields follow `VALUE_COLUMNS`."""
    isk = (
        values.destroyed_centi_isk,
        values.dropped_centi_isk,
        values.fitted_centi_isk,
        values.destroyed_centi_isk + values.dropped_centi_isk,
        values.hull_centi_isk,
    )
    return list(
        zip(
            values.day.tolist(),
            values.killmail_id.tolist(),
            *([Decimal(amount).scaleb(-2) for amount in column.tolist()] for column in isk),
            values.hull_price_source.tolist(),
            values.hull_price_date.tolist(),
            values.oldest_price_date.tolist(),
            values.unpriced_types.tolist(),
            strict=True,
        )
    )
