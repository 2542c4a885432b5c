"""What happens in each system within an hour, counted: kills of ships, capsules and NPCs, and jumps."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from battlescope_assets.domain.universe import TRADE_HUBS, ZARZAKH, SecurityClass, SpaceType
from battlescope_assets.domain.valuation import CAPSULE_GROUP_ID
from battlescope_assets.simulator.war import Made, War

SHIP_CATEGORY_ID = 6
HOUR = timedelta(hours=1)
HUB_WEIGHTS = dict(zip(TRADE_HUBS, (1.0, 0.4, 0.25, 0.15, 0.15), strict=True))
"""How many of those under way come from or go to each hub."""
PEOPLE = {SecurityClass.HIGHSEC: 6.0}
"""How many live in a system, against 1 in other space."""
JUMPS_IN_JITA = 2_500
"""In a mean hour."""
BUSIEST_HOUR, DAILY_SWING = 19, 0.45
JUMPS_PER_FIGHTER = 3
"""Jumps that a pilot on a killmail has made in its system within the hour."""
RATTING = {SecurityClass.NULLSEC: (0.35, 90), SecurityClass.HIGHSEC: (0.5, 40), SecurityClass.LOWSEC: (0.2, 15)}
"""Share of systems where NPCs are hunted, and how many of them die there in a mean hour."""


class SystemKills(NamedTuple):
    """Kills in one system within an hour."""

    solar_system_id: int
    ship_kills: int
    pod_kills: int
    npc_kills: int


class Traffic:
    """Kills and jumps per system of known space and hour; ship and capsule kills are exactly the war's killmails."""

    def __init__(self, war: War) -> None:
        self._war = war
        self._systems = sorted(s for s, system in war.galaxy.systems.items() if system.space_type is SpaceType.KSPACE)
        self._mails = lru_cache(maxsize=4)(self._read_mails)

    def kills(self, hour: datetime) -> list[SystemKills]:
        """Kills from `hour`, a full hour, to the next; systems without any are left out."""
        ships, pods = defaultdict[int, int](int), defaultdict[int, int](int)
        for made in self._mails(hour):
            hull = self._war.types[made.body["victim"]["ship_type_id"]]
            if hull.group_id == CAPSULE_GROUP_ID:
                pods[made.body["solar_system_id"]] += 1
            elif hull.category_id == SHIP_CATEGORY_ID:
                ships[made.body["solar_system_id"]] += 1
        draw = np.random.default_rng([self._war.seed, int(hour.timestamp()) // 3_600, 12])
        npcs = draw.poisson(self._hunting * _daily(hour))
        return [
            SystemKills(system, ships[system], pods[system], npc)
            for system, npc in zip(self._systems, npcs.tolist(), strict=True)
            if npc or system in ships or system in pods
        ]

    def jumps(self, hour: datetime) -> dict[int, int]:
        """Jumps into each system from `hour`, a full hour, to the next; systems without any are left out."""
        draw = np.random.default_rng([self._war.seed, int(hour.timestamp()) // 3_600, 13])
        usual = draw.poisson(self._through * _daily(hour) * draw.lognormal(0, 0.2, len(self._systems)))
        jumps = dict(zip(self._systems, usual.tolist(), strict=True))
        fighters: dict[int, set[int]] = defaultdict(set)
        for made in self._mails(hour):
            for who in (made.body["victim"], *made.body["attackers"]):
                if "character_id" in who:
                    fighters[made.body["solar_system_id"]].add(who["character_id"])
        for system, pilots in fighters.items():
            if system in jumps:
                jumps[system] += JUMPS_PER_FIGHTER * len(pilots)
        return {system: number for system, number in jumps.items() if number}

    def _read_mails(self, hour: datetime) -> list[Made]:
        start, end = hour.timestamp(), (hour + HOUR).timestamp()
        return [
            made
            for made in self._war.made(hour.date())
            if start <= made.seconds < end and made.body["solar_system_id"] in self._war.galaxy.systems
        ]

    @cached_property
    def _through(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Jumps per mean hour by system: how many people's shortest way to each hub leads through it."""
        galaxy = self._war.galaxy
        weights = dict.fromkeys(self._systems, 0.0)
        for hub, weight in HUB_WEIGHTS.items():
            jumps = galaxy.jumps_from([hub], closed=ZARZAKH)
            behind = {system: PEOPLE.get(galaxy.security(system), 1.0) for system in jumps}
            for system in sorted(jumps, key=lambda s: (-jumps[s], s)):
                nearer = [n for n in galaxy.neighbours[system] if jumps.get(n, jumps[system]) < jumps[system]]
                for neighbour in nearer:
                    behind[neighbour] += behind[system] / len(nearer)
                if system in weights:
                    weights[system] += weight * behind[system]
        through = np.array([weights[system] for system in self._systems]) ** 0.6
        scaled: np.ndarray[tuple[int], np.dtype[np.float64]] = through / through.max() * JUMPS_IN_JITA
        return scaled

    @cached_property
    def _hunting(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """NPCs killed per mean hour by system."""
        draw = np.random.default_rng([self._war.seed, 14])
        shares = [RATTING.get(self._war.galaxy.security(system), (0.0, 0)) for system in self._systems]
        is_hunted = draw.random(len(shares)) < [share for share, _ in shares]
        mean = np.array([most for _, most in shares]) * draw.lognormal(0, 0.6, len(shares))
        hunting: np.ndarray[tuple[int], np.dtype[np.float64]] = np.where(is_hunted, mean, 0.0)
        return hunting


def _daily(hour: datetime) -> float:
    """How busy an hour is against a mean one."""
    return 1 + DAILY_SWING * float(np.cos(2 * np.pi * (hour.astimezone(UTC).hour - BUSIEST_HOUR) / 24))


def full_hour(moment: datetime) -> datetime:
    """The start of a moment's hour."""
    return moment.replace(minute=0, second=0, microsecond=0)
