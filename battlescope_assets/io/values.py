"""Reads what values are made of, and compares them with zKillboard's; the valuation itself belongs to the domain."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, cast

import numpy as np

from battlescope_assets.domain.prices import (
    PRICE_LOOKBACK_DAYS,
    THE_FORGE_REGION_ID,
    EsiPrices,
    Market,
    PricePoints,
)
from battlescope_assets.domain.rare_prices import RECIPES
from battlescope_assets.domain.valuation import Losses, Stacks
from battlescope_assets.io.killmails import integers
from battlescope_assets.io.warehouse import Connection

LOSSES = """
select killmail_id, victim_ship_type_id::bigint
from raw.killmails
where day = %(day)s and (%(killmail_ids)s::bigint[] is null or killmail_id = any(%(killmail_ids)s))
order by killmail_time, killmail_id
"""

STACKS = """
select killmail_id, item_type_id::bigint, flag::bigint, singleton::bigint, quantity_destroyed, quantity_dropped
from raw.killmail_items
where day = %(day)s and (%(killmail_ids)s::bigint[] is null or killmail_id = any(%(killmail_ids)s))
"""

PRICE_POINTS = """
select type_id::bigint, (day - date '1970-01-01')::bigint, (average_isk * 100)::bigint
from raw.market_history
where day >= %(first_day)s and day <= %(day)s and region_id = %(region_id)s and type_id = any(%(type_ids)s)
"""

ESI_DAY = """
select coalesce(
    (select max(day) from raw.market_prices where day <= %(day)s),
    (select min(day) from raw.market_prices where day > %(day)s)
)
"""
"""ESI has no history, so a day from before the first list is valued at that list."""

ESI_PRICES = """
select type_id::bigint, coalesce(average_isk, 'nan')::float8, coalesce(adjusted_isk, 'nan')::float8
from raw.market_prices
where day = %(esi_day)s and type_id = any(%(type_ids)s)
"""

DIFFERENCES = """
select count(*), percentile_cont(0.5) within group (order by v.total_isk / z.total_value_isk)::float8,
    count(*) filter (where abs(v.total_isk - z.total_value_isk) <= 0.05 * z.total_value_isk),
    count(*) filter (where (v.is_npc, v.is_solo, v.is_awox) is not distinct from (z.npc, z.solo, z.awox))
from core.killmail_values v
join raw.killmail_zkb z using (day, killmail_id)
where day = %(day)s and z.total_value_isk > 0
"""


def read_losses(
    connection: Connection, day: date, killmail_ids: Sequence[int] | None = None
) -> tuple[Losses, Stacks, Market]:
    """The day's mails, or these of them, by time and id; their items, and the prices they may need."""
    parameters: dict[str, object] = {
        "day": day,
        "first_day": day - timedelta(days=PRICE_LOOKBACK_DAYS),
        "region_id": THE_FORGE_REGION_ID,
        "killmail_ids": None if killmail_ids is None else list(killmail_ids),
    }
    losses = integers(connection, LOSSES, parameters, 2)
    stacks = integers(connection, STACKS, parameters, 6)
    lost = {*losses[:, 1].tolist(), *stacks[:, 1].tolist()}
    parameters["type_ids"] = [*lost.union(*RECIPES.values())]
    points = integers(connection, PRICE_POINTS, parameters, 3)
    return (
        Losses(losses[:, 0], np.full(len(losses), np.datetime64(day)), losses[:, 1]),
        Stacks(*(stacks[:, column] for column in range(6))),
        Market(
            PricePoints(points[:, 0], points[:, 1].astype("datetime64[D]"), points[:, 2] / 100),
            _esi_prices(connection, parameters),
        ),
    )


def _esi_prices(connection: Connection, parameters: Mapping[str, object]) -> EsiPrices:
    found = cast("tuple[date | None]", connection.execute(ESI_DAY, parameters).fetchone())
    esi_day = found[0] or date.min
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(ESI_PRICES, {**parameters, "esi_day": esi_day}).fetchall()
    prices = np.array(rows, np.float64).reshape(-1, 3)
    return EsiPrices(np.datetime64(esi_day), prices[:, 0].astype(np.int64), prices[:, 1], prices[:, 2])


DISTRIBUTION = """
select day, mails_compared, total_isk, zkillboard_total_isk, ratio_p5, ratio_p25, ratio_p50, ratio_p75, ratio_p95,
    share_within_5_percent, share_within_range, share_same_flags
from marts.rpt_value_differences
where day >= %s
order by day desc
"""


class DifferencesOfDay(NamedTuple):
    """A row of marts.rpt_value_differences: ratios are ours / zKillboard's."""

    day: date
    mails_compared: int
    total_isk: Decimal
    zkillboard_total_isk: Decimal
    ratio_p5: float
    ratio_p25: float
    ratio_p50: float
    ratio_p75: float
    ratio_p95: float
    share_within_5_percent: float
    share_within_range: float
    share_same_flags: float


def read_distribution(connection: Connection, first_day: date) -> list[DifferencesOfDay]:
    """How far values are from zKillboard's, on each day since the first that can be compared."""
    found = connection.execute(DISTRIBUTION, [first_day]).fetchall()
    return [DifferencesOfDay(*row) for row in cast("list[tuple[Any, ...]]", found)]


TOTALS = """
select count(*), coalesce(sum(destroyed_isk), 0)::bigint, coalesce(sum(dropped_isk), 0)::bigint,
    count(*) filter (where unpriced_types > 0)
from core.killmail_values
where day = %(day)s
"""


class ValuesOfDay(NamedTuple):
    """What the values of a day add up to."""

    mails: int
    destroyed_isk: int
    dropped_isk: int
    mails_with_unpriced_types: int


def read_values_of_day(connection: Connection, day: date) -> ValuesOfDay:
    """The sums over the day's mails, also where their items were pruned."""
    found = connection.execute(TOTALS, {"day": day}).fetchone()
    return ValuesOfDay(*cast("tuple[int, int, int, int]", found))


class Differences(NamedTuple):
    """How a day's values stand beside zKillboard's, over the mails whose zKillboard value is known."""

    mails_compared: int
    median_ratio: float | None
    """Ours / theirs; None where nothing can be compared."""
    within_5_percent: int
    same_flags: int


def read_differences(connection: Connection, day: date) -> Differences:
    """The day's values beside zKillboard's."""
    found = connection.execute(DIFFERENCES, {"day": day}).fetchone()
    return Differences(*cast("tuple[int, float | None, int, int]", found))
