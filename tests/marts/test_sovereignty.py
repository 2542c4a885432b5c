"""Timers and the battles that followed, recomputed from ESI's answers and held against the war's own truth."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from battlescope_assets.simulator.sovereignty import Campaign, Sovereignty
from tests.conftest import Golden
from tests.marts.conftest import Frames, Query, rows

FIGHTS = ["battle", "skirmish", "structure_bash"]


@pytest.fixture(scope="module")
def timers(frames: Frames) -> pd.DataFrame:
    """The last state of every campaign, with its first answer and the first answer without it."""
    answers = frames.campaigns.as_of.drop_duplicates().sort_values()
    seen = frames.campaigns.groupby("campaign_id").as_of.agg(first_seen_at="min", last_seen_at="max")
    following = answers.shift(-1).set_axis(answers)
    seen["resolved_at"] = pd.to_datetime(seen.last_seen_at.map(following), utc=True)
    last = frames.campaigns.sort_values("as_of").groupby("campaign_id").last()
    last["starts_at"] = pd.to_datetime(last.start_time, utc=True)
    return last.drop(columns="as_of").join(seen).reset_index()


@pytest.fixture(scope="module")
def followed(timers: pd.DataFrame, query: Query) -> pd.DataFrame:
    """Every timer beside every battle that may be about it, by rules written down here once more."""
    battles = query(
        "select battle_id, kind, started_at, ended_at, solar_system_id, alliance_ids, total_ships_lost, total_pilots, "
        "destroyed_isk + dropped_isk as isk_lost from marts.fct_battles"
    )
    systems = query("select solar_system_id, constellation_id from marts.dim_solar_systems")
    battles = battles[battles.kind.isin(FIGHTS)].merge(systems, on="solar_system_id")
    pairs = timers.merge(battles, how="cross", suffixes=("", "_of_battle"))
    until = pd.concat([pairs.resolved_at, pairs.starts_at + timedelta(hours=4)], axis=1).min(axis=1)
    is_then = (pairs.started_at < until) & (pairs.ended_at > pairs.starts_at - timedelta(minutes=30))
    is_there = pairs.solar_system_id == pairs.solar_system_id_of_battle
    is_near = pairs.constellation_id == pairs.constellation_id_of_battle
    is_his = pd.Series([d in ids for d, ids in zip(pairs.defender_id, pairs.alliance_ids, strict=True)], pairs.index)
    return pairs[is_then & (is_there | (is_near & is_his))]


@pytest.fixture(scope="module")
def truth(golden: Golden) -> list[Campaign]:
    """The war's campaigns that began on the golden days and were over before the last answer of these days."""
    sovereignty = Sovereignty(golden.war)
    end = datetime.combine(golden.days[-1], datetime.min.time(), UTC) + timedelta(hours=22)
    return [c for day in golden.days for c in sovereignty.starting_on(day) if c.ends_at < end]


def test_campaigns_are_as_esi_last_showed_them(timers: pd.DataFrame, query: Query) -> None:
    names = {"defender_id": "defender_alliance_id"}
    columns = ["campaign_id", "solar_system_id", "defender_alliance_id", "starts_at", "first_seen_at", "resolved_at"]
    expected = timers.rename(columns=names)[[*columns, "defender_score"]].sort_values("campaign_id")
    found = query(
        f"select {', '.join(columns)}, defender_score from marts.fct_sovereignty_campaigns order by campaign_id"
    )
    found["resolved_at"] = pd.to_datetime(found.resolved_at, utc=True)
    pd.testing.assert_frame_equal(found, expected.reset_index(drop=True), check_dtype=False)


def test_the_battles_that_followed_are_those_of_their_time_and_place(followed: pd.DataFrame, query: Query) -> None:
    found = query("select campaign_id, battle_id from marts.fct_sovereignty_battles")
    key = ["campaign_id", "battle_id"]
    assert set(map(tuple, found[key].to_numpy())) == set(map(tuple, followed[key].to_numpy()))
    assert len(found) >= 3


def test_campaigns_sum_up_their_battles(followed: pd.DataFrame, query: Query) -> None:
    expected = followed.groupby("campaign_id").agg(
        battles=("battle_id", "size"),
        ships_lost=("total_ships_lost", "sum"),
        pilots=("total_pilots", "max"),
        isk_lost=("isk_lost", "sum"),
    )
    found = query(
        "select campaign_id, battles, ships_lost, pilots, isk_lost from marts.fct_sovereignty_campaigns "
        "where battles > 0 order by campaign_id"
    ).set_index("campaign_id")
    assert found.astype(float).round(2).equals(expected.astype(float).round(2))


def test_timers_that_fleets_fought_over_have_their_battle_and_attackers(truth: list[Campaign], query: Query) -> None:
    attackers: dict[int, set[int]] = {}
    for battle in rows(query("select campaign_id, attacker_alliance_ids from marts.fct_sovereignty_battles")):
        attackers.setdefault(battle["campaign_id"], set()).update(battle["attacker_alliance_ids"])
    fought = [campaign for campaign in truth if campaign.is_fought]
    assert len(fought) >= 3
    for campaign in fought:
        assert campaign.attacker_id in attackers[campaign.campaign_id]
        assert campaign.defender_id not in attackers[campaign.campaign_id]


def test_shares_of_timers_fought_over(
    timers: pd.DataFrame, followed: pd.DataFrame, golden: Golden, query: Query
) -> None:
    regions = query("select solar_system_id, region_id from marts.dim_solar_systems")
    resolved = timers[timers.resolved_at > timers.starts_at].merge(regions, on="solar_system_id")
    resolved = resolved[resolved.starts_at.dt.date.isin(golden.days)]
    resolved["is_fought"] = resolved.campaign_id.isin(followed.campaign_id)
    found = query("select scope, scope_key, timers, fought_timers from marts.rpt_timer_outcomes")
    expected = {("all", "all"): (len(resolved), resolved.is_fought.sum())}
    for scope, column in (("event_type", "event_type"), ("region", "region_id"), ("defender", "defender_id")):
        for key, group in resolved.groupby(column):
            expected[scope, str(key)] = (len(group), group.is_fought.sum())
    assert {(row["scope"], row["scope_key"]): (row["timers"], row["fought_timers"]) for row in rows(found)} == expected
    assert 0 < expected["all", "all"][1] < expected["all", "all"][0]


def test_timers_ahead_have_a_countdown_a_hub_and_an_expectation(timers: pd.DataFrame, query: Query) -> None:
    now, found = datetime.now(UTC), query("select * from marts.fct_sovereignty_campaigns where outcome = 'upcoming'")
    ahead = timers[timers.resolved_at.isna() & (timers.starts_at > now)]
    assert set(ahead.campaign_id) <= set(found.campaign_id)  # one may have begun in between
    assert len(ahead) >= 1
    for timer in rows(found):
        assert abs(timer["starts_at"].timestamp() - now.timestamp() - timer["seconds_until_start"]) < 60
        assert timer["defender_alliance_name"]
        assert timer["region_name"]
        assert timer["hub_jumps"] > 0
        assert 0 <= timer["fight_share_low"] <= timer["fight_share"] <= timer["fight_share_high"] <= 1
