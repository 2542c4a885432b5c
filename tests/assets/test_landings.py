"""Landings: mails are numbered in the order of commits, once each; and what clusterings did is noted."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from battlescope_assets.io.retention import prune_ledgers
from battlescope_assets.io.warehouse import Connection, Warehouse
from tests.assets.stored import FIRST_DAY, forget_battles, land, rebuild
from tests.domain.tables import rows

TODAY = datetime.now(UTC).date()


@pytest.fixture
def empty(warehouse: Warehouse) -> Warehouse:
    with warehouse.transaction() as connection:
        connection.execute("truncate raw.killmail_index, raw.killmail_landings cascade")
    return warehouse


def index(connection: Connection, *killmail_ids: int, day: date = TODAY) -> None:
    connection.execute(
        "insert into raw.killmail_index (killmail_id, day) select unnest(%s::bigint[]), %s", [list(killmail_ids), day]
    )


def landings(warehouse: Warehouse) -> list[int]:
    with warehouse.transaction() as connection:
        found = connection.execute("select killmail_id from raw.killmail_landings order by landing_id").fetchall()
    return [int(str(killmail_id)) for (killmail_id,) in found]


def test_mails_are_numbered_as_they_land_not_as_they_happened(empty: Warehouse) -> None:
    for killmail_ids in [(30, 10, 20), (5,), (40, 25)]:
        with empty.transaction() as connection:
            index(connection, *killmail_ids)
    assert landings(empty) == [10, 20, 30, 5, 25, 40]


def test_nobody_draws_a_number_while_another_has_one_that_is_not_seen_yet(empty: Warehouse) -> None:
    with empty.transaction() as first:
        index(first, 2)
        with empty.transaction() as second:
            second.execute("set lock_timeout = '50ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable), second.transaction():
                index(second, 1)
    with empty.transaction() as second:
        index(second, 1)
    assert landings(empty) == [2, 1]


def test_a_mail_lands_once_and_backfills_are_not_numbered(empty: Warehouse) -> None:
    with empty.transaction() as connection:
        index(connection, 1, 2)
        index(connection, 3, day=TODAY - timedelta(days=6))
        index(connection, 4, day=TODAY - timedelta(days=9))
        connection.execute("delete from raw.killmail_index where killmail_id = 1")
        index(connection, 1)
    assert landings(empty) == [1, 2, 3]
    now = datetime.now(UTC)
    with empty.transaction() as connection:
        assert prune_ledgers(connection, now + timedelta(days=6)) == 0
        assert prune_ledgers(connection, now + timedelta(days=8)) == 3


def test_clusterings_note_what_they_changed(warehouse: Warehouse) -> None:
    fight = rows("""
        0  | a | A1 | B1 B2
        1  | a | B1 | A2 A3
        2  | a | A2 | B2 B3
    """)
    forget_battles(warehouse)
    with warehouse.transaction() as connection:
        connection.execute("delete from core.clusterings")
    for mails in (fight, fight, fight[:2], []):
        land(warehouse, FIRST_DAY, mails)
        rebuild(warehouse, FIRST_DAY, FIRST_DAY)
    with warehouse.transaction() as connection:
        noted = connection.execute(
            """
            select battles_created, battles_updated, battles_deleted, duration_seconds > 0
            from core.clusterings order by clustering_id
            """
        ).fetchall()
    assert noted == [(1, 0, 0, True), (0, 0, 0, True), (0, 1, 0, True), (0, 0, 1, True)]
