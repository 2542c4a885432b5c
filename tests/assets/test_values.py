"""Values in PostgreSQL: re-pricing makes versions, unchanged values none, and ESI's list comes where no market is."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from battlescope_assets.assets.values import revalue
from battlescope_assets.domain.killmail import (
    ATTACKER_COLUMNS,
    ITEM_COLUMNS,
    KILLMAIL_COLUMNS,
    Killmail,
    killmail_rows,
    parse,
)
from battlescope_assets.domain.universe import CombatWorld
from battlescope_assets.domain.window import ONE_DAY, Window
from battlescope_assets.io.values import read_differences
from battlescope_assets.io.warehouse import Change, Rows, Warehouse, replace_days
from tests.bodies import body, encoded

DAY = date(2026, 9, 15)
RIFTER, GUN, SCRAP = 587, 3520, 3467
WORLD = CombatWorld(np.zeros((0, 2), np.int64), {RIFTER: 25}, {RIFTER: 6})
TABLES = ("core.killmail_values", "core.killmail_value_versions", "core.type_prices", "raw.killmail_zkb")


class Books:
    """Mails, market and what was made of them."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse

    def write(self, table: str, columns: Iterable[str], *rows: tuple[object, ...], day: date = DAY) -> None:
        with self.warehouse.transaction() as connection:
            replace_days(connection, Window.of_day(day), {table: Rows(tuple(columns), rows)})

    def hold(self, *killmail_ids: int) -> None:
        """Makes the day hold exactly these mails, each a Rifter with a gun, in scrap's company."""
        mails = [parse(encoded(body(killmail_id=i)), Window.of_day(DAY), i) for i in killmail_ids]
        rows = killmail_rows([mail for mail in mails if isinstance(mail, Killmail)])
        self.write("raw.killmails", KILLMAIL_COLUMNS, *rows.killmails)
        self.write("raw.killmail_attackers", ATTACKER_COLUMNS, *rows.attackers)
        self.write("raw.killmail_items", ITEM_COLUMNS, *rows.items)

    def market(self, day: date, **average_isk: float) -> None:
        types = {"rifter": RIFTER, "gun": GUN}
        columns = ("day", "region_id", "type_id", "average_isk", "highest_isk", "lowest_isk", "order_count", "volume")
        rows = [(day, 10000002, types[name], *[Decimal(isk)] * 3, 1, 1) for name, isk in average_isk.items()]
        self.write("raw.market_history", columns, *rows, day=day)

    def esi(self, day: date, *prices: tuple[int, float | None, float | None]) -> None:
        rows = [(day, t, a and Decimal(a), b and Decimal(b)) for t, a, b in prices]
        self.write("raw.market_prices", ("day", "type_id", "average_isk", "adjusted_isk"), *rows, day=day)

    def revalue(self, killmail_ids: list[int] | None = None) -> Change:
        with self.warehouse.transaction() as connection:
            return revalue(connection, DAY, WORLD, killmail_ids)[1]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.warehouse.transaction() as connection:
            return connection.execute(query.encode()).fetchall()

    def execute(self, statement: str) -> None:
        with self.warehouse.transaction() as connection:
            connection.execute(statement.encode())

    def totals(self) -> list[tuple[int, int, int]]:
        """(killmail, version, total) of what counts."""
        return self.rows("select killmail_id, version, total_isk::int8 from core.killmail_values order by 1")

    def old(self) -> list[tuple[int, int, int]]:
        return self.rows("select killmail_id, version, total_isk::int8 from core.killmail_value_versions order by 1, 2")


@pytest.fixture
def books(warehouse: Warehouse) -> Books:
    with warehouse.transaction() as connection:
        for table in (*TABLES, "raw.market_history", "raw.market_prices"):
            connection.execute(f"delete from {table}".encode())
    books = Books(warehouse)
    books.hold(1, 2)
    books.market(DAY - ONE_DAY, rifter=400, gun=50)
    return books


def test_a_changed_price_makes_a_version_and_keeps_the_old_value(books: Books) -> None:
    books.revalue()
    assert books.totals() == [(1, 1, 450), (2, 1, 450)]
    books.market(DAY, rifter=300)
    assert books.revalue().updated == 2
    books.market(DAY, rifter=200)
    books.revalue()
    assert books.totals() == [(1, 3, 250), (2, 3, 250)]
    assert books.old() == [(1, 1, 450), (1, 2, 350), (2, 1, 450), (2, 2, 350)]
    dated = "select version, oldest_price_date, superseded_at > valued_at from core.killmail_value_versions"
    assert books.rows(f"{dated} where killmail_id = 1 order by 1") == [
        (1, DAY - ONE_DAY, True),
        (2, DAY - ONE_DAY, True),
    ]


