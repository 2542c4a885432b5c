"""What things cost in the war: market history of the trade hubs' regions; who lost what does not belong here."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from battlescope_assets.domain.universe import ItemType, StaticData

HUB_REGIONS = {10000002: 1.0, 10000043: 0.35, 10000032: 0.18, 10000030: 0.12, 10000042: 0.1}
"""The Forge, Domain, Sinq Laison, Heimatar, Metropolis, with their share of The Forge's volume."""
HULL_PRICES_ISK = {
    "Corvette": 3e4, "Shuttle": 4e4, "Frigate": 9e5, "Interceptor": 2.5e7, "Stealth Bomber": 3e7, "Destroyer": 2.2e6,
    "Interdictor": 6.5e7, "Tactical Destroyer": 5e7, "Command Destroyer": 6e7, "Cruiser": 1.8e7,
    "Heavy Assault Cruiser": 2.4e8, "Logistics": 2.6e8, "Combat Recon Ship": 2.8e8, "Strategic Cruiser": 3.2e8,
    "Combat Battlecruiser": 7e7, "Attack Battlecruiser": 1.1e8, "Command Ship": 4e8, "Battleship": 2.7e8,
    "Marauder": 1.6e9, "Hauler": 2.5e6, "Blockade Runner": 2e8, "Deep Space Transport": 2.4e8, "Freighter": 2.2e9,
    "Jump Freighter": 9.5e9, "Mining Barge": 4e7, "Exhumer": 3e8, "Industrial Command Ship": 1.5e9,
    "Dreadnought": 4.2e9, "Force Auxiliary": 3.8e9, "Carrier": 3e9, "Supercarrier": 3.2e10, "Titan": 1.4e11,
    "Citadel": 2.5e9, "Engineering Complex": 9e8, "Refinery": 1.2e9, "Upwell Jump Bridge": 1.5e9,
}  # fmt: skip
CATEGORY_PRICES_ISK = {
    "Charge": 900.0, "Drone": 4e5, "Fighter": 3e7, "Blueprint": 4e5, "Implant": 2e7, "Subsystem": 4e7,
    "Structure Module": 1.5e8, "Deployable": 8e6, "Material": 60.0, "Asteroid": 20.0, "Ship": 1e6,
}  # fmt: skip
META_FACTORS = {2: 2.0, 3: 6.0, 4: 25.0, 5: 90.0, 6: 140.0}
"""By meta group: Tech II, storyline, faction, officer, deadspace."""
DAILY_VOLUME_ISK, PRICE_ELASTICITY = 4e8, 0.78
"""The Forge sells about `DAILY_VOLUME_ISK` / price ** `PRICE_ELASTICITY` of a type a day."""
SCARCITY = 0.2
"""By how much prices rise, at most, when a type is lost in bulk."""
SPIKES = 0.002
"""Share of prices that somebody distorts on a day."""


class MarketRow(NamedTuple):
    """One row of EVE Ref's market history, its columns in their order; prices in ISK."""

    average: float
    date: str
    highest: float
    lowest: float
    order_count: int
    volume: int
    http_last_modified: str
    region_id: int
    type_id: int


class Market:
    """Prices per type from the seed, drifting slowly with the date; `type_ids` without a market group are not sold."""

    def __init__(self, static_data: StaticData, type_ids: Sequence[int], seed: int) -> None:
        wanted = set(type_ids)
        types = sorted(
            (t for t in static_data.types if t.type_id in wanted and t.market_group_id), key=lambda t: t.type_id
        )
        draw = np.random.default_rng([seed, 4])
        self._seed = seed
        self._type_ids = np.array([t.type_id for t in types])
        self._base_isk = np.array([_typical_isk(t) for t in types]) * draw.lognormal(0, 0.35, len(types))
        self._phases = draw.uniform(0, 2 * np.pi, (3, len(types)))
        self._amplitudes = draw.uniform(0.01, 0.07, (3, len(types)))
        self._prices = lru_cache(maxsize=8)(self._prices_of)

    def prices(self, day: date) -> Mapping[int, float]:
        """What each type is worth on a day, ISK, without a day's accidents."""
        return self._prices(day)

    def _prices_of(self, day: date) -> Mapping[int, float]:
        return dict(zip(self._type_ids.tolist(), self._price(day).round(2).tolist(), strict=True))

    def _price(self, day: date) -> NDArray[np.float64]:
        number = day.toordinal()
        waves = [
            np.sin(2 * np.pi * number / days + phase) for days, phase in zip((11, 37, 173), self._phases, strict=True)
        ]
        price: NDArray[np.float64] = self._base_isk * np.exp((self._amplitudes * waves).sum(axis=0))
        return price

    def history(self, day: date, lost: Sequence[Mapping[int, int]]) -> list[MarketRow]:
        """The day's rows; a type is absent from a region where nothing of it was sold.

        Args:
            day: the day.
            lost: how many of each type were destroyed on each of the days before, the latest first. What was destroyed
                on the latest is bought anew; prices follow all of them, less and less.
        """
        draw = np.random.default_rng([self._seed, day.toordinal(), 5])
        days = [np.array([counts.get(type_id, 0) for type_id in self._type_ids.tolist()]) for counts in lost]
        losses = days[0]
        usual = DAILY_VOLUME_ISK / self._base_isk**PRICE_ELASTICITY
        pressure = sum((of_day * 0.5**ago for ago, of_day in enumerate(days)), np.zeros(len(usual))) / (usual * 2)
        price = self._price(day) * (1 + SCARCITY * np.tanh(pressure))
        modified = f"{day + timedelta(days=1)}T11:20:00Z"
        return [
            row
            for region_id, share in HUB_REGIONS.items()
            for row in self._region(day, region_id, price, losses, share, modified, draw)
        ]

    def _region(
        self,
        day: date,
        region_id: int,
        price: NDArray[np.float64],
        losses: NDArray[np.int64],
        share: float,
        modified: str,
        draw: np.random.Generator,
    ) -> list[MarketRow]:
        n = len(price)
        average = price * draw.lognormal(0, 0.015, n) * (1 + (1 - share) * 0.06)
        average *= np.where(draw.random(n) < SPIKES, draw.uniform(3, 30, n), 1)
        usual = DAILY_VOLUME_ISK / self._base_isk**PRICE_ELASTICITY
        volume = share * (usual * draw.lognormal(0, 0.3, n) + losses * draw.uniform(0.2, 0.8, n))
        spread = draw.uniform(0.01, 0.08, n)
        columns = (
            average.round(2), (average * (1 + spread)).round(2), (average * (1 - spread)).round(2),
            np.ceil(volume / (1 + 200 * draw.random(n))), volume, self._type_ids,
        )  # fmt: skip
        return [
            MarketRow(mean, f"{day}", high, low, int(orders), int(sold), modified, region_id, type_id)
            for mean, high, low, orders, sold, type_id in zip(*(c.tolist() for c in columns), strict=True)
            if sold >= 1
        ]


def _typical_isk(item_type: ItemType) -> float:
    if item_type.category_name != "Module":
        return HULL_PRICES_ISK.get(item_type.group_name) or CATEGORY_PRICES_ISK.get(item_type.category_name, 5e4)
    size = item_type.volume_m3 or 5
    return 2e4 * float(min(size, 4_000) ** 1.1) * META_FACTORS.get(item_type.meta_group_id or 1, 1.0)
