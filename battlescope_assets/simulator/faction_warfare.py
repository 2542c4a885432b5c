"""Who holds the systems of faction warfare, following the militias' kills there; the kills are drawn elsewhere."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from battlescope_assets.domain.window import ONE_DAY
from battlescope_assets.simulator.people import MILITIAS
from battlescope_assets.simulator.war import War

THRESHOLD_POINTS = 75_000
KILL_POINTS, DEFENCE_POINTS = 12_000, 7_500
"""What a kill by the attacking militia adds, and one by the occupier's takes away."""
SETTLEMENT_DAYS = 10
"""So often a system's owner wins it back in one go, so that no state needs more kills than these days'."""
FRESHLY_CAPTURED = timedelta(hours=1)
ENEMIES = MILITIAS | {enemy: faction for faction, enemy in MILITIAS.items()}


class Contested(StrEnum):
    """ESI's states."""

    CAPTURED = "captured"
    CONTESTED = "contested"
    UNCONTESTED = "uncontested"
    VULNERABLE = "vulnerable"


class Occupation(NamedTuple):
    """One system's state."""

    solar_system_id: int
    owner_faction_id: int
    occupier_faction_id: int
    contested: Contested
    victory_points: int
    """The attackers', at most `THRESHOLD_POINTS`."""


class MilitiaKill(NamedTuple):
    """One militia's kill of another's pilot in the warzone."""

    seconds: int
    solar_system_id: int
    winner_faction_id: int


class FactionWarfare:
    """The warzone of a war: points move with the militias' kills in a system and with nothing else.

    Attackers' kills add up to the threshold; the next one then captures the system. Every `SETTLEMENT_DAYS` days, on
    a day of its own, a system goes back to its owner.
    """

    def __init__(self, war: War) -> None:
        self._war = war
        self._galaxy = war.galaxy
        self._front = {s for faction, enemy in MILITIAS.items() for s in war.galaxy.militia_front(faction, enemy)}
        self._kills_on = lru_cache(maxsize=SETTLEMENT_DAYS + 5)(lambda day: list(self._draw_kills(day)))

    def systems(self, moment: datetime) -> list[Occupation]:
        """Every system of the warzone at a time, in order of id."""
        kills: dict[int, list[MilitiaKill]] = {}
        for ago in range(SETTLEMENT_DAYS, -1, -1):
            for kill in self._kills_on(moment.date() - timedelta(days=ago)):
                if kill.seconds <= moment.timestamp():
                    kills.setdefault(kill.solar_system_id, []).append(kill)
        return [
            self._system(system, owner, sorted(kills.get(system, ())), moment)
            for system, owner in sorted(self._galaxy.warzone.items())
        ]

    def kills(self, day: date) -> list[MilitiaKill]:
        """The militias' kills of fights that started on the day."""
        return self._kills_on(day)

    def _system(self, system: int, owner: int, kills: list[MilitiaKill], moment: datetime) -> Occupation:
        settled = self._settled(system, moment.date())
        points = self._points_at(system, settled)
        occupier, captured_seconds = owner, 0.0
        for kill in kills:
            if kill.seconds < settled.timestamp():
                continue
            if kill.winner_faction_id != ENEMIES[occupier]:
                points = max(0, points - DEFENCE_POINTS)
            elif points < THRESHOLD_POINTS:
                points = min(THRESHOLD_POINTS, points + KILL_POINTS)
            else:
                occupier, points, captured_seconds = kill.winner_faction_id, 0, kill.seconds
        if moment.timestamp() - captured_seconds < FRESHLY_CAPTURED.total_seconds():
            contested = Contested.CAPTURED
        elif points == 0:
            contested = Contested.UNCONTESTED
        else:
            contested = Contested.VULNERABLE if points == THRESHOLD_POINTS else Contested.CONTESTED
        return Occupation(system, owner, occupier, contested, points)

    def _settled(self, system: int, day: date) -> datetime:
        """When the system last went back to its owner."""
        last = day - (day.toordinal() + system) % SETTLEMENT_DAYS * ONE_DAY
        return datetime.combine(last, time(), UTC)

    def _points_at(self, system: int, settled: datetime) -> int:
        """What attackers have left right after a settlement, near the front only."""
        if system not in self._front:
            return 0
        share = np.random.default_rng([self._war.seed, settled.toordinal(), 9, system]).random()
        return int(THRESHOLD_POINTS * 0.6 * share**2)

    def _draw_kills(self, day: date) -> Iterator[MilitiaKill]:
        start = int(datetime.combine(day, time(), UTC).timestamp())
        for event in self._war.events(day):
            for loss in event.losses:
                loser = loss.victim.pilot.faction_id
                if loser in ENEMIES and loss.solar_system_id in self._galaxy.warzone:
                    yield MilitiaKill(start + loss.time_seconds, loss.solar_system_id, ENEMIES[loser])
