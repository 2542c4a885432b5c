"""Building every mart of a month of busy days, tests included: how long, how it grows, and which models are slowest."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple, cast

import msgspec
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from battlescope_assets.assets.battles import recluster
from battlescope_assets.assets.marts import DBT_EXECUTABLE, DBT_PROJECT, dbt_variables
from battlescope_assets.assets.values import value_day
from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.killmail import Killmail
from battlescope_assets.domain.window import ONE_DAY, Window
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.universe import read_combat_world, write_static_data
from battlescope_assets.io.warehouse import Rows, Warehouse, replace_days
from battlescope_assets.processes.database import database_url, dbt_environment
from battlescope_assets.settings import Settings
from battlescope_assets.simulator.profiles import BULK_MIX
from battlescope_assets.simulator.war import War
from benchmarks.days import ACROSS_MIDNIGHT, COPIED, copy_day, store_day

FIRST_DAY = date(2026, 1, 1)
MAILS_PER_DAY = 15_000
DRAWN_DAYS = 3
"""Drawing a mail takes far longer than storing it: so many days are drawn and come again until there are enough."""
FEW_DAYS, MANY_DAYS = 30, 90
LIMIT_WHOLE_SECONDS, LIMIT_DAY_SECONDS = 180.0, 30.0
LIMIT_GROWTH_WHOLE = 1.1
"""Seconds per day of many days against those of few."""
LIMIT_GROWTH_DAY = 1.25
SLOWEST = 8
COPY = "battlescope_marts"

TRAFFIC = {
    "raw.system_jumps": """
        insert into raw.system_jumps (day, hour, solar_system_id, ship_jumps)
        select %(day)s, hour, solar_system_id, 1 + solar_system_id %% 40
        from generate_series(%(day)s::timestamp, %(day)s + interval '23 hours', interval '1 hour') as h (hour)
        cross join (select solar_system_id from core.solar_systems where solar_system_id %% 10 = 0) as systems
    """,
    "raw.system_kills": """
        insert into raw.system_kills (day, hour, solar_system_id, ship_kills, pod_kills, npc_kills)
        select %(day)s, hour, solar_system_id, solar_system_id %% 3, solar_system_id %% 2, solar_system_id %% 90
        from generate_series(%(day)s::timestamp, %(day)s + interval '23 hours', interval '1 hour') as h (hour)
        cross join (select solar_system_id from core.solar_systems where solar_system_id %% 20 = 0) as systems
    """,
}
ORDERS = """
insert into raw.market_orders (
    region_id, type_id, sell_volume, sell_orders, lowest_sell_isk, hub_sell_volume, hub_lowest_sell_isk, buy_volume,
    buy_orders
)
select distinct on (region_id, type_id) region_id, type_id, volume, 5, lowest_isk, volume / 2, lowest_isk, volume, 5
from raw.market_history
"""
"""What EVE's server and market say beside the war, as many rows as theirs."""


class Built(NamedTuple):
    """One run of dbt."""

    seconds: float
    slowest: list[tuple[str, float]]
    """What took longest, with its seconds."""


