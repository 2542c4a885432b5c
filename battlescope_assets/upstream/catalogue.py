"""Which files the upstreams have at a time, made when first asked for; HTTP and faults belong elsewhere."""

import bz2
import hashlib
import re
import threading
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

import msgspec

from battlescope_assets.domain.window import ONE_DAY, Window
from battlescope_assets.io.static_data import SNAPSHOT
from battlescope_assets.simulator.bodies import Body, esi_body, hash_of
from battlescope_assets.simulator.orders import Orders
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.clock import Clock, utc_now
from battlescope_assets.upstream.esi import Esi
from battlescope_assets.upstream.everef import (
    ORDERS_PATH,
    SNAPSHOTS,
    archive_path,
    market_history_path,
    orders_moment,
    snapshot_file,
    snapshot_folder,
    snapshot_moments,
    write_archive,
    write_market_history,
    write_orders,
    write_whole,
)
from battlescope_assets.upstream.r2z2 import LONGEST_DELAY, Feed, history_written, is_complete

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


R2Z2_DAY = re.compile(r"history/(raw/)?(\d{8})\.json")
R2Z2_DOCUMENT = re.compile(r"ephemeral/(\d+)\.json")
R2Z2_HISTORY_CACHE = {"Cache-Control": "public, max-age=31536000"}
"""zKillboard's own words, though days are written anew."""


@dataclass(frozen=True)
class Document:
    """One file as an upstream serves it."""

    read: Callable[[], bytes]
    media_type: str
    """For the Content-Type header."""
    last_modified: datetime
    etag: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """What else the answer says of itself; EVE Ref's files, which may be written anew at any time, say nothing."""


