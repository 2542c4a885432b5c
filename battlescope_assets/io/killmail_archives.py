"""Reads one day's killmail archive into typed mails and quarantine rows; fetching and storing belong elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from battlescope_assets.domain.killmail import Killmail, Reason, Rejection, parse
from battlescope_assets.domain.window import Window
from battlescope_assets.io.archive import ahead, decompressed, members

QUARANTINE_COLUMNS = ("day", "member", "killmail_id", "source", "reason", "detail")
INT64_DIGITS = 19


@dataclass(frozen=True)
class ArchiveDay:
    """What an archive holds: the day's mails by id, and rows for raw.quarantined_mails."""

    mails: dict[int, Killmail]
    quarantined: list[tuple[object, ...]]


def read_archive(file: Path, source: str, day: date, most_bytes: int) -> ArchiveDay:
    """Parses every member; what is no mail of the day is quarantined with file, id and reason."""
    window = Window.of_day(day)
    archive = ArchiveDay({}, [])
    for index, member in enumerate(members(ahead(decompressed(_chunks(file), most_bytes)))):
        stem = Path(member.name).stem
        expected_id = int(stem) if stem.isdecimal() and len(stem) < INT64_DIGITS else None
        mail = parse(member.body, window, expected_id)
        if isinstance(mail, Killmail) and mail.killmail_id in archive.mails:
            mail = Rejection(Reason.REPEATED_ID, "the archive holds this killmail_id twice", mail.killmail_id)
        if isinstance(mail, Killmail):
            archive.mails[mail.killmail_id] = mail
        else:
            name = f"{index}:{member.name}".replace("\0", "")
            archive.quarantined.append((day, name, mail.killmail_id, source, mail.reason.value, mail.detail))
    return archive


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(2**16):
            yield chunk
