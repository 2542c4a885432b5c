"""Heat, hours and risks of routes, recomputed from the mails."""

from datetime import timedelta

import numpy as np
import pandas as pd

from battlescope_assets.domain.activity import PrimeTime, prime_time
from tests.marts.conftest import Frames, Query

COUNTS = ["killmails", "npc_killmails", "capsule_killmails", "ships_lost_to_players"]
SUMS = [*COUNTS, "destroyed_isk", "dropped_isk"]


def mails_of_hours(frames: Frames, query: Query) -> pd.DataFrame:
    """Every mail with its hour and what it counts as."""
    types = query("select type_id as victim_ship_type_id, group_id, category_id from core.types")
    mails = frames.killmails.merge(types, on="victim_ship_type_id", how="left")
    is_capsule = mails["group_id"] == 29
    return mails.assign(
        hour=mails["killmail_time"].dt.floor("h"),
        killmails=1,
        npc_killmails=(~mails["is_player_kill"]).astype(int),
        capsule_killmails=is_capsule.astype(int),
        ships_lost_to_players=((mails["category_id"] == 6) & ~is_capsule & mails["is_player_kill"]).astype(int),
    )


def test_hours_of_systems_equal_the_mails(frames: Frames, query: Query) -> None:
    key = ["day", "hour", "solar_system_id"]
    expected = mails_of_hours(frames, query).groupby(key, as_index=False)[SUMS].sum()
    for source, count in (("system_jumps", "ship_jumps"), ("system_kills", "npc_kills")):
        counted = query(f"select hour, solar_system_id, {count} from raw.{source}")
        counted["hour"] = pd.to_datetime(counted["hour"], utc=True)
        expected = expected.merge(counted, on=["hour", "solar_system_id"], how="left")
    found = query(f"select {', '.join(expected.columns)} from marts.fct_system_hours order by {', '.join(key)}")
    found["hour"] = pd.to_datetime(found["hour"], utc=True)
    columns = ["ship_jumps", "npc_kills"]
    for frame in (found, expected):
        frame[columns] = frame[columns].astype(float)
    expected["hour"] = expected["hour"].astype(found["hour"].dtype)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert len(found) > 100


def test_days_of_systems_equal_the_mails(frames: Frames, query: Query) -> None:
    types = query("select type_id as victim_ship_type_id, category_name from marts.dim_types")
    mails = mails_of_hours(frames, query).merge(types, on="victim_ship_type_id", how="left")
    structures = ["Structure", "Starbase", "Sovereignty Structures", "Orbitals"]
    mails["structure_killmails"] = mails["category_name"].isin(structures).astype(int)
    columns = [*SUMS, "structure_killmails"]
    expected = mails.groupby(["day", "solar_system_id"], as_index=False)[columns].sum()
    found = query(f"select {', '.join(expected.columns)} from marts.fct_system_days order by day, solar_system_id")
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert found["structure_killmails"].sum() > 0


def test_hours_of_regions_equal_the_mails(frames: Frames, query: Query) -> None:
    regions = query("select solar_system_id, region_id from core.solar_systems")
    key, sums = ["day", "hour", "region_id"], [name for name in SUMS if name != "capsule_killmails"]
    expected = mails_of_hours(frames, query).merge(regions, on="solar_system_id").groupby(key, as_index=False)[sums]
    found = query(
        f"select {', '.join([*key, *sums])} from marts.fct_region_hours where region_id is not null "
        f"order by {', '.join(key)}"
    )
    found["hour"] = pd.to_datetime(found["hour"], utc=True)
    pd.testing.assert_frame_equal(found, expected.sum(), check_dtype=False)


def test_heat_equals_the_mails(frames: Frames, query: Query) -> None:
    mails = mails_of_hours(frames, query)
    newest = mails["day"].max()
    for window_days in (1, 7, 30):
        of_window = mails[mails["day"] > newest - timedelta(days=window_days)]
        expected = of_window.groupby("solar_system_id", as_index=False)[SUMS].sum()
        found = query(
            f"select solar_system_id, {', '.join(SUMS)}, is_hot, previous_ships_lost_to_players as before "
            f"from marts.rpt_system_heat where window_days = {window_days} and killmails > 0 order by 1"
        )
        pd.testing.assert_frame_equal(found[expected.columns], expected, check_dtype=False)
        assert (found["is_hot"] == (found["ships_lost_to_players"] >= 5)).all()
        assert found["before"].notna().all() == (window_days == 1)
    assert found["is_hot"].any()


