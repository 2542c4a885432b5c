"""Doctrines the marts find in wars whose fleets' fits are known, from the mails on: battles, then models."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec
import pytest
from psycopg import sql

from battlescope_assets.assets.battles import recluster
from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.killmail import Killmail
from battlescope_assets.domain.window import Window
from battlescope_assets.evaluation.doctrines import DoctrineScore, TrueLoss, score_doctrines
from battlescope_assets.evaluation.profiles import FIRST_MONDAY, SHARED_TRUTH, read_truth
from battlescope_assets.evaluation.reconstruction import archived_mails
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.universe import read_combat_world, write_static_data
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.settings import Settings
from battlescope_assets.simulator.profiles import DOCTRINE_MIX
from battlescope_assets.simulator.war import War
from tests.assets.stored import NOW, land_mails
from tests.conftest import Dbt

TABLES = (
    "int_bursts__gathered", "int_burst_survivors__counted", "int_burst_items__placed", "int_fits__assembled",
    "int_fits__clustered", "int_fit_items__counted", "int_fits__described", "int_doctrine_fits__identified",
    "int_doctrines__summed",
)  # fmt: skip
PRUNE = """
insert into raw.killmail_days (
    day, source, status, content_sha256, mails_stored, mails_quarantined, revision, changed_at, items_pruned_at
)
values (%(day)s, 'tests', 'stored', repeat('0', 64), 0, 0, 1, now(), now())
"""
FOUND = """
select killmail_id, burst_id, doctrine_id, core_modules, losses
from intermediate.int_fits__clustered
left join intermediate.int_fits__described using (day, burst_id, fit_id)
left join intermediate.int_doctrine_fits__identified using (fit_id)
"""
FEWEST = Settings.model_fields["war_doctrine_min_fleet_size"].default
DAYS = [FIRST_MONDAY, FIRST_MONDAY + timedelta(days=1)]


class Fit(NamedTuple):
    """What a loss of a burst is found to be."""

    burst_id: int
    doctrine_id: UUID
    core_modules: list[int]
    losses: int


def _rows(table: str) -> sql.Composed:
    return sql.SQL("select * from intermediate.{}").format(sql.Identifier(table))


def land(warehouse: Warehouse, mails: Iterable[Killmail], window: Window) -> None:
    """Makes the window hold exactly these mails, and the battles they make."""
    listed = list(mails)
    for day in window.days():
        land_mails(warehouse, day, [mail for mail in listed if mail.killmail_time.date() == day])
    with warehouse.transaction() as connection:
        connection.execute("delete from raw.killmail_days")  # another test pruned a day
        write_static_data(connection, read_snapshot(), "snapshot", NOW)
        recluster(connection, window, read_combat_world(connection), BattleParams(), NOW)


def found(warehouse: Warehouse, dbt: Dbt, truth: Iterable[TrueLoss]) -> DoctrineScore:
    """The score of the models over the mails there are."""
    assert dbt("run", "--select", "+int_fits__clustered").success
    with warehouse.transaction() as connection:
        rows = connection.execute("select killmail_id, fit_id from intermediate.int_fits__clustered").fetchall()
    score = score_doctrines(truth, dict(rows), FEWEST)  # type: ignore[arg-type]
    print(f"\nprecision {score.precision:.3f}, recall {score.recall:.3f}: {score}")  # noqa: T201  # the figures asked for
    return score


def test_fleets_of_the_simulated_war(warehouse: Warehouse, dbt: Dbt) -> None:
    war = War(read_snapshot(), seed=101, mails_per_day=1_500, mix=DOCTRINE_MIX)
    truth = [msgspec.convert(row, TrueLoss) for day in DAYS for row in war.truth(day)]
    mails = [msgspec.convert(body, Killmail) for day in DAYS for body in war.killmails(day)]

    land(warehouse, mails, Window.of_days(*DAYS))
    score = found(warehouse, dbt, truth)
    assert score.precision >= 0.9
    assert score.recall >= 0.9
    assert score.templates > 20

    # The set is not trivial: fleets with two fits of one hull, and many that lost too few of theirs.
    lost: dict[tuple[str | None, str | None], int] = {}
    for loss in truth:
        if loss.role == "mainline":
            lost[loss.fleet, loss.doctrine] = lost.get((loss.fleet, loss.doctrine), 0) + 1
    two = {fleet for fleet, fit in lost if fit and fit.endswith("Hurricane, armour")}
    assert sum(lost[fleet, f"{fleet}:Hurricane, armour"] >= FEWEST for fleet in two) > 3
    assert sum(losses < FEWEST for losses in lost.values()) > 20


@pytest.mark.skipif(not SHARED_TRUTH.is_dir(), reason=f"no shared truth at {SHARED_TRUTH}")
@pytest.mark.parametrize("days", [1, pytest.param(3, marks=pytest.mark.deep)])
def test_fleets_of_the_shared_truth(warehouse: Warehouse, dbt: Dbt, days: int) -> None:
    every = archived_mails(SHARED_TRUTH / "killmails")
    first_day = min(mail.killmail_time for mail in every).date()
    window = Window.of_days(first_day, first_day + timedelta(days=days - 1))
    mails = {mail.killmail_id: mail for mail in every if mail.killmail_time.date() <= window.last_day}
    land(warehouse, mails.values(), window)
    score = found(warehouse, dbt, [loss for loss in read_truth(SHARED_TRUTH, TrueLoss) if loss.killmail_id in mails])
    assert score.precision >= 0.9
    assert score.recall >= 0.9
    assert score.templates > 20


def test_a_day_replaced_is_as_built_from_scratch(warehouse: Warehouse, dbt: Dbt) -> None:
    def built(variables: dict[str, str]) -> dict[str, set[object]]:
        assert dbt("run", "--select", "+int_doctrines__summed", "--vars", json.dumps(variables)).success
        with warehouse.transaction() as connection:
            return {table: {f"{row}" for row in connection.execute(_rows(table))} for table in TABLES}

    war = War(read_snapshot(), seed=102, mails_per_day=800, mix=DOCTRINE_MIX)
    mails = [msgspec.convert(body, Killmail) for day in DAYS for body in war.killmails(day)]
    land(warehouse, mails, Window.of_days(*DAYS))
    first = built({})

    day = DAYS[1]
    left = [mail for number, mail in enumerate(mails) if mail.killmail_time.date() == day and number % 3]
    land(warehouse, left, Window.of_day(day))
    replaced = built({"window_start": str(day), "window_end": str(day + timedelta(days=1))})
    scratch = built({})
    assert replaced == scratch
    assert first != scratch
    assert all(scratch.values())


def test_a_mail_changed_on_a_pruned_day_changes_its_burst_and_no_more(warehouse: Warehouse, dbt: Dbt) -> None:
    def built(variables: dict[str, str]) -> dict[int, Fit]:
        assert dbt("run", "--select", "+int_doctrine_fits__identified", "--vars", json.dumps(variables)).success
        with warehouse.transaction() as connection:
            rows = cast("list[tuple[Any, ...]]", connection.execute(FOUND).fetchall())
            return {row[0]: Fit(*row[1:]) for row in rows}

    day = DAYS[0]
    war = War(read_snapshot(), seed=103, mails_per_day=800, mix=DOCTRINE_MIX)
    mails = [msgspec.convert(body, Killmail) for body in war.killmails(day)]
    land(warehouse, mails, Window.of_day(day))
    before = built({})

    # The first loss of a burst that can spare it: the others have another burst's and fit's id from now on.
    first = next(i for i in sorted(before) if before[i].burst_id == i and before[i].losses > FEWEST)
    land(warehouse, [mail for mail in mails if mail.killmail_id != first], Window.of_day(day))
    with warehouse.transaction() as connection:
        connection.execute("delete from raw.killmail_items where day = %s", [day])
        connection.execute(PRUNE, {"day": day})
    after = built({"window_start": str(day), "window_end": str(day + timedelta(days=1))})

    assert after.keys() == before.keys() - {first}
    others = {i for i, fit in after.items() if before[i].burst_id == first}
    assert len(others) >= FEWEST
    assert {after[i].burst_id for i in others} == {min(others)}
    for killmail_id, fit in after.items():
        assert fit.core_modules, killmail_id
        assert fit.doctrine_id == before[killmail_id].doctrine_id
        assert killmail_id in others or fit == before[killmail_id]
