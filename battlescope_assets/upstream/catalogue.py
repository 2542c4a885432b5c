"""Which files the upstreams have, made when first asked for; HTTP and faults belong elsewhere."""

import hashlib
import re
import threading
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

import msgspec

from battlescope_assets.domain.window import ONE_DAY, Window
from battlescope_assets.io.static_data import SNAPSHOT
from battlescope_assets.simulator.bodies import Body
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.everef import (
    archive_path,
    market_history_path,
    write_archive,
    write_market_history,
    write_whole,
)

STATIC_DATA = "static-data/tranquility"
DAY_IN_PATH = re.compile(r"\d{4}-\d\d-\d\d")
LATE_MAILS = 20
"""A day's first version lacks one mail in that many, where mails come late."""
MEDIA_TYPES = {
    ".bz2": "application/x-bzip2",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".zip": "application/zip",
}


@dataclass(frozen=True)
class Document:
    """One file as an upstream serves it."""

    path: Path
    last_modified: datetime
    etag: str
    fresh_seconds: int = 0
    """How long after the answer it expires; 0 for what may change at any time, such as EVE Ref's files."""

    @property
    def media_type(self) -> str:
        """For the Content-Type header."""
        return MEDIA_TYPES[self.path.suffix]


class Catalogue:
    """EVE Ref's and the static data's files over a war.

    Args:
        war: what happened.
        first_day: the first day with files.
        last_day: the last one.
        folder: where made files are kept; one folder serves many starts and different wars.
        mails_come_late: a day lacks some of its mails until `publish_late_mails`.
    """

    def __init__(
        self, war: War, first_day: date, last_day: date, folder: Path, *, mails_come_late: bool = False
    ) -> None:
        self.window = Window.of_days(first_day, last_day)
        self._war = war
        self._folder = folder / f"war-{war.seed}-{war.mails_per_day}"
        self._late = set(self.window.days()) if mails_come_late else set()
        self._lock = threading.Lock()
        with zipfile.ZipFile(SNAPSHOT) as snapshot:
            self._build = msgspec.json.decode(snapshot.read("_sde.jsonl").splitlines()[0])
        self.static_data_path = f"{STATIC_DATA}/eve-online-static-data-{self._build['buildNumber']}-jsonl.zip"

    def publish_late_mails(self, day: date) -> None:
        """Publishes the day anew, with the mails it lacked."""
        self._late.discard(day)

    def names(self, entity_ids: Sequence[int]) -> list[dict[str, int | str]] | None:
        """Names in ESI's form, or None where one of the ids is nobody's."""
        known = self._war.names
        if not all(entity_id in known for entity_id in entity_ids):
            return None
        return [
            {"id": entity_id, "category": known[entity_id][0], "name": known[entity_id][1]} for entity_id in entity_ids
        ]

    def document(self, path: str) -> Document | None:
        """The file at a path without its leading slash, or None where the upstream has none."""
        with self._lock:
            match path:
                case self.static_data_path:
                    return _document(SNAPSHOT, datetime.fromisoformat(self._build["releaseDate"]))
                case "static-data/tranquility/latest.jsonl":
                    line = msgspec.json.encode(self._build) + b"\r\n"
                    return self._made("latest.jsonl", lambda file: write_whole(file, line), self.window.start)
                case "killmails/totals.json":
                    return self._totals(path, "%Y%m%d", lambda day: len(self._mails(day)))
                case "market-history/totals.json":
                    return self._totals(path, "%Y-%m-%d", lambda day: len(self._war.market_history(day)))
            return self._day_file(path)

    def _day_file(self, path: str) -> Document | None:
        found = DAY_IN_PATH.search(path)
        try:
            day = date.fromisoformat(found[0]) if found else None
        except ValueError:
            return None
        if day is None or datetime.combine(day, time(), UTC) not in self.window:
            return None
        published = datetime.combine(day, time(4), UTC) + ONE_DAY
        if path == archive_path(day):
            late = day in self._late
            return self._made(
                f"{'incomplete/' if late else ''}{path}",
                lambda file: write_archive(self._mails(day), file),
                published if late else published + timedelta(hours=9),
            )
        if path == market_history_path(day):
            return self._made(path, lambda file: write_market_history(self._war.market_history(day), file), published)
        return None

    def _mails(self, day: date) -> list[Body]:
        mails = self._war.killmails(day)
        return [m for m in mails if m["killmail_id"] % LATE_MAILS] if day in self._late else mails

    def _totals(self, path: str, day_format: str, count: Callable[[date], int]) -> Document:
        totals = {f"{day:{day_format}}": self._count(path, day, day in self._late, count) for day in self.window.days()}
        content = msgspec.json.encode(totals)
        name = f"{path.removesuffix('.json')}-{hashlib.sha256(content).hexdigest()[:16]}.json"
        return self._made(name, lambda file: write_whole(file, content), self.window.end)

    def _count(self, path: str, day: date, is_late: bool, count: Callable[[date], int]) -> int:
        """Counting a day means drawing it, so the number is kept beside the files."""
        kept = self._folder / "counts" / f"{path.partition('/')[0]}-{day}-{'late' if is_late else 'whole'}"
        if not kept.is_file():
            write_whole(kept, str(count(day)).encode())
        return int(kept.read_text())

    def _made(self, name: str, make: Callable[[Path], None], last_modified: datetime) -> Document:
        file = self._folder / name
        if not file.is_file():
            make(file)
        return _document(file, last_modified)


@lru_cache(maxsize=1_024)
def _document(file: Path, last_modified: datetime) -> Document:
    return Document(file, last_modified, f'"{hashlib.sha256(file.read_bytes()).hexdigest()[:32]}"')
