"""Ways over the stargates and what they cost: the shortest, the safer, the secure; no names and no kills belong here.

A way is the list of the systems it leads through, from the first to the last. Its risk is that of being lost in the
systems that are jumped into: the first is not.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush
from math import exp, inf, log1p

from battlescope_assets.domain.universe import ZARZAKH

JUMPS_PER_LOSS = 1_000
"""How many jumps the safer way goes further to lose one ship less: about half a day's flying for a ship."""
MOST_RISK = 0.99
"""A risk above counts as this: with certain loss all ways would cost the same."""

Way = list[int]
Jumps = dict[int, int]


class Danger(StrEnum):
    """A ship's chance to be lost, in words."""

    UNKNOWN = "unknown"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    EXTREME = "extreme"


LEAST_RISKS = ((1 / 20, Danger.EXTREME), (1 / 100, Danger.HIGH), (1 / 500, Danger.MODERATE))
"""From which risk on a danger is called so; below all of them it is low."""


def danger_of(risk: float | None) -> Danger:
    """The word for a risk, 0 to 1; None is unknown."""
    if risk is None:
        return Danger.UNKNOWN
    return next((danger for least, danger in LEAST_RISKS if risk >= least), Danger.LOW)


@dataclass(frozen=True)
class Stargates:
    """Where stargates lead; systems without any are in neither."""

    onward: Mapping[int, tuple[int, ...]]
    """The systems that gates of a system lead to, by id."""
    back: Mapping[int, tuple[int, ...]]
    """The systems with gates that lead to a system, by id."""


def stargates(gates: Iterable[tuple[int, int]]) -> Stargates:
    """The gates, given as (from system, to system) in any order, to search ways over."""
    onward: dict[int, list[int]] = {}
    back: dict[int, list[int]] = {}
    for origin, destination in sorted(set(gates)):
        onward.setdefault(origin, []).append(destination)
        back.setdefault(destination, []).append(origin)
    return Stargates(
        {system: tuple(others) for system, others in onward.items()},
        {system: tuple(others) for system, others in back.items()},
    )


def jumps_to(gates: Stargates, origin: int, destination: int, closed: Collection[int] = ()) -> Jumps:
    """The fewest jumps to the destination from each system that ways may lead through: what they are found by.

    Args:
        gates: the stargates.
        origin: the first system; no way leads there where it is not in the answer.
        destination: the last system.
        closed: systems that a way may not lead through; it may start and end there. `ZARZAKH` is always one.
    """
    jumps = {destination: 0}
    barred = {ZARZAKH, *closed} - {origin}
    reached = [destination]
    for here in reached:
        there = jumps[here] + 1
        for system in gates.back.get(here, ()):
            if system not in jumps and system not in barred:
                jumps[system] = there
                reached.append(system)
    return jumps


def secure_jumps_to(
    gates: Stargates, secure: Collection[int], origin: int, destination: int, closed: Collection[int] = ()
) -> Jumps:
    """The same over ways all of whose systems, the first and the last included, are among the `secure`."""
    if origin not in secure or destination not in secure:
        return {}
    return jumps_to(gates, origin, destination, {*closed, *(gates.onward.keys() - secure)})


def shortest_way(gates: Stargates, jumps: Jumps, origin: int) -> Way | None:
    """A way with the fewest jumps; of several, the one whose systems' ids come first. None where none leads there."""
    if origin not in jumps:
        return None
    way = [origin]
    while jumps[here := way[-1]]:
        way.append(next(system for system in gates.onward[here] if jumps.get(system) == jumps[here] - 1))
    return way


def safer_way(gates: Stargates, jumps: Jumps, costs: Mapping[int, float], origin: int) -> Way | None:
    """The way whose jumps cost least, by `jump_costs`; None where none leads there.

    It is never more dangerous than the shortest one, for it is never shorter. Where two cost the same, the order of ids
    decides.
    """
    if origin not in jumps:
        return None
    spent, came_from, done = {origin: 0.0}, {origin: origin}, set()
    todo = [(float(jumps[origin]), origin)]  # no way costs less than its jumps: that says where to look first
    while jumps[here := heappop(todo)[1]]:
        if here in done:
            continue
        done.add(here)
        for system in gates.onward.get(here, ()):
            if system in jumps and system not in done:
                cost = spent[here] + costs.get(system, 1)
                if cost < spent.get(system, inf):
                    spent[system], came_from[system] = cost, here
                    heappush(todo, (cost + jumps[system], system))
    way = [here]
    while way[-1] != origin:
        way.append(came_from[way[-1]])
    return way[::-1]


def jump_costs(risks: Mapping[int, float]) -> dict[int, float]:
    """What a jump into each system costs the safer way: 1 + `JUMPS_PER_LOSS` x losses.

    Losses are -log(1 - risk), which add up where chances multiply. A system without a risk costs 1, as a harmless one.
    """
    return {system: 1 + JUMPS_PER_LOSS * _losses(risk) for system, risk in risks.items()}


def risk_of_way(risks: Mapping[int, float], way: Way) -> float | None:
    """The chance to be lost on a way: 1 - the product of the chances to get through; None where one is not known."""
    if any(system not in risks for system in way[1:]):
        return None
    return 1 - exp(-sum(_losses(risks[system]) for system in way[1:]))


def _losses(risk: float) -> float:
    return -log1p(-min(risk, MOST_RISK))
