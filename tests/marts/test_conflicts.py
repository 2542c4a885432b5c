"""Conflicts, coalitions and campaigns: recomputed from the mails, and compared with who really stood together."""

from collections import Counter
from datetime import timedelta
from itertools import combinations

import pandas as pd
import pytest

from tests.conftest import Golden
from tests.marts.conftest import Frames, Query
from tests.marts.shares import shared_out, windows_of_groups

GROUPS = ["attacker_group_id", "victim_group_id"]
PAIR = ["window_days", "group_id", "opponent_group_id"]


@pytest.fixture(scope="module")
def shared(frames: Frames) -> pd.DataFrame:
    return shared_out(frames).rename(columns={"group_id": "attacker_group_id"})


def test_each_mail_is_shared_out_once(shared: pd.DataFrame, query: Query) -> None:
    expected = (
        shared.groupby(["day", *GROUPS], as_index=False)
        .agg(
            killmails=("killmail_id", "nunique"),
            final_blows=("final_blow", "sum"),
            kills_share=("millionths_of_kills", "sum"),
            destroyed_isk=("destroyed_hundredths", "sum"),
            dropped_isk=("dropped_hundredths", "sum"),
        )
        .assign(
            kills_share=lambda rows: rows["kills_share"] / 1e6,
            destroyed_isk=lambda rows: rows["destroyed_isk"] / 100,
            dropped_isk=lambda rows: rows["dropped_isk"] / 100,
        )
    )
    found = query(
        f"select {', '.join(expected.columns)} from marts.fct_alliance_conflicts order by day, {', '.join(GROUPS)}"
    )
    amounts = dict.fromkeys(("kills_share", "destroyed_isk", "dropped_isk"), float)
    pd.testing.assert_frame_equal(found.astype(amounts), expected, check_dtype=False, check_exact=True)
    assert len(found) > 100


def test_pairs_are_both_directions_of_their_conflict(shared: pd.DataFrame, query: Query) -> None:
    between = shared[(shared[GROUPS] > 0).all(axis="columns") & (shared[GROUPS[0]] != shared[GROUPS[1]])]
    days = sorted(shared["day"].unique())
    rows = []
    for window_days in (1, 7, 30):
        first_day = days[-1] - timedelta(days=window_days - 1)
        previous = between[(between["day"] < first_day) & (between["day"] >= first_day - timedelta(days=window_days))]
        before = previous.groupby(GROUPS)["killmail_id"].nunique().to_dict()
        mails = between[between["day"] >= first_day].groupby(GROUPS)
        kills, isk = mails["killmail_id"].nunique().to_dict(), (mails["hundredths"].sum() / 100).to_dict()
        for one, other in sorted({(min(pair), max(pair)) for pair in kills}):
            both = ((one, other), (other, one))
            previous_killmails = sum(before.get(pair, 0) for pair in both)
            both_kills = tuple(kills.get(pair, 0) for pair in both)
            both_isk = tuple(isk.get(pair, 0.0) for pair in both)
            trend = sum(both_kills) / max(previous_killmails, 1)
            rows.append((window_days, one, other, *both_kills, *both_isk, previous_killmails, trend))
    columns = [*PAIR, "kills", "losses", "isk_destroyed", "isk_lost", "previous_killmails", "trend"]
    expected = pd.DataFrame(rows, columns=columns)
    expected.loc[expected["window_days"] > 1, "trend"] = None  # the war is three days old: nothing to compare with
    found = query(f"select {', '.join(columns)} from marts.rpt_conflicts order by {', '.join(PAIR)}")
    amounts = dict.fromkeys(("isk_destroyed", "isk_lost", "trend"), float)
    pd.testing.assert_frame_equal(found.astype(amounts), expected.astype(amounts), check_dtype=False, check_exact=True)
    assert (expected["previous_killmails"] > 0).any()


def test_opponents_are_each_groups_own_view(query: Query) -> None:
    opponents = query("select * from marts.rpt_opponents order by window_days, group_id, rank")
    conflicts = query("select * from marts.rpt_conflicts")
    assert len(opponents) == 2 * len(conflicts)
    for _, ranked in opponents.groupby(["window_days", "group_id"]):
        assert list(ranked["rank"]) == list(range(1, len(ranked) + 1))
        assert (ranked["kills"] + ranked["losses"]).is_monotonic_decreasing
    assert opponents["isk_destroyed"].sum() == pytest.approx(conflicts["isk_total"].sum())


