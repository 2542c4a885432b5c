"""When and where to have goods ready, recomputed from the mails."""

import pandas as pd
import pytest

from tests.marts.conftest import Frames, Query, rows


@pytest.fixture(scope="module")
def region_of(query: Query) -> dict[int, int]:
    """Every system's region."""
    systems = query("select solar_system_id, region_id from marts.dim_solar_systems")
    return {row["solar_system_id"]: row["region_id"] for row in rows(systems)}


def test_prime_times_are_the_shortest_bands_with_half_of_the_losses(
    frames: Frames, region_of: dict[int, int], query: Query
) -> None:
    counts: dict[int, list[int]] = {}
    ships = query("select type_id from marts.dim_types where category_name = 'Ship' and group_id <> 29").type_id
    lost = frames.killmails[frames.killmails.is_player_kill & frames.killmails.victim_ship_type_id.isin(ships)]
    for mail in rows(lost):
        region = region_of.get(mail["solar_system_id"])
        if region is not None:
            counts.setdefault(region, [0] * 24)[mail["killmail_time"].hour] += 1
    expected = {}
    for region, by_hour in counts.items():
        total = sum(by_hour)
        bands = [
            (length, -sum((by_hour * 2)[start : start + length]), start)
            for length in range(1, 25)
            for start in range(24)
        ]
        length, killmails, start = min(band for band in bands if -2 * band[1] >= total)
        if total >= 48:
            expected[region] = (start, length, -killmails, total)
    names = ["prime_hour", "prime_hours", "prime_ships_lost", "ships_lost"]
    found = query(f"select region_id, {', '.join(names)} from intermediate.int_prime_times__measured")
    assert {row["region_id"]: tuple(row[name] for name in names) for row in rows(found)} == expected
    assert len(expected) >= 2


def test_hubs_are_fed_by_the_losses_nearest_to_them(frames: Frames, region_of: dict[int, int], query: Query) -> None:
    types = query("select type_id from marts.dim_types where category_name = 'Ship' and group_id <> 29")
    jumps = query("select solar_system_id, hub_solar_system_id, jumps from core.hub_jumps")
    nearest = jumps.sort_values(["jumps", "hub_solar_system_id"]).groupby("solar_system_id").first()
    lost = frames.killmails[frames.killmails.victim_ship_type_id.isin(types.type_id)].join(
        nearest, on="solar_system_id", how="inner"
    )
    lost["region_id"] = lost.solar_system_id.map(region_of)
    expected = lost.groupby(["region_id", "hub_solar_system_id"]).agg(
        ships_lost=("killmail_id", "size"), isk_lost=("destroyed_isk", "sum")
    )
    expected = expected[expected.ships_lost >= 5]
    found = query(
        "select region_id, hub_solar_system_id, ships_lost, isk_lost from marts.rpt_production_alerts "
        "where alert_kind = 'hub_demand' order by 1, 2"
    ).set_index(["region_id", "hub_solar_system_id"])
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert len(expected) > 10


def test_every_timer_ahead_is_said_in_words(query: Query) -> None:
    alerts = query("select * from marts.rpt_production_alerts where alert_kind = 'sovereignty_timer'")
    timers = query(
        "select campaign_id::text, solar_system_name, region_name, hub_solar_system_name, hub_jumps "
        "from marts.fct_sovereignty_campaigns where seconds_until_start < 96 * 3600"
    )
    assert len(timers) >= 1
    assert set(alerts.alert_key) >= set(timers.campaign_id)
    for timer in rows(timers):
        (sentence,) = alerts[alerts.alert_key == timer["campaign_id"]].sentence
        assert sentence.startswith("Timer in ")
        assert f"in {timer['solar_system_name']} ({timer['region_name']}): " in sentence
        assert "timers of" in sentence
        assert sentence.endswith(f" Stock up in {timer['hub_solar_system_name']}, {timer['hub_jumps']} jumps.")
