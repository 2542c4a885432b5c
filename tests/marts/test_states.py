"""Holders and the warzone over days of answers, recomputed from the answers themselves; no killmail is needed."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pandas as pd
import pytest

from battlescope_assets.domain.snapshots import KINDS, read_snapshot
from battlescope_assets.io.snapshots import ESI_PATHS, DatedSnapshot, store_answer
from battlescope_assets.io.static_data import read_snapshot as read_static_data
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.simulator.sovereignty import Sovereignty
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.esi import Esi
from tests.conftest import Dbt
from tests.marts.conftest import Query, rows

END = datetime(2026, 6, 7, 12, tzinfo=UTC)
EVERY = {"sovereignty_campaigns": 60, "sovereignty_systems": 180, "faction_warfare": 30}
"""Minutes between answers."""
HOURS = 48
UNREAD_HOURS = 16, 19
"""Hours before the end in which nobody asked."""

Answers = dict[datetime, Any]


@pytest.fixture(scope="module")
def war() -> War:
    return War(read_static_data(), seed=11, mails_per_day=1_500)


@pytest.fixture(scope="module")
def answers(war: War, warehouse: Warehouse, dbt: Dbt) -> dict[str, Answers]:
    """ESI's answers, stored and built into marts."""
    esi, stored = Esi(war), dict[str, Answers]()
    for source, minutes in EVERY.items():
        moments = [END - timedelta(minutes=ago) for ago in range(HOURS * 60, -1, -minutes)]
        unread = [END - timedelta(hours=hours) for hours in UNREAD_HOURS]
        stored[source] = {}
        with warehouse.transaction() as connection:
            for moment in (each for each in moments if not unread[1] < each < unread[0]):
                answer = esi.answer(ESI_PATHS[source], moment)
                assert answer is not None
                stored[source][moment] = answer.content
                body = msgspec.json.encode(answer.content)
                dated = DatedSnapshot(
                    read_snapshot(body, KINDS[source]), moment, "esi", hashlib.sha256(body).hexdigest()
                )
                store_answer(connection, source, dated, END)
            connection.execute(
                "insert into raw.source_fetches (source, last_attempt_at, last_success_at, as_of) "
                "values (%s, %s, %s, %s)",
                [source, END, END, END],
            )
    names = (
        "fct_fw_history",
        "fct_sovereignty_campaigns",
        "fct_sovereignty_changes",
        "fct_sovereignty_systems",
        "rpt_fw_systems",
    )
    built = dbt("run", "--select", *(f"+{name}" for name in names))
    assert built.success, built.exception
    return stored


@pytest.fixture(scope="module")
def ask(warehouse: Warehouse) -> Query:
    """Runs a query on the module's own database."""

    def run(statement: str) -> pd.DataFrame:
        with warehouse.transaction() as connection:
            cursor = connection.execute(statement.encode())
            return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description or ()])

    return run


def holder(claim: dict[str, Any]) -> int | None:
    """Of ESI's claim."""
    found: int | None = claim.get("alliance", {}).get("alliance_id") or claim.get("faction", {}).get("faction_id")
    return found


def test_changes_of_holder_are_those_between_answers(answers: dict[str, Answers], ask: Query) -> None:
    expected, before = [], dict[int, int | None]()
    for moment, content in answers["sovereignty_systems"].items():
        now = {row["solar_system_id"]: holder(row["claim"]) for row in content["solar_systems"]}
        expected += [
            (system, moment, before[system], now[system]) for system in before if before[system] != now[system]
        ]
        before = now
    found = ask(
        "select solar_system_id, changed_before, previous_holder_id, holder_id from marts.fct_sovereignty_changes"
    )
    assert sorted(found.itertuples(index=False, name=None)) == sorted(expected)
    assert len(expected) > 3
    held = ask("select solar_system_id, holder_id from marts.fct_sovereignty_systems where holder_id is not null")
    assert {row["solar_system_id"]: row["holder_id"] for row in rows(held)} == {
        system: now for system, now in before.items() if now is not None
    }


