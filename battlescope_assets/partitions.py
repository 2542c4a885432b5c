"""The one daily partitioning all partitioned assets share, and its translation to windows; no asset belongs here."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import dagster as dg
from dagster._core.storage.tags import (  # the only place Dagster publishes these names
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    SCHEDULE_NAME_TAG,
    SENSOR_NAME_TAG,
)

from battlescope_assets.domain.window import ONE_DAY, Window

BACKFILL_POLICY = dg.BackfillPolicy.multi_run(max_partitions_per_run=31)
"""A month per run: book-keeping stays small against the work, memory bounded, and a failed month can be resumed."""
DAYS_PER_RUN = 5
"""A run says what it begins with, so nobody waits long without a word; its book-keeping costs about 2 s."""


def daily_partitions(first_day: date) -> dg.DailyPartitionsDefinition:
    """One partition per UTC day from `first_day` to today, which exists before it ends."""
    return dg.DailyPartitionsDefinition(start_date=first_day.isoformat(), timezone="UTC", end_offset=1)


def days_of(context: dg.AssetExecutionContext) -> Iterator[date]:
    """The days of the run's partitions, in order."""
    return (date.fromisoformat(key) for key in context.partition_keys)


def window_of_tags(tags: dict[str, str]) -> Window | None:
    """The days a run was started for, read from its tags; None for a run without partitions."""
    first = tags.get(ASSET_PARTITION_RANGE_START_TAG) or tags.get("dagster/partition")
    last = tags.get(ASSET_PARTITION_RANGE_END_TAG) or first
    if not (first and last):
        return None
    return Window.of_days(date.fromisoformat(first), date.fromisoformat(last))


def tags_of_days(first_day: date, last_day: date) -> dict[str, str]:
    """The tags that start one run for all days from first to last."""
    return {
        ASSET_PARTITION_RANGE_START_TAG: first_day.isoformat(),
        ASSET_PARTITION_RANGE_END_TAG: last_day.isoformat(),
    }


def is_asked_for(tags: Mapping[str, str]) -> bool:
    """Whether somebody started the run, by a command or in the Dagster UI, and not a schedule or a sensor."""
    return tags.keys().isdisjoint({SCHEDULE_NAME_TAG, SENSOR_NAME_TAG})


def stretches(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """The days as stretches without gaps, (first, last), each short enough for one run."""
    first = last = None
    for day in sorted(set(days)):
        if first is not None and last is not None and day == last + ONE_DAY and (day - first).days < DAYS_PER_RUN:
            last = day
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = day
    if first is not None and last is not None:
        yield first, last
