"""EVE Ref's file layout, written: paths, archives, market history; serving and drawing them belong elsewhere."""

import bz2
import io
import os
import tarfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from battlescope_assets.simulator.market import MarketRow


def archive_path(day: date) -> str:
    """Where EVE Ref keeps the killmails of a day."""
    return f"killmails/{day:%Y}/killmails-{day}.tar.bz2"


def market_history_path(day: date) -> str:
    """Where EVE Ref keeps the market history of a day."""
    return f"market-history/{day:%Y}/market-history-{day}.csv.bz2"


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
