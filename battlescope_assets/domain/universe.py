"""New Eden as typed records: types, systems, stargates, and what follows from them; no file format belongs here."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

TRADE_HUBS = {30000142: "Jita", 30002187: "Amarr", 30002659: "Dodixie", 30002510: "Rens", 30002053: "Hek"}
"""The five trade hubs' solar systems."""


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
    region_id: int
    name: str


@dataclass(frozen=True)
class Constellation:
    constellation_id: int
    name: str
    region_id: int


@dataclass(frozen=True)
class SolarSystem:
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
    faction_id: int
    name: str


@dataclass(frozen=True)
class ItemType:
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
