"""People: groups and pilots by day, recomputed from the mails."""

import pandas as pd
import pytest

from tests.marts.conftest import Frames, Query
from tests.marts.shares import days_of_groups, group_ids, shared_out, windows_of_groups

ISK = dict.fromkeys(("isk_destroyed", "isk_lost"), float)


@pytest.fixture(scope="module")
def shared(frames: Frames) -> pd.DataFrame:
    return shared_out(frames)


@pytest.mark.parametrize("kind", ["alliance", "corporation"])
def test_days_of_groups_equal_the_mails(frames: Frames, shared: pd.DataFrame, query: Query, kind: str) -> None:
    expected = days_of_groups(frames, shared, kind)
    columns = ", ".join(expected.columns)
    found = query(f"select day, group_id, {columns} from marts.fct_group_days where group_kind = '{kind}'")
    found = found.set_index(["day", "group_id"]).sort_index().astype(ISK)
    pd.testing.assert_frame_equal(
        found, expected.sort_index(), check_index_type=False, check_dtype=False, check_exact=True
    )
    assert len(found) > 20


def test_windows_of_groups_equal_the_mails(frames: Frames, shared: pd.DataFrame, query: Query) -> None:
    key = ["window_days", "group_id", "group_kind"]
    expected = windows_of_groups(frames, shared).set_index(key).sort_index()
    found = query(f"select {', '.join([*key, *expected.columns])} from marts.rpt_groups").set_index(key).sort_index()
    pd.testing.assert_frame_equal(found.astype(float), expected.astype(float), check_index_type=False)
    assert (expected["previous_kills"] > 0).any()
    assert expected["efficiency"].between(0.01, 0.99).any()


def test_hours_add_up_to_days(query: Query) -> None:
    figures = "kills, final_blows, losses, friendly_kills, isk_destroyed, isk_lost"
    sums = ", ".join(f"sum({name}) as {name}" for name in figures.split(", "))
    hours = query(f"select day, group_id, {sums} from marts.fct_group_hours group by 1, 2 order by 1, 2")
    days = query(f"select day, group_id, {figures} from marts.fct_group_days order by 1, 2")
    pd.testing.assert_frame_equal(hours.astype(ISK), days.astype(ISK), check_dtype=False)
    profile = query(
        "select hour_of_day, sum(kills) as kills from marts.rpt_group_hours "
        "where window_days = 30 group by 1 order by 1"
    )
    by_hour = query(
        "select extract(hour from hour at time zone 'UTC') as hour_of_day, sum(kills) as kills "
        "from marts.fct_group_hours group by 1 order by 1"
    )
    assert profile["kills"].tolist() == by_hour["kills"].tolist()


def test_hulls_of_pilots_equal_the_mails(frames: Frames, shared: pd.DataFrame, query: Query) -> None:
    attackers, killmails = shared[shared["character_id"].notna()], frames.killmails
    victims = killmails[killmails["victim_character_id"].notna()]
    victims = victims.rename(columns={f"victim_{name}_id": f"{name}_id" for name in ("character", "ship_type")})
    key = ["day", "character_id", "ship_type_id"]
    hostile = attackers[~attackers["is_own"]]
    seen = pd.concat([attackers[[*key, "killmail_time"]], victims[[*key, "killmail_time"]]])
    times = seen.fillna({"ship_type_id": 0}).groupby(key)["killmail_time"]
    expected = pd.DataFrame(
        {
            "kills": hostile[hostile["is_first_of_pilot"]].fillna({"ship_type_id": 0}).groupby(key).size(),
            "final_blows": hostile.fillna({"ship_type_id": 0}).groupby(key)["final_blow"].sum(),
            "losses": victims.groupby(key).size(),
            "damage_done": attackers.fillna({"ship_type_id": 0}).groupby(key)["damage_done"].sum(),
            "damage_received": victims.groupby(key)["damage_taken"].sum(),
            "isk_destroyed": hostile.fillna({"ship_type_id": 0}).groupby(key)["hundredths"].sum() / 100,
            "isk_lost": victims["total_isk"].astype(float).groupby([victims[name] for name in key]).sum().round(2),
        }
    ).fillna(0)
    expected["first_seen_at"], expected["last_seen_at"] = times.min(), times.max()
    found = query(f"""
        select day, character_id, coalesce(ship_type_id, 0) as ship_type_id, {", ".join(expected.columns)}
        from marts.fct_pilot_ships
    """)
    found = found.set_index(key).sort_index().astype(ISK)
    pd.testing.assert_frame_equal(
        found, expected.sort_index(), check_index_type=False, check_dtype=False, check_exact=True
    )
    assert len(found) > 500


def test_hulls_and_systems_of_groups_are_those_of_their_pilots(
    frames: Frames, shared: pd.DataFrame, query: Query
) -> None:
    killmails = frames.killmails.assign(group_id=group_ids(frames.killmails, "victim_"))
    killmails = killmails.rename(columns={f"victim_{name}_id": f"{name}_id" for name in ("character", "ship_type")})
    columns = ["day", "group_id", "character_id", "ship_type_id", "solar_system_id"]
    seen = pd.concat([shared[columns], killmails[columns]])
    seen = seen[(seen["group_id"] > 0) & seen["character_id"].notna()]
    for thing, mart in (("ship_type_id", "rpt_group_ships"), ("solar_system_id", "rpt_group_systems")):
        used = seen.fillna({thing: 0}).drop_duplicates(["day", "group_id", thing, "character_id"])
        expected = used.groupby(["group_id", thing]).size()
        found = query(f"""
            select group_id, coalesce({thing}, 0) as {thing}, pilot_days, rank
            from marts.{mart} where window_days = 30 order by group_id, rank
        """)
        found = found[found["group_id"].isin(expected.index.get_level_values("group_id"))]
        listed = found.set_index(["group_id", thing])["pilot_days"].sort_index()
        pd.testing.assert_series_equal(
            listed,
            expected.sort_index(),
            check_names=False,
            check_index_type=False,
            check_dtype=False,
            check_exact=True,
        )
        for _, ranked in found.groupby("group_id"):
            assert ranked["pilot_days"].is_monotonic_decreasing


def test_a_pilots_hulls_and_systems_are_his_days_added_up(query: Query) -> None:
    figures = "sum(kills) as kills, sum(losses) as losses, sum(isk_lost) as isk_lost"
    days = query(f"select character_id, {figures} from marts.fct_pilot_days group by 1 order by 1")
    for mart in ("rpt_pilot_ships", "rpt_pilot_systems"):
        found = query(f"select character_id, {figures} from marts.{mart} where window_days = 30 group by 1 order by 1")
        pd.testing.assert_frame_equal(found.astype(float), days.astype(float))


def test_groups_of_a_hull_are_the_hulls_of_groups(query: Query) -> None:
    key = "window_days, group_id, ship_type_id"
    columns = f"{key}, group_kind, pilot_days, pilot_kills, losses, isk_destroyed, isk_lost"
    ordering = f"order by {key}"
    groups = query(f"select {columns} from marts.rpt_ship_groups {ordering}")
    pd.testing.assert_frame_equal(groups, query(f"select {columns} from marts.rpt_group_ships {ordering}"))
    ranked = query(
        "select window_days, ship_type_id, group_kind, pilot_days, rank from marts.rpt_ship_groups "
        "where ship_type_id is not null order by rank"
    )
    for _, of_hull in ranked.groupby(["window_days", "ship_type_id", "group_kind"]):
        assert of_hull["rank"].tolist() == list(range(1, len(of_hull) + 1))
        assert of_hull["pilot_days"].is_monotonic_decreasing
