"""The ledger of sources: every source writes it, whatever comes of asking; Dagster's checks say what it says."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from battlescope_assets.assets.archive_days import LANDED
from battlescope_assets.assets.feed import Follower, build_feed_sensor
from battlescope_assets.assets.freshness import CHECK, KEYS, source_freshness, sources_are_fresh
from battlescope_assets.assets.killmails import build_killmails
from battlescope_assets.assets.market_history import build_market_history
from battlescope_assets.assets.names import entity_names
from battlescope_assets.assets.static_data import static_data
from battlescope_assets.domain.freshness import PROMISES, SourceFetch
from battlescope_assets.io.freshness import Attempt, attempt, record, shortfalls, source_fetches
from battlescope_assets.io.sources import Source
from battlescope_assets.io.universe import stored_build
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.partitions import daily_partitions, tags_of_days
from battlescope_assets.settings import Settings
from tests.archives import archive_of, write_archive_bytes
from tests.bodies import body, encoded
from tests.feeds import document_of, publish

DAY = date(2026, 9, 15)
ENDED = datetime(2026, 9, 16, tzinfo=UTC)
NOON = datetime(2026, 9, 15, 12, tzinfo=UTC)


@pytest.fixture
def empty(warehouse: Warehouse) -> Warehouse:
    with warehouse.transaction() as connection:
        connection.execute(
            "truncate raw.source_fetches, core.static_data_builds, raw.feed_position, raw.feed_pending, "
            "raw.feed_rejections, raw.killmail_days, raw.day_requests, raw.market_history_days"
        )
    return warehouse


@pytest.fixture
def stocked(empty: Warehouse) -> Warehouse:
    """With a build of static data, as far as anybody looks."""
    with empty.transaction() as connection:
        connection.execute("insert into core.static_data_builds values (1, 'tests', now())")
    return empty


@pytest.fixture
def upstream(tmp_path: Path) -> Source:
    """An empty folder in every upstream's layout."""
    return Source(str(tmp_path), "tests", tmp_path / "cache")


def ledger(warehouse: Warehouse) -> dict[str, SourceFetch]:
    with warehouse.transaction() as connection:
        return source_fetches(connection)


def run(warehouse: Warehouse, upstream: Source, *assets: dg.AssetsDefinition, **tags: str) -> dg.ExecuteInProcessResult:
    resources = {
        **dict.fromkeys(("everef", "zkillboard", "ccp", "esi"), upstream),
        "warehouse": warehouse,
        "settings": Settings(home=Path(upstream.url)),
    }
    definitions = dg.Definitions(assets=assets, jobs=[dg.define_asset_job("run")], resources=resources)
    return definitions.resolve_job_def("run").execute_in_process(tags=tags, raise_on_error=False)


def failure_of(result: dg.ExecuteInProcessResult) -> str:
    [failure] = [event for event in result.all_events if event.is_step_failure]
    return f"{failure.event_specific_data}"


def land(warehouse: Warehouse, upstream: Source, first: date = DAY, last: date = DAY) -> dg.ExecuteInProcessResult:
    partitions = daily_partitions(date(2026, 9, 1))
    return run(
        warehouse, upstream, build_killmails(partitions), build_market_history(partitions), **tags_of_days(first, last)
    )


# What attempts leave


def test_an_attempt_that_read_something_succeeded_whatever_else_went_wrong(empty: Warehouse) -> None:
    with attempt(empty, "killmails", ()) as made:
        made.moments += [ENDED, NOON]
        made.problems += ["one day is damaged", "another too"]
    found = ledger(empty)["killmails"]
    assert (found.last_success_at, found.as_of) == (found.last_attempt_at, ENDED)
    assert found.last_error == "one day is damaged (and 1 more)"
    with pytest.raises(ZeroDivisionError), attempt(empty, "killmails", (ValueError,)):
        _ = 1 // 0
    after = ledger(empty)["killmails"]
    assert (after.last_success_at, after.as_of) == (found.last_success_at, ENDED)
    assert after.last_error == "ZeroDivisionError: integer division or modulo by zero"
    with attempt(empty, "killmails", ()) as made:
        made.moments.append(NOON)  # a backfill of older days makes the source no older
    assert (ledger(empty)["killmails"].as_of, ledger(empty)["killmails"].last_error) == (ENDED, None)


def test_archives_of_days_end_with_the_newest_day_stored(stocked: Warehouse, upstream: Source, tmp_path: Path) -> None:
    write_archive_bytes(tmp_path, DAY, archive_of({"killmails/1.json": encoded(body(killmail_id=1))}))
    assert land(stocked, upstream, DAY, date(2026, 9, 17)).success
    found = ledger(stocked)
    assert (found["killmails"].as_of, found["killmails"].last_error) == (ENDED, None)
    assert found["market_history"].last_success_at is not None  # it answered: there is nothing
    assert found["market_history"].as_of is None
    write_archive_bytes(tmp_path, date(2026, 9, 16), b"no archive")
    result = land(stocked, upstream, DAY, date(2026, 9, 17))
    assert result.success  # what is made of the other days is made
    [check] = [check for check in result.get_asset_check_evaluations() if not check.passed]
    assert (check.check_name, check.severity) == (LANDED, dg.AssetCheckSeverity.ERROR)
    assert f"{check.description}".startswith("2026-09-16: ")
    after = ledger(stocked)["killmails"]
    assert after.as_of == ENDED
    assert (after.last_error or "").startswith("2026-09-16: ")
    with stocked.transaction() as connection:
        lacking = shortfalls(connection)
    assert ("killmails", "2 days have no file upstream") in lacking
    assert ("market_history", "1 days of killmails have no market history of their own") in lacking


