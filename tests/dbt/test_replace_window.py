"""What a dbt run does to what others read meanwhile: a window's days are replaced, nothing else is touched."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from battlescope_assets.domain.window import ONE_DAY, Window
from battlescope_assets.io.warehouse import Rows, Warehouse, replace_days

Dbt = Callable[..., Any]

DAY = date(2026, 9, 15)
NEXT_DAY = DAY + ONE_DAY
JITA, THERA, UNKNOWN_SYSTEM = 30000142, 31000005, 39999999
RIFTER, CAPSULE = 587, 670
MAIL_COLUMNS = (
    "day", "killmail_id", "killmail_time", "solar_system_id", "victim_ship_type_id", "damage_taken", "attacker_count",
)  # fmt: skip


def land(warehouse: Warehouse, day: date, losses: list[tuple[int, int]]) -> None:
    """Makes the day hold one mail per (solar system, type lost), upstream of dbt."""
    noon = datetime.combine(day, time(12), UTC)
    rows = [
        (day, day.toordinal() * 1_000 + number, noon, system, ship_type, 100, 0)
        for number, (system, ship_type) in enumerate(losses)
    ]
    with warehouse.transaction() as connection:
        replace_days(connection, Window.of_day(day), {"raw.killmails": Rows(MAIL_COLUMNS, rows)})


def run(dbt: Dbt, first_day: date | None = None) -> None:
    """Builds the losses: of one day, or of all."""
    window = {"window_start": str(first_day), "window_end": str(first_day + ONE_DAY)} if first_day else {}
    assert dbt("run", "--select", "+fct_ship_losses", "--vars", json.dumps(window)).success


def losses(warehouse: Warehouse, day: date) -> dict[tuple[int, int], int]:
    with warehouse.transaction() as connection:
        found = connection.execute(
            "select solar_system_id, ship_type_id, ships_lost from marts.fct_ship_losses where day = %s", [day]
        )
        return {(system, ship_type): ships_lost for system, ship_type, ships_lost in found}  # type: ignore[misc]


def physical_rows(warehouse: Warehouse) -> set[tuple[object, ...]]:
    """Row versions: any rewrite, even to the same values, changes them."""
    with warehouse.transaction() as connection:
        return set(
            connection.execute(
                """
                select day, solar_system_id, ship_type_id, xmin::text, ctid::text
                from intermediate.int_ship_losses__counted
                """
            )
        )


@pytest.fixture
def built(warehouse: Warehouse, dbt: Dbt) -> None:
    """Two days of losses, landed and built."""
    land(warehouse, DAY, [(JITA, RIFTER), (JITA, RIFTER), (THERA, CAPSULE)])
    land(warehouse, NEXT_DAY, [(JITA, RIFTER), (UNKNOWN_SYSTEM, RIFTER)])
    run(dbt)
    assert losses(warehouse, DAY) == {(JITA, RIFTER): 2, (THERA, CAPSULE): 1}
    assert losses(warehouse, NEXT_DAY) == {(JITA, RIFTER): 1, (UNKNOWN_SYSTEM, RIFTER): 1}


@pytest.mark.usefixtures("built")
def test_a_window_is_replaced_and_other_days_are_left_alone(warehouse: Warehouse, dbt: Dbt) -> None:
    before = physical_rows(warehouse)
    land(warehouse, DAY, [(JITA, RIFTER), (JITA, CAPSULE), (JITA, RIFTER)])  # Thera's mail vanished, Jita has one more
    land(warehouse, NEXT_DAY, [])
    run(dbt, DAY)
    assert losses(warehouse, DAY) == {(JITA, RIFTER): 2, (JITA, CAPSULE): 1}
    assert losses(warehouse, NEXT_DAY) == {(JITA, RIFTER): 1, (UNKNOWN_SYSTEM, RIFTER): 1}

    after = physical_rows(warehouse)
    assert {row[:3] for row in before - after} == {(DAY, THERA, CAPSULE)}
    assert {row[:3] for row in after - before} == {(DAY, JITA, CAPSULE)}

    run(dbt, DAY)
    assert physical_rows(warehouse) == after


@pytest.mark.usefixtures("built")
def test_without_a_window_every_day_is_replaced(warehouse: Warehouse, dbt: Dbt) -> None:
    before = physical_rows(warehouse)
    land(warehouse, NEXT_DAY, [])
    run(dbt)
    assert losses(warehouse, NEXT_DAY) == {}
    assert physical_rows(warehouse) == {row for row in before if row[0] == DAY}


def test_a_table_that_is_not_there_yet_is_built_whole_despite_a_window(warehouse: Warehouse, dbt: Dbt) -> None:
    land(warehouse, DAY, [(JITA, RIFTER)])
    land(warehouse, NEXT_DAY, [(JITA, RIFTER)])
    with warehouse.transaction() as connection:
        connection.execute("drop table if exists intermediate.int_ship_losses__counted cascade")
    run(dbt, NEXT_DAY)
    assert losses(warehouse, DAY) == losses(warehouse, NEXT_DAY) == {(JITA, RIFTER): 1}


@pytest.mark.usefixtures("built")
def test_a_run_knows_what_was_filled_before_it(warehouse: Warehouse, dbt: Dbt) -> None:
    """PostgreSQL's own autovacuum leaves so few rows alone."""

    def analyzed() -> tuple[object, ...] | None:
        with warehouse.transaction() as connection:
            return connection.execute(
                """
                select reltuples::int4, most_common_vals::text::date[]
                from pg_class
                join pg_stats on (schemaname, tablename, attname) = ('raw', relname, 'day')
                where relname = 'killmails_2026_09'
                """
            ).fetchone()

    assert analyzed() == (5, [DAY, NEXT_DAY])
    land(warehouse, NEXT_DAY + ONE_DAY, [(JITA, RIFTER)] * 2)
    run(dbt, NEXT_DAY + ONE_DAY)
    found = analyzed()
    land(warehouse, NEXT_DAY + ONE_DAY, [])
    assert found is not None
    assert found[0] == 7
    assert NEXT_DAY + ONE_DAY in found[1]  # type: ignore[operator]  # dates


def test_views_stay_the_same_objects_unless_their_columns_change(warehouse: Warehouse, dbt: Dbt) -> None:
    def views() -> dict[str, int]:
        with warehouse.transaction() as connection:
            found = connection.execute(
                "select relname, oid from pg_class where relname in ('stg_static_data__regions', 'dim_regions')"
            )
            return dict(found.fetchall())  # type: ignore[arg-type]

    def build() -> dict[str, int]:
        assert dbt("run", "--select", "+dim_regions").success
        return views()

    first = build()
    assert set(first) == {"stg_static_data__regions", "dim_regions"}
    assert build() == first  # dropping the one below would take the mart with it, under its readers

    with warehouse.transaction() as connection:
        connection.execute("drop view staging.stg_static_data__regions cascade")
        connection.execute("create view staging.stg_static_data__regions as select 1 as once_was")
        connection.execute("create view marts.dim_regions as select * from staging.stg_static_data__regions")
    build()
    with warehouse.transaction() as connection:
        assert connection.execute("select region_id, region_name from marts.dim_regions").fetchall() == []
