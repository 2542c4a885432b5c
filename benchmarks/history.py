"""A million battles: years of war made of few drawn days that come again; what is asked of them is `serving`'s."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, LiteralString, cast

import msgspec
import psycopg

from battlescope_assets.assets.battles import recluster
from battlescope_assets.assets.marts import DBT_EXECUTABLE, DBT_PROJECT, dbt_variables
from battlescope_assets.assets.values import value_day
from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.killmail import Killmail
from battlescope_assets.domain.window import ONE_DAY, Window
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.universe import read_combat_world, write_static_data
from battlescope_assets.io.warehouse import Rows, Warehouse, insert_rows
from battlescope_assets.processes.database import dbt_environment
from battlescope_assets.settings import Settings
from battlescope_assets.simulator.war import War
from benchmarks.days import ACROSS_MIDNIGHT, COPIED, copy_day, store_day

FIRST_DAY = date(2024, 12, 1)
MAILS_PER_DAY = 15_000
ERAS, DAYS_OF_ERA = 6, 96
"""One day is drawn for each era and comes again on the era's other days: an era has people and homes of its own, so
that of most alliances nothing is heard for years."""
DAYS_BETWEEN_MAILS = 12
"""What a battle's mails say is read from them, so every twelfth day has its mails; all would take 40 GB."""
RECENT_DAYS = 15
"""The newest days have theirs whole, items included: windows up to now are counted from them."""
IDS_OF_ERA, PEOPLE_OF_ERA = 100_000_000, 10_000_000_000
FIRST_PLAYERS_ID = 98_000_000
LEDGERS = ("raw.killmail_days", "raw.market_history_days")
BATTLES = ("core.battles", "core.battle_details")
OF_MAILS = ("raw.killmails", "raw.killmail_attackers", "raw.killmail_index", "core.killmail_values")
INDEXES: LiteralString = """
select indexrelid::regclass::text, pg_get_indexdef(indexrelid)
from pg_index
where indrelid = any(array['core.battles', 'core.battle_details']::regclass[]) and not indisunique
    and pg_get_indexdef(indexrelid) not like '%(day)'
"""
"""Built once at the end: a tenth of the time. The copying itself looks for days."""


def build(warehouse: Warehouse, settings: Settings) -> None:
    """Fills an empty database and builds its marts."""
    static_data, now = read_snapshot(), datetime.now(UTC)
    with warehouse.transaction() as connection:
        write_static_data(connection, static_data, "snapshot", now)
        world = read_combat_world(connection)
    steps = {}
    for era in range(ERAS):
        war = War(static_data, seed=era + 1, mails_per_day=MAILS_PER_DAY)
        day = _origin(era)
        mails = [msgspec.convert(_of_era(body, era), Killmail) for body in war.killmails(day)]
        ids = [mail.killmail_id for mail in mails]
        steps[era] = max(ids) - min(ids) + 1
        store_day(warehouse, day, mails, war.market.history(day, [{}]), now)
        value_day(day, world, warehouse)
        with warehouse.transaction() as connection:
            recluster(connection, Window.of_day(day), world, BattleParams(), now)
            insert_rows(
                connection,
                "app.entity_names",
                Rows(("entity_id", "category", "entity_name", "fetched_at"), list(_names(war, era, now))),
            )
    with warehouse.transaction() as connection:
        connection.execute(ACROSS_MIDNIGHT)
    _repeat(warehouse, steps)
    _build_marts(settings, warehouse)


def _origin(era: int) -> date:
    return FIRST_DAY + era * DAYS_OF_ERA * ONE_DAY


def _of_era(body: Any, era: int) -> Any:
    """The mail with the era's people and an id of the era's."""
    people = PEOPLE_OF_ERA * era

    def moved(being: dict[str, Any]) -> dict[str, Any]:
        ids = {key: being[key] + people for key in being if _is_of_players(key, being[key])}
        return being | ids

    return body | {
        "killmail_id": body["killmail_id"] + IDS_OF_ERA * era,
        "victim": moved(body["victim"]),
        "attackers": [moved(attacker) for attacker in body["attackers"]],
    }


def _is_of_players(key: str, value: Any) -> bool:
    return key in {"character_id", "corporation_id", "alliance_id"} and value >= FIRST_PLAYERS_ID


def _names(war: War, era: int, now: datetime) -> Iterable[tuple[int, str, str, datetime]]:
    for entity_id, (category, name) in war.names.items():
        if entity_id >= FIRST_PLAYERS_ID:
            yield entity_id + PEOPLE_OF_ERA * era, category, name, now
        elif era == 0:
            yield entity_id, category, name, now


def _repeat(warehouse: Warehouse, steps: dict[int, int]) -> None:
    newest = _origin(ERAS) - RECENT_DAYS * ONE_DAY
    with psycopg.connect(warehouse.url, autocommit=True) as connection:
        connection.execute("set synchronous_commit = off; set maintenance_work_mem = '1GB'")
        indexes = cast("list[tuple[str, str]]", connection.execute(INDEXES).fetchall())
        for name, _ in indexes:
            connection.execute(f"drop index {name}".encode())
        for era, step in steps.items():
            origin = _origin(era)
            connection.execute("analyze core.battles, core.battle_details")
            for number in range(1, DAYS_OF_ERA):
                day = origin + number * ONE_DAY
                tables = [*LEDGERS, *BATTLES]
                if number % DAYS_BETWEEN_MAILS == 0 or day >= newest:
                    tables += OF_MAILS
                if day >= newest:
                    tables = [*COPIED]
                with connection.transaction():
                    for table in tables:
                        copy_day(connection, table, origin, day, step * number)
        for _, definition in indexes:
            connection.execute(definition.encode())
        connection.execute("vacuum analyze")


def _build_marts(settings: Settings, warehouse: Warehouse) -> None:
    window = Window.of_days(_origin(ERAS) - RECENT_DAYS * ONE_DAY, _origin(ERAS) - ONE_DAY)
    database = {"BATTLESCOPE_DBT_DATABASE": warehouse.url.rpartition("/")[2].partition("?")[0], "DO_NOT_TRACK": "1"}
    with tempfile.TemporaryDirectory() as target:
        subprocess.run(  # noqa: S603  # our own interpreter's dbt, fixed arguments
            [
                DBT_EXECUTABLE, "--quiet", "run", "--vars", json.dumps(dbt_variables(window, settings)),
                "--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT,
                "--target-path", target, "--log-path", target,
            ],
            env=os.environ | dbt_environment(settings) | database,
            check=True,
        )  # fmt: skip
    with psycopg.connect(warehouse.url, autocommit=True) as connection:
        connection.execute("analyze")
