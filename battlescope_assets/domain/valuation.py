"""What a lost ship and its items were worth; what one of a type costs is found in `prices`, tables belong elsewhere.

The rules are zKillboard's, so that its numbers and these can be laid side by side:

* Every stack is worth its quantity at the price of its type at the mail's day.
* Blueprint copies, ships in a frigate escape bay and the implant of golden pods cost 0.01 ISK, whatever their price.
* A type without a price counts as 0, and such types are counted: a value that is too low says so.

Here a stack's destroyed and dropped quantities are valued apart; zKillboard puts a stack that has both into both sums.

Money is kept in whole hundredths of ISK (`_centi_isk`): sums are exact, so no order of items changes a value.
"""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from battlescope_assets.domain.mails import Int64
from battlescope_assets.domain.prices import (
    WORTHLESS_CENTI_ISK,
    Days,
    Market,
    PriceSource,
    prices_of,
)
from battlescope_assets.domain.universe import CombatWorld

GOLDEN_CAPSULE_IMPLANT_TYPE_ID = 33329
BLUEPRINT_COPY = 2
"""The value of `singleton` that tells a copy from the blueprint."""
IMPLANT_FLAG = 89
FRIGATE_ESCAPE_BAY_FLAG = 179
FITTED_FLAGS = np.array([*range(11, 35), 87, 89, *range(92, 100), *range(125, 133), *range(158, 173)])
"""Low, mid and high slots; drone bay; implants; rigs; subsystems; fighter bay and tubes, service slots, structure fuel.

zKillboard's list, and service slots, which it leaves out."""
MOST_STACK_CENTI_ISK = 10**15
"""No stack was ever worth 10 trillion ISK: its price or its count is an error, so its type counts as unpriced.

The bound also keeps any sum of a mail's stacks within 64 bits."""


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
    low_centi_isk: Int64
    high_centi_isk: Int64
    """With `low_centi_isk`, between what destroyed and dropped together lie."""
    fitted_centi_isk: Int64
    """The hull and all that was fitted to it, destroyed or dropped."""
    hull_centi_isk: Int64
    hull_price_source: NDArray[np.str_]
    """Values of `PriceSource`."""
    hull_price_date: Days
    """NaT where the hull's price rests on no market."""
    oldest_price_date: Days
    """The oldest `Prices.day` among hull and items; NaT where no price rests on a market."""
    unpriced_types: Int64
    """How many different types, the hull's included, had no price."""


def value_mails(losses: Losses, stacks: Stacks, market: Market, world: CombatWorld) -> Values:
    """What each mail was worth at its own day; stacks of mails that are not among the losses are left out.

    Args:
        losses: the mails to value.
        stacks: their items.
        market: The Forge's averages from `PRICE_LOOKBACK_DAYS` before the first mail's day to the last mail's day, of
            the types lost and of the parts of `RECIPES`; ESI's prices of the types lost.
        world: tells capsules, SKINs and the like.
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

    prices = prices_of(market, world, type_id, losses.day[mail])
    is_worthless = (
        is_copy
        | (flag == FRIGATE_ESCAPE_BAY_FLAG)
        | ((type_id == GOLDEN_CAPSULE_IMPLANT_TYPE_ID) & (flag == IMPLANT_FLAG))
    )
    price, low, high = (
        np.where(is_worthless, WORTHLESS_CENTI_ISK, isk)
        for isk in (prices.centi_isk, prices.low_centi_isk, prices.high_centi_isk)
    )
    source = np.where(is_worthless, PriceSource.FIXED, prices.source)
    count = destroyed.astype(np.float64) + dropped
    price[price * count > MOST_STACK_CENTI_ISK] = 0
    low, high = np.minimum(low, price), np.where(price > 0, high, 0)
    high[high * count > MOST_STACK_CENTI_ISK] = price[high * count > MOST_STACK_CENTI_ISK]

    is_unpriced = (price == 0) & (count > 0)
    price_date = np.where(~is_worthless & (price > 0) & (count > 0), prices.day, np.datetime64("NaT"))
    oldest = np.full(mails, np.datetime64("NaT"), "datetime64[D]")
    np.fmin.at(oldest, mail, price_date)
    unpriced = np.unique(np.stack((mail[is_unpriced], type_id[is_unpriced])), axis=1)[0]
    return Values(
        killmail_id=losses.killmail_id,
        day=losses.day,
        destroyed_centi_isk=_sums(mail, price * destroyed, mails),
        dropped_centi_isk=_sums(mail, price * dropped, mails),
        low_centi_isk=_sums(mail, low * (destroyed + dropped), mails),
        high_centi_isk=_sums(mail, high * (destroyed + dropped), mails),
        fitted_centi_isk=_sums(mail, price * (destroyed + dropped) * is_fitted, mails),
        hull_centi_isk=price[:mails],
        hull_price_source=np.where(price[:mails] > 0, source[:mails], PriceSource.NONE),
        hull_price_date=price_date[:mails],
        oldest_price_date=oldest,
        unpriced_types=np.bincount(unpriced, minlength=mails),
    )


def _sums(mail: Int64, centi_isk: Int64, mails: int) -> Int64:
    sums = np.zeros(mails, np.int64)
    np.add.at(sums, mail, centi_isk)
    return sums


VALUE_COLUMNS = (
    "day", "killmail_id", "destroyed_isk", "dropped_isk", "fitted_isk", "total_isk", "total_low_isk", "total_high_isk",
    "hull_isk", "hull_price_source", "hull_price_date", "oldest_price_date", "unpriced_types",
)  # fmt: skip
ValueRow = tuple[object, ...]


def value_rows(values: Values) -> list[ValueRow]:
    """Values as rows whose fields follow `VALUE_COLUMNS`."""
    isk = (
        values.destroyed_centi_isk,
        values.dropped_centi_isk,
        values.fitted_centi_isk,
        values.destroyed_centi_isk + values.dropped_centi_isk,
        values.low_centi_isk,
        values.high_centi_isk,
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