def test_timers_are_judged_as_the_war_went(war: War, answers: dict[str, Answers], ask: Query) -> None:
    found = {row["campaign_id"]: row for row in rows(ask("select * from marts.fct_sovereignty_campaigns"))}
    sovereignty = Sovereignty(war)
    last_read = max(answers["sovereignty_systems"])
    judged = [
        (found[campaign.campaign_id]["outcome"], "lost" if campaign.is_captured else "defended")
        for days_ago in range(3)
        for campaign in sovereignty.starting_on((END - timedelta(days=days_ago)).date())
        if campaign.campaign_id in found and found[campaign.campaign_id]["resolved_at"] <= last_read
    ]
    assert {told for _, told in judged} == {"lost", "defended"}
    assert [outcome for outcome, _ in judged] == [told for _, told in judged]


def test_the_warzones_history_is_its_answers_without_repetitions(answers: dict[str, Answers], ask: Query) -> None:
    fields = ["owner_faction_id", "occupier_faction_id", "contested", "victory_points", "victory_points_threshold"]
    shown = pd.DataFrame([{"at": at} | row for at, content in answers["faction_warfare"].items() for row in content])
    shown = shown.sort_values(["solar_system_id", "at"])
    systems = shown.groupby("solar_system_id")
    is_new = (shown[fields] != systems[fields].shift()).any(axis="columns")
    previous = systems["at"].shift()
    expected = shown[is_new].assign(first_seen_at=shown["at"])
    following = expected.groupby("solar_system_id")
    expected["ended_at"] = following["at"].shift(-1)
    expected["last_seen_at"] = previous[is_new].groupby(expected["solar_system_id"]).shift(-1)
    expected["contested_percent"] = 100 * expected["victory_points"] / expected["victory_points_threshold"]
    columns = ["solar_system_id", "first_seen_at", "last_seen_at", "ended_at", *fields, "contested_percent"]
    found = ask(f"select {', '.join(columns)} from marts.fct_fw_history order by solar_system_id, first_seen_at")
    for column in ("first_seen_at", "last_seen_at", "ended_at"):
        found[column], expected[column] = (pd.to_datetime(frame[column], utc=True) for frame in (found, expected))
    pd.testing.assert_frame_equal(found, expected[columns].reset_index(drop=True), check_dtype=False)
    assert len(found) > shown["solar_system_id"].nunique()


def rate(series: list[tuple[datetime, dict[str, Any]]]) -> tuple[float, int, float]:
    """Hours watched, changes and points gained in 24 hours up to the end, walking back over the answers."""
    since, changes, gained = END, 0, 0
    for (earlier, before), (later, after) in zip(reversed(series[:-1]), reversed(series[1:]), strict=True):
        if later <= END - timedelta(hours=24):
            break
        is_gap = later - earlier > timedelta(hours=2) and before != after
        if is_gap or before["occupier_faction_id"] != after["occupier_faction_id"]:
            break
        difference = after["victory_points"] - before["victory_points"]
        since, changes, gained = earlier, changes + (difference != 0), gained + difference
    return (END - since).total_seconds() / 3600, changes, gained


def test_rates_are_those_between_answers(answers: dict[str, Answers], ask: Query) -> None:
    by_system: dict[int, list[tuple[datetime, dict[str, Any]]]] = {}
    for moment, content in answers["faction_warfare"].items():
        for row in content:
            by_system.setdefault(row["solar_system_id"], []).append((moment, row))
    found = {row["solar_system_id"]: row for row in rows(ask("select * from marts.rpt_fw_systems"))}
    assert set(found) == set(by_system)
    moved = 0
    for system, series in by_system.items():
        hours, changes, gained = rate(series)
        row, threshold = found[system], series[-1][1]["victory_points_threshold"]
        assert row["contested_percent"] == pytest.approx(100 * series[-1][1]["victory_points"] / threshold)
        assert (row["observed_hours"], row["changes_24h"]) == (pytest.approx(hours), changes)
        if hours >= 1:
            assert row["percent_per_hour_24h"] == pytest.approx(100 * gained / threshold / hours)
        moved += changes
    assert moved > 10


def test_there_are_hotspots_vulnerable_systems_and_forecasts(answers: dict[str, Answers], ask: Query) -> None:
    assert answers
    found = ask("select * from marts.rpt_fw_systems")
    assert (found.is_hotspot == (found.contested_percent >= 50)).all()
    assert found.is_hotspot.any()
    assert found.is_vulnerable.any()
    told = found[found.flip_hours.notna()]
    assert len(told) >= 1
    assert (told.flip_hours_low < told.flip_hours).all()
    assert ((told.expected_flip_at - END).dt.total_seconds() / 3600).to_list() == pytest.approx(
        told.flip_hours.to_list()
    )
    assert found.flip_reason.str.endswith(".").all()