class Catalogue:
    """What the upstreams have over a war, as of the clock.

    Args:
        war: what happened.
        first_day: the first day with files.
        last_day: the last day with archives; None where the war goes on: every day that has ended.
        folder: where made files are kept; one folder serves many starts and different wars.
        mails_come_late: a day's archive lacks some of its mails until `publish_late_mails`.
        now: the clock.
    """

    def __init__(
        self,
        war: War,
        first_day: date,
        last_day: date | None,
        folder: Path,
        *,
        mails_come_late: bool = False,
        now: Clock = utc_now,
    ) -> None:
        self.now = now
        self._war, self._first_day, self._last_day = war, first_day, last_day
        self._folder = folder / f"war-{war.seed}-{war.mails_per_day}"
        self._mails_come_late = mails_come_late
        self._no_longer_late = set[date]()
        self._lock = threading.Lock()
        self._esi = Esi(war)
        self._all_orders = Orders(war)
        self._feed = Feed(war, first_day, self._kept)
        with zipfile.ZipFile(SNAPSHOT) as snapshot:
            self._build = msgspec.json.decode(snapshot.read("_sde.jsonl").splitlines()[0])
        self.static_data_path = f"{STATIC_DATA}/eve-online-static-data-{self._build['buildNumber']}-jsonl.zip"

    def publish_late_mails(self, day: date) -> None:
        """Publishes the day's archive anew, with the mails it lacked."""
        self._no_longer_late.add(day)

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
            now = self.now()
            name = path.split("/", maxsplit=1)[0]
            match name:
                case "static-data":
                    return self._static_data(path)
                case "ephemeral":
                    return self._feed_document(path, now)
                case "history":
                    return self._history(path, now)
            if answer := self._esi.answer(path, now):
                return _made(msgspec.json.encode(answer.content), answer.last_modified, answer.headers)
            if name in SNAPSHOTS:
                return self._snapshot(name, path, now)
            return self._orders(now) if path == ORDERS_PATH else self._archives(path, now)

    def _static_data(self, path: str) -> Document | None:
        released = datetime.fromisoformat(self._build["releaseDate"])
        if path == self.static_data_path:
            return _file(SNAPSHOT, released)
        if path == f"{STATIC_DATA}/latest.jsonl":
            return _made(msgspec.json.encode(self._build) + b"\r\n", released, media_type=MEDIA_TYPES[".jsonl"])
        return None

    def _feed_document(self, path: str, now: datetime) -> Document | None:
        no_cache = {"Cache-Control": "no-cache"}
        if path == "ephemeral/sequence.json":
            return _made(msgspec.json.encode({"sequence": self._feed.sequence(now)}), now, no_cache)
        found = R2Z2_DOCUMENT.fullmatch(path)
        document = self._feed.document(int(found[1]), now) if found else None
        if document is None:
            return None
        return _made(msgspec.json.encode(document), datetime.fromtimestamp(document["uploaded_at"], UTC), no_cache)

    def _history(self, path: str, now: datetime) -> Document | None:
        written = history_written(now)
        if path == "history/totals.json":
            days = Window(datetime.combine(self._first_day, time(), UTC), written).days()
            totals = {f"{day:%Y%m%d}": self._published(day, written) for day in days if day < written.date()}
            return _made(msgspec.json.encode(totals), written, R2Z2_HISTORY_CACHE)
        found = R2Z2_DAY.fullmatch(path)
        day = _day(found[2]) if found else None
        mails = self._feed.history(day, now) if day else None
        if mails is None or found is None:
            return None
        tell = esi_body if found[1] else hash_of
        content = msgspec.json.encode({str(mail["killmail_id"]): tell(mail) for mail in mails})
        return _made(content, written, R2Z2_HISTORY_CACHE)

    def _orders(self, now: datetime) -> Document:
        """The latest snapshot of all orders; older ones are not kept."""
        moment = orders_moment(now)
        file = self._folder / "market-orders" / f"{moment:%Y-%m-%d_%H-%M}.csv.bz2"
        if not file.is_file():
            for older in file.parent.glob("*.csv.bz2"):
                older.unlink()
            write_orders(self._all_orders.orders(moment), file)
        return _file(file, moment)

    def _snapshot(self, name: str, path: str, now: datetime) -> Document | None:
        if path == f"{name}/{name}-latest.json":
            taken = [m for ago in (1, 0) for m in snapshot_moments(name, now.date() - ago * ONE_DAY) if m <= now]
            return self._taken(name, taken[-1], is_compressed=False)
        found = DAY_IN_PATH.search(path)
        day = _day(found[0]) if found else None
        if day is None or not self._first_day <= day <= now.date():
            return None
        taken = [moment for moment in snapshot_moments(name, day) if moment <= now]
        folder = snapshot_folder(name, day)
        if path == f"{folder}/index.json":
            return self._index(name, folder, taken, now)
        return next((self._taken(name, m) for m in taken if path == f"{folder}/{snapshot_file(name, m)}"), None)

    def _index(self, name: str, folder: str, taken: list[datetime], now: datetime) -> Document:
        """EVE Ref's listing of a folder."""
        files = []
        for moment in taken:
            snapshot = self._taken(name, moment)
            files.append(
                {
                    "name": snapshot_file(name, moment),
                    "url": f"https://data.everef.net/{folder}/{snapshot_file(name, moment)}",
                    "size": len(snapshot.read()),
                    "last_modified": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
                    "etag": snapshot.etag.strip('"'),
                    "type": name,
                    "file_time": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
                }
            )
        content = {"path": f"/{folder}", "files": files, "directories": []}
        return _made(msgspec.json.encode(content), taken[-1] if taken else now)

    def _taken(self, name: str, moment: datetime, *, is_compressed: bool = True) -> Document:
        """A snapshot as it was taken."""
        answer = self._esi.answer(SNAPSHOTS[name], moment)
        content = b"" if answer is None else msgspec.json.encode(answer.content)
        if is_compressed:
            return _made(bz2.compress(content), moment, media_type=MEDIA_TYPES[".bz2"])
        return _made(content, moment)

    def _archives(self, path: str, now: datetime) -> Document | None:
        if path == "killmails/totals.json":
            return _made(
                msgspec.json.encode({f"{day:%Y%m%d}": self._archived(day, now) for day in self._days(now)}), now
            )
        if path == "market-history/totals.json":
            totals = {
                f"{day}": self._kept("market-history", day, lambda day: len(self._war.market_history(day)))
                for day in self._days(now)
                if _history_published(day) <= now
            }
            return _made(msgspec.json.encode(totals), now)
        found = DAY_IN_PATH.search(path)
        day = _day(found[0]) if found else None
        if day is None or day not in self._days(now):
            return None
        written = datetime.combine(day, time(4), UTC) + ONE_DAY
        if path == archive_path(day):
            version, as_of = self._version(day, now)
            file = self._folder / version / path
            if not file.is_file():
                write_archive(self._archive(day, as_of), file)
            return _file(file, written if version == "incomplete" else max(written + timedelta(hours=9), as_of))
        if path == market_history_path(day) and _history_published(day) <= now:
            file = self._folder / path
            if not file.is_file():
                write_market_history(self._war.market_history(day), file)
            return _file(file, _history_published(day))
        return None

    def _days(self, now: datetime) -> list[date]:
        """The days that have archives."""
        last = min(now.date() - ONE_DAY, self._last_day or now.date())
        return list(Window.of_days(self._first_day, last).days()) if self._first_day <= last else []

    def _version(self, day: date, now: datetime) -> tuple[str, datetime]:
        """Which version of a day's archive there is, and as of when: they are written anew every midnight."""
        as_of = datetime.combine(now.date(), time(), UTC)
        if self._mails_come_late and day not in self._no_longer_late:
            return "incomplete", as_of
        complete = datetime.combine(day, time(), UTC) + ONE_DAY + LONGEST_DELAY
        return ("", complete) if complete <= as_of else (f"as-of-{as_of:%Y-%m-%d}", as_of)

    def _archive(self, day: date, as_of: datetime) -> list[Body]:
        mails = self._feed.published(day, as_of)
        is_late = self._mails_come_late and day not in self._no_longer_late
        return [m for m in mails if m["killmail_id"] % LATE_MAILS] if is_late else mails

    def _archived(self, day: date, now: datetime) -> int:
        version, as_of = self._version(day, now)
        return self._kept(f"killmails-{version}", day, lambda day: len(self._archive(day, as_of)))

    def _published(self, day: date, until: datetime) -> int:
        name = "killmails-" if is_complete(day, until) else f"history-{until:%Y-%m-%d}"
        return self._kept(name, day, lambda day: len(self._feed.published(day, until)))

    def _kept(self, name: str, day: date, count: Callable[[date], int]) -> int:
        """A number of a day; counting means drawing, so it is kept beside the files."""
        kept = self._folder / "counts" / f"{name}-{day}"
        if not kept.is_file():
            write_whole(kept, str(count(day)).encode())
        return int(kept.read_text())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _history_published(day: date) -> datetime:
    """When EVE Ref has a day's market history: the game has it at 11:05 of the next."""
    return datetime.combine(day + ONE_DAY, time(11, 40), UTC)


@lru_cache(maxsize=1_024)
def _file(file: Path, last_modified: datetime) -> Document:
    return Document(file.read_bytes, MEDIA_TYPES[file.suffix], last_modified, _etag(file.read_bytes()))


def _made(
    content: bytes,
    last_modified: datetime,
    headers: Mapping[str, str] | None = None,
    *,
    media_type: str = MEDIA_TYPES[".json"],
) -> Document:
    document = Document(lambda: content, media_type, last_modified, _etag(content))
    return document if headers is None else replace(document, headers=headers)


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
