"""What happens: one function per kind of scenario, drawing losses with known sides; mails' bodies do not belong here.

A scenario takes the day's `Stage`, the number of mails it should come to and its name, and yields events. Times are
seconds from the day's start and may run past midnight.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from math import sqrt
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from battlescope_assets.domain.universe import SecurityClass
from battlescope_assets.simulator.fits import (
    CAPITALS,
    DOCTRINES,
    FLEET_DOCTRINES,
    GANK_VICTIMS,
    NEWCOMERS,
    RATTERS,
    SOLO,
    STRUCTURES,
    TRAVELLERS,
)
from battlescope_assets.simulator.galaxy import Galaxy
from battlescope_assets.simulator.people import CONCORD, MILITIAS, People, Pilot, Power
from battlescope_assets.simulator.ships import Draw, Fit, Hangar

MINUTE, HOUR, DAY = 60, 3_600, 86_400
EVENING = DAY - 3 * HOUR
MORNING = 4 * HOUR
"""Events that may run past midnight, and those soon after it, share neither pilots nor systems: see `Stage`."""
SYSTEM_REST_SECONDS = 75 * MINUTE
PILOT_REST_SECONDS = 45 * MINUTE
POD_CHANCE = {
    SecurityClass.HIGHSEC: 0.15,
    SecurityClass.LOWSEC: 0.25,
    SecurityClass.NULLSEC: 0.6,
    SecurityClass.WORMHOLE: 0.75,
    SecurityClass.POCHVEN: 0.5,
    SecurityClass.ABYSSAL: 1.0,
}
MOST_ATTACKERS = 160
NEUTRAL = -1
Float64 = NDArray[np.float64]
T = TypeVar("T")


@dataclass(frozen=True)
class Npc:
    """A non-player attacker: a ship of a faction, or of an NPC corporation."""

    ship_type_id: int
    corporation_id: int | None = None
    faction_id: int | None = None


@dataclass(frozen=True)
class Member:
    """A pilot in a ship."""

    pilot: Pilot
    fit: Fit
    role: str = "other"


@dataclass
class Fleet:
    """People of one side who fly together; those who died are not in `members` any more."""

    name: str
    side: int
    members: list[Member]


@dataclass(frozen=True)
class Loss:
    """A ship, capsule or structure destroyed, with who shot at it; damage shares are drawn when the mail is written."""

    time_seconds: int
    solar_system_id: int
    place: int
    """Which grid of the system: losses of one place lie within some hundred kilometres."""
    victim: Member
    attackers: list[Member | Npc]
    engagement: int = 0
    """Which fight of the event."""
    victim_side: int | None = None
    fleet: str | None = None
    is_certain: bool = True
    has_cargo: bool = False
    war_id: int | None = None


@dataclass
class Event:
    """One happening with its truth.

    `narrow_pause_seconds`: longest pause inside one battle, None where each engagement is one battle;
    `wide_pause_seconds`: the same for the wide reading, None where the engagement is that too.
    """

    scenario: str
    kind: str
    losses: list[Loss]
    narrow_pause_seconds: int | None = 20 * MINUTE
    wide_pause_seconds: int | None = 40 * MINUTE
    sides: dict[int, int] = field(default_factory=dict)
    """Side of each pilot by character id."""
    is_battle: bool = True


class Stage:
    """One day being drawn: the random generator, and which pilots and systems are taken when.

    A day is drawn without its neighbours, so what runs past midnight must not collide with the next day's morning:
    near midnight only every other pilot and system may appear, and which half alternates from day to day.
    """

    def __init__(self, draw: Draw, day_number: int, galaxy: Galaxy, people: People, hangar: Hangar) -> None:
        self.draw, self.galaxy, self.people, self.hangar = draw, galaxy, people, hangar
        self.week = day_number // 7
        self.is_hard = False
        """Whether fights last longer, pause (see `lulls`), and have pilots spread their fire."""
        self._parity = day_number % 2
        self._busy: dict[int, list[tuple[int, int]]] = defaultdict(list)

    def made_hard(self) -> Self:
        """The same stage, pilots and systems taken included, on which fights are hard to reconstruct."""
        stage = copy(self)
        stage.is_hard = True
        return stage

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, all alike likely."""
        return options[int(self.draw.random() * len(options))]

    def moment(self, prime_hour: float, duration: int = 2 * HOUR) -> int:
        """A start around a prime hour, in seconds of the day, early enough that most of it lies in the day."""
        start = int(self.draw.normal(prime_hour, 2.2) * HOUR) % DAY
        return min(start, DAY - min(duration // 2, HOUR))

    def pilots(self, group: Sequence[Pilot], number: int, start: int, end: int) -> list[Pilot]:
        """Up to `number` pilots who are free from start to end, taken."""
        taken: list[Pilot] = []
        few = 8 * number + 8
        # drawing a few of many costs less than shuffling all; who is drawn twice is taken the second time
        order = self.draw.integers(len(group), size=few) if 4 * few < len(group) else self.draw.permutation(len(group))
        for index in order.tolist():
            if len(taken) >= number:
                break
            if self._take(group[index].character_id, start, end, PILOT_REST_SECONDS):
                taken.append(group[index])
        return taken

    def system(self, options: Sequence[int], start: int, end: int) -> int | None:
        """A system where nothing else is happening, taken; None where all are busy."""
        for index in self.draw.permutation(len(options))[:60]:
            system = options[int(index)]
            if self._take(system, start, end, SYSTEM_REST_SECONDS):
                return system
        return None

    def route(self, options: Sequence[int], jumps: int, start: int, end: int) -> list[int]:
        """Neighbouring systems one after another, all free and taken; shorter where the map or other fights end it."""
        first = self.system(options, start, end)
        route = [] if first is None else [first]
        while route and len(route) <= jumps:
            here = route[-1]
            security = self.galaxy.security(here)
            onward = [n for n in self.galaxy.neighbours[here] if n not in route and self.galaxy.security(n) is security]
            following = self.system(onward, start, end) if onward else None
            if following is None:
                break
            route.append(following)
        return route

    def _take(self, entity: int, start: int, end: int, rest: int) -> bool:
        is_near_midnight = start < MORNING or end > EVENING
        if is_near_midnight and entity % 2 != self._parity:
            return False
        spans = self._busy[entity]
        if any(start < busy_end + rest and busy_start < end + rest for busy_start, busy_end in spans):
            return False
        spans.append((start, end))
        return True

    def fit(self, name: str) -> Fit:
        """A fit by its name, or the first of a hull by the hull's."""
        return self.hangar.fits[name]

    def fleet(self, name: str, side: int, pilots: Sequence[Pilot], doctrine: str) -> Fleet:
        """Pilots in the ships of a doctrine: mostly the main line, an eighth each of logistics and support."""
        main, logistics, support = DOCTRINES[doctrine]
        lead = self.pick(main)
        members = []
        for pilot, roll in zip(pilots, self.draw.random(len(pilots)).tolist(), strict=True):
            if roll < 0.12 and logistics:
                members.append(Member(pilot, self.fit(logistics[int(roll * 1000) % len(logistics)]), "logistics"))
            elif roll < 0.25 and support:
                members.append(Member(pilot, self.fit(support[int(roll * 1000) % len(support)]), "tackle"))
            elif roll < 0.29:
                members.append(Member(pilot, self.fit(self.pick(SOLO)), "other"))
            elif roll < 0.4:
                members.append(Member(pilot, self.fit(self.pick(main)), "mainline"))
            else:
                members.append(Member(pilot, self.fit(lead), "mainline"))
        return Fleet(name, side, members)

    def doctrine_of(self, power: Power) -> str:
        """One of the doctrines a power flies this week; the set moves on by one every week."""
        if not power.doctrines:
            return self.pick(FLEET_DOCTRINES)
        return power.doctrines[(self.week + int(self.draw.random() ** 2 * 3)) % len(power.doctrines)]

    def strangers(self, number: int, start: int, end: int, ships: Sequence[str] = TRAVELLERS) -> list[Member]:
        """Up to `number` free strangers, each in one of the ships."""
        return [
            Member(pilot, self.fit(self.pick(ships)))
            for pilot in self.pilots(self.people.strangers, number, start, end)
        ]


Scenario = Callable[[Stage, int, str], Iterable[Event]]


def shooters(stage: Stage, fleet: Fleet, number: int) -> list[Member | Npc]:
    """Neighbours in the fleet's list, as squads are; logistics ships are seldom on a mail."""
    members = fleet.members
    first = int(stage.draw.random() * len(members))
    squad = (members[first:] + members[:first])[:number]
    seen = stage.draw.random(len(squad)).tolist()
    return [m for m, roll in zip(squad, seen, strict=True) if m.role != "logistics" or roll < 0.08] or list(squad[:1])


def capsule_of(stage: Stage, loss: Loss, chance: float) -> Loss | None:
    """The capsule's loss that follows a ship's."""
    hull = loss.victim.fit
    if stage.draw.random() >= chance or loss.victim.role in {"structure", "pod"} or hull.hit_points < 500:
        return None
    players: list[Member | Npc] = [a for a in loss.attackers if isinstance(a, Member)]
    if not players:
        return None
    few = players[: 1 + int(stage.draw.exponential(2.5))]
    return Loss(
        loss.time_seconds + 2 + int(stage.draw.exponential(14)),
        loss.solar_system_id,
        loss.place,
        Member(loss.victim.pilot, stage.hangar.capsule, "pod"),
        few,
        loss.engagement,
        loss.victim_side,
        loss.fleet,
        loss.is_certain,
        war_id=loss.war_id,
    )


def with_capsules(stage: Stage, losses: Iterable[Loss], chance: float | None = None) -> Iterator[Loss]:
    """The losses, each followed by its capsule's as often as the space or `chance` has it."""
    for loss in losses:
        yield loss
        security = stage.galaxy.security(loss.solar_system_id)
        if capsule := capsule_of(stage, loss, POD_CHANCE[security] if chance is None else chance):
            yield capsule


def fight(
    stage: Stage,
    fleets: Sequence[Fleet],
    systems: Sequence[int],
    start: int,
    end: int,
    mails: int,
    *,
    engagement: int = 0,
    war_id: int | None = None,
) -> list[Loss]:
    """About `mails` losses of ships and capsules between fleets, over the systems in order of time.

    Whose ship dies is drawn by each side's luck; nobody shoots at his own side.
    """
    fleets = [fleet for fleet in fleets if fleet.members]
    if len({fleet.side for fleet in fleets}) < 2:
        return []
    draw = stage.draw
    ships = max(1, round(mails / (1 + POD_CHANCE[stage.galaxy.security(systems[0])])))
    moments = np.sort(start + draw.beta(1.4, 1.7, ships) * (end - start))
    focus = 0.3, 0.95
    if stage.is_hard:
        # From everybody calling his own target to one target for all.
        least = float(np.exp(draw.uniform(np.log(0.05), np.log(0.5))))
        focus = least, min(0.95, 3 * least)
        moments = lulls(moments, start, end, draw)
    times = moments.astype(int).tolist()
    luck = draw.dirichlet([2.5] * len(fleets))
    losses: list[Loss] = []
    for number, time in enumerate(times):
        standing = [i for i, fleet in enumerate(fleets) if len(fleet.members) > 1]
        if not standing:
            break
        weights = np.array([luck[i] * sqrt(len(fleets[i].members)) for i in standing])
        victims = fleets[standing[int(np.searchsorted(np.cumsum(weights / weights.sum()), draw.random()))]]
        enemies = [fleet for fleet in fleets if fleet.side != victims.side]
        struck_by = enemies if draw.random() < 0.2 else [stage.pick(enemies)]
        victim = victims.members.pop(int(draw.random() * len(victims.members)))
        share = draw.uniform(*focus)
        attackers: list[Member | Npc] = []
        for enemy in struck_by:
            attackers += shooters(stage, enemy, min(MOST_ATTACKERS, 1 + int(share * len(enemy.members))))
        leg = number * len(systems) // len(times)
        losses.append(
            Loss(time, systems[leg], leg, victim, attackers, engagement, victims.side, victims.name, war_id=war_id)
        )
    return list(with_capsules(stage, losses))


def lulls(moments: Float64, start: int, end: int, draw: Draw) -> Float64:
    """The moments of a fight, crowded together so that there is time for lulls in between.

    Some lulls of 6 to 19 minutes and, in one fight of three, one pause of 20 to 35, wherever they fall, as many as fit
    into six tenths of the fight.
    """
    minutes = draw.uniform(6, 19, int(draw.integers(1, 5))).tolist()
    if draw.random() < 1 / 3:
        minutes.append(draw.uniform(20, 35))
    room = min(0.6 * (end - start), 60 * MINUTE)
    pauses = np.zeros(len(moments))
    for pause, after in zip(minutes, draw.permutation(np.arange(1, len(moments))).tolist(), strict=False):
        if pauses.sum() + pause * MINUTE <= room:
            pauses[after] = pause * MINUTE
    paused: Float64 = start + (moments - start) * (1 - pauses.sum() / (end - start)) + np.cumsum(pauses)
    return paused


def sides_of(fleets: Iterable[Fleet]) -> dict[int, int]:
    """The side of each pilot by character id."""
    return {member.pilot.character_id: fleet.side for fleet in fleets for member in fleet.members}


def battle_length(stage: Stage, mails: int) -> int:
    """Seconds a fight of that many mails takes: some minutes to an hour and a half, up to two and a half if hard."""
    minutes = min(95, 5 + 4.5 * sqrt(mails) * stage.draw.uniform(0.7, 1.4))
    return int(minutes * (1.6 if stage.is_hard else 1) * MINUTE)


def muster(
    stage: Stage, power: Power, mails: int, name: str, side: int, span: tuple[int, int], doctrine: str | None = None
) -> Fleet:
    """A fleet of a power, sized for a fight of that many mails."""
    number = 4 + int(mails * stage.draw.uniform(0.45, 1.3))
    doctrine = doctrine or stage.doctrine_of(power)
    return stage.fleet(f"{name}:f{side}", side, stage.pilots(power.pilots, number, *span), doctrine)


def belligerents(stage: Stage) -> tuple[Power, Power, list[int]]:
    """Two coalitions at war and where they meet: mostly the neighbours."""
    coalitions = stage.people.coalitions
    pair = (0, 1) if stage.draw.random() < 0.55 else (2, 3)
    if stage.draw.random() < 0.15:
        pair = (pair[0], 2 - pair[0] // 2)
    a, b = (coalitions[i] for i in pair)
    if a.region_id is None or b.region_id is None:
        message = "coalitions have home regions"
        raise ValueError(message)
    return a, b, stage.galaxy.front(a.region_id, b.region_id)


def escalate(stage: Stage, fleet: Fleet, mails: int) -> None:
    """Puts some of a large fleet into capital ships."""
    if mails > 70:
        for index in range(0, len(fleet.members), 18):
            name = CAPITALS[min(int(stage.draw.exponential(1.4)), len(CAPITALS) - 1)]
            fleet.members[index] = Member(fleet.members[index].pilot, stage.fit(name), "capital")


def fleet_fight(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """Two coalitions' fleets in one system; now and then a stranger is caught in it."""
    yield from _two_sides(stage, mails, name, "fleet")


def midnight(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """A fleet fight that begins before midnight and ends after it."""
    start = DAY - int(stage.draw.uniform(12, 30) * MINUTE)
    yield from _two_sides(stage, mails, name, "midnight", (start, DAY + int(stage.draw.uniform(15, 40) * MINUTE)))


def _two_sides(stage: Stage, mails: int, name: str, kind: str, span: tuple[int, int] | None = None) -> Iterator[Event]:
    a, b, front = belligerents(stage)
    if span is None:
        start = stage.moment(a.prime_hour)
        span = start, start + battle_length(stage, mails)
    system = stage.system(front, *span)
    if system is None:
        return
    fleets = [muster(stage, power, mails, name, side, span) for side, power in enumerate((a, b))]
    for fleet in fleets:
        escalate(stage, fleet, mails)
    sides = sides_of(fleets)
    losses = fight(stage, fleets, [system], *span, mails)
    if losses and stage.draw.random() < 0.3:
        losses += bystander(stage, stage.pick(losses))
    yield Event(name, kind, losses, sides=sides)


def bystander(stage: Stage, beside: Loss) -> Iterator[Loss]:
    """A stranger shot in passing by people of the fight beside him; experts differ on whether that belongs to it."""
    time = beside.time_seconds + int(stage.draw.uniform(-60, 60))
    for stranger in stage.strangers(1, time, time):
        loss = Loss(
            time,
            beside.solar_system_id,
            beside.place,
            Member(stranger.pilot, stranger.fit, "neutral"),
            beside.attackers[:6],
            beside.engagement,
            NEUTRAL,
            is_certain=False,
        )
        yield from with_capsules(stage, [loss])


def three_sided(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """Three groups shoot at one another; the third comes a little later."""
    a, b, front = belligerents(stage)
    third = stage.pick(stage.people.roamers)
    if stage.is_hard:
        third = stage.pick([power for power in stage.people.coalitions if power not in (a, b)])
    start = stage.moment(a.prime_hour)
    span = start, start + battle_length(stage, mails)
    if (system := stage.system(front, *span)) is None:
        return
    fleets = [muster(stage, power, mails, name, side, span) for side, power in enumerate((a, b))]
    fleets.append(muster(stage, third, mails, name, 2, span, "kiting gang"))
    sides = sides_of(fleets)
    join = span[0] + (span[1] - span[0]) // 4
    losses = fight(stage, fleets[:2], [system], span[0], join + MINUTE, max(2, mails // 5))
    losses += fight(stage, fleets, [system], join, span[1], mails - len(losses))
    yield Event(name, "three", losses, sides=sides)


def running_fight(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """Two fleets that chase each other over stargates."""
    a, b, front = belligerents(stage)
    start = stage.moment(a.prime_hour)
    span = start, start + int(battle_length(stage, mails) * 0.8)
    route = stage.route(front, 2 + int(stage.draw.random() * 4), *span)
    if not route:
        return
    fleets = [muster(stage, power, mails, name, side, span) for side, power in enumerate((a, b))]
    sides = sides_of(fleets)
    yield Event(name, "running", fight(stage, fleets, route, *span, mails), sides=sides)


def awox(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """A fleet fight in which one pilot shoots his own."""
    a, b, front = belligerents(stage)
    start = stage.moment(b.prime_hour)
    span = start, start + battle_length(stage, mails)
    if (system := stage.system(front, *span)) is None:
        return
    fleets = [muster(stage, power, mails, name, side, span) for side, power in enumerate((b, a))]
    sides = sides_of(fleets)
    if len(fleets[0].members) < 3:
        return
    traitor, *prey = (fleets[0].members.pop() for _ in range(2 + (mails > 15)))
    losses = fight(stage, fleets, [system], *span, mails)
    for friend in prey:
        beside = stage.pick(losses) if losses else None
        if beside is None:
            return
        time = beside.time_seconds + int(stage.draw.uniform(5, 90))
        losses.append(Loss(time, system, 0, friend, [traitor], 0, 0, fleets[0].name))
    yield Event(name, "awox", losses, sides=sides)


def two_at_once(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """Two fights in one system at one time that have nothing to do with each other."""
    yield from apart(stage, mails, name, "two_at_once", fights=2, systems=1)


def two_nearby(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """Two unrelated fights one jump apart at one time."""
    yield from apart(stage, mails, name, "two_nearby", fights=2, systems=2)


def apart(stage: Stage, mails: int, name: str, kind: str, *, fights: int, systems: int) -> Iterator[Event]:
    """Fights of gangs who have nothing to do with each other, at one time in one system or in neighbouring ones."""
    gangs = [*stage.people.roamers, *stage.people.pirates, *stage.people.highsec_alliances]
    chosen = [gangs[i] for i in stage.draw.permutation(len(gangs))[: 2 * fights].tolist()]
    each = mails // fights
    start = stage.moment(chosen[0].prime_hour)
    span = start, start + battle_length(stage, each)
    route = stage.route(stage.galaxy.lowsec, systems - 1, *span)
    for number, pair in enumerate(zip(chosen[::2], chosen[1::2], strict=True)):
        if len(route) <= number % systems:
            return
        label = f"{name}.{number}"
        doctrines = (stage.pick(("kiting gang", "Caracal fleet", "Hurricane fleet")) for _ in pair)
        fleets = [
            muster(stage, power, each, label, side, span, doctrine)
            for side, (power, doctrine) in enumerate(zip(pair, doctrines, strict=True))
        ]
        sides = sides_of(fleets)
        losses = fight(stage, fleets, [route[number % systems]], *span, each)
        # each fight has a grid of its own
        yield Event(label, kind, [_at(loss, number) for loss in losses], sides=sides)


def _at(loss: Loss, place: int) -> Loss:
    return replace(loss, place=place)


def mercenaries(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """One mercenary alliance fights several enemies it is at war with, one after another, in one busy system."""
    power = stage.pick(stage.people.mercenaries)
    enemies = [
        stage.people.highsec_alliances[i] for i in stage.draw.permutation(len(stage.people.highsec_alliances))[:3]
    ]
    start = stage.moment(power.prime_hour, 3 * HOUR)
    each = max(3, mails // len(enemies))
    length = battle_length(stage, each) // 2
    gap = int(stage.draw.uniform(4, 30) * MINUTE)
    span = start, start + len(enemies) * (length + gap)
    system = stage.system([*stage.galaxy.busy_highsec, *stage.galaxy.highsec[::9]], *span)
    if system is None:
        return
    hunters = stage.pilots(power.pilots, 5 + each, *span)
    for number, enemy in enumerate(enemies):
        label = f"{name}.{number}"
        begin = start + number * (length + gap)
        fleets = [
            stage.fleet(f"{label}:f0", 0, hunters, "Sacrilege fleet"),
            muster(stage, enemy, each, label, 1, (begin, begin + length), "Caracal fleet"),
        ]
        sides = sides_of(fleets)
        losses = fight(
            stage,
            fleets,
            [system],
            begin,
            begin + length,
            each,
            war_id=700_000 + enemy.pilots[0].corporation_id % 9_999,
        )
        dead = {loss.victim.pilot for loss in losses}
        hunters = [pilot for pilot in hunters if pilot not in dead]
        yield Event(label, "merc", losses, None, None, sides)


def structure_bash(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """A fleet destroys structures; some defenders die trying."""
    attackers, owners, front = belligerents(stage)
    in_highsec = stage.draw.random() < 0.35
    if in_highsec:
        attackers, owners = stage.pick(stage.people.mercenaries), stage.pick(stage.people.highsec_alliances)
        front = stage.galaxy.highsec
    start = stage.moment(attackers.prime_hour)
    span = start, start + int(stage.draw.uniform(20, 45) * MINUTE)
    if (system := stage.system(front, *span)) is None:
        return
    bashers = stage.fleet(f"{name}:f0", 0, stage.pilots(attackers.pilots, 8 + 2 * mails, *span), "Megathron fleet")
    defenders = muster(stage, owners, mails // 2, name, 1, span)
    if not (bashers.members and defenders.members):
        return
    sides = sides_of((bashers, defenders))
    war = 710_000 + owners.pilots[0].corporation_id % 9_999 if in_highsec else None
    losses = fight(stage, [bashers, defenders], [system], *span, mails - 1, war_id=war) if mails > 3 else []
    owner = Pilot(0, owners.pilots[0].corporation_id, owners.pilots[0].alliance_id, None, 0.0)
    for number in range(1 + (stage.draw.random() < 0.25)):
        structure = Member(owner, stage.fit(stage.pick(STRUCTURES)), "structure")
        struck_by = shooters(stage, bashers, MOST_ATTACKERS)
        losses.append(Loss(span[1] + number * MINUTE, system, 0, structure, struck_by, 0, 1, war_id=war))
    yield Event(name, "structure", losses, None, None, sides)


def camp(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """Pirates on a stargate kill who comes by; seldom somebody takes one of them."""
    power = stage.pick(stage.people.pirates)
    length = int(stage.draw.uniform(50, 160) * MINUTE)
    start = stage.moment(power.prime_hour, length)
    span = start, start + length
    options = stage.galaxy.pipes if stage.draw.random() < 0.6 else stage.galaxy.nullsec
    if (system := stage.system(options, *span)) is None:
        return
    campers = stage.fleet(
        f"{name}:f0", 0, stage.pilots(power.pilots, int(stage.draw.integers(4, 14)), *span), "gate camp"
    )
    if len(campers.members) < 2:
        return
    sides = sides_of([campers])
    travellers = stage.strangers(max(2, round(mails / 1.4)), *span)
    losses = []
    for traveller in travellers:
        time = int(stage.draw.uniform(*span))
        if stage.draw.random() < 0.06 and len(campers.members) > 3:
            died = campers.members.pop()
            losses.append(Loss(time, system, 0, died, [traveller], 0, 0, campers.name))
        else:
            struck_by = shooters(stage, campers, 1 + int(stage.draw.random() * len(campers.members)))
            losses.append(Loss(time, system, 0, traveller, struck_by, 0, 1, has_cargo=stage.draw.random() < 0.3))
    sides |= {t.pilot.character_id: 1 for t in travellers}
    yield Event(name, "camp", list(with_capsules(stage, losses)), 15 * MINUTE, HOUR, sides)


def gank(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """A squad kills haulers and miners in high security one after another, and each time loses its ships to CONCORD."""
    power = stage.pick(stage.people.gankers)
    ganks = max(1, round(mails / 9))
    gap = 17 * MINUTE
    start = stage.moment(power.prime_hour, ganks * gap)
    span = start, start + ganks * gap
    if (system := stage.system(stage.galaxy.busy_highsec, *span)) is None:
        return
    squad = stage.pilots(power.pilots, int(stage.draw.integers(4, 11)), *span)
    if not squad:
        return
    police = stage.hangar.concord
    hull = stage.pick(DOCTRINES["gank squad"][0])
    losses: list[Loss] = []
    sides = {pilot.character_id: 0 for pilot in squad}
    for number, victim in enumerate(stage.strangers(ganks, *span, GANK_VICTIMS)):
        sides[victim.pilot.character_id] = 1
        time = start + number * gap + int(stage.draw.uniform(0, 11) * MINUTE)
        crew = [
            Member(pilot, stage.fit(hull), "ganker") for pilot in squad[: 2 + int(stage.draw.random() * len(squad))]
        ]
        loss = Loss(time, system, number, victim, list(crew), number, 1, has_cargo=True)
        losses += with_capsules(stage, [loss], 0.4)
        for ganker in crew:
            responders: list[Member | Npc] = [
                Npc(stage.pick(police), corporation_id=CONCORD) for _ in range(1 + int(stage.draw.random() * 4))
            ]
            after = time + int(stage.draw.uniform(1, 25))
            losses.append(Loss(after, system, number, ganker, responders, number, 0, f"{name}:f0"))
    yield Event(name, "gank", losses, None, 30 * MINUTE, sides)


def roam(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """A small gang moves through null or low security and kills whom it meets."""
    power = stage.pick(stage.people.roamers)
    stops = max(1, round(mails / 2.4))
    length = stops * int(stage.draw.uniform(7, 14) * MINUTE)
    start = stage.moment(power.prime_hour, length)
    span = start, start + length
    route = stage.route(stage.galaxy.nullsec if stage.draw.random() < 0.7 else stage.galaxy.lowsec, stops - 1, *span)
    gang = stage.fleet(
        f"{name}:f0", 0, stage.pilots(power.pilots, int(stage.draw.integers(3, 12)), *span), "kiting gang"
    )
    if not (route and gang.members):
        return
    sides = sides_of([gang])
    losses: list[Loss] = []
    for stop in range(stops):
        met = stage.strangers(1 + int(stage.draw.exponential(0.6)), *span)
        time = start + stop * length // stops
        system = route[stop * len(route) // stops]
        for prey in met:
            sides[prey.pilot.character_id] = 1
            time += int(stage.draw.uniform(5, 80))
            struck_by = shooters(stage, gang, 1 + int(stage.draw.random() * len(gang.members)))
            losses.append(Loss(time, system, stop, prey, struck_by, stop, 1))
    yield Event(name, "roam", list(with_capsules(stage, losses)), None, 45 * MINUTE, sides)


def brawl(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """Militia frigates in faction warfare complexes: duels and small gangs, one after another in one system."""
    faction = stage.pick(sorted(MILITIAS))
    fights = max(1, round(mails / 2))
    length = fights * 6 * MINUTE
    start = stage.moment(19, length)
    span = start, start + length
    if (system := stage.system(stage.galaxy.militia_front(faction, MILITIAS[faction]), *span)) is None:
        return
    pools = [stage.people.militias[faction].pilots, stage.people.militias[MILITIAS[faction]].pilots]
    losses: list[Loss] = []
    sides: dict[int, int] = {}
    for number in range(fights):
        begin = start + number * 6 * MINUTE
        sizes = (1, 1) if stage.draw.random() < 0.6 else stage.draw.integers(1, 5, 2).tolist()
        fleets = [
            stage.fleet(
                f"{name}:{number}:f{side}", side, stage.pilots(pool, size + 1, *span)[: size + 1], "frigate gang"
            )
            for side, (pool, size) in enumerate(zip(pools, sizes, strict=True))
        ]
        sides |= sides_of(fleets)
        losses += (
            _at(loss, number)
            for loss in fight(stage, fleets, [system], begin, begin + 150, min(sizes) + 1, engagement=number)
        )
    yield Event(name, "brawl", losses, None, 15 * MINUTE, sides)


def wormhole(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """Two wormhole corporations brawl in unknown space."""
    yield from _brawl_in(stage, mails, name, stage.people.wormholers, stage.galaxy.jspace, "wormhole armour")


def pochven(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """Two gangs fight in Pochven."""
    yield from _brawl_in(stage, mails, name, stage.people.triglavians, stage.galaxy.pochven, "Pochven gang")


def _brawl_in(
    stage: Stage, mails: int, name: str, powers: Sequence[Power], systems: Sequence[int], doctrine: str
) -> Iterator[Event]:
    a, b = (powers[i] for i in stage.draw.permutation(len(powers))[:2].tolist())
    start = stage.moment(a.prime_hour)
    span = start, start + battle_length(stage, mails) // 2
    if (system := stage.system(systems, *span)) is None:
        return
    fleets = [muster(stage, power, mails, name, side, span, doctrine) for side, power in enumerate((a, b))]
    sides = sides_of(fleets)
    yield Event(
        name,
        "wormhole" if doctrine == "wormhole armour" else "fleet",
        fight(stage, fleets, [system], *span, mails),
        sides=sides,
    )


def solo_noise(stage: Stage, _mails: int, name: str) -> Iterator[Event]:
    """One stranger, or a few, kill another; nothing to do with anything."""
    time = int(stage.moment(18) if stage.draw.random() < 0.6 else stage.draw.uniform(0, DAY))
    if (pair := _stranger_and_killers(stage, time, NEWCOMERS if stage.draw.random() < 0.3 else TRAVELLERS)) is None:
        return
    victim, killers = pair
    pool = stage.pick((stage.galaxy.highsec, stage.galaxy.lowsec, stage.galaxy.nullsec, stage.galaxy.jspace))
    role = "structure" if victim.fit.hull_name.startswith("Mobile") else "other"
    owner = victim.pilot._replace(character_id=0) if role == "structure" else victim.pilot
    loss = Loss(
        time, stage.pick(pool), 0, Member(owner, victim.fit, role), killers, has_cargo=stage.draw.random() < 0.2
    )
    yield Event(name, "noise", list(with_capsules(stage, [loss])), is_battle=False)


def _stranger_and_killers(stage: Stage, time: int, ships: Sequence[str]) -> tuple[Member, list[Member | Npc]] | None:
    victims = stage.strangers(1, time, time, ships)
    killers: list[Member | Npc] = list(stage.strangers(1 + int(stage.draw.exponential(0.7)), time, time, SOLO))
    return (victims[0], killers) if victims and killers else None


def ratting_loss(stage: Stage, _mails: int, name: str) -> Iterator[Event]:
    """Somebody dies to non-player ships alone."""
    time = int(stage.draw.uniform(0, DAY))
    for victim in stage.strangers(1, time, time, RATTERS):
        faction, ships = stage.pick(stage.hangar.rats)
        rats: list[Member | Npc] = [
            Npc(stage.pick(ships), faction_id=faction) for _ in range(1 + int(stage.draw.exponential(4)))
        ]
        system = stage.pick(stage.galaxy.nullsec if stage.draw.random() < 0.7 else stage.galaxy.highsec)
        yield Event(name, "noise", [Loss(time, system, 0, victim, rats)], is_battle=False)


def abyssal_loss(stage: Stage, _mails: int, name: str) -> Iterator[Event]:
    """Somebody runs out of time in the abyss; ship and capsule are lost together."""
    time = int(stage.draw.uniform(0, DAY))
    for victim in stage.strangers(1, time, time, ("Gila",)):
        drifters: list[Member | Npc] = [Npc(stage.pick(stage.hangar.abyssal), faction_id=500_021) for _ in range(3)]
        system = stage.pick(stage.galaxy.abyssal)
        pod = Member(victim.pilot, stage.hangar.capsule, "pod")
        losses = [Loss(time, system, 0, victim, drifters), Loss(time, system, 0, pod, drifters[:1])]
        yield Event(name, "noise", losses, is_battle=False)


MIX: dict[str, tuple[Scenario, float, tuple[int, int]]] = {
    # name: (scenario, share of a day's mails, fewest and most mails of one)
    "fleet": (fleet_fight, 0.19, (5, 220)),
    "three": (three_sided, 0.05, (12, 110)),
    "running": (running_fight, 0.07, (12, 100)),
    "midnight": (midnight, 0.03, (10, 80)),
    "awox": (awox, 0.03, (8, 70)),
    "two_at_once": (two_at_once, 0.05, (12, 70)),
    "two_nearby": (two_nearby, 0.03, (12, 60)),
    "merc": (mercenaries, 0.04, (9, 45)),
    "structure": (structure_bash, 0.03, (1, 18)),
    "camp": (camp, 0.06, (3, 40)),
    "gank": (gank, 0.08, (6, 50)),
    "roam": (roam, 0.06, (3, 18)),
    "brawl": (brawl, 0.05, (2, 14)),
    "wormhole": (wormhole, 0.04, (3, 24)),
    "pochven": (pochven, 0.01, (4, 20)),
    "noise": (solo_noise, 0.14, (1, 1)),
    "ratting": (ratting_loss, 0.03, (1, 1)),
    "abyssal": (abyssal_loss, 0.01, (2, 2)),
}
