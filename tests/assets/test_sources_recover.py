"""Every source that schedules read, over HTTP from the local upstream: no fault stops it for good or leaves a trace."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from battlescope_assets.assets import archive_days, killmails, market_history
from battlescope_assets.assets.market_orders import read_orders
from battlescope_assets.assets.names import ask_and_keep
from battlescope_assets.assets.snapshot_archives import fill_day
from battlescope_assets.assets.snapshots import read_live
from battlescope_assets.domain.snapshots import KINDS, SnapshotError
from battlescope_assets.domain.window import ONE_DAY
from battlescope_assets.io import sources
from battlescope_assets.io.archive import ArchiveError
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.simulator.war import War
from battlescope_assets.sources import EVEREF_MOST_AT_ONCE, RUN_PATIENCE_SECONDS
from battlescope_assets.upstream.catalogue import Catalogue
from battlescope_assets.upstream.server import Upstream, running
from tests.assets.followed import Databases
from tests.faults import CASES, NO_ANSWER, asked_within
from tests.virtual_time import VirtualTime

NOW = datetime(2026, 9, 21, 13, 52, 30, tzinfo=UTC)
DAY = NOW.date() - ONE_DAY
TABLES = """
select relnamespace::regnamespace || '.' || relname from pg_class
where relnamespace in ('raw'::regnamespace, 'app'::regnamespace) and relkind in ('r', 'p') and not relispartition
    and relname <> 'source_fetches'
"""


class ReadError(Exception):
    """What a reader says that raises nothing."""


def fill(everef: Source, warehouse: Warehouse) -> None:
    """Prices of a day from the archive; its failures are those of the run."""
    if failures := fill_day("market_prices", DAY, everef, warehouse).failures:
        raise ReadError("; ".join(failures))


def name(esi: Source, warehouse: Warehouse) -> None:
    """Names of some ids."""
    if problems := ask_and_keep(esi, warehouse, NAMED, NOW).problems:
        raise ReadError("; ".join(problems))


NAMED: list[int] = []
Reader = Callable[[Source, Warehouse], object]
READERS: dict[str, Reader] = {
    **{kind: partial(read_live, kind) for kind in KINDS},
    "market_orders": read_orders,
    "killmails": lambda source, warehouse: killmails.land_day(DAY, None, source, warehouse, 2**28),
    "killmail totals": lambda source, _: archive_days.archive_totals(source, "killmails"),
    "market_history": lambda source, warehouse: market_history.land_day(DAY, source, warehouse, 2**28),
    "snapshot_archives": fill,
    "entity_names": name,
}
SOME = [
    "503",
    "429 without Retry-After",
    "420",
    "silent",
    "truncated",
    "huge",
    "web page said to be JSON",
    "clock ahead",
]
"""Each kind of trouble once; what `Source` makes of each fault is tested with it, for all sources."""
ERRORS = (SourceError, SnapshotError, ArchiveError, ReadError)
UNREADABLE = r"{file} (sent no snapshot|is no .*|has no totals|sent no names): .*"


class Place(NamedTuple):
    """An upstream, its time, and where is stored what it has."""

    upstream: Upstream
    time: VirtualTime
    warehouse: Warehouse


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalogue, VirtualTime]:
    """A small war's, in virtual time."""
    time = VirtualTime()
    war = War(read_snapshot(), seed=1, mails_per_day=40)
    NAMED[:] = sorted(war.names)[:20]
    return Catalogue(war, DAY, None, tmp_path_factory.mktemp("upstream"), now=time.now), time


@pytest.fixture
def place(catalogue: tuple[Catalogue, VirtualTime], databases: Databases) -> Iterator[Place]:
    files, time = catalogue
    time.wall_seconds = NOW.timestamp()
    with running(files, monotonic=time.clock.monotonic) as upstream:
        yield Place(upstream, time, databases())


def stored(warehouse: Warehouse) -> list[tuple[object, ...]]:
    """How many rows each table has, the ledger of attempts left out."""
    with warehouse.transaction() as connection:
        tables = connection.execute(TABLES).fetchall()
        counts = " union all ".join(f"select '{table}', count(*) from {table}" for (table,) in tables)
        return sorted(connection.execute(counts.encode()).fetchall())


@pytest.mark.parametrize("faults", [SOME, pytest.param(list(CASES), marks=pytest.mark.deep)], ids=["some", "all"])
@pytest.mark.parametrize("name", READERS)
def test_every_fault_is_told_in_a_sentence_changes_nothing_and_is_outlived(
    place: Place, tmp_path: Path, name: str, faults: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream, time, warehouse = place
    read = READERS[name]
    source = Source(
        upstream.url,
        "tests",
        tmp_path,
        most_at_once=EVEREF_MOST_AT_ONCE,
        patience_seconds=RUN_PATIENCE_SECONDS,
        clock=time.clock,
    )
    wrong = dict[str, str]()
    for fault in faults:
        case = CASES[fault]
        fresh = replace(source, cache=tmp_path / fault, most_bytes=2**25)  # nothing is cached yet
        upstream.faults.switch_on(msgspec.structs.replace(case.fault, route="*"))
        upstream.requests.clear()
        before = stored(warehouse)
        with monkeypatch.context() as patch:
            patch.setattr(sources, "ANSWER_SECONDS", 0.05 if fault in {"silent", "slow"} else 20.0)
            try:
                read(fresh, warehouse)
                said = ""
            except ERRORS as error:
                said = f"{error}"
        assert not asked_within(upstream, case.rest_seconds, {case.fault.status}), fault
        wrong |= {fault: said} if not re.fullmatch(_sentence(fault, upstream), said) else {}
        if said:
            assert stored(warehouse) == before, fault
        upstream.faults.heal()
        time.pass_by(max(60.0, case.rest_seconds))
        read(fresh, warehouse)
    assert wrong == {}
    once, twice = (replace(source, cache=tmp_path / cache) for cache in ("once", "twice"))
    read(once, warehouse)
    before = stored(warehouse)
    read(twice, warehouse)
    assert stored(warehouse) == before


def _sentence(fault: str, upstream: Upstream) -> str:
    """As the feed's, but that a run may wait for the end of a rest, and meets the fault again."""
    case, file = CASES[fault], rf"{upstream.url}/\S+"
    if case.rest_seconds:
        return rf"{case.sentence}|{NO_ANSWER}".replace("{file}", file).replace("{why}", f"status {case.fault.status}")
    return (UNREADABLE if fault == "web page said to be JSON" else case.sentence).replace("{file}", file)
