"""Items are pruned where nothing is lost by it, and nothing that was made of them changes afterwards."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from battlescope_assets.assets.item_retention import prune_items
from battlescope_assets.assets.killmails import land_day
from battlescope_assets.assets.values import revalue
from battlescope_assets.domain.feed import FeedMail, Zkb
from battlescope_assets.domain.killmail import Killmail, parse
from battlescope_assets.domain.ruleset import EVERY_MAIL
from battlescope_assets.domain.universe import CombatWorld
from battlescope_assets.domain.window import Window
from battlescope_assets.io.feed import store_mails
from battlescope_assets.io.item_retention import Pruned, days_with_items, prune
from battlescope_assets.io.ledgers import killmail_day, record_clustered
from battlescope_assets.io.retention import prune_month
from battlescope_assets.io.sources import Source
from battlescope_assets.io.warehouse import Rows, Warehouse, replace_days
from battlescope_assets.partitions import is_asked_for
from battlescope_assets.settings import Settings
from tests.archives import archive_of, write_archive_bytes
from tests.assets.stored import battles, content, day_of, forget_battles, land, rebuild
from tests.bodies import DAY as DAY_OF_BODIES
from tests.bodies import body, encoded
from tests.conftest import Dbt
from tests.domain.tables import Row, rows

DAY = date.fromisoformat(DAY_OF_BODIES)
NOW = datetime(2027, 1, 1, tzinfo=UTC)
RIFTER, GUN = 587, 3520
WORLD = CombatWorld(np.zeros((0, 2), np.int64), {RIFTER: 25}, {RIFTER: 6})
COUNTED = [(34, 0, 14, 0), (3467, 0, 2, 0), (GUN, 2, 0, 100)]
"""What was lost on the day, as (type, destroyed, dropped, ISK destroyed)."""


class Days:
    """An upstream's archives, and what is stored and made of them."""

    def __init__(self, warehouse: Warehouse, folder: Path, dbt: Dbt) -> None:
        self.warehouse, self.folder, self.dbt = warehouse, folder, dbt
        self.source = Source(str(folder), "tests", folder / "cache")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.warehouse.transaction() as connection:
            return connection.execute(query.encode()).fetchall()

    def publish(self, *killmail_ids: int) -> None:
        members = {f"killmails/{i}.json": encoded(body(killmail_id=i)) for i in killmail_ids}
        write_archive_bytes(self.folder, DAY, archive_of(members))

    def land(self, *, items_stay: bool = False) -> None:
        land_day(DAY, None, self.source, self.warehouse, 2**20, EVERY_MAIL, items_stay=items_stay)

    def bring(self, killmail_id: int) -> None:
        """The feed brings a mail of the day."""
        mail = parse(encoded(body(killmail_id=killmail_id)), Window.of_day(DAY), killmail_id)
        assert isinstance(mail, Killmail)
        with self.warehouse.transaction() as connection:
            store_mails(connection, [FeedMail(mail, Zkb("0" * 40, 1.0), NOW, None)])
            revalue(connection, DAY, WORLD, [killmail_id])

    def price(self, rifter: int, gun: int) -> None:
        columns = ("day", "region_id", "type_id", "average_isk", "highest_isk", "lowest_isk", "order_count", "volume")
        prices = [(DAY, 10000002, kind, *[Decimal(isk)] * 3, 1, 1) for kind, isk in ((RIFTER, rifter), (GUN, gun))]
        with self.warehouse.transaction() as connection:
            replace_days(connection, Window.of_day(DAY), {"raw.market_history": Rows(columns, prices)})

    def revalue(self) -> list[tuple[Any, ...]]:
        with self.warehouse.transaction() as connection:
            revalue(connection, DAY, WORLD)
            record_clustered(connection, DAY, datetime.now(UTC))
        return self.rows("select killmail_id, version, total_isk::int8 from core.killmail_values order by 1")

    def count(self, *arguments: str, window: Window | None = None) -> None:
        """Builds the marts."""
        variables = {"window_start": f"{window.start:%F}", "window_end": f"{window.end:%F}"} if window else {}
        assert self.dbt("run", "--select", "+fct_item_losses", "--vars", json.dumps(variables), *arguments).success

    def counted(self) -> list[tuple[Any, ...]]:
        if self.rows("select 1 where to_regclass('marts.fct_item_losses') is null"):
            return []
        columns = "item_type_id, quantity_destroyed, quantity_dropped, destroyed_isk"
        return self.rows(f"select {columns} from marts.fct_item_losses order by 1")

    def prune(self) -> Pruned:
        return prune(self.warehouse, [DAY], NOW)

    def stacks(self) -> int:
        [(count,)] = self.rows("select count(*)::int4 from raw.killmail_items")
        return int(count)


@pytest.fixture
def days(warehouse: Warehouse, tmp_path: Path, dbt: Dbt) -> Days:
    """A day with two mails, each a Rifter with a gun, landed, valued and counted."""
    with warehouse.transaction() as connection:
        for table in ("days", "attackers", "items", "index", "zkb"):
            connection.execute(f"delete from raw.killmail_{table}".encode())
        connection.execute("delete from raw.killmails")
        connection.execute("delete from core.killmail_values")
    days = Days(warehouse, tmp_path, dbt)
    days.price(400, 50)
    days.publish(1, 2)
    days.land()
    days.revalue()
    if days.counted() != COUNTED:  # as the test before left it; dbt takes seconds
        days.count()
    return days


