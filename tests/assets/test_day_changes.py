"""Whoever changes mails, values or battles of a day: the marts count that day again, however old it is."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import dagster as dg
import pytest

from battlescope_assets.assets.marts import HOUR_OF_LAST_RESORT, recent_marts_schedule
from battlescope_assets.domain.window import ONE_DAY, Window
from battlescope_assets.io.day_changes import day_changes, forget_changes, seen_changes
from battlescope_assets.io.warehouse import Rows, Warehouse, replace_days
from battlescope_assets.partitions import tags_of_days
from tests.assets.stored import FIRST_DAY, forget_battles, land, rebuild
from tests.domain.tables import rows

NEXT_DAY = FIRST_DAY + ONE_DAY
FIGHT = rows("""
    0  | a | A1 | B1 B2
    1  | a | B1 | A2 A3
    2  | a | A2 | B2 B3
""")


@pytest.fixture
def stored(warehouse: Warehouse) -> Warehouse:
    """A day with a battle, counted."""
    forget_battles(warehouse)
    land(warehouse, FIRST_DAY, FIGHT)
    rebuild(warehouse, FIRST_DAY, FIRST_DAY)
    forget_all(warehouse)
    return warehouse


def forget_all(warehouse: Warehouse) -> None:
    with warehouse.transaction() as connection:
        forget_changes(connection, seen_changes(connection, None))


def changed(warehouse: Warehouse) -> list[date]:
    with warehouse.transaction() as connection:
        return [change.day for change in day_changes(connection)]


def write(warehouse: Warehouse, statement: str) -> None:
    with warehouse.transaction() as connection:
        connection.execute(statement.encode())


def test_the_same_again_is_no_change(stored: Warehouse) -> None:
    land(stored, FIRST_DAY, FIGHT)
    rebuild(stored, FIRST_DAY, FIRST_DAY)
    assert changed(stored) == []


@pytest.mark.parametrize(
    "statement",
    [
        "delete from raw.killmails where killmail_id = (select min(killmail_id) from raw.killmails)",
        "update raw.killmails set solar_system_id = solar_system_id + 1",
        "update core.battles set deleted_at = now(), deletion_reason = 'tests'",
        "delete from core.battles",
    ],
)
def test_every_way_of_writing_is_noted(stored: Warehouse, statement: str) -> None:
    write(stored, statement)
    assert changed(stored) == [FIRST_DAY]
    write(stored, "delete from raw.killmails")


def test_values_that_change_are_noted(stored: Warehouse) -> None:
    columns = (
        "day", "killmail_id", "destroyed_isk", "dropped_isk", "fitted_isk", "total_isk", "total_low_isk",
        "total_high_isk", "hull_isk", "hull_price_source", "unpriced_types",
    )  # fmt: skip
    for isk in (1, 2, 2):
        forget_all(stored)
        values = [(FIRST_DAY, 1, *[Decimal(isk), Decimal(0)], *[Decimal(isk)] * 5, "none", 0)]
        with stored.transaction() as connection:
            replace_days(connection, Window.of_day(FIRST_DAY), {"core.killmail_values": Rows(columns, values)})
        noted = changed(stored)
    assert noted == []
    forget_all(stored)
    write(stored, "update core.killmail_values set hull_isk = hull_isk + 1")
    assert changed(stored) == [FIRST_DAY]
    write(stored, "delete from core.killmail_values")


def test_mails_that_land_are_noted(stored: Warehouse) -> None:
    land(stored, FIRST_DAY, FIGHT[:2])
    assert changed(stored) == [FIRST_DAY]


def test_what_is_noted_while_the_marts_are_built_stays(stored: Warehouse) -> None:
    write(stored, "update raw.killmails set solar_system_id = solar_system_id + 1")
    with stored.transaction() as connection:
        seen = seen_changes(connection, Window.of_day(FIRST_DAY))
        assert seen_changes(connection, Window.of_day(NEXT_DAY)) == []
    write(stored, "update raw.killmails set solar_system_id = solar_system_id - 1")
    with stored.transaction() as connection:
        forget_changes(connection, seen)
    assert changed(stored) == [FIRST_DAY]
    forget_all(stored)
    assert changed(stored) == []


def test_a_new_build_of_static_data_counts_the_last_days_again(stored: Warehouse) -> None:
    today = datetime.now(UTC).date()
    write(stored, "delete from raw.killmail_days")
    write(
        stored,
        "insert into raw.killmail_days "
        "(day, source, status, content_sha256, mails_stored, mails_quarantined, revision, changed_at) "
        "select current_date - days, 'tests', 'stored', repeat('0', 64), 1, 0, 1, now() "
        "from unnest(array[2, 29, 31]) as days",
    )
    write(stored, "insert into core.static_data_builds values (7, 'tests', now())")
    days = changed(stored)
    write(stored, "delete from core.static_data_builds; delete from raw.killmail_days")
    assert set(days) == {today - 29 * ONE_DAY, today - 2 * ONE_DAY}


def asked(warehouse: Warehouse, moment: datetime) -> Sequence[dict[str, Any]]:
    schedule = recent_marts_schedule(dg.AssetSelection.assets(["marts", "fct_battles"]))
    context = dg.build_schedule_context(scheduled_execution_time=moment, resources={"warehouse": warehouse})
    tags = tags_of_days(FIRST_DAY, FIRST_DAY)
    return [{tag: request.tags[tag] for tag in tags} for request in schedule.evaluate_tick(context).run_requests or ()]


def test_older_days_that_changed_are_counted_with_the_last_ones(stored: Warehouse) -> None:
    now = datetime.now(UTC).replace(hour=12, minute=12)
    recent = tags_of_days(now.date() - 3 * ONE_DAY, now.date())
    assert asked(stored, now) == [recent]
    write(stored, "update raw.killmails set solar_system_id = solar_system_id + 1")
    assert asked(stored, now) == [recent, tags_of_days(FIRST_DAY, FIRST_DAY)]
    # What could not be counted for a day is tried once a day.
    later = now + timedelta(days=2)
    assert len(asked(stored, later)) == 1
    assert len(asked(stored, later.replace(hour=HOUR_OF_LAST_RESORT))) == 2
