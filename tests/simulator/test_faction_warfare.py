from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battlescope_assets.simulator.faction_warfare import (
    ENEMIES,
    SETTLEMENT_DAYS,
    THRESHOLD_POINTS,
    Contested,
    FactionWarfare,
)
from battlescope_assets.simulator.war import War

FIRST = datetime(2026, 11, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def faction_warfare(war: War) -> FactionWarfare:
    return FactionWarfare(war)


def test_the_kills_are_the_wars(war: War, faction_warfare: FactionWarfare, days: list[date]) -> None:
    for day in days:
        told = {(kill.seconds, kill.solar_system_id) for kill in faction_warfare.kills(day)}
        fought = [
            (made.seconds, made.body["solar_system_id"])
            for started in (day, day + timedelta(days=1))
            for made in war.made(started)
            if made.truth["scenario"].startswith(f"brawl-{day:%Y%m%d}")
        ]
        assert told == set(fought)


@settings(max_examples=20)
@given(seconds=st.integers(0, 5 * 86_400), minutes=st.integers(1, 600))
def test_points_move_with_the_militias_kills_and_with_nothing_else(
    faction_warfare: FactionWarfare, seconds: int, minutes: int
) -> None:
    earlier = FIRST + timedelta(seconds=seconds)
    later = earlier + timedelta(minutes=minutes)
    killed = {
        kill.solar_system_id
        for ago in range(3)
        for kill in faction_warfare.kills(later.date() - timedelta(days=ago))
        if earlier.timestamp() < kill.seconds <= later.timestamp()
    }
    for before, after in zip(faction_warfare.systems(earlier), faction_warfare.systems(later), strict=True):
        is_settled = earlier.date() != later.date() and (
            (later.toordinal() + after.solar_system_id) % SETTLEMENT_DAYS == 0
        )
        if after.solar_system_id not in killed and not is_settled:
            assert (before.victory_points, before.occupier_faction_id) == (
                after.victory_points,
                after.occupier_faction_id,
            )


def test_states_follow_the_points(faction_warfare: FactionWarfare) -> None:
    seen = set()
    for hours in range(0, 9 * 24, 6):
        for system in faction_warfare.systems(FIRST + timedelta(hours=hours)):
            seen.add(system.contested)
            assert 0 <= system.victory_points <= THRESHOLD_POINTS
            assert system.occupier_faction_id in {system.owner_faction_id, ENEMIES[system.owner_faction_id]}
            if system.contested is not Contested.CAPTURED:
                assert (system.contested is Contested.UNCONTESTED) == (system.victory_points == 0)
                assert (system.contested is Contested.VULNERABLE) == (system.victory_points == THRESHOLD_POINTS)
    assert seen >= {Contested.CONTESTED, Contested.UNCONTESTED, Contested.VULNERABLE}


def test_systems_are_captured_now_and_then(faction_warfare: FactionWarfare) -> None:
    moments = [FIRST + timedelta(days=day) for day in range(8)]
    systems = [system for moment in moments for system in faction_warfare.systems(moment)]
    assert any(system.occupier_faction_id != system.owner_faction_id for system in systems)