def marts(settings: Settings) -> bool:
    """Prints the figures; tells whether all are within their limits. Works in a copy of the empty database."""
    own = settings.model_copy(update={"war_data_retention_days": 0})
    environment = os.environ | dbt_environment(own) | {"BATTLESCOPE_DBT_DATABASE": COPY, "DO_NOT_TRACK": "1"}
    names = sql.Identifier(COPY), sql.Identifier(str(conninfo_to_dict(database_url(settings))["dbname"]))
    with psycopg.connect(database_url(settings, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template {}").format(*names))
        try:
            return _measured(Warehouse(database_url(settings, COPY)), own, environment)
        finally:
            connection.execute(sql.SQL("drop database {}").format(names[0]))


def _measured(warehouse: Warehouse, settings: Settings, environment: Mapping[str, str]) -> bool:
    ids = _draw(warehouse)
    found: dict[int, tuple[Built, Built]] = {}
    stored = DRAWN_DAYS
    for count in (FEW_DAYS, MANY_DAYS):
        _repeat(warehouse, stored, count, ids)
        with warehouse.transaction() as connection:  # from scratch: tables of counts are never refreshed by dbt
            connection.execute("drop schema if exists staging, intermediate cascade")
        whole = _build(settings, environment, None)
        _repeat(warehouse, count, count + 1, ids)
        newest = FIRST_DAY + count * ONE_DAY
        found[count] = whole, _build(settings, environment, Window.of_day(newest))
        stored = count + 1
    for count, (whole, day) in found.items():
        print(
            f"marts of {count} days x {MAILS_PER_DAY:,} mails: whole {whole.seconds:.0f} s; "
            f"one more day {day.seconds:.0f} s"
        )
        for title, built in (("whole", whole), ("day", day)):
            print(f"  slowest, {title}: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in built.slowest))
    (few, few_day), (many, many_day) = found[FEW_DAYS], found[MANY_DAYS]
    growth = (many.seconds / MANY_DAYS) / (few.seconds / FEW_DAYS)
    growth_day = many_day.seconds / few_day.seconds
    print(
        f"limits: whole of {FEW_DAYS} days {LIMIT_WHOLE_SECONDS:.0f} s, a day {LIMIT_DAY_SECONDS:.0f} s; growth from "
        f"{FEW_DAYS} to {MANY_DAYS} days: whole per day {growth:.2f} (limit {LIMIT_GROWTH_WHOLE}), one more day "
        f"{growth_day:.2f} (limit {LIMIT_GROWTH_DAY})"
    )
    return (
        few.seconds <= LIMIT_WHOLE_SECONDS
        and max(few_day.seconds, many_day.seconds) <= LIMIT_DAY_SECONDS
        and growth <= LIMIT_GROWTH_WHOLE
        and growth_day <= LIMIT_GROWTH_DAY
    )


def _draw(warehouse: Warehouse) -> int:
    """Stores the drawn days with values and battles; returns how far apart the ids of two copies must be."""
    static_data, now = read_snapshot(), datetime.now(UTC)
    war = War(static_data, seed=5, mails_per_day=MAILS_PER_DAY, mix=BULK_MIX)
    with warehouse.transaction() as connection:
        write_static_data(connection, static_data, "snapshot", now)
        world = read_combat_world(connection)
    days = [FIRST_DAY + number * ONE_DAY for number in range(DRAWN_DAYS)]
    lowest, highest = 2**62, 0
    for day in days:
        mails = [msgspec.convert(body, Killmail) for body in war.killmails(day)]
        lowest = min(lowest, *(mail.killmail_id for mail in mails))
        highest = max(highest, *(mail.killmail_id for mail in mails))
        store_day(warehouse, day, mails, war.market.history(day, [{}]), now)
        value_day(day, world, warehouse)
    with warehouse.transaction() as connection:
        recluster(connection, Window.of_days(days[0], days[-1]), world, BattleParams(), now)
        connection.execute(ACROSS_MIDNIGHT)
        connection.execute(ORDERS)
    for day in days:
        _write_traffic(warehouse, day)
    return highest - lowest + 1


def _write_traffic(warehouse: Warehouse, day: date) -> None:
    with warehouse.transaction() as connection:
        for table, statement in TRAFFIC.items():
            replace_days(connection, Window.of_day(day), {table: Rows(("day",), [])})  # makes the month's partition
            connection.execute(statement.encode(), {"day": day})


def _repeat(warehouse: Warehouse, first: int, last: int, ids: int) -> None:
    """Copies the drawn days until the days `first` (counted from 0) up to, not including, `last` are there."""
    for number in range(first, last):
        copy, of = divmod(number, DRAWN_DAYS)
        day, origin = FIRST_DAY + number * ONE_DAY, FIRST_DAY + of * ONE_DAY
        with warehouse.transaction() as connection:
            for table in COPIED:
                copy_day(connection, table, origin, day, ids * copy)
        _write_traffic(warehouse, day)
    with psycopg.connect(warehouse.url, autocommit=True) as connection:
        connection.execute("vacuum analyze")


def _build(settings: Settings, environment: Mapping[str, str], window: Window | None) -> Built:
    """The command line of dbt, as Dagster starts it: of a window, or of everything from scratch."""
    with tempfile.TemporaryDirectory() as target:
        begun = time.perf_counter()
        done = subprocess.run(  # noqa: S603  # our own interpreter's dbt, fixed arguments
            [
                DBT_EXECUTABLE, "--quiet", "build", "--exclude-resource-type", "unit_test",
                "--vars", json.dumps(dbt_variables(window, settings)),
                "--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT,
                "--target-path", target, "--log-path", target,
            ],
            env=environment,
            check=False,
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        seconds = time.perf_counter() - begun
        if done.returncode:
            message = f"dbt failed:\n{done.stdout}"
            raise RuntimeError(message)
        results = json.loads((Path(target) / "run_results.json").read_text())["results"]
    return Built(seconds, _slowest(results))


def _slowest(results: Sequence[Mapping[str, object]]) -> list[tuple[str, float]]:
    times = [(str(one["unique_id"]).split(".")[2], cast("float", one["execution_time"])) for one in results]
    return sorted(times, key=lambda one: -one[1])[:SLOWEST]