def test_profiles_equal_the_mails_and_prime_times_hold_half(frames: Frames, query: Query) -> None:
    regions = query("select solar_system_id, region_id from core.solar_systems")
    mails = mails_of_hours(frames, query).merge(regions, on="solar_system_id")
    expected = mails.groupby(["region_id", mails["hour"].dt.hour.rename("hour_of_day")])["ships_lost_to_players"].sum()
    found = query("select * from marts.rpt_hour_profiles where region_id is not null order by region_id, hour_of_day")
    lost = found.set_index(["region_id", "hour_of_day"])["ships_lost_to_players"]
    assert (lost == expected.reindex(lost.index, fill_value=0)).all()
    assert lost.sum() == expected.sum() > 0

    for region_id, region in found.groupby("region_id"):
        counts = region["ships_lost_to_players"].to_numpy()
        first, hours = region[["prime_time_from_hour", "prime_time_hours"]].iloc[0]
        if not counts.any():
            assert np.isnan(float(first)), region_id
            continue
        # The sums of every run of so many hours around the clock.
        runs = {n: [counts[(start + np.arange(n)) % 24].sum() for start in range(24)] for n in range(1, 25)}
        fewest = min(n for n, sums in runs.items() if 2 * max(sums) >= counts.sum())
        assert (hours, first) == (fewest, int(np.argmax(runs[fewest]))), region_id
        assert region["is_prime_time"].sum() == hours
        told = prime_time(counts.tolist())
        band = region["prime_time_band"].iloc[0]
        assert told == PrimeTime(first, hours, None if pd.isna(band) else band), "the rule is written down twice"
        assert abs(region["share"].sum() - 1) < 1e-9


def test_losses_up_to_the_newest_mail_equal_the_mails(frames: Frames, query: Query) -> None:
    mails = mails_of_hours(frames, query)
    mails = mails[mails["ships_lost_to_players"] == 1]
    as_of = frames.killmails["killmail_time"].max()
    found = query("select * from marts.rpt_route_risks").set_index("solar_system_id")
    assert (found["as_of"] == as_of).all()
    for column, hours in (("ships_lost_1_hour", 1), ("ships_lost_24_hours", 24), ("ships_lost_7_days", 168)):
        expected = mails[mails["killmail_time"] > as_of - timedelta(hours=hours)].groupby("solar_system_id").size()
        assert (found[column] == expected.reindex(found.index, fill_value=0)).all(), column
        assert found[column].sum() == expected.sum()
    assert (found["warning"].isna() == (found["ships_lost_24_hours"] == 0)).all()


def test_risks_are_laplace_estimates_of_losses_per_jump(query: Query) -> None:
    risks = query("select *, losses_per_jump as rate from marts.rpt_route_risks where losses_per_jump is not null")
    totals = risks.groupby("security_class")[["exposed_losses", "ship_jumps"]].transform("sum")
    prior = (totals["exposed_losses"] + 1) / (totals["ship_jumps"] + 1)
    expected = ((risks["exposed_losses"] + 1) / (risks["ship_jumps"] + 1 / prior)).clip(upper=1)
    np.testing.assert_allclose(risks["rate"].astype(float), expected.astype(float), rtol=1e-12)
    assert "wormhole" not in set(risks["security_class"])


def test_risks_now_are_those_of_the_week_with_the_last_day_and_hour(query: Query) -> None:
    risks = query("select * from marts.rpt_route_risks where losses_per_jump is not null")
    as_of = pd.to_datetime(risks["as_of"].iloc[0], utc=True)
    asked = query("select distinct hour from raw.system_jumps")["hour"]
    hours = (pd.to_datetime(asked, utc=True) >= as_of.floor("h") - timedelta(hours=167)).sum()
    jumps = risks["ship_jumps"].astype(float) / hours
    day = ((risks["ships_lost_24_hours"] + 1) / (24 * jumps + 1 / risks["losses_per_jump"])).clip(upper=1)
    now = ((risks["ships_lost_1_hour"] + 1) / (jumps + 1 / day)).clip(upper=1)
    np.testing.assert_allclose(risks["losses_per_jump_now"], now, rtol=1e-12)
    quiet = risks["ships_lost_24_hours"] == 0
    assert (now <= risks["losses_per_jump"] * (1 + 1e-12))[quiet].all()
    assert (now > risks["losses_per_jump"])[risks["ships_lost_1_hour"] > 2].all()


def test_every_system_like_one_with_jumps_has_a_risk(query: Query) -> None:
    risks = query("select * from marts.rpt_route_risks where losses_per_jump is not null")
    classes = "', '".join(set(risks["security_class"]))
    systems = query(f"select solar_system_id from marts.dim_solar_systems where security_class in ('{classes}')")
    assert set(risks["solar_system_id"]) == set(systems["solar_system_id"])
