"""Ways over stargates: laws, and one map as a table."""

from collections.abc import Collection
from itertools import pairwise
from math import exp, log1p

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from battlescope_assets.domain.routes import (
    JUMPS_PER_LOSS,
    Danger,
    Stargates,
    Way,
    danger_of,
    nearest,
    risk_of_way,
    safer_ways,
    secure_ways,
    shortest_ways,
    stargates,
)
from battlescope_assets.domain.universe import ZARZAKH

SYSTEMS = [*range(1, 11), ZARZAKH]
Gates = list[tuple[int, int]]
Risks = dict[int, float]

one_way = st.lists(st.tuples(st.sampled_from(SYSTEMS), st.sampled_from(SYSTEMS)), max_size=40)
both_ways = one_way.map(lambda gates: [*gates, *((b, a) for a, b in gates)])
risks = st.fixed_dictionaries({system: st.floats(0, 1) for system in SYSTEMS})
few_risks = st.fixed_dictionaries({system: st.sampled_from([0.0, 0.001, 0.002]) for system in SYSTEMS})
system = st.sampled_from(SYSTEMS)
some_systems = st.sets(system, max_size=4)


def shortest(gates: Stargates, origin: int, destination: int, closed: Collection[int] = ()) -> Way | None:
    return shortest_ways(gates).way(origin, destination, closed)


def safer(gates: Stargates, risks: Risks, origin: int, destination: int, closed: Collection[int] = ()) -> Way | None:
    return safer_ways(gates, risks).way(origin, destination, closed)


def least_costs(gates: Gates, costs: Risks, origin: int, destination: int, closed: set[int]) -> float:
    """What the cheapest way costs, by scipy; infinite where there is none."""
    inside = {*closed, ZARZAKH} - {origin, destination}
    matrix = np.full((len(SYSTEMS), len(SYSTEMS)), np.inf)
    for a, b in gates:
        if a not in inside and b not in inside and a != b:
            matrix[SYSTEMS.index(a), SYSTEMS.index(b)] = costs[b]
    # Neither end may be led through, if it is closed.
    for end, axis in ((origin, 0), (destination, 1)):
        if end in {*closed, ZARZAKH} and origin != destination:
            where = [slice(None), slice(None)]
            where[1 - axis] = slice(SYSTEMS.index(end), SYSTEMS.index(end) + 1)
            matrix[tuple(where)] = np.inf
    graph = csr_array(np.where(np.isinf(matrix), 0, matrix))
    return float(shortest_path(graph, indices=[SYSTEMS.index(origin)])[0, SYSTEMS.index(destination)])


def losses(risk: float) -> float:
    return -log1p(-min(risk, 0.99))


def cost(way: Way, risks: Risks) -> float:
    return sum(1 + JUMPS_PER_LOSS * losses(risks[system]) for system in way[1:])


def assert_leads(gates: Gates, way: Way, origin: int, destination: int, closed: set[int]) -> None:
    assert (way[0], way[-1]) == (origin, destination)
    assert set(pairwise(way)) <= set(gates)
    assert len(set(way)) == len(way)
    assert not {*closed, ZARZAKH} & set(way[1:-1])


@given(one_way, system, system, some_systems)
def test_no_way_is_shorter_than_the_shortest(gates: Gates, origin: int, destination: int, closed: set[int]) -> None:
    way = shortest(stargates(gates), origin, destination, closed)
    least = least_costs(gates, dict.fromkeys(SYSTEMS, 1.0), origin, destination, closed)
    if way is None:
        assert least == np.inf
    else:
        assert_leads(gates, way, origin, destination, closed)
        assert len(way) - 1 == least


@given(one_way, risks, system, system, some_systems)
def test_no_way_costs_less_than_the_safer(
    gates: Gates, risks: Risks, origin: int, destination: int, closed: set[int]
) -> None:
    way = safer(stargates(gates), risks, origin, destination, closed)
    costs = {system: cost([0, system], risks) for system in SYSTEMS}
    least = least_costs(gates, costs, origin, destination, closed)
    if way is None:
        assert least == np.inf
    else:
        assert_leads(gates, way, origin, destination, closed)
        assert cost(way, risks) == pytest.approx(least)


@given(one_way, risks, system, system, some_systems)
def test_the_safer_way_is_never_shorter_and_never_more_dangerous(
    gates: Gates, risks: Risks, origin: int, destination: int, closed: set[int]
) -> None:
    short = shortest(stargates(gates), origin, destination, closed)
    safe = safer(stargates(gates), risks, origin, destination, closed)
    if short is None or safe is None:
        assert short == safe
        return
    assert len(safe) >= len(short)
    safer_risk, shortest_risk = risk_of_way(risks, safe), risk_of_way(risks, short)
    assert safer_risk is not None
    assert shortest_risk is not None
    assert safer_risk <= shortest_risk + 1e-9


@given(one_way, system, system, some_systems, st.sets(system))
def test_the_secure_way_never_leaves_what_is_secure(
    gates: Gates, origin: int, destination: int, closed: set[int], secure: set[int]
) -> None:
    found = stargates(gates)
    way = secure_ways(found, secure).way(origin, destination, closed)
    inside = [(a, b) for a, b in gates if a in secure and b in secure]
    expected = shortest(stargates(inside), origin, destination, closed)
    assert way == (expected if {origin, destination} <= secure else None)


