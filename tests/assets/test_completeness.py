"""The daily schedule against the local upstream: what changed there is stored here by the next morning."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

import dagster as dg
import pytest

from battlescope_assets.assets.archive_days import LANDED
from battlescope_assets.assets.completeness import archive_days_schedule, days_are_complete
from battlescope_assets.assets.killmails import build_killmails
from battlescope_assets.assets.market_history import build_market_history
from battlescope_assets.domain.completeness import days_to_look_at
from battlescope_assets.domain.window import ONE_DAY, Window
from battlescope_assets.io.ledgers import held_mails, record_clustered, unclustered_days
from battlescope_assets.io.sources import Source
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.partitions import daily_partitions, stretches, tags_of_days
from battlescope_assets.settings import Settings
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.catalogue import Catalogue
from battlescope_assets.upstream.faults import Fault, FaultKind
from battlescope_assets.upstream.server import Upstream, running
from tests.virtual_time import VirtualTime

FIRST, LAST = date(2026, 9, 5), date(2026, 9, 12)
DAYS = list(Window.of_days(FIRST, LAST).days())
MORNING = time(6, 20, tzinfo=UTC)


class Mornings:
    """The archive's days, stored by the asset as the schedule asks for."""

    def __init__(self, upstream: Upstream, warehouse: Warehouse, source: Source, instance: dg.DagsterInstance) -> None:
        self.upstream = upstream
        self.warehouse = warehouse
        partitions = daily_partitions(FIRST)
        assets = [build_killmails(partitions), build_market_history(partitions)]
        selection = dg.AssetSelection.assets(*assets)
        self.resources = {"everef": source, "zkillboard": source, "warehouse": warehouse, "settings": Settings()}
        self.definitions = dg.Definitions(
            assets=assets,
            asset_checks=[days_are_complete],
            jobs=[dg.define_asset_job("land", selection)],
            schedules=[archive_days_schedule(selection, FIRST)],
            resources=self.resources,
        )
        self.instance = instance

    def run(self, tags: dict[str, str]) -> dg.ExecuteInProcessResult:
        job = self.definitions.resolve_job_def("land")
        return job.execute_in_process(instance=self.instance, tags=tags, raise_on_error=False)

    def store(self, days: Sequence[date]) -> None:
        for first, last in stretches(days):
            assert self.run(tags_of_days(first, last)).success

    def morning(self, today: date) -> list[tuple[str, str]]:
        """Ticks, runs what is asked for; returns first and last day of each run of all assets."""
        context = dg.build_schedule_context(
            self.instance, scheduled_execution_time=datetime.combine(today, MORNING), resources=self.resources
        )
        tick = self.definitions.resolve_schedule_def("archive_days").evaluate_tick(context)
        spans = []
        for request in tick.run_requests or ():
            self.run(dict(request.tags))
            if request.asset_selection:
                continue
            first, last = (request.tags[f"dagster/asset_partition_range_{end}"] for end in ("start", "end"))
            spans.append((first, last))
        return spans

    def held(self) -> dict[date, int]:
        with self.warehouse.transaction() as connection:
            return held_mails(connection)

    def published(self, day: date) -> int:
        totals = self.upstream.catalogue.document("killmails/totals.json")
        assert totals is not None
        return int(json.loads(totals.read())[f"{day:%Y%m%d}"])


@pytest.fixture
def mornings(warehouse: Warehouse, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mornings]:
    with warehouse.transaction() as connection:
        connection.execute(
            "truncate raw.killmail_days, raw.market_history_days, raw.market_history, raw.day_requests, "
            "raw.killmails, raw.killmail_attackers, "
            "raw.killmail_items, raw.killmail_index cascade"
        )
        connection.execute("insert into core.static_data_builds values (1, 'tests', now()) on conflict do nothing")
    folder = tmp_path_factory.getbasetemp() / "completeness"  # one for all tests: a war is drawn once
    virtual_time = VirtualTime()
    catalogue = Catalogue(War(read_snapshot(), 3, 100), FIRST, LAST, folder, mails_come_late=True, now=virtual_time.now)
    with (
        running(catalogue, monotonic=virtual_time.clock.monotonic) as upstream,
        dg.DagsterInstance.ephemeral() as instance,
    ):
        source = Source(upstream.url, "tests", tmp_path, clock=virtual_time.clock)
        yield Mornings(upstream, warehouse, source, instance)


def complete(result: dg.ExecuteInProcessResult) -> dg.AssetCheckEvaluation:
    """What the check of completeness said."""
    [check] = [one for one in result.get_asset_check_evaluations() if one.check_name == "days_are_complete"]
    return check


RECENT = ("2026-09-10", "2026-09-12")
TODAY = date(2026, 9, 13)


def test_a_day_that_changes_upstream_is_healed_by_the_next_morning(mornings: Mornings) -> None:
    mornings.store(DAYS)
    assert mornings.morning(TODAY) == [RECENT]
    changed = date(2026, 9, 6)
    before = mornings.held()[changed]
    mornings.upstream.catalogue.publish_late_mails(changed)
    assert mornings.published(changed) > before
    assert mornings.morning(TODAY) == [RECENT, ("2026-09-06", "2026-09-06")]
    assert mornings.held() == {day: mornings.published(day) for day in DAYS}
    assert mornings.morning(TODAY) == [RECENT]


