"""Markets written as readable tables, for tests of prices and values."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from battlescope_assets.domain.prices import EsiPrices, PricePoints

DAY = date(2026, 7, 14)


def points_of(*points: tuple[int, date, float]) -> PricePoints:
    """Points of (type, day, average)."""
    return PricePoints(
        np.array([type_id for type_id, _, _ in points], np.int64),
        np.array([day for _, day, _ in points], "datetime64[D]"),
        np.array([average for _, _, average in points], np.float64),
    )


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def esi_of(prices: Mapping[int, tuple[float, float]]) -> EsiPrices:
    """ESI's list of four days before `DAY`: average and adjusted price by type."""
    figures = np.array([*prices.values()], np.float64).reshape(-1, 2)
    return EsiPrices(np.datetime64(ago(4)), np.array([*prices], np.int64), figures[:, 0], figures[:, 1])