def test_a_pairs_main_system_is_where_most_of_its_killmails_are(shared: pd.DataFrame, query: Query) -> None:
    placed = shared.drop_duplicates(["killmail_id", "attacker_group_id"])
    found = query(f"""
        select {", ".join(PAIR)}, kills + losses as killmails, solar_systems, solar_system_id, solar_system_killmails
        from marts.rpt_conflicts where window_days = 30 order by killmails desc, {", ".join(PAIR)} limit 20
    """)
    for row in found.itertuples():
        pair = {row.group_id, row.opponent_group_id}
        mails = placed[placed[GROUPS].isin(pair).all(axis="columns") & (placed[GROUPS[0]] != placed[GROUPS[1]])]
        systems = mails["solar_system_id"].value_counts()
        assert len(mails) == row.killmails
        assert (row.solar_systems, row.solar_system_killmails) == (len(systems), systems.max())
        assert row.solar_system_id == systems[systems == systems.max()].index.min()


@pytest.fixture(scope="module")
def windows(frames: Frames, shared: pd.DataFrame) -> pd.DataFrame:
    return windows_of_groups(frames, shared.rename(columns={"attacker_group_id": "group_id"}))


@pytest.fixture(scope="module")
def allies(shared: pd.DataFrame) -> pd.DataFrame:
    """One row per window and pair of groups that shot together, the smaller id first, with `rpt_allies`' figures."""
    days = sorted(shared["day"].unique())
    rows = []
    for window_days in (1, 7, 30):
        mails = shared[shared["day"] > days[-1] - timedelta(days=window_days)]
        attackers = mails[mails[GROUPS[0]] > 0].groupby("killmail_id")[GROUPS[0]].unique()
        victims = mails.groupby("killmail_id")[GROUPS[1]].first()
        kills = Counter(group for groups in attackers for group in groups)
        joint = Counter(pair for groups in attackers for pair in combinations(sorted(groups), 2))
        opposed = Counter(
            (min(group, victims[killmail]), max(group, victims[killmail]))
            for killmail, groups in attackers.items()
            for group in groups
        )
        rows += [
            (window_days, *pair, count, opposed[pair], count / min(kills[one] for one in pair))
            for pair, count in joint.items()
        ]
    columns = ["window_days", "group_id", "ally_group_id", "joint_kills", "opposed_kills", "weight"]
    return pd.DataFrame(rows, columns=columns)


def test_allies_are_both_ways_and_ranked(allies: pd.DataFrame, query: Query) -> None:
    turned = allies.rename(columns={"group_id": "ally_group_id", "ally_group_id": "group_id"})
    expected = pd.concat([allies, turned]).sort_values(
        ["window_days", "group_id", "joint_kills", "ally_group_id"], ascending=[True, True, False, True]
    )
    expected["rank"] = expected.groupby(["window_days", "group_id"]).cumcount() + 1
    found = query(f"select {', '.join(expected.columns)} from marts.rpt_allies order by window_days, group_id, rank")
    pd.testing.assert_frame_equal(found, expected.reset_index(drop=True), check_dtype=False)
    assert (expected["opposed_kills"] > 0).any()


def united(pairs: pd.DataFrame) -> list[set[int]]:
    """Sets of groups that chains of pairs join."""
    sets: list[set[int]] = []
    for one, other in zip(pairs["group_id"], pairs["ally_group_id"], strict=True):
        touched = [each for each in sets if one in each or other in each]
        sets = [each for each in sets if each not in touched] + [{one, other}.union(*touched)]
    return sets