def test_the_same_prices_change_no_row_and_make_no_version(books: Books) -> None:
    books.revalue()
    versions = "select xmin::text from {} order by 1"
    before = [books.rows(versions.format(table)) for table in TABLES]
    assert books.revalue().total == 0
    assert [books.rows(versions.format(table)) for table in TABLES] == before
    assert books.old() == []


def test_a_newer_date_of_the_same_price_is_no_version(books: Books) -> None:
    books.market(DAY - 2 * ONE_DAY, rifter=400, gun=50)
    books.market(DAY - ONE_DAY)
    books.revalue()
    books.market(DAY - ONE_DAY, rifter=400, gun=50)
    assert books.revalue().updated == 2
    assert books.rows("select distinct version, hull_price_date from core.killmail_values") == [(1, DAY - ONE_DAY)]
    assert books.old() == []


def test_only_the_mails_asked_for_are_valued_while_prices_stay(books: Books) -> None:
    books.revalue()
    books.hold(1, 2, 3)
    assert books.revalue([3]) == Change(1, 0, 0)
    assert books.revalue([]).total == 0
    assert books.totals() == [(1, 1, 450), (2, 1, 450), (3, 1, 450)]


def test_a_day_has_one_list_of_prices(books: Books) -> None:
    books.revalue()
    books.hold(1, 2, 3)
    books.market(DAY, rifter=300)
    assert books.revalue([3]) == Change(1, 2, 0)
    assert books.totals() == [(1, 2, 350), (2, 2, 350), (3, 1, 350)]


def test_a_mail_that_goes_takes_its_values_along_and_may_come_back(books: Books) -> None:
    books.revalue()
    books.market(DAY, rifter=300)
    books.revalue()
    books.hold(2)
    books.revalue()
    assert (books.totals(), books.old()) == ([(2, 2, 350)], [(2, 1, 450)])
    books.hold(1, 2)
    books.revalue()
    assert books.totals() == [(1, 1, 350), (2, 2, 350)]


def test_prices_of_the_day_say_where_they_come_from(books: Books) -> None:
    books.esi(DAY - timedelta(days=3), (SCRAP, 9, 8), (GUN, 1, 1))
    books.esi(DAY + ONE_DAY, (SCRAP, 5, 5))
    books.revalue()
    prices = "select type_id, price_isk, price_low_isk, price_high_isk, price_source, price_date from core.type_prices"
    assert books.rows(f"{prices} order by 1") == [
        (RIFTER, 400, 400, 400, "market_history", DAY - ONE_DAY),
        (SCRAP, 9, 8, 9, "esi_average", DAY - timedelta(days=3)),
        (GUN, 50, 50, 50, "market_history", DAY - ONE_DAY),
    ]
    ranges = "select distinct total_low_isk, total_isk, total_high_isk, unpriced_types from core.killmail_values"
    assert books.rows(ranges) == [(458, 459, 459, 1)]


def test_a_day_before_esi_was_first_asked_has_the_first_list(books: Books) -> None:
    books.esi(DAY + ONE_DAY, (SCRAP, 5, 5))
    books.esi(DAY + 2 * ONE_DAY, (SCRAP, 6, 6))
    books.revalue()
    assert books.totals() == [(1, 1, 455), (2, 1, 455)]


def test_flags_stand_beside_the_value(books: Books) -> None:
    books.revalue()
    assert books.rows("select distinct is_npc, is_solo, is_awox from core.killmail_values") == [(False, True, False)]


def test_values_are_laid_beside_zkillboards(books: Books) -> None:
    books.revalue()
    columns = ("day", "killmail_id", "hash", "total_value_isk", "points", "npc", "solo", "awox", "labels")
    books.write(
        "raw.killmail_zkb",
        columns,
        (DAY, 1, "", Decimal(450), 1, False, True, False, []),
        (DAY, 2, "", Decimal(900), 1, True, False, False, []),
        (DAY, 3, "", Decimal(1), 1, False, False, False, []),
    )
    with books.warehouse.transaction() as connection:
        assert read_differences(connection, DAY) == (2, 0.75, 1, 1)
        assert read_differences(connection, DAY + ONE_DAY) == (0, None, 0, 0)


def test_the_first_version_of_a_month_waits_for_no_reader(books: Books) -> None:
    books.revalue()
    books.execute("drop table if exists core.killmail_value_versions_2026_09")
    books.market(DAY, rifter=300)
    with books.warehouse.transaction() as reader:
        reader.execute("select count(*) from core.killmail_value_versions")
        with books.warehouse.transaction() as connection:
            connection.execute("set local lock_timeout = '1s'")
            revalue(connection, DAY, WORLD)
    assert books.old() == [(1, 1, 450), (2, 1, 450)]