def test_nothing_made_of_items_changes_when_they_are_pruned(days: Days) -> None:
    versions = "select item_type_id, xmin::text from intermediate.int_item_losses__counted order by 1"
    values, rows_before = days.revalue(), days.rows(versions)
    assert days.prune() == Pruned({DAY: 6}, {})
    assert days.stacks() == 0
    with days.warehouse.transaction() as connection:
        assert days_with_items(connection, DAY, DAY) == {}

    days.price(300, 10)
    assert days.revalue() == values
    days.count(window=Window.of_day(DAY))
    days.count("--full-refresh")
    assert (days.counted(), days.rows(versions)) == (COUNTED, rows_before)


def test_a_late_mail_of_a_pruned_day_changes_no_other(days: Days) -> None:
    values = days.revalue()
    days.prune()
    days.price(300, 10)
    days.bring(3)
    assert days.revalue() == [*values, (3, 1, 310)]
    days.count()
    assert days.counted() == COUNTED  # until its archive brings it, with the items of all
    days.publish(1, 2, 3)
    days.land()
    days.revalue()
    days.count()
    assert days.counted() == [(34, 0, 21, 0), (3467, 0, 3, 0), (GUN, 3, 0, 30)]


def test_mails_of_a_pruned_day_get_the_flags_they_lack_and_keep_their_values(days: Days) -> None:
    values = days.revalue()
    with days.warehouse.transaction() as connection:
        connection.execute("update core.killmail_values set is_npc = null, is_solo = null, is_awox = null")
    days.prune()
    days.price(300, 10)
    days.bring(3)
    assert days.revalue() == [*values, (3, 1, 310)]
    assert days.rows("select distinct is_npc, is_solo, is_awox from core.killmail_values") == [(False, True, False)]


def test_items_stay_that_no_archive_has(days: Days) -> None:
    days.bring(3)
    assert days.prune().left == {DAY: "the feed brought mails that its archive does not have"}
    assert days.stacks() == 9


def test_items_stay_until_they_are_counted_and_valued(days: Days) -> None:
    days.publish(1, 2, 3)
    days.land()
    assert days.prune().left == {DAY: "some of its mails have no value yet"}
    days.revalue()
    assert days.prune().left == {DAY: "what was lost on it has not been counted"}
    days.price(400, 60)
    days.count()
    days.revalue()
    assert days.prune().left == {DAY: "what was lost on it has not been counted"}  # but at other prices
    days.count()
    assert days.prune() == Pruned({DAY: 9}, {})


def test_a_month_without_items_gives_its_space_back(days: Days) -> None:
    size = "select pg_relation_size('raw.killmail_items_2026_09')::int4"
    assert days.rows(size) > [(0,)]
    days.prune()
    assert days.rows(size) == [(0,)]


def test_what_was_counted_outlives_the_purge_of_its_month(days: Days) -> None:
    days.prune()
    with days.warehouse.transaction() as connection:
        month = DAY.replace(day=1)
        assert prune_month(connection, month, "tests", NOW).is_purged
        assert days_with_items(connection, DAY, DAY) == {}
    assert days.rows("select to_regclass('raw.killmail_items_2026_09')::text") == [(None,)]
    days.count()
    assert days.counted() == COUNTED
    tested = ("stg_killmails__days", "hulls_and_items_are_worth_what_killmails_are")
    assert days.dbt("build", "--select", *tested, "--exclude-resource-type", "unit_test").success

    days.publish(1)  # and a backfill brings the day again, and not another
    days.land(items_stay=True)
    days.revalue()
    days.count()
    assert days.counted() == [(34, 0, 7, 0), (3467, 0, 1, 0), (GUN, 1, 0, 50)]
    assert days.rows("select count(*)::int4 from raw.purged_days") == [(29,)]
    days.rows("delete from raw.purged_days returning day")


def test_a_reader_holds_up_only_the_space(days: Days) -> None:
    with days.warehouse.transaction() as reader:
        reader.execute("select count(*) from raw.killmail_items")
        pruned = prune(days.warehouse, [DAY], NOW, lock_seconds=0.05)
    assert pruned == Pruned({DAY: 6}, {}, ("raw.killmail_items_2026_09",))
    assert prune(days.warehouse, [], NOW) == Pruned({}, {})  # the next day
    assert days.rows("select pg_relation_size('raw.killmail_items_2026_09')::int4") == [(0,)]


def test_items_stay_until_battles_know_them(days: Days) -> None:
    days.rows("update raw.killmail_days set clustered_at = null returning 1")
    assert days.prune().left == {DAY: "its battles have not been reconstructed since it changed"}


