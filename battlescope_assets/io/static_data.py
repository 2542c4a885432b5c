"""Reads and writes CCP's static data zip; what its rows mean belongs to the domain."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

import msgspec

from battlescope_assets.domain.static_data import FILES, Rows, StaticDataError, static_data
from battlescope_assets.domain.universe import StaticData

SNAPSHOT = Path(__file__).resolve().parent.parent / "data" / "static-data-snapshot-jsonl.zip"
"""The static data that ships with BattleScope: CCP's layout, with only the files, fields and languages it uses."""

LARGEST_FILE_BYTES = 2**29
"""CCP's whole zip has 0.6 GB in a hundred files."""
LONGEST_LINE_BYTES = 2**22
MOST_ROWS = 2**18
"""Five times the types, which are CCP's longest file of those read here."""

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can carry: the same rows give the same bytes whenever they are written."""


def read_zip(file: Path | bytes) -> StaticData:
    """Reads a build's `eve-online-static-data-*-jsonl.zip` from disk or memory, line by line, with nothing extracted.

    Raises:
        StaticDataError: damaged, cut short, larger than anything believable, a line is not a row of its file, or what
            `static_data` refuses.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file) as archive:
            members = set(archive.namelist())
            lines = {
                field: _rows(archive, f"{name}.jsonl", row)
                for field, (name, row) in FILES.items()
                if f"{name}.jsonl" in members
            }
            return static_data(Rows(**lines))  # type: ignore[arg-type]  # FILES gives each field its row
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        message = f"no sound zip of static data: {error}"
        raise StaticDataError(message) from error


def read_snapshot() -> StaticData:
    """The static data that ships with BattleScope."""
    return read_zip(SNAPSHOT)


def _rows(archive: zipfile.ZipFile, member: str, row: type[msgspec.Struct]) -> Iterator[msgspec.Struct]:
    info = archive.getinfo(member)
    if info.file_size > LARGEST_FILE_BYTES:
        message = f"{member} has {info.file_size} bytes; the limit is {LARGEST_FILE_BYTES}"
        raise StaticDataError(message)
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        message = f"{member} is compressed with method {info.compress_type}; CCP uses deflate"
        raise StaticDataError(message)
    decode = msgspec.json.Decoder(row).decode
    # zipfile hands out at most the declared size and checks the checksum at the end; its own readline is slow.
    opened = cast("zipfile.ZipExtFile", archive.open(info))
    with io.BufferedReader(opened, 2**18) as lines:
        number = 0
        while line := lines.readline(LONGEST_LINE_BYTES):
            number += 1
            if number > MOST_ROWS:
                message = f"{member} has more than {MOST_ROWS} lines"
                raise StaticDataError(message)
            if len(line) == LONGEST_LINE_BYTES:
                message = f"line {number} of {member} is longer than {LONGEST_LINE_BYTES} bytes"
                raise StaticDataError(message)
            if line.isspace():
                continue
            try:
                yield decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                message = f"line {number} of {member} is no {row.__name__}: {error}"
                raise StaticDataError(message) from error


def write_zip(rows: Rows, file: Path) -> None:
    """Writes rows in CCP's layout, the same rows always as the same bytes; a file without rows is written empty."""
    encode = msgspec.json.Encoder().encode_lines
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for field, (name, _) in FILES.items():
            member = zipfile.ZipInfo(f"{name}.jsonl", ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            found: Iterable[msgspec.Struct] = getattr(rows, field)
            archive.writestr(member, encode(list(found)))
