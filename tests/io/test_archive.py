"""Walking archives: every member of a sound one; a clear refusal, in bounded memory, of anything else."""

import bz2
import subprocess
import sys
import tarfile
import textwrap
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.io.archive import ArchiveError, Member, decompressed, members
from tests.archives import archive_of, tar_of

MIB = 2**20
LIMIT = 64 * MIB
FILES = {f"killmails/{i}.json": bytes([65 + i % 26]) * (i * 97 % 3000) for i in range(40)}


def read(content: bytes, limit: int = LIMIT) -> list[Member]:
    return list(members(decompressed([content], limit)))


def test_every_member_comes_in_order() -> None:
    assert read(archive_of(FILES)) == [Member(name, body) for name, body in FILES.items()]


@given(st.integers(1, 5000))
def test_pieces_of_any_size_give_the_same_members(size: int) -> None:
    tar = tar_of(FILES)
    pieces = [tar[i : i + size] for i in range(0, len(tar), size)]
    assert list(members(pieces)) == [Member(name, body) for name, body in FILES.items()]


def test_a_file_of_several_bzip2_streams_is_one_archive() -> None:
    tar = tar_of(FILES)
    streams = b"".join(bz2.compress(tar[i : i + 10_000]) for i in range(0, len(tar), 10_000))
    assert read(streams) == read(archive_of(FILES))


def test_chunks_of_one_byte_decompress_the_same() -> None:
    content = archive_of(FILES)
    assert list(members(decompressed((bytes([b]) for b in content), LIMIT))) == read(content)


@given(st.integers(0, len(archive_of(FILES)) - 1))
def test_an_archive_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(ArchiveError):
        read(archive_of(FILES)[:length])


@given(st.integers(0, 8 * len(archive_of(FILES)) - 1))
def test_a_flipped_bit_is_refused_or_changes_nothing(bit: int) -> None:
    content = bytearray(archive_of(FILES))
    content[bit // 8] ^= 1 << bit % 8
    try:
        got = read(bytes(content))
    except ArchiveError:
        return
    assert got == read(archive_of(FILES))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("nothing", b""),
        ("a web page", b"<html><body>502 Bad Gateway</body></html>"),
        ("bzip2 of something else", bz2.compress(b"hello, this is no tar" * 100)),
        ("bzip2 of nothing", bz2.compress(b"")),
        ("a tar that was not compressed", tar_of(FILES)),
        ("a tar without its end", bz2.compress(tar_of(FILES)[:-10240])),
        ("an archive and half of another", archive_of(FILES) + archive_of(FILES)[:50]),
    ],
)
def test_what_is_no_archive_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(ArchiveError):
        read(content)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_a_member_that_is_no_file_has_no_content(kind: bytes) -> None:
    info = tarfile.TarInfo("killmails/1.json")
    info.type = kind
    info.linkname = "/etc/passwd"
    assert list(members([info.tobuf() + bytes(1024)])) == [Member("killmails/1.json", b"")]


def test_names_that_leave_the_folder_are_only_names() -> None:
    assert read(archive_of({"../../etc/cron.d/x": b"1"})) == [Member("../../etc/cron.d/x", b"1")]


def header(size: int) -> bytes:
    info = tarfile.TarInfo("killmails/1.json")
    info.size = size
    return info.tobuf()


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    # A file of many streams is one file: compressing one and repeating it is quick.
    "2 GiB of zeros": (lambda: bz2.compress(bytes(32 * MIB)) * 64, "bytes when decompressed"),
    "a member of 500 MB": (
        lambda: bz2.compress(header(500 * 10**6)) + bz2.compress(bytes(50 * 10**6)) * 10,
        "a member of",
    ),
    "a million members": (lambda: bz2.compress(header(0) * 10_000) * 100, "more than"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_bounded_memory(name: str) -> None:
    make, reason = BOMBS[name]
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from battlescope_assets.io.archive import ArchiveError, decompressed, members
        try:
            for member in members(decompressed([sys.stdin.buffer.read()], 256 * 2**20)):
                pass
        except ArchiveError as error:
            # getrusage would tell the largest of this process and of the one it was forked from.
            status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
            print(int(status["VmHWM"].split()[0]) // 1024, error)
    """)
    ran = subprocess.run([sys.executable, "-c", script], input=make(), capture_output=True, check=True, timeout=60)
    rss_mib, message = ran.stdout.decode().split(" ", 1)
    assert int(rss_mib) < 400
    assert reason in message
