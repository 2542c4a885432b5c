"""Statistics and outcome of an engagement: who destroyed and lost what, where, in which ships, and who won."""

from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest

from battlescope_assets.domain.battles import BattleParams, Engagement, EngagementSide, reconstruct
from battlescope_assets.domain.mails import ItemLosses
from battlescope_assets.domain.sides import UNALIGNED
from tests.domain.tables import (
    NO_ITEMS,
    PARAMS,
    SHIP,
    SYSTEMS,
    WORLD,
    character,
    engagements,
    mails,
    rows,
    who,
)

FIGHT = """
    0 | a | A1     | B1 B2 C1
    1 | a | A1/pod | B1
    2 | a | B1     | A2 A3 npc
    3 | b | A2     | B2 A3
    4 | b | B2     | A3
"""


def fight(table: str = FIGHT, params: BattleParams = PARAMS) -> Engagement:
    (found,) = engagements(rows(table), params)
    return found


def side_of(found: Engagement, name: str) -> EngagementSide:
    number = next(pilot.side for pilot in found.participants if pilot.character_id == character(name))
    return next(side for side in found.sides if side.side == number)


def test_overview() -> None:
    found = fight()
    assert found.started_at == datetime(2026, 9, 14, 0, 0, tzinfo=UTC)
    assert found.ended_at == datetime(2026, 9, 14, 0, 4, tzinfo=UTC)
    assert (found.total_killmails, found.total_pilots, found.total_ships_lost) == (5, 6, 4)
    assert (found.destroyed_isk, found.dropped_isk) == (3_750_000, 1_250_000)
    assert found.first_killmail_id == 1
    assert found.solar_system_id == SYSTEMS["a"]
    assert [*found.systems] == [
        {"solar_system_id": SYSTEMS["a"], "killmails": 3},
        {"solar_system_id": SYSTEMS["b"], "killmails": 2},
    ]


def test_credit_is_shared_by_damage_among_enemies() -> None:
    found = fight()
    pilots = {pilot.character_id: pilot for pilot in found.participants}
    # A third each of A1's ship; A3's help against his own A2 counts for nobody.
    assert pilots[character("B1")].isk_destroyed == pytest.approx(1_333_333.33)
    assert pilots[character("B2")].isk_destroyed == pytest.approx(1_333_333.33)
    assert pilots[character("C1")].isk_destroyed == pytest.approx(333_333.33)
    # NPCs have no share: A2 and A3 halve B1's ship.
    assert pilots[character("A3")].isk_destroyed == pytest.approx(1_500_000)
    assert (side_of(found, "B1").isk_destroyed, side_of(found, "B1").isk_lost) == (3_000_000, 2_000_000)
    assert (side_of(found, "A1").ships_lost, side_of(found, "A1").ships_destroyed) == (2, 2.0)


def test_participant() -> None:
    found = fight()
    pilot = next(pilot for pilot in found.participants if pilot.character_id == character("B1"))
    assert (pilot.side, pilot.second_best_side) == (side_of(found, "B1").side, side_of(found, "A1").side)
    assert 0 < pilot.side_confidence <= 1
    assert pilot.isk_destroyed == pytest.approx(1_333_333.33)
    order = [(pilot.side, -pilot.side_confidence, pilot.character_id) for pilot in found.participants]
    assert order == sorted(order)


def test_friendly_fire_is_written_down() -> None:
    """A3 helps to destroy his own A2; the pilot who is on his own loss shot nobody."""
    (shot,) = fight().friendly_fire
    assert (shot.killmail_id, shot.character_id, shot.damage_done) == (4, character("A3"), 100)
    assert fight(FIGHT + " 5 | a | B1 | B1 A2 A3").friendly_fire == (shot,)


def test_sides_hold_groups_ships_and_items() -> None:
    items = ItemLosses(*np.array([[1, 484, 3, 0], [5, 484, 1, 7], [5, 12_608, 900, 0], [77, 1, 1, 1]], np.int64).T)
    (found,) = reconstruct(mails(rows(FIGHT)), items, WORLD, PARAMS)
    winners = side_of(found, "B1")
    assert [(group["group_id"], group["group_kind"], group["pilots"]) for group in winners.groups] == [
        (who("B1").alliance_id, "alliance", 2),
        (who("C1").alliance_id, "alliance", 1),
    ]
    assert [*winners.ship_types] == [{"type_id": SHIP, "fielded": 3, "lost": 2}]
    assert [*winners.items_lost] == [
        {"type_id": 12_608, "destroyed": 900, "dropped": 0},
        {"type_id": 484, "destroyed": 1, "dropped": 7},
    ]


