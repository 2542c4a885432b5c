"""The write path: a day is replaced exactly, in one step for readers, and not touched when nothing changed."""

import threading
from datetime import date, datetime

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from battlescope_assets.domain.window import ONE_DAY, Window
from battlescope_assets.io.warehouse import (
    Change,
    Connection,
    Rows,
    Warehouse,
    replace_days,
    replace_rows,
    replace_table,
)

DAY = date(2026, 9, 15)
ATTACKERS = "raw.killmail_attackers"
COLUMNS = ("day", "killmail_id", "attacker_index", "damage_done", "final_blow")


def attackers(day: date, damages: dict[int, int]) -> Rows:
    return Rows(COLUMNS, [(day, mail_id, 0, damage, True) for mail_id, damage in damages.items()])


def replace(warehouse: Warehouse, day: date, damages: dict[int, int]) -> Change:
    with warehouse.transaction() as connection:
        return replace_days(connection, Window.of_day(day), {ATTACKERS: attackers(day, damages)})[ATTACKERS]


def stored(warehouse: Warehouse, day: date) -> dict[int, int]:
    with warehouse.transaction() as connection:
        found = connection.execute("select killmail_id, damage_done from raw.killmail_attackers where day = %s", [day])
        return dict(found.fetchall())  # type: ignore[arg-type]


def physical_rows(warehouse: Warehouse, day: date) -> list[tuple[object, ...]]:
    """Row versions: any rewrite, even to the same values, changes them."""
    with warehouse.transaction() as connection:
        return connection.execute(
            "select killmail_id, xmin::text, ctid::text from raw.killmail_attackers where day = %s order by 1", [day]
        ).fetchall()


@pytest.fixture(autouse=True)
def empty(warehouse: Warehouse) -> None:
    for days in range(-2, 3):
        replace(warehouse, DAY + days * ONE_DAY, {})


def test_a_day_holds_exactly_what_was_given_last(warehouse: Warehouse) -> None:
    assert replace(warehouse, DAY, {1: 10, 2: 20, 3: 30}) == Change(3, 0, 0)
    assert replace(warehouse, DAY, {2: 20, 3: 31, 4: 40}) == Change(inserted=1, updated=1, deleted=1)
    assert stored(warehouse, DAY) == {2: 20, 3: 31, 4: 40}


def test_the_same_day_again_rewrites_no_row(warehouse: Warehouse) -> None:
    replace(warehouse, DAY, {1: 10, 2: 20})
    before = physical_rows(warehouse, DAY)
    assert replace(warehouse, DAY, {2: 20, 1: 10}) == Change(0, 0, 0)
    assert physical_rows(warehouse, DAY) == before


def test_neighbouring_days_are_left_alone(warehouse: Warehouse) -> None:
    for days in (-1, 0, 1):
        replace(warehouse, DAY + days * ONE_DAY, {1: days})
    replace(warehouse, DAY, {})
    assert [stored(warehouse, DAY + days * ONE_DAY) for days in (-1, 0, 1)] == [{1: -1}, {}, {1: 1}]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=settings().max_examples // 8,
)
@given(st.lists(st.tuples(st.integers(-1, 1), st.dictionaries(st.integers(1, 6), st.integers(0, 2))), max_size=5))
def test_any_sequence_of_replacements_ends_in_the_last_of_each_day(
    warehouse: Warehouse, steps: list[tuple[int, dict[int, int]]]
) -> None:
    expected: dict[int, dict[int, int]] = {-1: {}, 0: {}, 1: {}}
    for offset in expected:
        replace(warehouse, DAY + offset * ONE_DAY, {})
    for offset, damages in steps:
        replace(warehouse, DAY + offset * ONE_DAY, damages)
        expected[offset] = damages
    assert {offset: stored(warehouse, DAY + offset * ONE_DAY) for offset in expected} == expected


def test_a_bad_row_loses_the_whole_write_and_nothing_else(warehouse: Warehouse) -> None:
    replace(warehouse, DAY, {1: 10})
    rows = {ATTACKERS: Rows(COLUMNS, [(DAY, 2, 0, 5, True), (DAY, 3, 0, None, True)])}
    with pytest.raises(psycopg.errors.NotNullViolation), warehouse.transaction() as connection:
        replace_days(connection, Window.of_day(DAY), rows)
    assert stored(warehouse, DAY) == {1: 10}


