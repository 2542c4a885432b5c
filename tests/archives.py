"""Archives for tests: tars of given members, compressed as EVE Ref does."""

import bz2
import io
import tarfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path


def tar_of(members: Mapping[str, bytes]) -> bytes:
    """A tar with the members in order."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, body in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return out.getvalue()


def archive_of(members: Mapping[str, bytes]) -> bytes:
    """A compressed tar with the members in order."""
    return bz2.compress(tar_of(members))


def archive_path(folder: Path, day: date) -> Path:
    """Where EVE Ref's layout keeps the day's archive."""
    return folder / "killmails" / f"{day:%Y}" / f"killmails-{day}.tar.bz2"


def write_archive_bytes(folder: Path, day: date, content: bytes) -> None:
    """Puts an archive where EVE Ref's layout has it."""
    file = archive_path(folder, day)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
