"""CCP's static data rows and what they say of New Eden; neither zip files nor tables belong here.

Row classes have CCP's files and fields, as far as BattleScope uses them. Every field but `_key` may be absent: CCP
omits what is false, zero or empty, so an absent number is 0, an absent flag False, an absent reference None.

A reference that leads nowhere never fails a build. What it names gets a stand-in called after its kind and id, such as
"Region 10000099" or "Group 25", so that no system and no type is lost; the stand-in of a group lies in category 0. A
stargate with an unknown end is left out, for nothing could be reached over it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
import numpy as np

from battlescope_assets.domain.universe import (
    Constellation,
    Faction,
    ItemType,
    Region,
    SecurityClass,
    Slot,
    SolarSystem,
    SpaceType,
    StaticData,
)

POCHVEN_REGION_ID = 10000070
SLOT_OF_EFFECT = {
    11: Slot.LOW,
    12: Slot.HIGH,
    13: Slot.MID,
    2663: Slot.RIG,
    3772: Slot.SUBSYSTEM,
    6306: Slot.SERVICE,
}
"""Dogma effects loPower, hiPower, medPower, rigSlot, subSystem, serviceSlot."""
LEAST_HIGHSEC_STATUS = 0.45
"""The client shows 0.45 as 0.5, the least that is high security."""

Id = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class StaticDataError(Exception):
    """These are not the rows of one build of CCP's static data."""


def _ccp_name(field: str) -> str:
    """`market_group_id` is `marketGroupID` in CCP's files."""
    first, *words = field.split("_")
    return first + "".join("ID" if word == "id" else word.capitalize() for word in words)


class Text(msgspec.Struct, frozen=True, omit_defaults=True):
    """A text by language; BattleScope speaks English."""

    en: str = ""


class Position(msgspec.Struct, frozen=True, omit_defaults=True):
    """Metres along New Eden's axes."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0


class Position2D(msgspec.Struct, frozen=True, omit_defaults=True):
    """Metres on the client's flat map."""

    x: float = 0.0
    y: float = 0.0


class BuildRow(msgspec.Struct, frozen=True, omit_defaults=True, rename=_ccp_name):
    """The line of `_sde` whose key is `sde`."""

    key: str = msgspec.field(name="_key")
    build_number: Id
    release_date: str | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename=_ccp_name):
    """A line of any other file."""

    key: Id = msgspec.field(name="_key")


class RegionRow(Row, frozen=True, kw_only=True):
    """A line of `mapRegions`."""

    name: Text | None = None


class ConstellationRow(Row, frozen=True, kw_only=True):
    """A line of `mapConstellations`."""

    name: Text | None = None
    region_id: Id = 0


class SolarSystemRow(Row, frozen=True, kw_only=True):
    """A line of `mapSolarSystems`."""

    name: Text | None = None
    constellation_id: Id = 0
    region_id: Id = 0
    security_status: float = 0.0
    position: Position = Position()
    position_2d: Position2D | None = msgspec.field(name="position2D", default=None)


class Destination(msgspec.Struct, frozen=True, omit_defaults=True, rename=_ccp_name):
    """Where a stargate leads."""

    solar_system_id: Id = 0


class StargateRow(Row, frozen=True, kw_only=True):
    """A line of `mapStargates`: one way; the way back is another gate."""

    solar_system_id: Id = 0
    destination: Destination = Destination()


class FactionRow(Row, frozen=True, kw_only=True):
    """A line of `factions`."""

    name: Text | None = None


class CategoryRow(Row, frozen=True, kw_only=True):
    """A line of `categories`."""

    name: Text | None = None


class GroupRow(Row, frozen=True, kw_only=True):
    """A line of `groups`."""

    name: Text | None = None
    category_id: Id = 0


class TypeRow(Row, frozen=True, kw_only=True):
    """A line of `types`."""

    name: Text | None = None
    group_id: Id = 0
    market_group_id: Id | None = None
    meta_group_id: Id | None = None
    volume: float | None = None
    published: bool = False


class TypeEffect(msgspec.Struct, frozen=True, rename=_ccp_name):
    """One dogma effect of a type."""

    effect_id: Id


class TypeDogmaRow(Row, frozen=True, kw_only=True):
    """A line of `typeDogma`; its key is the type."""

    dogma_effects: tuple[TypeEffect, ...] = ()


@dataclass(frozen=True)
class Rows:
    """The rows of one build; a file that is absent has none."""

    builds: Iterable[BuildRow] = ()
    regions: Iterable[RegionRow] = ()
    constellations: Iterable[ConstellationRow] = ()
    solar_systems: Iterable[SolarSystemRow] = ()
    stargates: Iterable[StargateRow] = ()
    factions: Iterable[FactionRow] = ()
    categories: Iterable[CategoryRow] = ()
    groups: Iterable[GroupRow] = ()
    types: Iterable[TypeRow] = ()
    type_dogma: Iterable[TypeDogmaRow] = ()


FILES: Mapping[str, tuple[str, type[msgspec.Struct]]] = {
    "builds": ("_sde", BuildRow),
    "regions": ("mapRegions", RegionRow),
    "constellations": ("mapConstellations", ConstellationRow),
    "solar_systems": ("mapSolarSystems", SolarSystemRow),
    "stargates": ("mapStargates", StargateRow),
    "factions": ("factions", FactionRow),
    "categories": ("categories", CategoryRow),
    "groups": ("groups", GroupRow),
    "types": ("types", TypeRow),
    "type_dogma": ("typeDogma", TypeDogmaRow),
}
"""For each field of `Rows`, CCP's file without its `.jsonl`, and the row it holds."""