def test_an_unchanged_archive_brings_items_back_only_when_asked_for(days: Days) -> None:
    days.prune()
    days.land()
    assert days.stacks() == 0
    days.land(items_stay=True)
    assert days.stacks() == 6
    with days.warehouse.transaction() as connection:
        assert days_with_items(connection, DAY, DAY) == {DAY: True}
    days.land()  # by a schedule, later
    with days.warehouse.transaction() as connection:
        assert days_with_items(connection, DAY, DAY) == {DAY: True}
    days.revalue()
    assert days.prune() == Pruned({DAY: 6}, {})  # an operator says so


def run_job(days: Days, retention_days: int) -> None:
    settings = Settings.model_validate({"home": days.folder, "war_data_retention_days": retention_days})
    resources = {"settings": settings, "warehouse": days.warehouse}
    assert prune_items.execute_in_process(resources=resources).success


def test_the_job_prunes_days_that_outlived_the_retention(days: Days) -> None:
    age = (datetime.now(UTC).date() - DAY).days
    for retention_days, stacks in ((0, 6), (age, 6), (age - 1, 0)):
        run_job(days, retention_days)
        assert days.stacks() == stacks, retention_days


def test_the_job_leaves_days_that_were_asked_for(days: Days) -> None:
    days.land(items_stay=True)
    run_job(days, 1)
    assert days.stacks() == 6


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, True),
        ({"dagster/backfill": "abc", "dagster/partition": "2026-09-15"}, True),
        ({"dagster/schedule_name": "archive_days"}, False),
        ({"dagster/sensor_name": "killmail_feed"}, False),
    ],
)
def test_days_are_asked_for_by_people(tags: dict[str, str], *, expected: bool) -> None:
    assert is_asked_for(tags) is expected


FIGHT = rows(
    """
    1438 | a | A1 | B1 B2
    1439 | a | B1 | A2 A3
    1439.5 | a | A2 | B2
    1441 | a | B2 | A3
    1442 | a | A3 | B3
    """
)


@pytest.fixture
def fight(warehouse: Warehouse) -> Iterator[list[Row]]:
    """A fight over midnight, stored as a battle; the items of the first of its days are pruned."""
    with warehouse.transaction() as connection:
        connection.execute("delete from raw.killmail_days")
    days = sorted({day_of(row) for row in FIGHT})
    for day in days:
        land(warehouse, day, FIGHT)
    forget_battles(warehouse)
    rebuild(warehouse, days[0], days[1])
    with warehouse.transaction() as connection:
        connection.execute(
            """
            insert into raw.killmail_days (
                day, source, status, content_sha256, mails_stored, mails_quarantined, revision, changed_at,
                items_pruned_at
            )
            values (%s, '', 'stored', repeat('0', 64), 3, 0, 1, now(), now())
            """,
            [days[0]],
        )
        connection.execute("delete from raw.killmail_items where day = %s", [days[0]])
    yield FIGHT
    for day in days:
        land(warehouse, day, [])
    forget_battles(warehouse)


def items_lost(warehouse: Warehouse) -> dict[int, dict[int, int]]:
    """First mail of each battle → item type → units lost, all sides together."""
    found: dict[int, dict[int, int]] = {}
    for details in content(warehouse)["battle_details"]:
        first, columns = json.loads(details)
        lost = found.setdefault(first, {})
        for side in columns["sides"]:
            for item, destroyed, dropped in side[2]:
                lost[item] = lost.get(item, 0) + destroyed + dropped
    return found


def test_a_battle_clustered_again_keeps_what_its_pruned_mails_lost(warehouse: Warehouse, fight: list[Row]) -> None:
    before = content(warehouse)
    days = sorted({day_of(row) for row in fight})
    assert len(days) == 2
    for first, last in ((days[0], days[0]), (days[1], days[1]), (days[0], days[1])):
        assert rebuild(warehouse, first, last).unchanged == 1
    assert content(warehouse) == before


def test_a_late_mail_adds_its_own_items(warehouse: Warehouse, fight: list[Row]) -> None:
    [lost] = items_lost(warehouse).values()
    late = Row(99, 1440 * 60 + 90, "a", "B4", ["A1", "A3"])
    land(warehouse, day_of(late), [*fight, late])
    rebuild(warehouse, day_of(late), day_of(late))
    assert len(battles(warehouse)) == 1
    assert items_lost(warehouse) == {1: {**lost, 34: lost[34] + 99, 40: lost[40] + 1}}


def test_battles_split_share_out_what_was_lost(warehouse: Warehouse, fight: list[Row]) -> None:
    [lost] = items_lost(warehouse).values()
    moved = [row if row.seconds < 1440 * 60 else row._replace(seconds=row.seconds + 3 * 3600) for row in fight]
    land(warehouse, day_of(fight[-1]), moved)
    rebuild(warehouse, day_of(fight[0]), day_of(fight[-1]))
    parts = items_lost(warehouse)
    assert len(parts) == 2
    assert {item: sum(part.get(item, 0) for part in parts.values()) for item in lost} == lost


def test_the_ledger_says_when_items_went(days: Days) -> None:
    days.prune()
    with days.warehouse.transaction() as connection:
        known = killmail_day(connection, DAY)
    assert known is not None
    assert (known.items_pruned_at, known.items_stay, known.mails_stored) == (NOW, False, 2)