def test_entities() -> None:
    found = fight("0 | a | A1 | x1\n 1 | a | x1 | A1 npc")
    assert found.alliance_ids == (who("A1").alliance_id,)
    corporations = {who("A1").corporation_id, who("x1").corporation_id, who("npc").corporation_id}
    assert found.corporation_ids == tuple(sorted(corporations))
    assert {pilot.character_id for pilot in found.participants} == {character("A1"), character("x1")}
    assert [group["group_kind"] for side in found.sides for group in side.groups] == ["alliance", "character"]


def test_a_fort_is_its_owners_loss() -> None:
    found = fight("0 | a | A/fort | B1 B2\n 1 | a | B1 | A/fort")
    assert found.total_pilots == 2
    owner = next(side for side in found.sides if side.pilots == 0)
    assert (owner.isk_lost, owner.isk_destroyed, owner.efficiency) == (1_000_000, 1_000_000, 0.5)


ROUT = "\n".join(f"{m} | a | A{m} | B1 B2 B3" for m in range(6)) + "\n 6 | a | B1 | A7 A8"
DUEL = "0 | a | A1 | B1\n 1 | a | A1/pod | B1"
THREE = "0 | a | A1 | B1 C1\n 1 | a | B2 | C1 C2\n 2 | a | C1 | B2 B1\n 3 | a | C2 | B1 B2\n 4 | a | B1 | A2"
SAID = "Side {} destroyed 6 ships at 85.7% ISK efficiency"


@pytest.mark.parametrize(
    ("table", "params", "decisive", "reason"),
    [
        (ROUT, PARAMS, True, f"{SAID}."),
        (ROUT, BattleParams(decisive_least_ships_destroyed=7), False, f"{SAID}; 7 ships would decide."),
        (ROUT, BattleParams(decisive_least_efficiency=0.9), False, f"{SAID}; 90% would decide."),
        (ROUT, BattleParams(decisive_least_efficiency=0.8575), False, f"{SAID}; 85.75% would decide."),
        (DUEL, PARAMS, False, "Side {} destroyed 1 ship at 100% ISK efficiency; 5 ships would decide."),
        (THREE, PARAMS, False, "Side {} destroyed 2.5 ships at 55.5% ISK efficiency; 60% would decide."),
    ],
)  # fmt: skip
def test_outcome(table: str, params: BattleParams, decisive: bool, reason: str) -> None:
    found = fight(table, params)
    best = side_of(found, "B1").side
    assert (found.is_decisive, found.winning_side) == (decisive, best if decisive else None)
    assert found.outcome_reason == reason.format(best)


def test_nothing_of_worth_decides_nothing() -> None:
    (found,) = engagements(row._replace(isk=0.0) for row in rows(ROUT))
    assert (found.is_decisive, found.winning_side) == (False, None)
    assert {side.efficiency for side in found.sides} == {None}
    assert found.outcome_reason == "Nothing of known worth was lost."


def test_where_nobody_took_a_side_that_is_said() -> None:
    found = fight("0 | a | A1 | npc\n 0.1 | a | A1/pod | npc")
    assert {side.side for side in found.sides} == {UNALIGNED}
    assert found.outcome_reason == "Nobody took a side."


def test_lists_stay_short() -> None:
    table = "\n".join(f"{m / 4} | a | {chr(65 + m % 26)}{m} | x1 x2" for m in range(60)) + "\n 1 | a | x1 | A9 B9 C9"
    (found,) = engagements(rows(table.replace("| x1 x2", "| x1 x2 | gate")))
    assert max(len(side.groups) for side in found.sides) == 20


def test_order_and_json() -> None:
    found = engagements(rows("9 | b | C1 | D1\n 9 | b | D1 | C1\n 0 | a | A1 | B1\n 0 | a | B1 | A1"))
    assert [one.first_killmail_id for one in found] == [3, 1]
    assert msgspec.json.decode(msgspec.json.encode(found))[0]["kind"] == "skirmish"


def test_no_mails() -> None:
    assert reconstruct(mails([]), NO_ITEMS, WORLD, PARAMS) == []
    assert engagements(rows("0 | a | A1 | B1")) == []


def test_absurd_worth_fits_what_is_stored() -> None:
    (found,) = engagements(row._replace(isk=2e19) for row in rows(ROUT))
    assert max(pilot.isk_destroyed for pilot in found.participants) <= 2**63 - 1
    assert max(group["isk_destroyed"] for side in found.sides for group in side.groups) <= 2**63 - 1