def static_data(rows: Rows) -> StaticData:
    """What the rows of one build say, each table ordered by id.

    Of rows with the same key the last holds. Each row is looked at once, so files may be streamed in.

    Raises:
        StaticDataError: no build number, solar system or type: whatever this is, it must not replace what is known.
    """
    build_number = next((row.build_number for row in rows.builds if row.key == "sde"), None)
    region_names = {row.key: _english(row.name) for row in rows.regions}
    constellations = {row.key: row for row in rows.constellations}
    systems = {row.key: row for row in rows.solar_systems}
    types = {row.key: row for row in rows.types}
    for what, found in (("build number", build_number), ("solar systems", systems), ("types", types)):
        if not found:
            message = f"the static data has no {what}"
            raise StaticDataError(message)

    for system in systems.values():
        if system.constellation_id not in constellations:
            constellations[system.constellation_id] = ConstellationRow(
                key=system.constellation_id, region_id=system.region_id
            )
    region_of_system = {
        system.key: system.region_id or constellations[system.constellation_id].region_id for system in systems.values()
    }
    for region_id in {*region_of_system.values(), *(row.region_id for row in constellations.values())}:
        region_names.setdefault(region_id, "")

    ends = [
        (gate.solar_system_id, gate.destination.solar_system_id)
        for gate in rows.stargates
        if gate.solar_system_id in systems and gate.destination.solar_system_id in systems
    ]
    return StaticData(
        build_number=build_number or 0,
        regions=tuple(Region(key, name or f"Region {key}") for key, name in sorted(region_names.items())),
        constellations=tuple(
            Constellation(key, _english(row.name) or f"Constellation {key}", row.region_id)
            for key, row in sorted(constellations.items())
        ),
        solar_systems=tuple(_solar_system(systems[key], region_of_system[key]) for key in sorted(systems)),
        stargates=np.unique(np.array(ends, np.int64).reshape(-1, 2), axis=0),
        factions=tuple(
            Faction(key, name or f"Faction {key}")
            for key, name in sorted({row.key: _english(row.name) for row in rows.factions}.items())
        ),
        types=_types(rows, types),
    )


def _english(text: Text | None) -> str:
    return text.en if text else ""


def _solar_system(row: SolarSystemRow, region_id: int) -> SolarSystem:
    space_type = space_type_of(row.key, region_id)
    return SolarSystem(
        solar_system_id=row.key,
        name=_english(row.name) or f"System {row.key}",
        constellation_id=row.constellation_id,
        region_id=region_id,
        security_status=row.security_status,
        space_type=space_type,
        security_class=security_class_of(space_type, row.security_status),
        x_m=row.position.x,
        y_m=row.position.y,
        z_m=row.position.z,
        map_x_m=row.position_2d.x if row.position_2d else None,
        map_y_m=row.position_2d.y if row.position_2d else None,
    )


def space_type_of(solar_system_id: int, region_id: int) -> SpaceType:
    """Where a system lies, by its region (Pochven) and CCP's id ranges.

    31xxxxxx is wormhole space with Thera and the drifters' systems, 32xxxxxx abyssal deadspace, 34xxxxxx the void; all
    else is known space, Jove regions and Zarzakh included.
    """
    if region_id == POCHVEN_REGION_ID:
        return SpaceType.POCHVEN
    match solar_system_id // 1_000_000:
        case 31:
            return SpaceType.JSPACE
        case 32 | 34:
            return SpaceType.ABYSSAL
    return SpaceType.KSPACE


def security_class_of(space_type: SpaceType, security_status: float) -> SecurityClass:
    """The class players speak of: the security status decides in known space only."""
    match space_type:
        case SpaceType.POCHVEN:
            return SecurityClass.POCHVEN
        case SpaceType.JSPACE:
            return SecurityClass.WORMHOLE
        case SpaceType.ABYSSAL:
            return SecurityClass.ABYSSAL
    if security_status >= LEAST_HIGHSEC_STATUS:
        return SecurityClass.HIGHSEC
    return SecurityClass.LOWSEC if security_status > 0 else SecurityClass.NULLSEC


def _types(rows: Rows, types: Mapping[int, TypeRow]) -> tuple[ItemType, ...]:
    category_names = {row.key: _english(row.name) for row in rows.categories}
    groups = {row.key: row for row in rows.groups}
    slots = {
        row.key: slot
        for row in rows.type_dogma
        for effect in row.dogma_effects
        if (slot := SLOT_OF_EFFECT.get(effect.effect_id))
    }

    def item_type(row: TypeRow) -> ItemType:
        group = groups.get(row.group_id) or GroupRow(key=row.group_id)
        return ItemType(
            type_id=row.key,
            name=_english(row.name) or f"Type {row.key}",
            group_id=group.key,
            group_name=_english(group.name) or f"Group {group.key}",
            category_id=group.category_id,
            category_name=category_names.get(group.category_id) or f"Category {group.category_id}",
            market_group_id=row.market_group_id,
            meta_group_id=row.meta_group_id,
            slot=slots.get(row.key),
            volume_m3=row.volume,
            is_published=row.published,
        )

    return tuple(item_type(types[key]) for key in sorted(types))
