"""What stands on the market at a time: sell and buy orders of the trade hubs and the coalitions' staging systems."""

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from battlescope_assets.domain.universe import TRADE_HUBS, ZARZAKH
from battlescope_assets.domain.window import ONE_DAY
from battlescope_assets.simulator.galaxy import JITA
from battlescope_assets.simulator.market import DAILY_VOLUME_ISK, HUB_REGIONS, PRICE_ELASTICITY
from battlescope_assets.simulator.war import War

STATIONS = dict(zip(TRADE_HUBS, (60003760, 60008494, 60011866, 60004588, 60005686), strict=True))
"""Each hub's main station."""
STAGING_SHARE = 0.008
"""A staging system's share of The Forge's volume."""
FIRST_STRUCTURE_ID = 1_030_000_000_000
STOCK_DAYS = 3
"""How many days' sales stand on the market where nothing was lost lately."""
REMEMBERED_DAYS = 5
RECOVERY_HOURS = 30
"""What losses took from the stock has come back by 1 - 1/e after so long."""
HUBS_SUPPLY, NEAREST_HUB_SUPPLY, STAGING_SUPPLY = 0.5, 0.4, 0.6
"""How many of a lost type are bought anew in the hubs by their share, in the nearest hub, and where it was lost."""
SCARCITY = 0.35
"""By how much the last of a type is dearer."""
SLICES = np.array([0.1, 0.2, 0.3, 0.4])
"""Sell orders of one type at one place: their parts of its stock, the cheapest first."""
FIRST_ORDER_ID, ORDERS_PER_TYPE = 6_800_000_000, 8
COLUMNS = [
    "duration", "is_buy_order", "issued", "location_id", "min_volume", "order_id", "price", "range", "system_id",
    "type_id", "volume_remain", "volume_total", "region_id", "http_last_modified", "station_id", "constellation_id",
    "universe_id",
]  # fmt: skip
"""EVE Ref's, in their order."""

Float64 = NDArray[np.float64]


class _Place(NamedTuple):
    region_id: int
    system_id: int
    location_id: int
    station_id: int | None
    share: float
    """Of The Forge's volume."""
    supplies: list[int]
    """Regions where what is lost is bought anew here."""


