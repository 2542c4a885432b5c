"""Runs at once: of one day, of neighbouring days with a fight across midnight, and beside the landing of mails."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from itertools import cycle, islice
from multiprocessing import get_context
from typing import cast

import pytest

from battlescope_assets.assets.values import value_day
from battlescope_assets.domain.killmail import KILLMAIL_COLUMNS, killmail_rows
from battlescope_assets.domain.window import Window
from battlescope_assets.io.warehouse import Rows, Warehouse, lock, replace_days
from tests.assets.stored import FIRST_DAY, battles, content, day_of, forget_battles, killmail, land, rebuild
from tests.domain.tables import WORLD, Row, rows

TUESDAY = FIRST_DAY + timedelta(days=1)
EVENING, MIDNIGHT, MORNING = 20 * 60, 24 * 60, 24 * 60 + 8 * 60


def brawl(minute: int, mails: int, one: str = "A", other: str = "B", system: str = "a") -> str:
    """Two groups that shoot each other once a minute."""
    return "\n".join(
        f"{minute + i} | {system} | {(one, other)[i % 2]}{i % 4} | {(other, one)[i % 2]}{i % 3} | gate"
        for i in range(mails)
    )


WAR = rows(
    "\n".join(
        (
            brawl(EVENING, 12),
            brawl(MIDNIGHT - 9, 20),
            brawl(MIDNIGHT - 5, 14, "C", "D"),
            brawl(MIDNIGHT - 30, 60, "C", "D", "h"),
            brawl(MORNING, 6),
        )
    )
)
LATE = [Row(900, (MIDNIGHT + 12) * 60, "a", "A3", ["C1"]), Row(901, (EVENING + 3) * 60, "a", "B2", ["D1", "A2"])]
"""Which joins the two fights at midnight, and changes the evening's."""
REPEATS = pytest.mark.parametrize("repeats", [6, pytest.param(100, marks=pytest.mark.deep)])


def at_once(*tasks: Callable[[], object]) -> None:
    """Runs them all in threads that begin together; an error of one is an error here."""
    together = threading.Barrier(len(tasks))

    def run(task: Callable[[], object]) -> None:
        together.wait(timeout=60)
        task()

    with ThreadPoolExecutor(len(tasks)) as threads:
        for future in [threads.submit(run, task) for task in tasks]:
            future.result(timeout=120)


def land_and_rebuild(warehouse: Warehouse, day: date, mails: list[Row]) -> None:
    """What a run of the day does."""
    land(warehouse, day, mails)
    rebuild(warehouse, day, day)


def expected(warehouse: Warehouse, mails: list[Row]) -> tuple[dict[str, list[str]], set[frozenset[int]]]:
    """What one run after the other stores."""
    forget_battles(warehouse)
    for day in (FIRST_DAY, TUESDAY):
        land(warehouse, day, mails)
    rebuild(warehouse, FIRST_DAY, TUESDAY)
    found = content(warehouse), {battle.killmail_ids for battle in battles(warehouse)}
    forget_battles(warehouse)
    return found


@REPEATS
def test_runs_of_one_day_and_of_neighbouring_days(warehouse: Warehouse, repeats: int) -> None:
    whole = expected(warehouse, WAR)
    assert len(whole[1]) == 5
    for _ in range(repeats):
        forget_battles(warehouse)
        at_once(*(partial(rebuild, warehouse, day, day) for day in (FIRST_DAY, TUESDAY, FIRST_DAY, TUESDAY)))
        assert (content(warehouse), {battle.killmail_ids for battle in battles(warehouse)}) == whole


@REPEATS
def test_runs_that_land_mails_first(warehouse: Warehouse, repeats: int) -> None:
    """Late mails come and go on both days; whoever comes first, the last run of each day has seen its mails."""
    states = [expected(warehouse, mails) for mails in (WAR, [*WAR, *LATE])]
    assert states[0][1] != states[1][1]
    for number in range(repeats):
        mails = [*WAR, *LATE] if number % 2 else WAR
        at_once(*(partial(land_and_rebuild, warehouse, day, mails) for day in (FIRST_DAY, TUESDAY, TUESDAY, FIRST_DAY)))
        assert (content(warehouse), {battle.killmail_ids for battle in battles(warehouse)}) == states[number % 2]


