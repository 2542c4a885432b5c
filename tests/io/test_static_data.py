"""The static data zip: read as CCP writes it, refused when damaged or monstrous; the snapshot that ships."""

import io
import random
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from battlescope_assets.domain.static_data import FILES, BuildRow, Rows, SolarSystemRow, StaticDataError, Text, TypeRow
from battlescope_assets.domain.universe import SpaceType, StaticData, jumps_to_hubs
from battlescope_assets.io import static_data as reader
from battlescope_assets.io.static_data import SNAPSHOT, read_snapshot, read_zip, write_zip

UPSTREAM = Path(__file__).resolve().parents[3] / "shared" / "data" / "static-data"
SOUND = {
    "_sde.jsonl": b'{"_key":"sde","buildNumber":42,"releaseDate":"2026-10-26T11:08:19Z"}\r\n',
    "mapSolarSystems.jsonl": b'{"_key":30000142,"name":{"de":"Dschita","en":"Jita"},"hub":true,"planetIDs":[1]}\n',
    "types.jsonl": b'{"_key":587,"name":{"en":"Rifter"},"groupID":25,"volume":27289,"published":true,"new":{}}\n\r\n'
    b'{"_key":588,"name":{"fr":"Faucheur"},"groupID":25}',
    "skins.jsonl": b"not read",
}


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    with zipfile.ZipFile(out := io.BytesIO(), "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_ccps_habits_are_read() -> None:
    """CRLF, blank lines, a last line without an end, other languages, fields and files."""
    data = read_zip(zipped(SOUND))
    assert data.build_number == 42
    assert [s.name for s in data.solar_systems] == ["Jita"]
    assert [(t.name, t.volume_m3, t.is_published) for t in data.types] == [
        ("Rifter", 27289, True),
        ("Type 588", None, False),
    ]
    assert len(data.stargates) == len(data.factions) == 0


def test_bytes_and_file_read_alike(tmp_path: Path) -> None:
    (tmp_path / "sde.zip").write_bytes(zipped(SOUND, zipfile.ZIP_STORED))
    assert read_zip(tmp_path / "sde.zip").types == read_zip(zipped(SOUND)).types


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{", "types.jsonl"),
        (b"[]", "TypeRow"),
        (b'{"name":{"en":"Rifter"}}', "_key"),
        (b'{"_key":"587"}', "_key"),
        (b'{"_key":-1}', "_key"),
        (b'{"_key":2147483648}', "_key"),
        (b'{"_key":587,"name":"Rifter"}', "name"),
        (b'{"_key":587,"groupID":null}', "groupID"),
        (b'{"_key":587,"published":1}', "published"),
        (b'{"_key":587,"name":{"en":"\xff"}}', "types.jsonl"),
        (b'{"_key":587,"new":' + b"[" * 100_000, "types.jsonl"),
    ],
)
def test_a_line_that_is_no_row_is_named(line: bytes, says: str) -> None:
    files = SOUND | {"types.jsonl": b'{"_key":1}\n' + line + b"\n"}
    with pytest.raises(StaticDataError, match=r"line 2 of types\.jsonl") as refused:
        read_zip(zipped(files))
    assert says in str(refused.value)


def test_what_is_no_zip_or_no_build_is_refused(tmp_path: Path) -> None:
    bomb = zipped(SOUND)
    for file in (
        b"",
        b"<html>",
        tmp_path / "absent.zip",
        tmp_path,
        zipped({}),
        zipped({"types.jsonl": b""}),
        bomb[:-30],
    ):
        with pytest.raises(StaticDataError):
            read_zip(file)


def test_other_compression_than_ccps_is_refused() -> None:
    with pytest.raises(StaticDataError, match="method 14"):
        read_zip(zipped(SOUND, zipfile.ZIP_LZMA))


def damaged_copies(content: bytes, count: int) -> list[bytes]:
    """Copies cut short, and copies with a flipped bit before the directory at the end."""
    seeded = random.Random(7)  # noqa: S311  # damage needs no secrecy
    directory = content.index(b"PK\x01\x02")
    copies = [content[: seeded.randrange(len(content))] for _ in range(count)]
    for _ in range(count):
        copy = bytearray(content)
        copy[seeded.randrange(directory)] ^= 1 << seeded.randrange(8)
        copies.append(bytes(copy))
    return copies


def refused_or_same(content: bytes, count: int) -> Counter[str]:
    sound = read_zip(content)
    outcomes: Counter[str] = Counter()
    for copy in damaged_copies(content, count):
        try:
            data = read_zip(copy)
        except StaticDataError:
            outcomes["refused"] += 1
        else:
            outcomes["same"] += 1
            assert (data.types, data.solar_systems, data.regions) == (sound.types, sound.solar_systems, sound.regions)
    return outcomes


def test_damage_is_refused_or_harmless() -> None:
    """Harmless are flips of header fields that say nothing, such as a member's time."""
    outcomes = refused_or_same(zipped(SOUND), 300)
    assert outcomes["refused"] > outcomes["same"]


@pytest.mark.deep
def test_damage_anywhere_is_refused_or_harmless() -> None:
    outcomes = refused_or_same(zipped(SOUND), 10_000)
    assert outcomes["refused"] > outcomes["same"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"_key":1}\n' * (reader.MOST_ROWS + 1), "lines"),
        (b" " * (reader.LONGEST_LINE_BYTES + 1), "longer"),
        (b'{"_key":1,"x":"' + b"a" * reader.LONGEST_LINE_BYTES, "longer"),
        (bytes(64 * 2**20), "longer"),
    ],
)
def test_bombs_are_refused_in_little_memory(content: bytes, says: str) -> None:
    bomb = zipped(SOUND | {"types.jsonl": content})
    tracemalloc.start()
    try:
        with pytest.raises(StaticDataError, match=says):
            read_zip(bomb)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 32 * 2**20


