"""The hard profile has what it promises, with truth; the bulk profile is what benchmarks want."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from battlescope_assets.domain.killmail import Killmail, parse
from battlescope_assets.domain.universe import StaticData
from battlescope_assets.domain.window import Window
from battlescope_assets.simulator.bodies import Body
from battlescope_assets.simulator.profiles import BULK_MIX, HARD_MIX
from battlescope_assets.simulator.scenarios import MIX
from battlescope_assets.simulator.truth import TruthRow
from battlescope_assets.simulator.war import War

DAY = date(2026, 11, 6)


@pytest.fixture(scope="module")
def hard(static_data: StaticData) -> War:
    return War(static_data, seed=21, mails_per_day=4_000, mix=HARD_MIX)


@pytest.fixture(scope="module")
def fights(hard: War) -> dict[str, list[TruthRow]]:
    """The truth of each battle in the wide reading."""
    found: dict[str, list[TruthRow]] = defaultdict(list)
    for row in hard.truth(DAY):
        if row["battle_wide"]:
            found[row["battle_wide"]].append(row)
    return found


def of_kind(fights: dict[str, list[TruthRow]], kind: str) -> list[list[TruthRow]]:
    found = [rows for rows in fights.values() if rows[0]["kind"] == kind]
    assert found
    return found


def sides_of(rows: list[TruthRow]) -> dict[int, int]:
    return {int(pilot): side for row in rows for pilot, side in row["sides"].items()}


def alliances(mails: list[Body]) -> dict[int, int]:
    return {
        who["character_id"]: who["alliance_id"]
        for mail in mails
        for who in (mail["victim"], *mail["attackers"])
        if "alliance_id" in who and "character_id" in who
    }


def test_the_domain_accepts_every_mail(hard: War) -> None:
    for mail in hard.killmails(DAY):
        assert isinstance(parse(msgspec.json.encode(mail), Window.of_day(DAY), mail["killmail_id"]), Killmail)


def test_all_normal_kinds_and_the_hard_ones_happen(hard: War) -> None:
    scenarios = {row["scenario"].split("-")[0] for row in hard.truth(DAY)}
    assert scenarios == set(HARD_MIX)
    assert set(HARD_MIX) >= set(MIX) - {"abyssal"}


def test_fights_pause_for_up_to_35_minutes(fights: dict[str, list[TruthRow]]) -> None:
    pauses = [
        later - earlier
        for rows in of_kind(fights, "fleet")
        for earlier, later in pairwise(datetime.fromisoformat(row["killmail_time"]) for row in rows)
    ]
    assert sum(pause > timedelta(minutes=6) for pause in pauses) > 10
    assert max(pauses) > timedelta(minutes=20)


def test_hundreds_of_pilots_fight_in_one_system(fights: dict[str, list[TruthRow]]) -> None:
    for rows in of_kind(fights, "crowd"):
        assert len({row["solar_system_id"] for row in rows}) == 1
    assert max(len(sides_of(rows)) for rows in of_kind(fights, "crowd")) > 300


def test_four_fights_share_a_system_and_nobody(fights: dict[str, list[TruthRow]]) -> None:
    events: dict[str, list[list[TruthRow]]] = defaultdict(list)
    for rows in of_kind(fights, "four_at_once"):
        events[rows[0]["scenario"].split(".")[0]].append(rows)
    four = max(events.values(), key=len)
    assert len({rows[0]["scenario"] for rows in four}) == 4
    assert len({row["solar_system_id"] for rows in four for row in rows}) == 1
    fights_of = Counter(pilot for rows in four for pilot in sides_of(rows))
    assert set(fights_of.values()) == {1}


def test_alliances_stand_on_both_sides(hard: War, fights: dict[str, list[TruthRow]]) -> None:
    alliance = alliances(hard.killmails(DAY))
    divided = 0
    for rows in of_kind(fights, "divided"):
        sides: dict[int, set[int]] = defaultdict(set)
        for pilot, side in sides_of(rows).items():
            if pilot in alliance:
                sides[alliance[pilot]].add(side)
        divided += any(len(found) > 1 for found in sides.values())
    assert divided > 0.5 * len(of_kind(fights, "divided"))


def test_neutrals_are_on_mails_of_both_sides_and_their_own_are_judged_by_nobody(
    fights: dict[str, list[TruthRow]],
) -> None:
    on_both = 0
    for rows in of_kind(fights, "third_party"):
        helped = {
            row["victim_side"] for row in rows if row["strict"] and any(side == -1 for side in row["sides"].values())
        }
        on_both += helped >= {0, 1}
        assert not any(row["strict"] for row in rows if row["victim_side"] == -1)
    assert on_both


def test_bulk_mails_have_about_five_attackers(static_data: StaticData) -> None:
    mails = War(static_data, seed=1, mails_per_day=2_000, mix=BULK_MIX).killmails(DAY)
    assert 4 < sum(len(mail["attackers"]) for mail in mails) / len(mails) < 6
