"""What stands beside the numbers: completeness, freshness, tests and sizes, against the war and the database itself."""

import json
from datetime import UTC, datetime

import pytest

from battlescope_assets.domain.freshness import PROMISES
from tests.conftest import Golden
from tests.marts.conftest import Frames, Query


def test_every_day_holds_the_wars_mails(golden: Golden, query: Query) -> None:
    found = query("select day, mails_stored, mails_quarantined, completeness from marts.rpt_data_days order by day")
    assert list(found.itertuples(index=False, name=None)) == [
        (day, len(golden.war.killmails(day)), 0, 1.0) for day in golden.days
    ]


def test_the_status_sums_it_up(frames: Frames, query: Query) -> None:
    (status,) = query("select * from marts.rpt_data_status").itertuples(index=False)
    assert (status.as_of, status.completeness) == (frames.killmails.killmail_time.max(), 1.0)
    assert status.mails_quarantined == 0
    sources = query("select source from marts.rpt_source_freshness where is_stale order by source").source
    assert status.stale_sources == list(sources)
    tests = query(
        "select test_name from marts.rpt_test_results where status not in ('pass', 'warn') order by test_name"
    ).test_name
    assert status.failed_tests == list(tests) == []


def test_every_source_is_held_against_its_promise(query: Query) -> None:
    found = query(
        "select source, is_stale, fresh_for_seconds, age_seconds, "
        "extract(epoch from last_success_at)::float8 as read_at from marts.rpt_source_freshness"
    )
    rows = {row["source"]: row for row in found.to_dict("records")}
    assert set(PROMISES) == set(rows)
    assert rows["killmails"]["is_stale"]  # the war is long over
    now = datetime.now(UTC).timestamp()
    for source, promise in PROMISES.items():
        row = rows[source]
        assert row["fresh_for_seconds"] in {
            bound.total_seconds() for bound in (promise.fresh_for, promise.content_for) if bound
        }
        if promise.content_for:
            continue
        if row["read_at"] > 0:
            assert row["age_seconds"] == pytest.approx(now - row["read_at"], abs=60)
            assert row["is_stale"] == (row["age_seconds"] > row["fresh_for_seconds"])
        else:
            assert row["is_stale"]


def test_every_test_of_data_has_a_result(golden: Golden, query: Query) -> None:
    manifest = json.loads((golden.settings.home / "dbt" / "target" / "manifest.json").read_text())
    tests = {node["unique_id"] for node in manifest["nodes"].values() if node["resource_type"] == "test"}
    found = query("select * from marts.rpt_test_results")
    assert set(found.test_id) == tests
    assert set(found.status) <= {"pass", "warn"}
    assert (found[found.status == "pass"].failures == 0).all()
    models = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    assert set(found.model_name) <= models


def test_nothing_of_a_sound_war_is_in_quarantine(query: Query) -> None:
    assert query("select * from marts.rpt_quarantine").empty


def test_tables_have_the_rows_that_are_in_them(frames: Frames, query: Query) -> None:
    query("select pg_stat_clear_snapshot()")
    found = query("select * from marts.rpt_stored_tables").set_index(["table_schema", "table_name"]).total_rows
    assert found["raw", "killmails"] == len(frames.killmails)
    assert found["raw", "killmail_attackers"] == len(frames.attackers)
    assert found["raw", "killmail_items"] == len(frames.items)
    assert found["core", "battles"] == query("select count(*) as battles from core.battles").battles[0]


STORED = "select total_rows from marts.rpt_stored_tables where (table_schema, table_name) = ('{}', '{}')"


def test_rows_that_nobody_counted_are_not_said_to_be_none(golden: Golden) -> None:
    with golden.warehouse.transaction() as connection:
        connection.execute("create table intermediate.uncounted as select 1 as one")
        connection.execute("create table intermediate.nothing ()")
        found = {
            name: connection.execute(STORED.format("intermediate", name).encode()).fetchone()
            for name in ("uncounted", "nothing")
        }
        connection.rollback()
    assert found == {"uncounted": (None,), "nothing": (0,)}


def test_what_a_crash_forgot_is_known_from_the_size(golden: Golden) -> None:
    with golden.warehouse.transaction() as connection:
        counted = connection.execute(STORED.format("core", "battles").encode()).fetchone()
        connection.execute("select pg_stat_reset_single_table_counters('core.battles'::regclass)")
    with golden.warehouse.transaction() as connection:
        live = connection.execute(
            "select n_live_tup from pg_stat_user_tables where relid = 'core.battles'::regclass"
        ).fetchone()
        estimated = connection.execute(STORED.format("core", "battles").encode()).fetchone()
        connection.execute("analyze core.battles")
    assert live == (0,)
    assert estimated == counted != (0,)
