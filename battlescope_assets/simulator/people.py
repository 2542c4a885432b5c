"""Who fights: coalitions, gangs and strangers, the same on every day of a seed; fights do not belong here."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np

from battlescope_assets.simulator.fits import FLEET_DOCTRINES
from battlescope_assets.simulator.galaxy import Galaxy

NPC_CORPORATIONS = {
    1000166: "Imperial Academy",
    1000167: "State War Academy",
    1000168: "Federal Navy Academy",
    1000169: "Center for Advanced Studies",
    1000170: "Republic Military School",
    1000171: "Republic University",
    1000172: "Pator Tech School",
    1000077: "Royal Amarr Institute",
    1000044: "School of Applied Knowledge",
    1000045: "Science and Trade Institute",
}
"""Where pilots without a player corporation are: the empires' schools."""
CONCORD = 1000125
MILITIAS = {500001: 500004, 500002: 500003}
"""Factions at war with one another."""
PRIME_HOURS = (19, 2, 11, 17)
ONSETS = "b c d f g h j k l m n r s t v w z br dr kr st th tr vr sk".split()  # noqa: SIM905  # a row of sounds reads better so
VOWELS = "a e i o u ae ai ei ou y".split()  # noqa: SIM905
CODAS = ["", "", "", "n", "r", "s", "th", "l", "x", "k", "nd"]
NOUNS = (
    "Accord", "Assembly", "Bastion", "Cartel", "Citizens", "Collective", "Compact", "Concern", "Corsairs", "Covenant",
    "Dominion", "Exiles", "Foundry", "Front", "Guard", "Horizon", "Industries", "Legion", "Logistics", "Marauders",
    "Order", "Pact", "Pilgrims", "Reach", "Salvage", "Sentinels", "Syndic", "Union", "Vanguard", "Wanderers",
)  # fmt: skip
QUALITIES = (
    "Ashen", "Bitter", "Broken", "Cold", "Distant", "Drifting", "Eternal", "Fallen", "Golden", "Hollow", "Iron", "Last",
    "Lucid", "Northern", "Pale", "Quiet", "Radiant", "Restless", "Scarlet", "Silent", "Solar", "Southern",
    "Void", "Wild",
)  # fmt: skip


class Pilot(NamedTuple):
    """A character with the groups he is in."""

    character_id: int
    corporation_id: int
    alliance_id: int | None
    faction_id: int | None
    security_status: float


@dataclass(frozen=True)
class Power:
    """People who fight together: a coalition of alliances, an alliance, a corporation or a militia."""

    pilots: tuple[Pilot, ...]
    prime_hour: int
    """The UTC hour around which they are strongest."""
    region_id: int | None = None
    """Where a coalition lives."""
    doctrines: tuple[str, ...] = ()