def test_a_file_that_declares_too_many_bytes_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGEST_FILE_BYTES", 100)
    with pytest.raises(StaticDataError, match=r"types.jsonl has \d+ bytes; the limit is 100"):
        read_zip(zipped(SOUND))


def test_a_file_that_declares_too_few_bytes_is_refused() -> None:
    content = SOUND["types.jsonl"]
    size, less = len(content).to_bytes(4, "little"), (11).to_bytes(4, "little")
    lying = zipped(SOUND).replace(size + len("types.jsonl").to_bytes(2, "little"), less + b"\x0b\x00")
    assert lying.count(less + b"\x0b\x00") == 2
    with pytest.raises(StaticDataError):
        read_zip(lying)


def test_what_is_written_is_read_and_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    rows = Rows(
        builds=[BuildRow(key="sde", build_number=42)],
        solar_systems=[SolarSystemRow(key=30000142, name=Text("Jita"), security_status=0.945913)],
        types=[TypeRow(key=587, name=Text("Rifter"), group_id=25, volume=27289.0, published=True)],
    )
    write_zip(rows, tmp_path / "first.zip")
    write_zip(rows, tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()
    data = read_zip(tmp_path / "first.zip")
    assert (data.solar_systems[0].name, data.solar_systems[0].security_status) == ("Jita", 0.945913)
    assert (data.types[0].name, data.types[0].volume_m3, data.types[0].is_published) == ("Rifter", 27289, True)


@pytest.fixture(scope="module")
def snapshot() -> StaticData:
    return read_snapshot()


def test_the_snapshot_is_small_and_holds_only_what_is_read() -> None:
    assert SNAPSHOT.stat().st_size < 3 * 2**20
    with zipfile.ZipFile(SNAPSHOT) as archive:
        assert {f"{name}.jsonl" for name, _ in FILES.values()} == set(archive.namelist())


def test_the_snapshot_has_new_eden(snapshot: StaticData) -> None:
    assert Counter(s.security_class.value for s in snapshot.solar_systems) == {
        "highsec": 1193,
        "lowsec": 687,
        "nullsec": 3294 + 230 + 1,  # with the Jove regions and Zarzakh
        "wormhole": 2604,
        "pochven": 27,
        "abyssal": 400,
    }
    assert len(snapshot.regions) == 112
    assert len(snapshot.constellations) == 1174
    assert len(snapshot.factions) == 27
    systems = {s.solar_system_id: s for s in snapshot.solar_systems}
    jita, niarja, thera = systems[30000142], systems[30003504], systems[31000005]
    assert (jita.name, jita.region_id, jita.security_status) == ("Jita", 10000002, 0.945913)
    assert (niarja.name, niarja.space_type) == ("Niarja", SpaceType.POCHVEN)
    assert (thera.name, thera.space_type) == ("Thera", SpaceType.JSPACE)


def test_the_snapshots_gates_lead_both_ways_and_to_the_hubs(snapshot: StaticData) -> None:
    gates = set(map(tuple, snapshot.stargates.tolist()))
    assert len(gates) == 13776
    assert {(b, a) for a, b in gates} == gates
    jumps = {(system, hub): count for system, hub, count in jumps_to_hubs(snapshot)}
    assert len(jumps) == 5 * (5174 + 1)
    jita, amarr, dodixie, rens, hek = 30000142, 30002187, 30002659, 30002510, 30002053
    assert [jumps[hub, jita] for hub in (jita, amarr, dodixie, rens, hek)] == [0, 11, 12, 15, 9]


@pytest.mark.parametrize(
    ("type_id", "name", "group", "category", "slot"),
    [
        (587, "Rifter", "Frigate", "Ship", None),
        (670, "Capsule", "Capsule", "Ship", None),
        (438, "1MN Afterburner II", "Propulsion Module", "Module", "mid"),
        (2048, "Damage Control II", "Damage Control", "Module", "low"),
        (2488, "Warrior II", "Combat Drone", "Drone", None),
        (31718, "Medium EM Shield Reinforcer I", "Rig Shield", "Module", "rig"),
        (35832, "Astrahus", "Citadel", "Structure", None),
        (45622, "Legion Core - Dissolution Sequencer", "Core Subsystem", "Subsystem", "subsystem"),
    ],
)
def test_the_snapshot_knows_types(
    snapshot: StaticData, type_id: int, name: str, group: str, category: str, slot: str | None
) -> None:
    [found] = [t for t in snapshot.types if t.type_id == type_id]
    assert (found.name, found.group_name, found.category_name, found.slot) == (name, group, category, slot)


def test_the_snapshot_agrees_with_a_zip_in_ccps_layout(snapshot: StaticData) -> None:
    zips = sorted(UPSTREAM.glob("*-jsonl.zip")) if UPSTREAM.is_dir() else []
    if not zips:
        pytest.skip("no static data in ../shared/data: nothing to compare the snapshot with")
    data = read_zip(zips[-1])
    assert data.build_number >= snapshot.build_number
    if data.build_number == snapshot.build_number:
        assert data.types == snapshot.types
    assert np.array_equal(data.stargates, snapshot.stargates)
    classes = {s.solar_system_id: s.security_class for s in data.solar_systems}
    assert {s.solar_system_id: s.security_class for s in snapshot.solar_systems}.items() <= classes.items()
