"""EVE Ref's file layout, written: paths, archives, market files, snapshots; serving and drawing them is not here."""

import bz2
import io
import os
import tarfile
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import pandas as pd

from battlescope_assets.simulator.market import MarketRow


def archive_path(day: date) -> str:
    """Where EVE Ref keeps the killmails of a day."""
    return f"killmails/{day:%Y}/killmails-{day}.tar.bz2"


def market_history_path(day: date) -> str:
    """Where EVE Ref keeps the market history of a day."""
    return f"market-history/{day:%Y}/market-history-{day}.csv.bz2"


SNAPSHOTS = {
    "faction-warfare-systems": "fw/systems",
    "markets-prices": "markets/prices",
    "sovereignty-campaigns": "sovereignty/campaigns",
    "system-jumps": "universe/system_jumps",
    "system-kills": "universe/system_kills",
}
"""Sets of ESI that EVE Ref keeps hourly: its name for them and ESI's route."""
ORDERS_PATH = "market-orders/market-orders-latest.v3.csv.bz2"


def snapshot_moments(name: str, day: date) -> list[datetime]:
    """When EVE Ref took the day's snapshots of a set: each hour, some seconds past it, as its jobs come to run."""
    midnight = datetime.combine(day, time(), UTC)
    return [
        midnight + timedelta(hours=hour, seconds=2 + crc32(f"{name} {day} {hour}".encode()) % 40) for hour in range(24)
    ]


def snapshot_folder(name: str, day: date) -> str:
    """Where EVE Ref keeps the snapshots of a day, with an `index.json` of them."""
    return f"{name}/history/{day:%Y}/{day}"


def snapshot_file(name: str, moment: datetime) -> str:
    """How EVE Ref names a snapshot."""
    return f"{name}-{moment:%Y-%m-%d_%H-%M-%S}.json.bz2"


def orders_moment(now: datetime) -> datetime:
    """When the latest snapshot of all orders was taken: at a quarter past or a quarter to."""
    return datetime.fromtimestamp((now.timestamp() - 900) // 1_800 * 1_800 + 900, UTC)


def write_orders(orders: pd.DataFrame, path: Path) -> None:
    """Writes a snapshot of all orders as EVE Ref's CSV."""
    write_whole(path, bz2.compress(orders.to_csv(index=False).encode()))


def write_archive(mails: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Writes killmails as one of EVE Ref's daily archives, `killmails/<id>.json` each; equal mails give equal bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for mail in mails:
            body = msgspec.json.encode(mail, order="deterministic")
            member = tarfile.TarInfo(f"killmails/{mail['killmail_id']}.json")
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    write_whole(path, bz2.compress(out.getvalue()))


def write_market_history(rows: Iterable[MarketRow], path: Path) -> None:
    """Writes a day's market history as EVE Ref's CSV."""
    table = pd.DataFrame(rows, columns=list(MarketRow._fields))
    write_whole(path, bz2.compress(table.to_csv(index=False).encode()))


def write_whole(path: Path, content: bytes) -> None:
    """Puts a file in place whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