def test_months_get_their_partitions_once_also_over_a_year_s_end(warehouse: Warehouse) -> None:
    def partitions(connection: Connection) -> int:
        return len(
            connection.execute(
                "select from pg_inherits where inhparent = 'raw.killmail_attackers'::regclass "
                "and inhrelid::regclass::text similar to '%(2031_12|2032_01|2032_02)'"
            ).fetchall()
        )

    window = Window.of_days(date(2031, 12, 31), date(2032, 2, 29))
    rows = Rows(COLUMNS, [(day, 1, 0, 1, True) for day in window.days()])
    for _ in range(2):
        with warehouse.transaction() as connection:
            replace_days(connection, window, {ATTACKERS: rows})
            assert partitions(connection) == 3
    with warehouse.transaction() as connection:
        count = connection.execute(
            "select count(*) from raw.killmail_attackers where day between %s and %s",
            [window.first_day, window.last_day],
        ).fetchone()
        assert count == (61,)


def test_days_written_at_once_neither_wait_for_ever_nor_mix(warehouse: Warehouse) -> None:
    contents = {DAY + days * ONE_DAY: dict.fromkeys(range(500), days) for days in (-2, -1, 0, 1, 2)}
    threads = [threading.Thread(target=replace, args=(warehouse, *item)) for item in contents.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert {day: stored(warehouse, day) for day in contents} == contents


def test_a_small_table_is_replaced_as_a_whole(warehouse: Warehouse) -> None:
    def put(regions: dict[int, str]) -> Change:
        with warehouse.transaction() as connection:
            return replace_table(connection, "core.regions", Rows(("region_id", "region_name"), list(regions.items())))

    put({})
    assert put({901: "A", 902: "B"}) == Change(2, 0, 0)
    assert put({902: "C", 903: "D"}) == Change(inserted=1, updated=1, deleted=1)
    assert put({902: "C", 903: "D"}) == Change(0, 0, 0)
    put({})


def test_rows_are_replaced_by_a_key_of_choice(warehouse: Warehouse) -> None:
    columns = ("entity_id", "category", "entity_name", "fetched_at")
    at = datetime.fromisoformat("2026-09-15T00:00:00Z")

    def put(ids: list[int], names: dict[int, str]) -> Change:
        rows = Rows(columns, [(i, "character", name, at) for i, name in names.items()])
        with warehouse.transaction() as connection:
            return replace_rows(connection, "app.entity_names", rows, "entity_id", ids)

    put([1, 2, 3], {1: "one", 2: "two", 3: "three"})
    assert put([2, 3], {2: "zwei"}) == Change(inserted=0, updated=1, deleted=1)
    put([1, 2, 3], {})


def test_a_reader_never_sees_part_of_a_day(warehouse: Warehouse) -> None:
    """The day has 4,000 rows of one generation or of the next; a reader polls while generations follow each other."""
    replace(warehouse, DAY, dict.fromkeys(range(4000), 0))

    def write() -> None:
        for generation in range(1, 6):
            replace(warehouse, DAY, dict.fromkeys(range(4000), generation))

    seen = set()
    writer = threading.Thread(target=write)
    with psycopg.connect(warehouse.url, autocommit=True) as reader:
        writer.start()
        while writer.is_alive():
            seen.add(
                reader.execute(
                    "select count(*), count(distinct damage_done) from raw.killmail_attackers where day = %s", [DAY]
                ).fetchone()
            )
        writer.join()
    assert seen == {(4000, 1)}


def test_a_writer_takes_no_lock_that_holds_a_reader(warehouse: Warehouse) -> None:
    """A reader with no patience reads in the middle of an uncommitted write, also while a month is added."""
    new_month = date(2033, 5, 1)
    with warehouse.transaction() as writer:
        replace_days(writer, Window.of_day(DAY), {ATTACKERS: attackers(DAY, {1: 1})})
        replace_days(writer, Window.of_day(new_month), {ATTACKERS: attackers(new_month, {1: 1})})
        with psycopg.connect(warehouse.url, options="-c lock_timeout=1") as reader:
            assert reader.execute("select count(*) from raw.killmail_attackers").fetchone() is not None
            assert reader.execute(
                "select count(*) from raw.killmail_attackers where day in (%s, %s)", [DAY, new_month]
            ).fetchone() == (0,)
