"""Landing a busy archive day against the bare cost of its bytes: decompress, parse, COPY into tables without keys."""

import bz2
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import psycopg

from battlescope_assets.assets.killmails import land_day
from battlescope_assets.domain.killmail import (
    ATTACKER_COLUMNS,
    ITEM_COLUMNS,
    KILLMAIL_COLUMNS,
    Killmail,
    killmail_rows,
)
from battlescope_assets.io.archive import members
from battlescope_assets.io.sources import Source
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.everef import archive_path, write_archive

DAY = date(2026, 9, 15)
MAILS = 6_500
REPEATS = 7
MOST_BYTES = 2**30
TABLES = {
    "killmails": KILLMAIL_COLUMNS,
    "killmail_attackers": ATTACKER_COLUMNS,
    "killmail_items": ITEM_COLUMNS,
}
LIMIT = 2.0


def landing(warehouse: Warehouse) -> bool:
    """Prints the ratio; tells whether it is within `LIMIT`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / archive_path(DAY)
        mails = War(read_snapshot(), seed=5, mails_per_day=MAILS).killmails(DAY)
        write_archive(mails, file)
        source = Source(folder, "benchmarks", Path(folder) / "cache")
        ours, bare = [], []
        for _ in range(REPEATS):
            _empty(warehouse)
            ours.append(_seconds(lambda: land_day(DAY, None, source, warehouse, MOST_BYTES)))
            bare.append(_seconds(lambda: _bare(file, warehouse)))
    ratio = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
    print(
        f"archive day to rows: {len(mails)} mails in {statistics.median(ours):.2f} s "
        f"({len(mails) / statistics.median(ours):,.0f} mails/s); bare {statistics.median(bare):.2f} s; "
        f"ratio {ratio:.2f} (limit {LIMIT})"
    )
    return ratio <= LIMIT


def _bare(file: Path, warehouse: Warehouse) -> None:
    decode = msgspec.json.Decoder(Killmail).decode
    rows = killmail_rows([decode(member.body) for member in members([bz2.decompress(file.read_bytes())])])
    with warehouse.transaction() as connection:
        for (name, columns), table_rows in zip(TABLES.items(), rows, strict=True):
            connection.execute(
                f"create table bare_{name} as select {', '.join(columns)} from raw.{name} with no data".encode()
            )
            types = connection.execute(f"select * from bare_{name}".encode()).description or ()
            with connection.cursor().copy(f"copy bare_{name} from stdin (format binary)".encode()) as copy:
                copy.set_types([column.type_code for column in types])
                for row in table_rows:
                    copy.write_row(row)
        connection.execute("drop table bare_killmails, bare_killmail_attackers, bare_killmail_items")


def _empty(warehouse: Warehouse) -> None:
    with psycopg.connect(warehouse.url, autocommit=True) as connection:
        for table in (*TABLES, "killmail_index", "killmail_days", "quarantined_mails"):
            connection.execute(f"delete from raw.{table}".encode())
            connection.execute(f"vacuum raw.{table}".encode())


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
