"""Ways over the stargates and what they cost: the shortest, the safer, the secure; no names and no kills belong here.

A way is the list of the systems it leads through, from the first to the last. Its risk is that of being lost in the
systems that are jumped into: the first is not.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import exp, inf, isinf, log1p

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from battlescope_assets.domain.universe import ZARZAKH

JUMPS_PER_LOSS = 1_000
"""How many jumps the safer way goes further to lose one ship less: about half a day's flying for a ship."""
MOST_RISK = 0.99
"""A risk above counts as this: with certain loss all ways would cost the same."""

Way = list[int]


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
    """Where stargates lead; systems without any are in none of these."""

    onward: Mapping[int, tuple[int, ...]]
    """The systems that gates of a system lead to, by id."""
    places: Mapping[int, int]
    """Of each system with gates, one way or the other: its place in the arrays below, which are in the order of ids."""
    back: csr_array = field(compare=False)
    """Shape (systems, systems): a row's columns are the systems with gates that lead to the row's."""


Costs = NDArray[np.float64]
"""What a jump into each system costs, 1 at least, in the order of `Stargates.places`."""


def stargates(gates: Iterable[tuple[int, int]]) -> Stargates:
    """The gates, given as (from system, to system) in any order, to search ways over."""
    onward: dict[int, list[int]] = {}
    ordered = sorted(set(gates))
    for origin, destination in ordered:
        onward.setdefault(origin, []).append(destination)
    places = {system: place for place, system in enumerate(sorted({end for gate in ordered for end in gate}))}
    origins, destinations = np.array([[places[end] for end in gate] for gate in ordered], np.int32).reshape(-1, 2).T
    return Stargates(
        {system: tuple(others) for system, others in onward.items()},
        places,
        csr_array((np.ones(len(ordered)), (destinations, origins)), shape=(len(places), len(places))),
    )


def shortest_way(gates: Stargates, origin: int, destination: int, closed: Collection[int] = ()) -> Way | None:
    """A way with the fewest jumps; of several, the one whose systems' ids come first. None where none leads there.

    Args:
        gates: the stargates.
        origin: the first system.
        destination: the last system.
        closed: systems that a way may not lead through; it may start and end there. `ZARZAKH` is always one.
    """
    return safer_way(gates, np.ones(len(gates.places)), origin, destination, closed)


def safer_way(
    gates: Stargates, costs: Costs, origin: int, destination: int, closed: Collection[int] = ()
) -> Way | None:
    """The same with jumps that cost least, by `jump_costs`.

    It is never more dangerous than the shortest one, for it is never shorter.
    """
    if origin == destination:
        return [origin]
    if origin not in gates.onward or destination not in gates.places:
        return None
    open_costs = _open_costs(gates, costs, destination, closed)
    left = _left(gates, open_costs, destination)
    if isinf(left[gates.places[origin]]):
        return None
    total = left + open_costs
    way = [origin]
    while way[-1] != destination:
        way.append(min(gates.onward[way[-1]], key=lambda system: total[gates.places[system]]))
    return way


def secure_way(
    gates: Stargates, secure: Collection[int], origin: int, destination: int, closed: Collection[int] = ()
) -> Way | None:
    """The shortest way all of whose systems, the first and the last included, are among the `secure`."""
    if origin not in secure or destination not in secure:
        return None
    return shortest_way(gates, origin, destination, {*closed, *(gates.places.keys() - secure)})


def nearest(gates: Stargates, origins: Iterable[int], destination: int) -> tuple[int, int] | None:
    """The origin with the fewest jumps to the destination, and how many; None where no way leads there from any.

    Of several, the one whose id comes first.
    """
    if destination not in gates.places:
        return None
    left = _left(gates, _open_costs(gates, np.ones(len(gates.places)), destination, ()), destination)
    jumps, origin = min(((left[gates.places[one]], one) for one in origins if one in gates.places), default=(inf, 0))
    return None if isinf(jumps) else (origin, int(jumps))


def _open_costs(gates: Stargates, costs: Costs, destination: int, closed: Collection[int]) -> Costs:
    """The costs, infinite of what ways to the destination may not lead through."""
    barred = [gates.places[system] for system in {ZARZAKH, *closed} - {destination} if system in gates.places]
    open_costs = costs.copy()
    open_costs[barred] = inf
    return open_costs


def _left(gates: Stargates, costs: Costs, destination: int) -> Costs:
    """What the cheapest way from each system to the destination costs; infinite where there is none."""
    gates_into = np.diff(gates.back.indptr)
    back = csr_array((np.repeat(costs, gates_into), gates.back.indices, gates.back.indptr), shape=gates.back.shape)
    left: Costs = dijkstra(back, indices=[gates.places[destination]])[0]
    return left


def jump_costs(gates: Stargates, risks: Mapping[int, float]) -> Costs:
    """What a jump into each system costs the safer way: 1 + `JUMPS_PER_LOSS` x losses.

    Losses are -log(1 - risk), which add up where chances multiply. A system without a risk costs 1, as a harmless one.
    """
    return np.array([1 + JUMPS_PER_LOSS * _losses(risks.get(system, 0)) for system in gates.places])


def risk_of_way(risks: Mapping[int, float], way: Way) -> float | None:
    """The chance to be lost on a way: 1 - the product of the chances to get through; None where one is not known."""
    if any(system not in risks for system in way[1:]):
        return None
    return 1 - exp(-sum(_losses(risks[system]) for system in way[1:]))


def _losses(risk: float) -> float:
    return -log1p(-min(risk, MOST_RISK))
