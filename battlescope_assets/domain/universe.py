"""New Eden as typed records: types, systems, stargates, and what follows from them; no file format belongs here."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

TRADE_HUBS = {30000142: "Jita", 30002187: "Amarr", 30002659: "Dodixie", 30002510: "Rens", 30002053: "Hek"}
"""The five trade hubs' solar systems."""
ZARZAKH = 30100000
"""Its gates hold each visitor to the one he came by, so no way leads through it."""


class SpaceType(StrEnum):
    """Where a system lies; Pochven's ids look like k-space's, so the region decides."""

    KSPACE = "kspace"
    JSPACE = "jspace"
    POCHVEN = "pochven"
    ABYSSAL = "abyssal"


class SecurityClass(StrEnum):
    """The security class shown to players."""

    HIGHSEC = "highsec"
    LOWSEC = "lowsec"
    NULLSEC = "nullsec"
    WORMHOLE = "wormhole"
    POCHVEN = "pochven"
    ABYSSAL = "abyssal"


class Slot(StrEnum):
    """The fitting slot a type goes into."""

    HIGH = "high"
    MID = "mid"
    LOW = "low"
    RIG = "rig"
    SUBSYSTEM = "subsystem"
    SERVICE = "service"


@dataclass(frozen=True)
class Region:
    """A region."""

    region_id: int
    name: str


@dataclass(frozen=True)
class Constellation:
    """A constellation."""

    constellation_id: int
    name: str
    region_id: int


@dataclass(frozen=True)
class SolarSystem:
    """A solar system."""

    solar_system_id: int
    name: str
    constellation_id: int
    region_id: int
    security_status: float
    space_type: SpaceType
    security_class: SecurityClass
    x_m: float
    y_m: float
    z_m: float
    map_x_m: float | None
    """The official flat map's position; only ids 30xxxxxx have one."""
    map_y_m: float | None


@dataclass(frozen=True)
class Faction:
    """An NPC faction."""

    faction_id: int
    name: str


@dataclass(frozen=True)
class ItemType:
    """A type of ship, module, charge or anything else that has a type id."""

    type_id: int
    name: str
    group_id: int
    group_name: str
    category_id: int
    category_name: str
    market_group_id: int | None
    meta_group_id: int | None
    slot: Slot | None
    volume_m3: float | None
    is_published: bool


@dataclass(frozen=True)
class StaticData:
    """One build of the game's static data."""

    build_number: int
    regions: tuple[Region, ...]
    constellations: tuple[Constellation, ...]
    solar_systems: tuple[SolarSystem, ...]
    stargates: NDArray[np.int64]
    """Shape (gates, 2): from system, to system; directed, both ways present."""
    factions: tuple[Faction, ...]
    types: tuple[ItemType, ...]


@dataclass(frozen=True)
class CombatWorld:
    """What battle rules need to know of the static data."""

    stargates: NDArray[np.int64]
    """Shape (gates, 2), as in `StaticData`."""
    group_of_type: dict[int, int]
    category_of_type: dict[int, int]


def combat_world(data: StaticData) -> CombatWorld:
    """What battle rules need to know of the static data."""
    return CombatWorld(
        stargates=data.stargates,
        group_of_type={item.type_id: item.group_id for item in data.types},
        category_of_type={item.type_id: item.category_id for item in data.types},
    )


def jumps_to_hubs(data: StaticData) -> list[tuple[int, int, int]]:
    """Fewest stargate jumps from every system to every trade hub.

    Returns:
        (system, hub, jumps) where stargates lead from the system to the hub, a hub's own 0 jumps included; none through
        `ZARZAKH`, and none for a hub that the data does not have.
    """
    system_ids = np.array([system.solar_system_id for system in data.solar_systems], np.int64)
    hub_ids = np.intersect1d(system_ids, list(TRADE_HUBS))
    passable = data.stargates[data.stargates[:, 1] != ZARZAKH]
    origins, destinations = np.searchsorted(system_ids, passable).T
    # Searched backwards, from the few hubs.
    backwards = csr_array(
        (np.ones(len(passable), np.int8), (destinations, origins)), shape=(len(system_ids), len(system_ids))
    )
    jumps = shortest_path(backwards, unweighted=True, indices=np.searchsorted(system_ids, hub_ids))
    hubs, systems = np.nonzero(np.isfinite(jumps))
    return list(
        zip(
            system_ids[systems].tolist(),
            hub_ids[hubs].tolist(),
            jumps[hubs, systems].astype(np.int64).tolist(),
            strict=True,
        )
    )
