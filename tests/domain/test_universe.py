"""Jumps to the trade hubs, and what battle rules are given."""

from collections import deque
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.domain.static_data import (
    BuildRow,
    Destination,
    GroupRow,
    Rows,
    SolarSystemRow,
    StargateRow,
    TypeRow,
    static_data,
)
from battlescope_assets.domain.universe import TRADE_HUBS, ZARZAKH, StaticData, combat_world, jumps_to_hubs

HUBS = sorted(TRADE_HUBS)
SYSTEMS = [*HUBS, ZARZAKH, *range(30000001, 30000009)]


def map_of(gates: list[tuple[int, int]], systems: list[int] = SYSTEMS) -> StaticData:
    return static_data(
        Rows(
            builds=[BuildRow(key="sde", build_number=1)],
            types=[TypeRow(key=670, group_id=29), TypeRow(key=587, group_id=25)],
            groups=[GroupRow(key=29, category_id=6)],
            solar_systems=[SolarSystemRow(key=system) for system in systems],
            stargates=[
                StargateRow(key=key, solar_system_id=origin, destination=Destination(to))
                for key, (origin, to) in enumerate(gates)
            ],
        )
    )


def walked(data: StaticData, origin: int) -> dict[int, int]:
    """Jumps from one system to all it can reach, one step at a time."""
    jumps = {origin: 0}
    todo = deque([origin])
    while todo:
        here = todo.popleft()
        if here == ZARZAKH and here != origin:
            continue
        for a, b in data.stargates.tolist():
            if a == here and b not in jumps:
                jumps[b] = jumps[here] + 1
                todo.append(b)
    return jumps


@given(st.lists(st.tuples(st.sampled_from(SYSTEMS), st.sampled_from(SYSTEMS)), max_size=40))
def test_jumps_are_those_of_walking_there(gates: list[tuple[int, int]]) -> None:
    data = map_of(gates)
    expected = {
        (system, hub, jumps) for system in SYSTEMS for hub, jumps in walked(data, system).items() if hub in TRADE_HUBS
    }
    found = jumps_to_hubs(data)
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_no_way_leads_through_zarzakh_but_its_own_way_out_counts() -> None:
    jita, far = HUBS[0], 30000001
    through = [(far, ZARZAKH), (ZARZAKH, far), (ZARZAKH, jita), (jita, ZARZAKH)]
    jumps = {(system, hub): count for system, hub, count in jumps_to_hubs(map_of(through))}
    assert (far, jita) not in jumps
    assert jumps[ZARZAKH, jita] == 1


def test_hubs_that_the_data_does_not_have_are_left_out() -> None:
    jita = HUBS[0]
    assert jumps_to_hubs(map_of([(30000001, jita)], [30000001, jita])) == [(30000001, jita, 1), (jita, jita, 0)]
    assert jumps_to_hubs(map_of([], [30000001])) == []


def test_jumps_are_plain_integers_for_the_database() -> None:
    assert {type(value) for row in jumps_to_hubs(map_of([])) for value in row} == {int}


def test_battle_rules_are_given_gates_groups_and_categories() -> None:
    data = replace(map_of([(30000001, 30000002)]))
    world = combat_world(data)
    assert np.array_equal(world.stargates, [[30000001, 30000002]])
    assert world.group_of_type == {670: 29, 587: 25}
    assert world.category_of_type == {670: 6, 587: 0}