@given(one_way, few_risks, st.lists(st.tuples(system, system, some_systems), min_size=2, max_size=8))
def test_what_was_asked_before_changes_no_way(
    gates: Gates, risks: Risks, asked: list[tuple[int, int, set[int]]]
) -> None:
    found = stargates(gates)
    ways = safer_ways(found, risks)
    for origin, destination, closed in [*asked, *asked]:
        assert ways.way(origin, destination, closed) == safer_ways(found, risks).way(origin, destination, closed)


@given(one_way, st.lists(system, max_size=4), system)
def test_the_nearest_has_the_fewest_jumps(gates: Gates, origins: list[int], destination: int) -> None:
    found = stargates(gates)
    ways = {origin: shortest(found, origin, destination) for origin in origins if origin in found.places}
    jumps = [(len(way) - 1, origin) for origin, way in ways.items() if way]
    is_there = destination in found.places
    assert nearest(found, origins, destination) == (min(jumps)[::-1] if is_there and jumps else None)


@given(both_ways, few_risks, system, system)
def test_there_and_back_are_as_long_and_cost_the_same(
    gates: Gates, risks: Risks, origin: int, destination: int
) -> None:
    there, back = (shortest(stargates(gates), *ends) for ends in ((origin, destination), (destination, origin)))
    assert (there and len(there)) == (back and len(back))
    there, back = (safer(stargates(gates), risks, *e) for e in ((origin, destination), (destination, origin)))
    assert (there is None) == (back is None)
    if there and back:  # each counts the system it ends in, not the one it starts in
        assert cost(there, risks) - cost([0, destination], risks) == pytest.approx(
            cost(back, risks) - cost([0, origin], risks)
        )


@given(st.data(), both_ways, few_risks, system, system)
def test_the_order_of_gates_decides_nothing(
    data: st.DataObject, gates: Gates, risks: Risks, origin: int, destination: int
) -> None:
    one, other = stargates(gates), stargates(data.draw(st.permutations(gates)))
    assert shortest(one, origin, destination) == shortest(other, origin, destination)
    assert safer(one, risks, origin, destination) == safer(other, risks, origin, destination)


@given(risks, st.lists(system, min_size=1))
def test_a_ways_risk_is_one_minus_the_chance_to_get_through(risks: Risks, way: Way) -> None:
    survival = exp(sum(log1p(-min(risks[system], 0.99)) for system in way[1:]))
    assert risk_of_way(risks, way) == pytest.approx(1 - survival)
    if way[1:]:
        assert risk_of_way({**{k: v for k, v in risks.items() if k != way[-1]}}, way) is None


@pytest.fixture
def square() -> Stargates:
    """1-2-6 and 1-3-6 are two jumps, 1-4-5-6 is three; from 6 a gate leads to 7, and from there none back."""
    both = [(1, 2), (2, 6), (1, 3), (3, 6), (1, 4), (4, 5), (5, 6)]
    return stargates([*both, *((b, a) for a, b in both), (6, 7)])


@pytest.mark.parametrize(
    ("risks", "closed", "short", "safe"),
    [
        ({}, (), [1, 2, 6], [1, 2, 6]),  # of two, the one whose ids come first
        ({2: 0.0001}, (), [1, 2, 6], [1, 3, 6]),  # as long, and safer
        ({2: 0.0001, 3: 0.0001}, (), [1, 2, 6], [1, 2, 6]),  # a jump is not worth so little
        ({2: 0.002, 3: 0.002}, (), [1, 2, 6], [1, 4, 5, 6]),  # but this
        ({2: 0.002, 3: 0.002, 4: 0.002}, (), [1, 2, 6], [1, 2, 6]),
        ({}, (2,), [1, 3, 6], [1, 3, 6]),
        ({}, (1, 2, 3, 6), [1, 4, 5, 6], [1, 4, 5, 6]),  # the ends may be closed
        ({}, (2, 3, 5), None, None),
    ],
)
def test_ways_around_a_square(
    square: Stargates, risks: Risks, closed: tuple[int, ...], short: Way | None, safe: Way | None
) -> None:
    assert shortest(square, 1, 6, closed) == short
    assert safer(square, risks, 1, 6, closed) == safe


def test_a_gate_may_lead_one_way_only(square: Stargates) -> None:
    assert shortest(square, 1, 7) == [1, 2, 6, 7]
    assert shortest(square, 7, 1) is None
    assert shortest(square, 7, 7) == safer(square, {}, 7, 7) == [7]
    assert shortest(square, 1, 99) is None
    assert shortest(square, 99, 1) is None


@pytest.mark.parametrize(
    ("risk", "danger"),
    [
        (None, Danger.UNKNOWN),
        (0, Danger.LOW),
        (0.0019, Danger.LOW),
        (0.002, Danger.MODERATE),
        (0.01, Danger.HIGH),
        (0.05, Danger.EXTREME),
        (1, Danger.EXTREME),
    ],
)
def test_dangers_in_words(risk: float | None, danger: Danger) -> None:
    assert danger_of(risk) is danger