class Orders:
    """The order books of a war: stock falls where types are lost in bulk, prices rise with it, both recover."""

    def __init__(self, war: War) -> None:
        self._war = war
        self._types = np.array(list(war.market.prices(date(2026, 1, 1))))
        self._places = self._make_places()
        self._lost_on = lru_cache(maxsize=2 * REMEMBERED_DAYS)(self._lost)

    def orders(self, moment: datetime) -> pd.DataFrame:
        """All orders at a time, in EVE Ref's columns."""
        price = np.array(list(self._war.market.prices(moment.date()).values()))
        hours, types, quantities, regions = (
            np.concatenate(columns)
            for columns in zip(
                *(self._lost_on(moment.date() - ago * ONE_DAY) for ago in range(REMEMBERED_DAYS, -1, -1)), strict=True
            )
        )
        age = moment.timestamp() / 3_600 - hours
        missing = np.where(age >= 0, quantities * np.exp(-np.abs(age) / RECOVERY_HOURS), 0.0)
        everywhere = np.bincount(types, missing, len(self._types)) * HUBS_SUPPLY / sum(HUB_REGIONS.values())
        tables = []
        for number, place in enumerate(self._places):
            is_near = np.isin(regions, place.supplies)
            bought = np.bincount(types[is_near], missing[is_near], len(self._types)).astype(np.float64)
            if place.station_id:
                bought = bought * NEAREST_HUB_SUPPLY + everywhere * place.share
            else:
                bought *= STAGING_SUPPLY
            tables.append(self._book(number, place, price, bought, moment))
        return pd.concat(tables, ignore_index=True)[COLUMNS]

    def _book(self, number: int, place: _Place, price: Float64, bought: Float64, moment: datetime) -> pd.DataFrame:
        draw = np.random.default_rng([self._war.seed, 15, number])
        count = len(self._types)
        usual = place.share * STOCK_DAYS * DAILY_VOLUME_ISK / price**PRICE_ELASTICITY * draw.lognormal(0, 0.5, count)
        totals = np.floor(usual[:, None] * SLICES + draw.random((count, 4)))
        sold_before = np.cumsum(totals, axis=1) - totals
        remains = np.clip(totals - np.maximum(0, np.floor(bought)[:, None] - sold_before), 0, totals)
        scarcity = 1 - remains.sum(axis=1) / np.maximum(1, totals.sum(axis=1))
        level = price * (1 + (1 - place.share) * 0.06) * (1 + SCARCITY * scarcity)
        asks = level[:, None] * (1 + np.array([0.005, 0.015, 0.03, 0.06]) * draw.uniform(0.5, 1.5, (count, 4)))
        wanted = np.floor(usual * 0.3)
        rows = np.arange(count)
        day_of_issue = moment.toordinal() - draw.integers(1, 60, (count, 5))
        sells = np.nonzero(remains)
        buys = np.flatnonzero(wanted) if place.station_id else np.array([], int)
        ids = FIRST_ORDER_ID + (number * count + rows) * ORDERS_PER_TYPE
        is_buy = np.repeat((False, True), (len(sells[0]), len(buys)))
        which = np.concatenate((sells[0], buys))
        slot = np.concatenate((sells[1], np.full(len(buys), 4)))
        return pd.DataFrame(
            {
                "duration": 90,
                "is_buy_order": np.where(is_buy, "true", "false"),
                "issued": [f"{date.fromordinal(day)}T{8 + day % 12:02}:00:00Z" for day in day_of_issue[which, slot]],
                "location_id": place.location_id,
                "min_volume": 1,
                "order_id": ids[which] + slot,
                "price": np.concatenate((asks[sells], level[buys] * 0.92)).round(2),
                "range": np.where(is_buy, "station", "region"),
                "system_id": place.system_id,
                "type_id": self._types[which],
                "volume_remain": np.concatenate((remains[sells], wanted[buys])).astype(int),
                "volume_total": np.concatenate((totals[sells], wanted[buys])).astype(int),
                "region_id": place.region_id,
                "http_last_modified": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
                "station_id": place.station_id,
                "constellation_id": self._war.galaxy.systems[place.system_id].constellation_id,
                "universe_id": "eve",
            }
        ).astype({"station_id": "Int64"})

    def _make_places(self) -> list[_Place]:
        """The hubs, and the system of each coalition's home region with the most stargates."""
        galaxy = self._war.galaxy
        jumps = {hub: galaxy.jumps_from([hub], closed=ZARZAKH) for hub in TRADE_HUBS}
        nearest: dict[int, tuple[int, int]] = {}
        for system, known in galaxy.systems.items():
            reach = min((jumps[hub][system], hub) for hub in TRADE_HUBS) if system in jumps[JITA] else (0, JITA)
            nearest[known.region_id] = min(reach, nearest.get(known.region_id, reach))
        places = []
        for hub in TRADE_HUBS:
            region = galaxy.systems[hub].region_id
            supplies = [r for r, (_, hub_of_region) in nearest.items() if hub_of_region == hub]
            places.append(_Place(region, hub, STATIONS[hub], STATIONS[hub], HUB_REGIONS[region], supplies))
        for power in self._war.people.coalitions:
            if (home := power.region_id) is not None:
                systems = galaxy.nullsec_regions[home]
                staging = max(systems, key=lambda system: (len(galaxy.neighbours[system]), -system))
                places.append(_Place(home, staging, FIRST_STRUCTURE_ID + staging, None, STAGING_SHARE, [home]))
        return places

    def _lost(self, day: date) -> tuple[Float64, NDArray[np.int64], Float64, NDArray[np.int64]]:
        """What was destroyed on a day: hours since 1970, index of the type, quantity, region."""
        index = {type_id: number for number, type_id in enumerate(self._types.tolist())}
        rows = [
            (loss.seconds / 3_600, index[loss.type_id], loss.quantity, loss.region_id)
            for loss in self._war.destroyed(day)
            if loss.type_id in index
        ]
        hours, types, quantities, regions = np.array(rows, np.float64).reshape(-1, 4).T
        return hours, types.astype(np.int64), quantities, regions.astype(np.int64)
