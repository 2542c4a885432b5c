"""A day whose mails changed, materialised anew, leaves every mart as a build from scratch would make it."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import cast

import msgspec
import pytest
from msgspec.structs import replace
from psycopg import sql

from battlescope_assets.assets.battles import recluster
from battlescope_assets.assets.marts import dbt_variables
from battlescope_assets.assets.values import value_day
from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.killmail import (
    ATTACKER_COLUMNS,
    ITEM_COLUMNS,
    KILLMAIL_COLUMNS,
    Killmail,
    killmail_rows,
)
from battlescope_assets.domain.window import Window
from battlescope_assets.io.universe import read_combat_world
from battlescope_assets.io.warehouse import Rows, Warehouse, replace_days
from battlescope_assets.settings import Settings
from tests.conftest import GOLDEN, Dbt, Golden, database_like

RELATIONS = """
select relnamespace::regnamespace::text, relname from pg_class
where relnamespace = 'marts'::regnamespace and relkind in ('r', 'v')
    or relnamespace = 'intermediate'::regnamespace and relkind = 'r'
"""
BY_THE_CLOCK = {
    "marts.fct_sovereignty_campaigns": ["outcome_reason", "seconds_until_start"],
    "marts.fct_sovereignty_systems": ["is_vulnerable"],
    "marts.rpt_data_status": ["stale_sources"],
    "marts.rpt_production_alerts": ["hours_until", "sentence", "starts_at"],
    "marts.rpt_source_freshness": ["age_seconds", "is_stale"],
    "marts.rpt_stored_tables": ["total_rows", "total_bytes", "analyzed_at"],
}
"""Columns that time decides, or PostgreSQL's statistics, and not the mails."""
Contents = dict[str, Counter[tuple[object, ...]]]


@pytest.fixture(scope="module")
def warehouse(golden: Golden, server: Settings, worker_id: str) -> Iterator[Warehouse]:
    """The golden war's own copy, which nobody else reads."""
    with database_like(server, GOLDEN, f"{worker_id}_days_anew") as made:
        yield made


def contents(warehouse: Warehouse) -> Contents:
    """Every mart and every table below one → its rows, each with how often it is there."""
    with warehouse.transaction() as connection:
        names = cast("list[tuple[str, str]]", connection.execute(RELATIONS).fetchall())
        return {
            f"{schema}.{name}": Counter(
                connection.execute(
                    sql.SQL("select (to_jsonb(t) - %s::text[])::text from {} as t").format(
                        sql.Identifier(schema, name)
                    ),
                    [BY_THE_CLOCK.get(f"{schema}.{name}", [])],
                ).fetchall()
            )
            for schema, name in names
        }


def changed(mails: list[Killmail], day: date) -> list[Killmail]:
    """The day's mails without some, with some that are new, and with some that say something else than before."""
    whole_day = Window.of_day(day)
    found = []
    for number, mail in enumerate(mails):
        later = mail.killmail_time + timedelta(minutes=7)
        match number % 10:
            case 0:
                continue
            case 1:
                other = mails[number - 1]
                victim = replace(mail.victim, ship_type_id=other.victim.ship_type_id, items=other.victim.items)
                attackers = [replace(one, damage_done=one.damage_done + 100) for one in mail.attackers]
                found.append(replace(mail, victim=victim, attackers=attackers))
            case 2 if later in whole_day:
                found += [mail, replace(mail, killmail_id=mail.killmail_id + 10**9, killmail_time=later)]
            case 3 if later in whole_day:
                found.append(replace(mail, killmail_time=later))
            case _:
                found.append(mail)
    return found


def materialise(warehouse: Warehouse, day: date, mails: list[Killmail]) -> None:
    """Mails, values and battles of the day, as the assets leave them."""
    rows = killmail_rows(mails)
    with warehouse.transaction() as connection:
        replace_days(
            connection,
            Window.of_day(day),
            {
                "raw.killmails": Rows(KILLMAIL_COLUMNS, rows.killmails),
                "raw.killmail_attackers": Rows(ATTACKER_COLUMNS, rows.attackers),
                "raw.killmail_items": Rows(ITEM_COLUMNS, rows.items),
                "raw.killmail_index": Rows(("killmail_id", "day"), [(mail.killmail_id, day) for mail in mails]),
            },
        )
        world = read_combat_world(connection)
        moment = Window.of_day(day).end + timedelta(days=60)
    value_day(day, world, warehouse)
    with warehouse.transaction() as connection:
        recluster(connection, Window.of_day(day), world, BattleParams(), moment)


def build(dbt: Dbt, window: Window | None) -> None:
    assert dbt("run", "--vars", json.dumps(dbt_variables(window, Settings()))).success


def test_a_changed_day_anew_is_a_build_from_scratch(golden: Golden, warehouse: Warehouse, dbt: Dbt) -> None:
    day = golden.days[1]
    before = contents(warehouse)
    materialise(warehouse, day, changed([msgspec.convert(body, Killmail) for body in golden.war.killmails(day)], day))
    build(dbt, Window.of_day(day))
    anew = contents(warehouse)
    assert {"marts.fct_killmails", "marts.fct_ship_losses", "marts.fct_battles", "marts.fct_battle_participants"} <= {
        name for name, rows in anew.items() if rows != before[name]
    }

    with warehouse.transaction() as connection:
        connection.execute("drop schema staging, intermediate, marts cascade")
    build(dbt, None)
    scratch = contents(warehouse)
    assert anew.keys() == scratch.keys()
    different = {
        name: {"anew": list(rows - scratch[name])[:3], "from scratch": list(scratch[name] - rows)[:3]}
        for name, rows in anew.items()
        if rows != scratch[name]
    }
    assert not different
