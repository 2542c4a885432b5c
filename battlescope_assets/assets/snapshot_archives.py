"""Asset raw/snapshot_archives: gaps of snapshots filled from EVE Ref's archives; what answers mean is the domain's.

One asset by day for all sets, since book-keeping costs as much per asset and day as storing a day; and by day, since
histories are the same whatever the order their answers come in, so any day may be filled at any time.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import NamedTuple

import dagster as dg
import msgspec

from battlescope_assets.domain.completeness import RECENT_DAYS
from battlescope_assets.domain.snapshots import KINDS, SnapshotError, read_snapshot
from battlescope_assets.domain.window import ONE_DAY
from battlescope_assets.io.archive import ArchiveError, decompressed
from battlescope_assets.io.snapshots import DatedSnapshot, store_answer, stored_slots
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.partitions import BACKFILL_POLICY, days_of, tags_of_days

ARCHIVES = {
    "sovereignty_campaigns": "sovereignty-campaigns",
    "faction_warfare": "faction-warfare-systems",
    "system_jumps": "system-jumps",
    "system_kills": "system-kills",
    "market_prices": "markets-prices",
}
"""EVE Ref's name of each set that it archives; since 2022-12-16 one file per answer."""
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-(\d\d)\.json\.bz2")
LARGEST_BYTES = 64 * 2**20
"""An answer of ESI has less than 2 MB."""


class Filled(NamedTuple):
    """What was done for a day and a set."""

    stored: int
    """Answers stored."""
    listed: int
    """Answers in the archive."""
    failures: list[str]


def build_snapshot_archives(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset over the given days."""

    @dg.asset(
        key=["raw", "snapshot_archives"],
        partitions_def=partitions,
        backfill_policy=BACKFILL_POLICY,
        group_name="space",
        kinds={"python", "postgres"},
        pool="raw_snapshot_archives",
    )
    def snapshot_archives(
        context: dg.AssetExecutionContext, everef: dg.ResourceParam[Source], warehouse: dg.ResourceParam[Warehouse]
    ) -> None:
        """Answers of campaigns, faction warfare, jumps, kills and prices that were missed, from EVE Ref's archives."""
        failures = []
        for day in days_of(context):
            metadata: dict[str, int] = {}
            for source in ARCHIVES:
                filled = fill_day(source, day, everef, warehouse)
                metadata |= {f"{source}_listed": filled.listed, f"{source}_stored": filled.stored}
                failures += filled.failures
            context.add_asset_metadata(metadata, partition_key=day.isoformat())
        if failures:
            raise dg.Failure("; ".join(failures))

    return snapshot_archives


def snapshot_gaps_schedule(archives: dg.AssetsDefinition, first_day: date) -> dg.ScheduleDefinition:
    """Every morning: the gaps of the last days, in a run of its own, since a gap of a day is two hundred files."""

    @dg.schedule(
        cron_schedule="10 6 * * *",
        execution_timezone="UTC",
        target=dg.AssetSelection.assets(archives),
        name="snapshot_gaps",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def snapshot_gaps(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        today = context.scheduled_execution_time.astimezone(UTC).date()
        if first_day >= today:
            return dg.SkipReason(f"the first day, {first_day}, is not over")
        return dg.RunRequest(tags=tags_of_days(max(first_day, today - RECENT_DAYS * ONE_DAY), today - ONE_DAY))

    return snapshot_gaps


def fill_day(source: str, day: date, everef: Source, warehouse: Warehouse) -> Filled:
    """Stores the day's archived answers for slots that have none yet; a damaged one holds up no other."""
    kind, failures, stored = KINDS[source], [], 0
    folder = f"{ARCHIVES[source]}/history/{day:%Y}/{day}"
    with warehouse.transaction() as connection:
        slots = stored_slots(connection, source, day)
    try:
        files = list(_files(everef, folder, day))
    except SourceError as error:
        return Filled(0, 0, [f"{error}"])
    for as_of, path in files:
        if kind.slot(as_of) in slots:
            continue
        try:
            answer = everef.get(path, keep=False)
            if answer is None:
                continue  # listed, and gone since
            snapshot = read_snapshot(b"".join(decompressed([answer.body], LARGEST_BYTES)), kind)
        except (ArchiveError, SnapshotError) as error:
            failures.append(f"{everef.url}/{path} is no archived snapshot: {error}")
            continue
        except SourceError as error:
            return Filled(stored, len(files), [*failures, f"{error}"])
        with warehouse.transaction() as connection:
            dated = DatedSnapshot(snapshot, as_of, answer.source, answer.sha256)
            stored += store_answer(connection, source, dated, datetime.now(UTC)).is_new
        slots.add(kind.slot(as_of))
    return Filled(stored, len(files), failures)


class _File(msgspec.Struct):
    name: str


class _Index(msgspec.Struct):
    files: list[_File]


def _files(everef: Source, folder: str, day: date) -> Iterator[tuple[datetime, str]]:
    """Moments and paths of the folder's files, in order; none where there is no such folder.

    Raises:
        SourceError: the index cannot be had or read.
    """
    answer = everef.get(f"{folder}/index.json")
    if answer is None:
        return
    try:
        index = msgspec.json.decode(answer.body, type=_Index | list[_File])
    except msgspec.DecodeError as error:
        everef.forget(f"{folder}/index.json")
        message = f"{answer.source} is no index: {error}"
        raise SourceError(message) from error
    for name in sorted(file.name for file in (index if isinstance(index, list) else index.files)):
        found = MOMENT.search(name)
        if found and found[1] == day.isoformat():
            yield datetime.fromisoformat(f"{found[1]}T{found[2]}:{found[3]}:{found[4]}+00:00"), f"{folder}/{name}"
