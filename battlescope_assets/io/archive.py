"""Walks a bzip2-compressed tar in memory under limits; what the members mean belongs to the domain."""

import bz2
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

BLOCK = 512
MOST_MEMBERS = 200_000
"""Ten times the busiest day known."""
CHUNK_BYTES = 2**20
LARGEST_MEMBER_BYTES = 32 * 2**20

REGULAR_FILES = (b"0", b"\0")
DIRECTORY = b"5"
EXTENDED_HEADERS = (b"x", b"g", b"L", b"K")


class ArchiveError(Exception):
    """The archive is damaged, cut short, not an archive, or larger than anything believable."""


class Member(NamedTuple):
    """One member of the archive; a link, device or the like has an empty body."""

    name: str
    body: bytes


def decompressed(chunks: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    """The bytes of a bzip2 file (one or many streams), piece by piece.

    Raises:
        ArchiveError: not bzip2, damaged, cut short, or more than `most_bytes` when decompressed.
    """
    decompressor = bz2.BZ2Decompressor()
    total = 0
    for chunk in chunks:
        data = chunk
        while True:
            if decompressor.eof:
                data = decompressor.unused_data + data
                if not data:
                    break
                decompressor = bz2.BZ2Decompressor()
            try:
                piece = decompressor.decompress(data, CHUNK_BYTES)
            except (OSError, ValueError) as error:
                message = f"not a sound bzip2 file: {error}"
                raise ArchiveError(message) from error
            data = b""
            total += len(piece)
            if total > most_bytes:
                message = f"more than {most_bytes} bytes when decompressed"
                raise ArchiveError(message)
            yield piece
            if decompressor.needs_input or (decompressor.eof and not decompressor.unused_data):
                break
    if not decompressor.eof:
        message = "the bzip2 file is cut short"
        raise ArchiveError(message)


def ahead(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, the next one made in a thread while the last is used.

    Decompression is half the cost of landing a day and releases the interpreter's lock, so it runs on a second core.
    """
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(next, pieces, None)
        while (piece := following.result()) is not None:
            following = pool.submit(next, pieces, None)
            yield piece


def members(pieces: Iterable[bytes]) -> Iterator[Member]:
    """The members of a tar, in order, whatever the pieces it comes in.

    The standard library's reader takes 35 times as long for a day, and follows links; nothing is written to disk here.
    Long-name and pax headers are skipped, so such a member comes with its short name.

    Raises:
        ArchiveError: damaged or cut short, too many members, or a member too large.
    """
    stream = _Stream(pieces)
    for _ in range(MOST_MEMBERS):
        header = stream.take(BLOCK)
        if header == bytes(BLOCK):
            stream.drain()
            return
        size = _size_of(header)
        kind = header[156:157]
        body = stream.take(size + -size % BLOCK)[:size]
        if kind not in EXTENDED_HEADERS:
            name = header[:100].rstrip(b"\0").decode("utf-8", "replace")
            if kind != DIRECTORY:
                yield Member(name, body if kind in REGULAR_FILES else b"")
    message = f"more than {MOST_MEMBERS} members"
    raise ArchiveError(message)


def _size_of(header: bytes) -> int:
    try:
        checksum = int(header[148:156].rstrip(b"\0 ") or b"0", 8)
        size = int(header[124:136].rstrip(b"\0 ") or b"0", 8)
    except ValueError as error:
        message = "not a tar: a header is unreadable"
        raise ArchiveError(message) from error
    if checksum != sum(header) - sum(header[148:156]) + 8 * ord(" "):
        message = "not a tar: a header's checksum is wrong"
        raise ArchiveError(message)
    if not 0 <= size <= LARGEST_MEMBER_BYTES:
        message = f"a member of {size} bytes; the limit is {LARGEST_MEMBER_BYTES}"
        raise ArchiveError(message)
    return size


class _Stream:
    """Bytes taken in counts of the reader's choosing from pieces of the writer's choosing."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._buffer = b""
        self._position = 0

    def take(self, count: int) -> bytes:
        while len(self._buffer) - self._position < count:
            piece = next(self._pieces, None)
            if piece is None:
                message = "the tar is cut short"
                raise ArchiveError(message)
            self._buffer = self._buffer[self._position :] + piece
            self._position = 0
        taken = self._buffer[self._position : self._position + count]
        self._position += count
        return taken

    def drain(self) -> None:
        """Reads on to the end, so that damage after the last member is found too."""
        for _ in self._pieces:
            pass