@REPEATS
def test_runs_of_several_processes(warehouse: Warehouse, repeats: int) -> None:
    whole = expected(warehouse, WAR)
    with get_context("spawn").Pool(2) as processes:
        for _ in range(repeats):
            forget_battles(warehouse)
            runs = [(warehouse, day, day) for day in islice(cycle((FIRST_DAY, TUESDAY)), 4)]
            assert len(processes.starmap_async(rebuild, runs, chunksize=1).get(timeout=120)) == len(runs)
            assert (content(warehouse), {battle.killmail_ids for battle in battles(warehouse)}) == whole
        processes.close()  # as in tests/io/test_etiquette.py: nobody is terminated at work
        processes.join()


def test_mails_that_change_between_two_reads_of_a_run_do_not_mix_with_those_before(warehouse: Warehouse) -> None:
    """A run of Tuesday is held up after it read mails and before it read attackers; meanwhile mails of Monday vanish.

    The run of Monday that follows does not touch Tuesday morning's fight, so nothing would mend what was mixed.
    """
    strangers = [Row(800 + i, (MIDNIGHT - 20 + i) * 60, "e", f"E{i}", ["F1", "F2", "F3"]) for i in range(4)]
    whole = expected(warehouse, WAR)
    land(warehouse, FIRST_DAY, [*WAR, *strangers])
    monday = killmail_rows([killmail(row) for row in WAR if day_of(row) == FIRST_DAY])

    def vanish() -> None:
        with warehouse.transaction() as connection:
            mails = Rows(KILLMAIL_COLUMNS, monday.killmails)
            replace_days(connection, Window.of_day(FIRST_DAY), {"raw.killmails": mails})

    with ThreadPoolExecutor(2) as threads:
        with warehouse.transaction() as barrier:
            barrier.execute("lock table raw.killmail_attackers in access exclusive mode")
            run = threads.submit(rebuild, warehouse, TUESDAY, TUESDAY)
            while waiting(warehouse) < 1:
                assert not run.done()
            landing = threads.submit(vanish)
            while waiting(warehouse) < 2 and not landing.done():
                pass
        run.result(timeout=60)
        landing.result(timeout=60)
    land(warehouse, FIRST_DAY, WAR)
    rebuild(warehouse, FIRST_DAY, FIRST_DAY)
    assert (content(warehouse), {battle.killmail_ids for battle in battles(warehouse)}) == whole


@pytest.mark.parametrize(
    "run", [lambda w: rebuild(w, TUESDAY, TUESDAY), lambda w: value_day(TUESDAY, WORLD, w)], ids=["battles", "values"]
)
def test_runs_take_the_mails_before_all_else(warehouse: Warehouse, run: Callable[[Warehouse], object]) -> None:
    """A tick of the feed holds the mails and goes on to values and battles: who had those first would stop it."""
    land(warehouse, TUESDAY, WAR)
    with ThreadPoolExecutor(1) as threads:
        with warehouse.transaction() as tick:
            lock(tick, "raw.killmails")
            other = threads.submit(run, warehouse)
            while waiting(warehouse) < 1:
                assert not other.done()
            for name in ("core.killmail_values", "core.type_prices", "core.battles"):
                query = "select pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
                assert tick.execute(query, [name]).fetchone() == (True,), name
        other.result(timeout=60)


def waiting(warehouse: Warehouse) -> int:
    """How many transactions wait for a lock."""
    with warehouse.transaction() as connection:
        (found,) = connection.execute(
            "select count(*) from pg_locks where not granted and "
            "database = (select oid from pg_database where datname = current_database())"
        ).fetchall()
    return cast("int", found[0])