def test_coalitions_are_allies_without_enemies_among_them(
    allies: pd.DataFrame, windows: pd.DataFrame, query: Query
) -> None:
    conflicts = query(
        "select window_days, group_id, opponent_group_id, kills + losses as killmails from marts.rpt_conflicts"
    )
    joint = allies.set_index(["window_days", "group_id", "ally_group_id"])["joint_kills"].to_dict()
    enemies = {
        (row.window_days, row.group_id, row.opponent_group_id)
        for row in conflicts.itertuples()
        if row.killmails >= max(5, joint.get((row.window_days, row.group_id, row.opponent_group_id), 0) + 1)
    }
    paired = allies[(allies["joint_kills"] >= 10) & (allies["joint_kills"] > allies["opposed_kills"])]
    expected, listed = [], []
    for window_days, strongest in paired.groupby("window_days"):
        groups = windows[windows["window_days"] == window_days].set_index("group_id")
        placed: set[int] = set()
        for level in range(5, 21):
            for members in united(strongest[strongest["weight"] >= level / 20]):
                is_divided = any((window_days, *pair) in enemies for pair in combinations(sorted(members), 2))
                if is_divided or members & placed:
                    continue
                placed |= members
                figures = groups.loc[sorted(members)]
                leader = figures["kills"].idxmax()
                sums = figures[["losses", "isk_destroyed", "isk_lost"]].sum()
                expected.append((window_days, leader, len(members), *sums, level / 20))
                listed += [(window_days, leader, one, figures.loc[one, "kills"]) for one in members]
    columns = ["window_days", "coalition_id", "groups", "losses", "isk_destroyed", "isk_lost", "least_weight"]
    found = query(f"select {', '.join(columns)} from marts.rpt_coalitions order by window_days, coalition_id")
    wanted = pd.DataFrame(expected, columns=columns).sort_values(columns[:2], ignore_index=True)
    pd.testing.assert_frame_equal(found.astype(float), wanted.astype(float))
    placed_by_mart = query("select window_days, coalition_id, group_id, kills from marts.rpt_coalition_members")
    assert set(placed_by_mart.itertuples(index=False, name=None)) == set(listed)


def test_coalitions_are_those_of_the_war(golden: Golden, query: Query) -> None:
    members = query("select coalition_id, group_id from marts.rpt_coalition_members where window_days = 30")
    found = [set(group) for _, group in members.groupby("coalition_id")["group_id"]]
    true = [{pilot.alliance_id for pilot in power.pilots} for power in golden.war.people.coalitions]
    alliances = set().union(*true)
    for coalition in found:
        assert not coalition & alliances or any(coalition <= one for one in true), coalition
    assert sum(one in found for one in true) >= 3  # the fourth may hardly fight in three days


def test_campaigns_are_battles_of_the_same_groups_over_days(query: Query) -> None:
    sides = query("""
        select day, battle_id, started_at, side, groups from marts.fct_battle_sides
        inner join marts.fct_battles using (day, battle_id) where side in (1, 2) and kind not in ('gank', 'camp')
    """)
    mains: dict[str, list[int]] = {}
    for row in sides.to_dict("records"):
        groups = sorted(row["groups"], key=lambda group: (-group[2], group[0]))
        main = [group_id for group_id, kind, *_ in groups if kind != "character"]
        mains.setdefault(str(row["battle_id"]), []).extend(main[:1])
    battles: dict[tuple[int, ...], list[tuple[str, str]]] = {}
    for row in sides.drop_duplicates("battle_id").sort_values(["started_at", "battle_id"]).to_dict("records"):
        pair = tuple(sorted(mains[str(row["battle_id"])]))
        if len(pair) == 2:  # both sides have a group
            battles.setdefault(pair, []).append((str(row["day"]), str(row["battle_id"])))
    # Three days are too short for a pause that ends a campaign.
    expected = {pair: [one for _, one in fought] for pair, fought in battles.items() if len(dict(fought)) > 1}
    found = query("select group_id, opponent_group_id, battle_ids from marts.rpt_campaigns")
    assert expected
    joined = {(row["group_id"], row["opponent_group_id"]): row["battle_ids"] for row in found.to_dict("records")}
    assert {pair: [str(one) for one in battle_ids] for pair, battle_ids in joined.items()} == expected
    listed = query("select battle_id from marts.fct_campaign_battles")
    assert sorted(map(str, listed["battle_id"])) == sorted(one for ids in expected.values() for one in ids)
