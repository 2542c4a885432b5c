"""Doctrines the marts find in wars whose fleets' fits are known, from the mails on: battles, then models."""

from collections.abc import Iterable
from datetime import timedelta

import msgspec
import pytest

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

FEWEST = Settings.model_fields["war_doctrine_min_fleet_size"].default
DAYS = [FIRST_MONDAY, FIRST_MONDAY + timedelta(days=1)]


def found(warehouse: Warehouse, dbt: Dbt, mails: Iterable[Killmail], truth: Iterable[TrueLoss]) -> DoctrineScore:
    """The score of the marts over a war; whatever the database held is gone afterwards."""
    listed = list(mails)
    window = Window.of_days(min(m.killmail_time for m in listed).date(), max(m.killmail_time for m in listed).date())
    for day in window.days():
        land_mails(warehouse, day, [mail for mail in listed if mail.killmail_time.date() == day])
    with warehouse.transaction() as connection:
        write_static_data(connection, read_snapshot(), "snapshot", NOW)
        recluster(connection, window, read_combat_world(connection), BattleParams(), NOW)
    assert dbt("run", "--select", "+int_fits__clustered").success
    with warehouse.transaction() as connection:
        rows = connection.execute("select killmail_id, fit_id from intermediate.int_fits__clustered").fetchall()
    score = score_doctrines(truth, dict(rows), FEWEST)  # type: ignore[arg-type]
    print(f"\nprecision {score.precision:.3f}, recall {score.recall:.3f}: {score}")  # noqa: T201  # the figures asked for
    return score


def test_fleets_of_the_simulated_war(warehouse: Warehouse, dbt: Dbt) -> None:
    war = War(read_snapshot(), seed=101, mails_per_day=2_500, mix=DOCTRINE_MIX)
    truth = [msgspec.convert(row, TrueLoss) for day in DAYS for row in war.truth(day)]
    mails = [msgspec.convert(body, Killmail) for day in DAYS for body in war.killmails(day)]

    score = found(warehouse, dbt, mails, truth)
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
def test_fleets_of_the_shared_truth(warehouse: Warehouse, dbt: Dbt) -> None:
    mails = archived_mails(SHARED_TRUTH / "killmails")
    score = found(warehouse, dbt, mails, read_truth(SHARED_TRUTH, TrueLoss))
    assert score.precision >= 0.9
    assert score.recall >= 0.9
    assert score.templates > 50
