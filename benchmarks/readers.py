"""How long re-materialising a day holds a reader of that day, against the same reader with nothing going on."""

import threading
import time
from datetime import date

import psycopg

from battlescope_assets.domain.window import Window
from battlescope_assets.io.warehouse import Rows, Warehouse, replace_days

DAY = date(2026, 9, 16)
ROWS = 26_000
"""Attackers of a day of 6,500 mails."""
GENERATIONS = 10
POLL_SECONDS = 0.005
LIMIT_MS = 100
COLUMNS = ("day", "killmail_id", "attacker_index", "damage_done", "final_blow")


def readers(warehouse: Warehouse) -> bool:
    """Prints the longest a reader waited; tells whether it is within `LIMIT_MS` and every read saw a whole day."""
    _write(warehouse, 0)
    quiet, _ = _poll(warehouse, threading.Thread(target=time.sleep, args=(2,)))
    busy, seen = _poll(warehouse, threading.Thread(target=_rewrite, args=(warehouse,)))
    print(
        f"reader of a day while it is rewritten {GENERATIONS} times: longest {busy:.0f} ms (limit {LIMIT_MS}), "
        f"undisturbed {quiet:.0f} ms; {len(seen)} different answers, whole days: {seen == {(ROWS, 1)}}"
    )
    return busy <= LIMIT_MS and seen == {(ROWS, 1)}


def _write(warehouse: Warehouse, generation: int) -> None:
    rows = Rows(COLUMNS, [(DAY, mail_id, 0, generation, True) for mail_id in range(ROWS)])
    with warehouse.transaction() as connection:
        replace_days(connection, Window.of_day(DAY), {"raw.killmail_attackers": rows})


def _rewrite(warehouse: Warehouse) -> None:
    for generation in range(1, GENERATIONS + 1):
        _write(warehouse, generation)


def _poll(warehouse: Warehouse, work: threading.Thread) -> tuple[float, set[tuple[object, ...]]]:
    """Reads the day until the work is done: the longest read in milliseconds, and what was seen."""
    longest = 0.0
    seen: set[tuple[object, ...]] = set()
    with psycopg.connect(warehouse.url, autocommit=True) as reader:
        work.start()
        while work.is_alive():
            begun = time.perf_counter()
            found = reader.execute(
                "select count(*), count(distinct damage_done) from raw.killmail_attackers where day = %s", [DAY]
            ).fetchall()
            longest = max(longest, time.perf_counter() - begun)
            seen.update(found)
            time.sleep(POLL_SECONDS)
    work.join()
    return longest * 1000, seen