class People:
    """Everyone in the war; `scale` is 1 for about 1,500 mails a day and multiplies the number of pilots.

    `names` maps every id of a character or group to (category, name), categories as in ESI's /universe/names.
    """

    def __init__(self, galaxy: Galaxy, seed: int, scale: float) -> None:
        self._draw = np.random.default_rng([seed, 1])
        self._scale = scale
        self._character_ids = count(2_112_000_001)
        self._corporation_ids = count(98_500_001)
        self._alliance_ids = count(99_010_001)
        self._taken: set[str] = set()
        self.names = {CONCORD: ("corporation", "CONCORD")} | {
            corporation: ("corporation", name) for corporation, name in NPC_CORPORATIONS.items()
        }
        self.coalitions = [
            self._coalition(region, hour) for region, hour in zip(self._homes(galaxy), PRIME_HOURS, strict=True)
        ]
        self.wormholers = [self._power(1, 2, 35, hour=h, has_alliance=i % 3 > 0) for i, h in self._hours(10)]
        self.pirates = [self._power(1, 1, 30, hour=h, has_alliance=i % 2 > 0) for i, h in self._hours(10)]
        self.roamers = [self._power(1, 1, 26, hour=h, has_alliance=i % 4 > 0) for i, h in self._hours(10)]
        self.gankers = [self._power(1, 1, 40, hour=h, security=-10.0) for _, h in self._hours(5)]
        self.mercenaries = [self._power(1, 2, 30, hour=h) for _, h in self._hours(4)]
        self.highsec_alliances = [self._power(1, 2, 25, hour=h) for _, h in self._hours(16)]
        self.triglavians = [self._power(1, 1, 30, hour=h) for _, h in self._hours(4)]
        self.militias = {
            faction: self._power(1, 5, 40, hour=19, has_alliance=False, faction=faction)
            for pair in MILITIAS.items()
            for faction in pair
        }
        self.strangers = self._strangers()

    def _hours(self, number: int) -> Iterator[tuple[int, int]]:
        return enumerate(np.resize(PRIME_HOURS, number).tolist())

    def _homes(self, galaxy: Galaxy) -> list[int]:
        """Four home regions: two pairs of neighbours."""
        regions = galaxy.nullsec_regions
        homes: list[int] = []
        for first in self._draw.permutation(sorted(regions)).tolist():
            neighbours = sorted(
                {galaxy.systems[n].region_id for s in regions[first] for n in galaxy.neighbours[s]}
                & regions.keys() - {first, *homes}
            )
            if first not in homes and neighbours:
                homes += [first, int(self._draw.choice(neighbours))]
            if len(homes) == len(PRIME_HOURS):
                break
        return homes

    def _coalition(self, region: int, hour: int) -> Power:
        alliances = [self._power(1, 4, 55, hour=hour) for _ in range(4)]
        return Power(
            tuple(pilot for alliance in alliances for pilot in alliance.pilots),
            hour,
            region,
            tuple(self._draw.permutation(FLEET_DOCTRINES).tolist()),
        )

    def _power(
        self,
        fewest: int,
        most: int,
        pilots: int,
        *,
        hour: int,
        has_alliance: bool = True,
        faction: int | None = None,
        security: float | None = None,
    ) -> Power:
        """A group of `fewest` to `most` corporations with about `pilots` pilots each."""
        alliance = self._named(self._alliance_ids, "alliance", self._group_name()) if has_alliance else None
        members: list[Pilot] = []
        for _ in range(int(self._draw.integers(fewest, most + 1))):
            corporation = self._named(self._corporation_ids, "corporation", self._group_name())
            size = max(6, round(pilots * self._scale * self._draw.uniform(0.6, 1.5)))
            members += [self._pilot(corporation, alliance, faction, security) for _ in range(size)]
        return Power(tuple(members), hour)

    def _strangers(self) -> tuple[Pilot, ...]:
        """Pilots of NPC corporations and of many small player corporations."""
        pilots = [
            self._pilot(int(self._draw.choice(tuple(NPC_CORPORATIONS))), None, None, None)
            for _ in range(round(700 * self._scale))
        ]
        for _ in range(round(150 * self._scale) + 1):
            pilots += self._power(1, 1, round(8 / self._scale), hour=18, has_alliance=self._draw.random() < 0.4).pilots
        return tuple(pilots)

    def _pilot(self, corporation: int, alliance: int | None, faction: int | None, security: float | None) -> Pilot:
        character = self._named(self._character_ids, "character", f"{self._word()} {self._word()}")
        status = security if security is not None else round(float(np.clip(self._draw.normal(0.5, 2.5), -10, 5)), 1)
        return Pilot(character, corporation, alliance, faction, status)

    def _named(self, ids: Iterator[int], category: str, name: str) -> int:
        entity = next(ids)
        if name in self._taken:
            name = f"{name} {entity % 100_000}"
        self._taken.add(name)
        self.names[entity] = category, name
        return entity

    def _group_name(self) -> str:
        first = QUALITIES[int(self._draw.random() * len(QUALITIES))] if self._draw.random() < 0.5 else self._word()
        return f"{first} {NOUNS[int(self._draw.random() * len(NOUNS))]}"

    def _word(self) -> str:
        draws = self._draw.random(7)
        syllables = 1 + int(draws[6] * 2) + (draws[6] < 0.9)
        parts = [
            ONSETS[int(draws[2 * i] * len(ONSETS))] + VOWELS[int(draws[2 * i + 1] * len(VOWELS))]
            for i in range(min(syllables, 3))
        ]
        return ("".join(parts) + CODAS[int(draws[5] * len(CODAS))]).capitalize()