def test_static_data_that_cannot_be_had_is_told_though_a_snapshot_stands_in(empty: Warehouse, upstream: Source) -> None:
    result = run(empty, upstream, static_data)
    assert result.success
    found = ledger(empty)["static_data"]
    assert (found.last_success_at, found.last_error) == (None, f"{upstream.url} has no static data")
    with empty.transaction() as connection:
        assert stored_build(connection) is not None


def test_names_that_nobody_wants_are_read(empty: Warehouse, upstream: Source) -> None:
    assert run(empty, upstream, entity_names).success
    assert ledger(empty)["entity_names"].last_success_at is not None


# Without static data


def test_no_archive_lands_before_static_data(empty: Warehouse, upstream: Source, tmp_path: Path) -> None:
    write_archive_bytes(tmp_path, DAY, archive_of({"killmails/1.json": encoded(body(killmail_id=1))}))
    result = land(empty, upstream)
    assert "no static data is stored yet: materialise core/static_data first" in failure_of(result)
    with empty.transaction() as connection:
        assert connection.execute("select count(*) from raw.killmail_days").fetchone() == (0,)


def follower(warehouse: Warehouse, upstream: Source) -> Follower:
    return Follower(upstream, warehouse, Settings(home=Path(upstream.url)))


def test_the_feed_waits_for_static_data(empty: Warehouse, upstream: Source, tmp_path: Path) -> None:
    publish(tmp_path, [document_of(body(killmail_id=1), int(NOON.timestamp()))])
    said = follower(empty, upstream).tick()
    assert said == "no static data is stored yet, without which rulesets, values and battles would be wrong"
    assert "killmail_feed" not in ledger(empty)


# The feed


def test_what_is_wrong_with_the_feed_is_recorded_and_what_is_read_too(
    stocked: Warehouse, upstream: Source, tmp_path: Path
) -> None:
    sensor = build_feed_sensor(follower(stocked, upstream), "land_days")
    with dg.DagsterInstance.ephemeral() as instance:
        with dg.build_sensor_context(instance) as context:
            said = sensor.evaluate_tick(context).skip_message
        found = ledger(stocked)["killmail_feed"]
        assert (found.last_success_at, found.last_error) == (None, said)
        publish(tmp_path, [document_of(body(killmail_id=1), int(NOON.timestamp()))])
        with dg.build_sensor_context(instance) as context:
            first = sensor.evaluate_tick(context)
        found = ledger(stocked)["killmail_feed"]
        assert (found.as_of, found.last_error) == (NOON, None)
        assert found.last_success_at is not None
        # Nothing is new, but that it was read is reported now and then: Dagster knows freshness by it.
        long_ago = (datetime.now(UTC) - PROMISES["killmail_feed"].fresh_for / 2).isoformat()
        for cursor, reported in ((first.cursor, 0), (long_ago, 1)):
            with dg.build_sensor_context(instance, cursor=cursor) as context:
                assert len(sensor.evaluate_tick(context).asset_events) == reported


# In Dagster


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def ticked(warehouse: Warehouse, instance: dg.DagsterInstance, cursor: str | None) -> tuple[dict[str, Any], str | None]:
    """What a tick of the sensor reports, by source, and its cursor."""
    with dg.build_sensor_context(instance, cursor=cursor, resources={"warehouse": warehouse}) as context:
        tick = source_freshness.evaluate_tick(context)
    return {event.asset_key.path[-1]: event for event in tick.asset_events}, tick.cursor


def test_the_sensor_reports_a_source_that_turns_stale_or_fresh(empty: Warehouse, instance: dg.DagsterInstance) -> None:
    now = datetime.now(UTC)
    with empty.transaction() as connection:
        record(connection, "faction_warfare", Attempt([now]), now)
    found, cursor = ticked(empty, instance, None)
    assert set(found) == set(PROMISES)
    assert {source for source, event in found.items() if event.passed} == {"faction_warfare"}
    assert found["killmails"].description == "killmails: never read; to be read every 24 h"
    assert ticked(empty, instance, cursor)[0] == {}

    with empty.transaction() as connection:
        record(connection, "faction_warfare", Attempt(problems=["ESI is down"]), now)
        record(connection, "killmails", Attempt([now]), now)
    found, cursor = ticked(empty, instance, cursor)
    assert {source: event.passed for source, event in found.items()} == {"faction_warfare": True, "killmails": True}
    assert found["faction_warfare"].metadata["last_error"].value == "ESI is down"
    with empty.transaction() as connection:
        connection.execute("update raw.source_fetches set last_success_at = last_success_at - interval '3 hours'")
    found, _ = ticked(empty, instance, cursor)
    assert {source: event.passed for source, event in found.items()} == {"faction_warfare": False}
    assert json.loads(cursor or "")["faction_warfare"] == [True, "ESI is down"]


def test_the_check_of_a_source_may_be_asked_alone(empty: Warehouse) -> None:
    specs = [dg.AssetSpec(key) for key in KEYS.values()]
    only = dg.AssetCheckKey(KEYS["system_jumps"], CHECK)
    definitions = dg.Definitions(
        assets=specs,
        asset_checks=[sources_are_fresh],
        jobs=[dg.define_asset_job("look", dg.AssetSelection.checks(only))],
        resources={"warehouse": empty},
    )
    [found] = definitions.resolve_job_def("look").execute_in_process().get_asset_check_evaluations()
    assert (found.asset_check_key, found.passed) == (only, False)
    assert found.description == "system_jumps: never read; to be read every 60 min"