def test_a_recent_day_that_changes_is_healed_too(mornings: Mornings) -> None:
    mornings.store(DAYS)
    mornings.upstream.catalogue.publish_late_mails(LAST)
    assert mornings.morning(TODAY) == [RECENT]
    assert mornings.held()[LAST] == mornings.published(LAST)


def test_days_missed_while_nothing_ran_are_stored(mornings: Mornings) -> None:
    mornings.store([FIRST, date(2026, 9, 7)])
    assert mornings.morning(TODAY) == [RECENT, ("2026-09-06", "2026-09-06"), ("2026-09-08", "2026-09-09")]
    assert set(mornings.held()) == set(DAYS)


def test_a_day_that_always_fails_is_asked_for_ever_more_rarely_and_named(mornings: Mornings) -> None:
    mornings.store(DAYS)
    broken = FIRST
    mornings.upstream.catalogue.publish_late_mails(broken)
    mornings.upstream.faults.switch_on(Fault(kind=FaultKind.STATUS, route=f"*killmails-{broken}*", status=503))
    asked = [len(mornings.morning(date(2026, 9, day))) - 1 for day in (13, 14, 15, 16, 20)]
    assert asked == [1, 1, 0, 1, 1]
    tags = tags_of_days(LAST, LAST)
    check = complete(mornings.run(tags))
    assert not check.passed
    assert check.description == f"1 days lack mails, values or battles: {broken}"
    table = check.metadata["incomplete_days"]
    assert isinstance(table, dg.TableMetadataValue)
    [record] = table.records
    assert (record.data["requests"], record.data["retry_on"]) == ("4", "2026-09-28")
    assert "mails announced" in str(record.data["reason"])
    mornings.upstream.faults.heal()
    assert len(mornings.morning(date(2026, 9, 28))) == 2
    mornings.morning(date(2026, 9, 29))
    assert complete(mornings.run(tags)).passed


def test_without_totals_the_recent_days_are_still_asked_for(mornings: Mornings) -> None:
    mornings.upstream.faults.switch_on(Fault(kind=FaultKind.STATUS, route="killmails/totals.json", status=503))
    assert mornings.morning(TODAY) == [RECENT]


def test_a_day_that_was_not_clustered_since_it_changed_is_asked_for_and_named(mornings: Mornings) -> None:
    mornings.store(DAYS)
    with mornings.warehouse.transaction() as connection:  # but for one, as if values and battles had been built
        connection.execute("update raw.killmail_days set clustered_at = now() where day <> %s", [FIRST])
    assert mornings.morning(TODAY) == [RECENT]  # its run may be at it still
    with mornings.warehouse.transaction() as connection:
        for table in ("killmail_days", "market_history_days"):
            connection.execute(f"update raw.{table} set changed_at = changed_at - interval '3 hours'".encode())
    assert mornings.morning(TODAY) == [RECENT, (f"{FIRST}", f"{FIRST}")]
    check = complete(mornings.run(tags_of_days(LAST, LAST)))
    assert check.description == f"1 days lack mails, values or battles: {FIRST}"
    with mornings.warehouse.transaction() as connection:
        record_clustered(connection, FIRST, datetime.now(UTC))
        assert unclustered_days(connection, FIRST) == [FIRST]  # none of its mails has a value
        connection.execute("delete from raw.killmails where day = %s", [FIRST])
        record_clustered(connection, FIRST, datetime.now(UTC))
    assert mornings.morning(TODAY) == [RECENT]


def test_market_history_that_was_missed_is_asked_for(mornings: Mornings) -> None:
    mornings.store(DAYS)
    missed = date(2026, 9, 7)
    with mornings.warehouse.transaction() as connection:
        connection.execute("delete from raw.market_history where day = %s", [missed])
        connection.execute("delete from raw.market_history_days where day = %s", [missed])
    assert mornings.morning(TODAY) == [RECENT, (f"{missed}", f"{missed}")]
    assert mornings.morning(TODAY) == [RECENT]


def test_a_day_that_changes_but_not_in_number_is_found_within_two_weeks(mornings: Mornings) -> None:
    mornings.store(DAYS)
    changed = FIRST
    with mornings.warehouse.transaction() as connection:
        connection.execute(
            "update raw.killmail_days set content_sha256 = repeat('0', 64), revision = 9 where day = %s", [changed]
        )
    days = (TODAY + i * ONE_DAY for i in range(13))
    mornings.morning(next(day for day in days if days_to_look_at([changed], day)))
    with mornings.warehouse.transaction() as connection:
        found = connection.execute("select revision from raw.killmail_days where day = %s", [changed]).fetchone()
    assert found == (10,)


def test_a_day_that_cannot_be_had_holds_up_no_other(mornings: Mornings) -> None:
    broken = date(2026, 9, 6)
    mornings.upstream.faults.switch_on(Fault(kind=FaultKind.STATUS, route=f"*{broken}*", status=503))
    mornings.upstream.faults.switch_on(Fault(kind=FaultKind.STATUS, route="*totals.json", status=503))
    result = mornings.run(tags_of_days(FIRST, date(2026, 9, 7)))
    assert result.success
    failed = {check.asset_key.path[-1] for check in result.get_asset_check_evaluations() if check.check_name == LANDED}
    assert failed == {"killmails", "market_history"}
    assert set(mornings.held()) == {FIRST, date(2026, 9, 7)}
