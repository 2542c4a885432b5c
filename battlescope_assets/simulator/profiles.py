"""What wars are made of beside the normal mix: hard, bulk and doctrine mixes; how a fight goes is `scenarios`' job.

The hard profile is what reconstruction finds hardest: fights that pause and in which pilots spread their fire, hundreds
of pilots, several fights at once in one system, alliances on both sides, and people who belong to neither.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from battlescope_assets.simulator.people import Pilot, Power
from battlescope_assets.simulator.scenarios import (
    DAY,
    MINUTE,
    MIX,
    NEUTRAL,
    Event,
    Fleet,
    Loss,
    Scenario,
    Stage,
    apart,
    battle_length,
    belligerents,
    bystander,
    escalate,
    fight,
    fleet_fight,
    muster,
    shooters,
    sides_of,
    solo_noise,
    with_capsules,
)

CROWD = (250, 450)
"""Fewest and most pilots of a side where everybody comes."""


def hard(scenario: Scenario) -> Scenario:
    """The scenario with fights that pause and in which pilots spread their fire."""

    def made_hard(stage: Stage, mails: int, name: str) -> Iterable[Event]:
        return scenario(stage.made_hard(), mails, name)

    return made_hard


def crowd(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """Up to 900 pilots in one system, who need not lose many ships."""
    a, b, front = belligerents(stage)
    start = stage.moment(a.prime_hour)
    span = start, start + battle_length(stage, mails)
    if (system := stage.system(front, *span)) is None:
        return
    fleets = []
    for side, power in enumerate((a, b)):
        pilots = stage.pilots(power.pilots, int(stage.draw.integers(*CROWD)), *span)
        fleets.append(stage.fleet(f"{name}:f{side}", side, pilots, stage.doctrine_of(power)))
        escalate(stage, fleets[-1], mails)
    sides = sides_of(fleets)
    losses = fight(stage, fleets, [system], *span, mails)
    if losses:
        losses += bystander(stage, stage.pick(losses))
    yield Event(name, "crowd", losses, sides=sides)


def four_at_once(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """Four fights in one system at one time that have nothing to do with each other."""
    yield from apart(stage, mails, name, "four_at_once", fights=4, systems=1)


def divided(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """A fleet fight in which an alliance, or two, has people on both sides: whole corporations, or single pilots."""
    a, b, front = belligerents(stage)
    start = stage.moment(b.prime_hour)
    span = start, start + battle_length(stage, mails)
    if (system := stage.system(front, *span)) is None:
        return
    pools = list(a.pilots), list(b.pilots)
    for own, other in (pools, pools[::-1])[: 1 + (stage.draw.random() < 0.3)]:
        turncoats = _turncoats(stage, own)
        own[:] = [pilot for pilot in own if pilot not in turncoats]
        # They are a part of their new side, not most of it, and most of them come.
        other[: 2 * len(turncoats)] = [*other[: len(turncoats)], *turncoats]
    fleets = [
        muster(stage, replace(power, pilots=tuple(pool)), mails, name, side, span)
        for side, (power, pool) in enumerate(zip((a, b), pools, strict=True))
    ]
    sides = sides_of(fleets)
    yield Event(name, "divided", fight(stage, fleets, [system], *span, mails), sides=sides)


def _turncoats(stage: Stage, pilots: Sequence[Pilot]) -> set[Pilot]:
    """Who of one alliance fights for the other side: a third of its corporations, or a third of its pilots."""
    alliance = stage.pick(pilots).alliance_id
    members = [pilot for pilot in pilots if pilot.alliance_id == alliance]
    corporations = sorted({pilot.corporation_id for pilot in members})
    if len(corporations) > 1 and stage.draw.random() < 0.5:
        gone = set(corporations[: max(1, len(corporations) // 3)])
        return {pilot for pilot in members if pilot.corporation_id in gone}
    return {members[i] for i in stage.draw.permutation(len(members))[: len(members) // 3].tolist()}


def third_party(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """A fleet fight with neutrals: a gang that shoots both sides and steals kills, and bystanders who die.

    A kill that neutrals make or suffer alone is judged by nobody: experts differ on whether it belongs to the fight.
    """
    a, b, front = belligerents(stage)
    start = stage.moment(a.prime_hour)
    span = start, start + battle_length(stage, mails)
    if (system := stage.system(front, *span)) is None:
        return
    fleets = [muster(stage, power, mails, name, side, span) for side, power in enumerate((a, b))]
    gang = _gang(stage, name, span)
    sides = sides_of(fleets)
    losses = fight(stage, fleets, [system], *span, mails)
    if gang.members:
        losses = [*_preyed_upon(stage, losses, gang)]
    for _ in range(int(stage.draw.integers(0, 4)) if losses else 0):
        losses += bystander(stage, stage.pick(losses))
    yield Event(name, "third_party", losses, sides=sides)


def _gang(stage: Stage, name: str, span: tuple[int, int]) -> Fleet:
    """A few pilots of one corporation, or of several who share nothing but the occasion."""
    options: Sequence[Power] = stage.people.roamers
    power = stage.pick(options) if stage.draw.random() < 0.7 else Power(stage.people.strangers, 18)
    pilots = stage.pilots(power.pilots, int(stage.draw.integers(1, 9)), *span)
    return stage.fleet(f"{name}:neutral", NEUTRAL, pilots, "kiting gang")


def _preyed_upon(stage: Stage, losses: Sequence[Loss], gang: Fleet) -> Iterator[Loss]:
    """The losses with the gang on some, a few stolen outright, and some of the gang dead."""
    for loss in losses:
        roll = stage.draw.random()
        if roll < 0.1:
            yield replace(loss, attackers=[*loss.attackers, *shooters(stage, gang, 3)])
        elif roll < 0.12:
            yield replace(loss, attackers=shooters(stage, gang, 4), is_certain=False)
        else:
            yield loss
        if roll > 0.97 and len(gang.members) > 1 and loss.attackers:
            time = loss.time_seconds + int(stage.draw.uniform(1, 90))
            victim = replace(gang.members.pop(), role="neutral")
            died = replace(loss, time_seconds=time, victim=victim, victim_side=NEUTRAL, fleet=None, is_certain=False)
            yield from with_capsules(stage, [died])


def minor(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """A small gang kills a few ships of another somewhere: the cheapest fight to draw, about 5 attackers a mail."""
    people = stage.people
    powers = people.roamers + people.pirates + people.highsec_alliances
    a, b = (powers[i] for i in stage.draw.permutation(len(powers))[:2].tolist())
    start = int(stage.draw.uniform(0, DAY))
    span = start, start + (3 + mails) * MINUTE
    if (system := stage.system(stage.galaxy.lowsec + stage.galaxy.nullsec, *span)) is None:
        return
    fleets = [
        stage.fleet(f"{name}:f{side}", side, stage.pilots(power.pilots, 6 + mails // 2, *span), "kiting gang")
        for side, power in enumerate((a, b))
    ]
    sides = sides_of(fleets)
    yield Event(name, "skirmish", fight(stage, fleets, [system], *span, mails), sides=sides)


def two_fits(stage: Stage, mails: int, name: str) -> Iterator[Event]:
    """A fleet fight in which every other ship of the main line of one side has another fit of the same hull."""
    a, b, front = belligerents(stage)
    start = stage.moment(a.prime_hour)
    span = start, start + battle_length(stage, mails)
    if (system := stage.system(front, *span)) is None:
        return
    fleets = [muster(stage, a, mails, name, 0, span, "Hurricane fleet"), muster(stage, b, mails, name, 1, span)]
    other = stage.fit("Hurricane, armour")
    line = [number for number, member in enumerate(fleets[0].members) if member.role == "mainline"]
    for number in line[::2]:
        fleets[0].members[number] = replace(fleets[0].members[number], fit=other)
    sides = sides_of(fleets)
    yield Event(name, "fleet", fight(stage, fleets, [system], *span, mails), sides=sides)


_HARDENED = {
    # name: share of the mails
    "fleet": 0.13,
    "three": 0.07,
    "running": 0.08,
    "midnight": 0.03,
    "awox": 0.04,
    "two_at_once": 0.04,
    "two_nearby": 0.03,
    "merc": 0.04,
    "structure": 0.03,
    "wormhole": 0.03,
    "pochven": 0.01,
}
_AS_NORMAL = {"camp": 0.05, "gank": 0.06, "roam": 0.05, "brawl": 0.05, "noise": 0.1, "ratting": 0.02}

HARD_MIX: dict[str, tuple[Scenario, float, tuple[int, int]]] = {
    **{name: (hard(MIX[name][0]), share, MIX[name][2]) for name, share in _HARDENED.items()},
    **{name: (MIX[name][0], share, MIX[name][2]) for name, share in _AS_NORMAL.items()},
    "crowd": (hard(crowd), 0.05, (60, 300)),
    "four_at_once": (hard(four_at_once), 0.03, (24, 120)),
    "divided": (hard(divided), 0.05, (10, 160)),
    "third_party": (hard(third_party), 0.06, (8, 160)),
}
"""As `scenarios.MIX`."""

BULK_MIX: dict[str, tuple[Scenario, float, tuple[int, int]]] = {
    "minor": (minor, 0.7, (2, 30)),
    "fleet": (fleet_fight, 0.1, (20, 60)),
    "noise": (solo_noise, 0.2, (1, 1)),
}
"""About 5 attackers a mail, cheap to draw: for measuring speed."""

DOCTRINE_MIX: dict[str, tuple[Scenario, float, tuple[int, int]]] = {
    "two_fits": (two_fits, 0.3, (20, 160)),
    **{
        name: (MIX[name][0], share, MIX[name][2])
        for name, share in {
            "fleet": 0.25,
            "running": 0.08,
            "midnight": 0.05,
            "two_at_once": 0.08,
            "wormhole": 0.04,
            "gank": 0.06,
            "camp": 0.04,
            "noise": 0.1,
        }.items()
    },
}
"""Fleets of every size, some of them of one hull with two fits: for finding doctrines."""

PROFILES = {"normal": MIX, "hard": HARD_MIX, "bulk": BULK_MIX, "doctrine": DOCTRINE_MIX}
"""Mixes by name."""
