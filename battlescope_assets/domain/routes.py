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

DESTINATIONS_KEPT = 2_048
"""To how many destinations directions are remembered, of each kind of way: 11 MB, a byte for each system with gates."""
NOWHERE = 255
"""In directions: no way leads on. No system has so many gates."""

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
    forth: csr_array = field(compare=False)
    """The same the other way: where the row's gates lead, as `onward` has it."""


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
    back = csr_array((np.ones(len(ordered)), (destinations, origins)), shape=(len(places), len(places)))
    forth = csr_array(back.T)
    forth.sort_indices()
    return Stargates({system: tuple(others) for system, others in onward.items()}, places, back, forth)


class Ways:
    """Ways that cost least by one measure; it remembers how to get to the destinations asked for last.

    Of several ways that cost the same, the one whose systems' ids come first. No way leads through `ZARZAKH`.
    """

    def __init__(self, gates: Stargates, costs: Costs, inside: Collection[int] | None = None) -> None:
        """Ways over the gates by the costs of jumps; if given, all their systems, the ends included, are `inside`."""
        self._gates, self._costs, self._inside = gates, costs, inside
        self._outside = () if inside is None else gates.places.keys() - set(inside)
        self._kept_directions: dict[int, bytes] = {}

    def way(self, origin: int, destination: int, closed: Collection[int] = ()) -> Way | None:
        """The way from `origin` to `destination`; None where none leads there.

        It does not lead through a system that is `closed`, but may start and end there.
        """
        if self._inside is not None and not (origin in self._inside and destination in self._inside):
            return None
        if origin == destination:
            return [origin]
        onward, places = self._gates.onward, self._gates.places
        if origin not in onward or destination not in places:
            return None
        directions = self._directions(destination, closed) if closed else self._known_directions(destination)
        if directions[places[origin]] == NOWHERE:
            return None
        way = [origin]
        while way[-1] != destination:
            way.append(onward[way[-1]][directions[places[way[-1]]]])
        return way

    def _known_directions(self, destination: int) -> bytes:
        known = self._kept_directions.pop(destination, None) or self._directions(destination)
        self._kept_directions[destination] = known  # the last one asked for comes last
        if len(self._kept_directions) > DESTINATIONS_KEPT:
            del self._kept_directions[next(iter(self._kept_directions))]
        return known

    def _directions(self, destination: int, closed: Collection[int] = ()) -> bytes:
        """For each system in the order of `places`: which of its gates leads on, of those in `onward`, or `NOWHERE`."""
        costs = _open_costs(self._gates, self._costs, destination, {*closed, *self._outside})
        forth = self._gates.forth
        total = (_left(self._gates, costs, destination) + costs)[forth.indices]
        gates_of = np.diff(forth.indptr)
        with_gates = np.flatnonzero(gates_of)
        gates_of, first = gates_of[with_gates], forth.indptr[with_gates]
        least = np.minimum.reduceat(total, first)
        number = np.arange(len(total)) - np.repeat(first, gates_of)
        leads_on = (total == np.repeat(least, gates_of)) & np.isfinite(total)
        directions = np.full(len(self._gates.places), NOWHERE, np.uint8)
        directions[with_gates] = np.minimum.reduceat(np.where(leads_on, number, NOWHERE), first)
        return directions.tobytes()


def shortest_ways(gates: Stargates) -> Ways:
    """Ways with the fewest jumps."""
    return Ways(gates, np.ones(len(gates.places)))


def safer_ways(gates: Stargates, risks: Mapping[int, float]) -> Ways:
    """Ways that cost least: a jump costs 1 + `JUMPS_PER_LOSS` x losses.

    Losses are -log(1 - risk), which add up where chances multiply. A system without a risk costs 1, as a harmless one.
    None is more dangerous than the shortest one, for none is shorter.
    """
    return Ways(gates, np.array([1 + JUMPS_PER_LOSS * _losses(risks.get(system, 0)) for system in gates.places]))


def secure_ways(gates: Stargates, secure: Collection[int]) -> Ways:
    """Ways with the fewest jumps all of whose systems, the first and the last included, are among the `secure`."""
    return Ways(gates, np.ones(len(gates.places)), secure)


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


def risk_of_way(risks: Mapping[int, float], way: Way) -> float | None:
    """The chance to be lost on a way: 1 - the product of the chances to get through; None where one is not known."""
    if any(system not in risks for system in way[1:]):
        return None
    return 1 - exp(-sum(_losses(risks[system]) for system in way[1:]))


def _losses(risk: float) -> float:
    return -log1p(-min(risk, MOST_RISK))
