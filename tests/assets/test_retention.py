"""Months of mails and battles: which expire; how they go, out of sight first and a week later for good; coming back."""

from datetime import UTC, date, datetime

import psycopg
import pytest

from battlescope_assets.io.retention import (
    GRACE,
    TABLES_OF_MAILS,
    Pruned,
    deleted_months,
    expired_months,
    months_before,
    prune_month,
)
from battlescope_assets.io.warehouse import Warehouse
from tests.assets.stored import FIRST_DAY, content, forget_battles, land, rebuild
from tests.domain.tables import rows

MONTH, NEXT = date(2026, 9, 1), date(2026, 10, 1)
OTHER_DAY = date(2026, 10, 2)
NOW = datetime(2031, 10, 1, 4, 45, tzinfo=UTC)
REASON = "kept for 60 months"
FIGHTS = rows("""
    0     | a | A1 | B1 B2
    1     | a | B1 | A2 A3
    2     | a | A2 | B2 B3
    25920 | b | C1 | D1 D2   # 18 days later
    25921 | b | D1 | C2 C3
""")


@pytest.fixture
def months(warehouse: Warehouse) -> Warehouse:
    """Two months with a battle each."""
    forget_battles(warehouse)
    with warehouse.transaction() as connection:
        connection.execute("delete from raw.killmail_days")
    for day in (FIRST_DAY, OTHER_DAY):
        land(warehouse, day, FIGHTS)
        book(warehouse, day, datetime(2026, 10, 3, tzinfo=UTC))
        rebuild(warehouse, day, day)
    return warehouse


def book(warehouse: Warehouse, day: date, stored_at: datetime) -> None:
    """Writes into the ledger when a day was stored."""
    with warehouse.transaction() as connection:
        connection.execute(
            """
            insert into raw.killmail_days (day, source, status, content_sha256, mails_stored, mails_quarantined,
                revision, changed_at)
            values (%s, 'tests', 'stored', repeat('0', 64), 1, 0, 1, %s)
            """,
            [day, stored_at],
        )


def pruned(warehouse: Warehouse, month: date, now: datetime) -> Pruned:
    with warehouse.transaction() as connection:
        return prune_month(connection, month, REASON, now)


def seen(warehouse: Warehouse) -> list[date]:
    """Days of the battles that are shown."""
    with warehouse.transaction() as connection:
        found = connection.execute("select day from core.battles where deleted_at is null order by 1").fetchall()
    return [day for (day,) in found if isinstance(day, date)]


@pytest.mark.parametrize(
    ("stored_at", "months_kept", "today", "expired"),
    [
        ("2026-09-15", 60, "2031-10-07", []),
        ("2026-09-15", 60, "2031-10-08", [MONTH]),
        ("2026-09-15", 1, "2026-11-07", []),
        ("2026-09-15", 1, "2026-11-08", [MONTH]),
        ("2031-09-30", 60, "2035-01-01", [MONTH]),  # filled late, yet in time
        ("2031-10-02", 60, "2035-01-01", []),  # filled on purpose when its time was over
    ],
)
def test_months_expire_unless_they_were_stored_on_purpose(
    warehouse: Warehouse, stored_at: str, months_kept: int, today: str, expired: list[date]
) -> None:
    forget_battles(warehouse)
    with warehouse.transaction() as connection:
        connection.execute("delete from raw.killmail_days")
    book(warehouse, date(2026, 9, 2), datetime(2026, 9, 3, tzinfo=UTC))
    book(warehouse, date(2026, 9, 14), datetime.fromisoformat(f"{stored_at}T12:00Z"))
    with warehouse.transaction() as connection:
        assert expired_months(connection, months_kept, date.fromisoformat(today)) == expired


def test_a_month_without_battles_has_the_same_week(months: Warehouse) -> None:
    with months.transaction() as connection:
        assert expired_months(connection, 60, NOW.date()) == [MONTH]
    forget_battles(months)
    with months.transaction() as connection:
        asked = [expired_months(connection, 60, date(2031, 10, day)) for day in (1, 7, 8)]
    assert asked == [[], [], [MONTH]]


def test_the_operator_names_months_by_a_day(months: Warehouse) -> None:
    with months.transaction() as connection:
        asked = [months_before(connection, day) for day in (date(2026, 9, 30), NEXT, date(2026, 11, 1))]
    assert asked == [[], [MONTH], [MONTH, NEXT]]


def test_a_month_goes_out_of_sight_first_and_a_week_later_for_good(months: Warehouse) -> None:
    before = content(months)
    assert seen(months) == [FIRST_DAY, OTHER_DAY]
    assert pruned(months, MONTH, NOW) == Pruned(MONTH, 1, False)
    assert seen(months) == [OTHER_DAY]
    with months.transaction() as connection:
        assert deleted_months(connection) == [MONTH]
        assert connection.execute(
            "select event_type, is_backfill from app.battle_outbox order by event_id desc limit 1"
        ).fetchone() == ("battle.deleted", True)
        assert connection.execute(
            "select distinct deletion_reason from core.battles where day < %s", [NEXT]
        ).fetchone() == (REASON,)
    # It may be brought back, and clustering changes nothing of that.
    assert pruned(months, MONTH, NOW + GRACE / 2) == Pruned(MONTH, 0, False)
    rebuild(months, FIRST_DAY, FIRST_DAY)
    assert seen(months) == [OTHER_DAY]

    assert pruned(months, MONTH, NOW + GRACE) == Pruned(MONTH, 0, True)
    with months.transaction() as connection:
        assert deleted_months(connection) == []
        for name in TABLES_OF_MAILS:
            found = connection.execute("select to_regclass(%s)::text", [f"{name}_2026_09"]).fetchone()
            assert found == (None,), name
        assert connection.execute("select day from raw.killmail_days").fetchall() == [(OTHER_DAY,)]
        assert connection.execute("select distinct day from raw.killmail_index").fetchall() == [(OTHER_DAY,)]
        assert connection.execute("select day from core.battles").fetchall() == [(OTHER_DAY,)]
    assert rebuild(months, OTHER_DAY, OTHER_DAY).unchanged == 1

    # A backfill brings it again, the same.
    land(months, FIRST_DAY, FIGHTS)
    assert rebuild(months, FIRST_DAY, FIRST_DAY).created == 1
    assert content(months) == before


def test_a_month_without_battles_is_purged_at_once(months: Warehouse) -> None:
    forget_battles(months)
    assert pruned(months, MONTH, NOW) == Pruned(MONTH, 0, True)


def test_a_reader_holds_up_the_purge_and_nothing_is_half_gone(months: Warehouse) -> None:
    pruned(months, MONTH, NOW - 2 * GRACE)
    with months.transaction() as reader:
        reader.execute("select count(*) from raw.killmails")
        with pytest.raises(psycopg.errors.LockNotAvailable), months.transaction() as connection:
            prune_month(connection, MONTH, REASON, NOW, lock_seconds=0.05)
    with months.transaction() as connection:
        assert connection.execute("select count(*) from raw.killmail_days").fetchone() == (2,)
        assert connection.execute("select count(*) from raw.killmail_index").fetchone() == (5,)
    assert pruned(months, MONTH, NOW).is_purged
