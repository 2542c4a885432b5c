"""CCP's rows: what they mean, what absent and dangling ones mean, and what is refused."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.domain.static_data import (
    BuildRow,
    CategoryRow,
    ConstellationRow,
    Destination,
    FactionRow,
    GroupRow,
    Position,
    Position2D,
    RegionRow,
    Rows,
    SolarSystemRow,
    StargateRow,
    StaticDataError,
    Text,
    TypeDogmaRow,
    TypeEffect,
    TypeRow,
    security_class_of,
    space_type_of,
    static_data,
)
from battlescope_assets.domain.universe import SecurityClass, Slot, SpaceType

JITA, PERIMETER = 30000142, 30000144
ROWS = Rows(
    builds=(BuildRow(key="sde", build_number=3650286),),
    regions=(RegionRow(key=10000002, name=Text("The Forge")),),
    constellations=(ConstellationRow(key=20000020, name=Text("Kimotoro"), region_id=10000002),),
    solar_systems=(
        SolarSystemRow(
            key=JITA,
            name=Text("Jita"),
            constellation_id=20000020,
            region_id=10000002,
            security_status=0.945913,
            position=Position(-1.29e17, 6.08e16, 1.17e17),
            position_2d=Position2D(-4.31e16, 1.79e17),
        ),
        SolarSystemRow(key=PERIMETER, name=Text("Perimeter"), constellation_id=20000020, region_id=10000002),
    ),
    stargates=(
        StargateRow(key=50001248, solar_system_id=JITA, destination=Destination(PERIMETER)),
        StargateRow(key=50000802, solar_system_id=PERIMETER, destination=Destination(JITA)),
    ),
    factions=(FactionRow(key=500001, name=Text("Caldari State")),),
    categories=(CategoryRow(key=6, name=Text("Ship")), CategoryRow(key=7, name=Text("Module"))),
    groups=(
        GroupRow(key=25, name=Text("Frigate"), category_id=6),
        GroupRow(key=40, name=Text("Shield"), category_id=7),
    ),
    types=(
        TypeRow(key=587, name=Text("Rifter"), group_id=25, market_group_id=64, volume=27289.0, published=True),
        TypeRow(key=400, name=Text("Small Shield Booster I"), group_id=40, meta_group_id=1),
    ),
    type_dogma=(TypeDogmaRow(key=400, dogma_effects=(TypeEffect(16), TypeEffect(13))),),
)


def test_rows_become_the_data_they_describe() -> None:
    data = static_data(ROWS)
    assert data.build_number == 3650286
    assert [(r.region_id, r.name) for r in data.regions] == [(10000002, "The Forge")]
    assert [(c.name, c.region_id) for c in data.constellations] == [("Kimotoro", 10000002)]
    jita, perimeter = data.solar_systems
    assert (jita.name, jita.constellation_id, jita.region_id) == ("Jita", 20000020, 10000002)
    assert (jita.x_m, jita.y_m, jita.z_m, jita.map_x_m, jita.map_y_m) == (-1.29e17, 6.08e16, 1.17e17, -4.31e16, 1.79e17)
    assert (jita.space_type, jita.security_class) == (SpaceType.KSPACE, SecurityClass.HIGHSEC)
    assert (perimeter.security_status, perimeter.x_m, perimeter.map_x_m) == (0, 0, None)
    assert data.stargates.tolist() == [[JITA, PERIMETER], [PERIMETER, JITA]]
    assert [f.name for f in data.factions] == ["Caldari State"]
    booster, rifter = data.types
    assert (rifter.name, rifter.group_name, rifter.category_id, rifter.category_name) == (
        "Rifter",
        "Frigate",
        6,
        "Ship",
    )
    assert (rifter.market_group_id, rifter.meta_group_id, rifter.volume_m3) == (64, None, 27289)
    assert (rifter.slot, rifter.is_published, booster.slot, booster.is_published) == (None, True, Slot.MID, False)


@pytest.mark.parametrize(
    ("system_id", "region_id", "security", "space_type", "security_class"),
    [
        (30000142, 10000002, 0.945913, "kspace", "highsec"),
        (30002813, 10000033, 0.3, "kspace", "lowsec"),
        (30004759, 10000060, -0.36, "kspace", "nullsec"),
        (30003504, 10000070, -1.0, "pochven", "pochven"),  # Niarja, once high security
        (30100000, 10001000, -1.0, "kspace", "nullsec"),  # Zarzakh
        (31000005, 11000031, -0.99, "jspace", "wormhole"),  # Thera
        (31002177, 11000027, -0.99, "jspace", "wormhole"),
        (32000001, 12000001, -0.99, "abyssal", "abyssal"),
        (34000001, 14000001, -0.99, "abyssal", "abyssal"),
    ],
)
def test_region_and_id_range_tell_the_kind_of_space(
    system_id: int, region_id: int, security: float, space_type: str, security_class: str
) -> None:
    found = space_type_of(system_id, region_id)
    assert (found, security_class_of(found, security)) == (space_type, security_class)


@pytest.mark.parametrize(
    ("security", "expected"),
    [(1, "highsec"), (0.45, "highsec"), (0.449999, "lowsec"), (0.000001, "lowsec"), (0, "nullsec"), (-1, "nullsec")],
)
def test_security_class_changes_where_the_client_rounds_to_half_and_at_zero(security: float, expected: str) -> None:
    assert security_class_of(SpaceType.KSPACE, security) == expected


@pytest.mark.parametrize(
    ("effect_id", "slot"),
    [(11, "low"), (12, "high"), (13, "mid"), (2663, "rig"), (3772, "subsystem"), (6306, "service"), (16, None)],
)
def test_the_dogma_effect_tells_the_slot(effect_id: int, slot: str | None) -> None:
    rows = replace(ROWS, type_dogma=(TypeDogmaRow(key=587, dogma_effects=(TypeEffect(effect_id),)),))
    assert static_data(rows).types[1].slot == slot


def test_references_that_lead_nowhere_get_stand_ins_and_lose_no_system_or_type() -> None:
    data = static_data(replace(ROWS, regions=(), constellations=(), categories=(), groups=(), factions=()))
    assert [r.name for r in data.regions] == ["Region 10000002"]
    assert [(c.name, c.region_id) for c in data.constellations] == [("Constellation 20000020", 10000002)]
    assert [s.region_id for s in data.solar_systems] == [10000002, 10000002]
    assert {(t.group_id, t.group_name, t.category_id, t.category_name) for t in data.types} == {
        (25, "Group 25", 0, "Category 0"),
        (40, "Group 40", 0, "Category 0"),
    }
    assert data.factions == ()


def test_every_reference_of_the_data_resolves_whatever_is_missing() -> None:
    bare = SolarSystemRow(key=30009999)
    data = static_data(replace(ROWS, solar_systems=(*ROWS.solar_systems, bare), regions=()))
    regions = {region.region_id for region in data.regions}
    constellations = {constellation.constellation_id for constellation in data.constellations}
    assert {c.region_id for c in data.constellations} <= regions
    assert {s.region_id for s in data.solar_systems} <= regions
    assert {s.constellation_id for s in data.solar_systems} <= constellations
    assert data.solar_systems[-1].name == "System 30009999"


def test_a_system_without_region_lies_in_its_constellations() -> None:
    data = static_data(replace(ROWS, solar_systems=(SolarSystemRow(key=JITA, constellation_id=20000020),)))
    assert data.solar_systems[0].region_id == 10000002


@pytest.mark.parametrize(
    "gate",
    [
        StargateRow(key=1, solar_system_id=JITA),
        StargateRow(key=1, destination=Destination(JITA)),
        StargateRow(key=1, solar_system_id=JITA, destination=Destination(30009999)),
        StargateRow(key=1, solar_system_id=JITA, destination=Destination(PERIMETER)),  # a second gate there
    ],
)
def test_gates_with_an_unknown_end_and_second_gates_are_left_out(gate: StargateRow) -> None:
    assert static_data(replace(ROWS, stargates=(*ROWS.stargates, gate))).stargates.shape == (2, 2)


def test_without_stargates_the_table_is_empty() -> None:
    assert static_data(replace(ROWS, stargates=())).stargates.shape == (0, 2)


def test_of_rows_with_one_key_the_last_holds() -> None:
    rows = replace(ROWS, types=(*ROWS.types, TypeRow(key=587, name=Text("Rifter II"))))
    assert [t.name for t in static_data(rows).types] == ["Small Shield Booster I", "Rifter II"]


@pytest.mark.parametrize(
    ("missing", "what"), [("builds", "build number"), ("solar_systems", "solar systems"), ("types", "types")]
)
def test_what_cannot_be_a_build_is_refused(missing: str, what: str) -> None:
    with pytest.raises(StaticDataError, match=what):
        static_data(replace(ROWS, **{missing: ()}))


@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(random: Random) -> None:
    shuffled = {file: random.sample(rows, len(rows)) for file, rows in vars(ROWS).items()}
    data, again = static_data(ROWS), static_data(Rows(**shuffled))
    assert np.array_equal(again.stargates, data.stargates)
    assert replace(again, stargates=data.stargates) == data
