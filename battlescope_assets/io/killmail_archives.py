"""Reads one day's killmail archive or history into typed mails and quarantine rows; no fetching, no storing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from battlescope_assets.domain.killmail import Killmail, Reason, Rejection, parse
from battlescope_assets.domain.window import Window
from battlescope_assets.io.archive import ArchiveError, ahead, decompressed, members

QUARANTINE_COLUMNS = ("day", "member", "killmail_id", "source", "reason", "detail")
INT64_DIGITS = 19


@dataclass(frozen=True)
class ArchiveDay:
    """What an archive holds: the day's mails by id, and rows for raw.quarantined_mails."""

    mails: dict[int, Killmail]
    quarantined: list[tuple[object, ...]]


def read_archive(file: Path, source: str, day: date, most_bytes: int) -> ArchiveDay:
    """Parses every member; what is no mail of the day is quarantined with file, id and reason.

    Raises:
        ArchiveError: damaged, cut short, or too large.
    """
    window = Window.of_day(day)
    archive = ArchiveDay({}, [])
    try:
        for index, member in enumerate(members(ahead(decompressed(_chunks(file), most_bytes)))):
            stem = Path(member.name).stem
            expected_id = int(stem) if stem.isdecimal() and len(stem) < INT64_DIGITS else None
            mail = parse(member.body, window, expected_id)
            if isinstance(mail, Killmail) and mail.killmail_id in archive.mails:
                mail = Rejection(Reason.REPEATED_ID, "the archive holds this killmail_id twice", mail.killmail_id)
            _sort_in(archive, mail, day, f"{index}:{member.name}".replace("\0", ""), source)
    except ArchiveError as error:
        message = f"{source} is no archive of killmails: {error}"
        raise ArchiveError(message) from error
    return archive


def read_history(file: Path, source: str, day: date, most_bytes: int) -> ArchiveDay:
    """Parses zKillboard's history of a day, `{killmail_id: body}`.

    Raises:
        ArchiveError: it is no such document, or too large.
    """
    if file.stat().st_size > most_bytes:
        message = f"{source} has {file.stat().st_size} bytes; the limit is {most_bytes}"
        raise ArchiveError(message)
    try:
        bodies = msgspec.json.decode(file.read_bytes(), type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"{source} is no history of a day: {error}"
        raise ArchiveError(message) from error
    archive = ArchiveDay({}, [])
    for name, body in bodies.items():
        expected_id = int(name) if name.isdecimal() and len(name) < INT64_DIGITS else None
        _sort_in(archive, parse(bytes(body), Window.of_day(day), expected_id), day, name.replace("\0", ""), source)
    return archive


def _sort_in(archive: ArchiveDay, mail: Killmail | Rejection, day: date, member: str, source: str) -> None:
    if isinstance(mail, Killmail):
        archive.mails[mail.killmail_id] = mail
    else:
        archive.quarantined.append((day, member, mail.killmail_id, source, mail.reason.value, mail.detail))


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(2**16):
            yield chunk
