"""The other methods do what their authors say, weak points included: each case is one their rules imply."""

from datetime import UTC, datetime

import pytest

from battlescope_assets.domain.killmail import Attacker, Killmail, Victim
from battlescope_assets.evaluation.baselines import (
    BASELINES,
    Baseline,
    eve_kill,
    gap_rule,
    seed_proximity,
    seed_pseudocode,
    zkillboard,
)
from battlescope_assets.evaluation.scoring import Answer
from tests.domain.tables import START, SYSTEMS, Row, character, rows, who

REGIONS = dict.fromkeys(SYSTEMS.values(), 10_000_002)


def killmail(row: Row) -> Killmail:
    """The mail of a row of a table."""
    victim = who(row.victim)
    return Killmail(
        row.killmail_id,
        datetime.fromtimestamp(START + row.seconds, UTC),
        SYSTEMS[row.system],
        Victim(victim.ship_type_id, 100, victim.character_id, victim.corporation_id, victim.alliance_id),
        [
            Attacker(100, number == 0, None, attacker.character_id, attacker.corporation_id, attacker.alliance_id)
            for number, attacker in enumerate(map(who, row.attackers))
        ],
    )


def fights(answer: Answer) -> list[set[int]]:
    """The clusters as sets of killmail ids, in the order of their lowest."""
    clusters: dict[int, set[int]] = {}
    for mail, number in sorted(answer.clusters.items()):
        clusters.setdefault(number, set()).add(mail)
    return list(clusters.values())


def found(method: Baseline, table: str) -> list[set[int]]:
    return fights(method([killmail(row) for row in rows(table)], REGIONS))


def every_minutes(count: int, first: float, step: float, *, strangers: bool = False) -> str:
    """That many mails in system a from a minute on: of A by B, or of one stranger by another."""
    lines = []
    for number in range(count):
        victim, attacker = (f"x{number}", f"y{number}") if strangers else (f"A{number + 1}", "B1")
        lines.append(f"{first + number * step} | a | {victim} | {attacker}")
    return "\n".join(lines)


@pytest.mark.parametrize("method", BASELINES.values(), ids=BASELINES)
def test_nothing_is_found_in_nothing_or_in_one_mail(method: Baseline) -> None:
    assert found(method, "") == []
    assert found(method, "0 | a | A1 | B1") == []


@pytest.mark.parametrize("method", [gap_rule, seed_pseudocode, seed_proximity, zkillboard, eve_kill])
def test_sixty_strangers_who_die_within_an_hour_are_one_battle(method: Baseline) -> None:
    assert found(method, every_minutes(60, 0, 1, strangers=True)) == [set(range(1, 61))]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (gap_rule, [{1, 2}, {3, 4}]),  # 16 minutes are too long
        (seed_pseudocode, [{1, 2, 3, 4}]),  # up to 30 for those who know each other
        (zkillboard, [{1, 2, 3, 4}]),  # all of the system
    ],
)
def test_a_pause_between_the_same_people(method: Baseline, expected: list[set[int]]) -> None:
    table = """
        0  | a | A1 | B1
        15 | a | A2 | B1
        31 | a | A3 | B1
        46 | a | A4 | B1
        90 | b | A5 | B1
    """
    assert found(method, table) == expected


def test_the_pseudocode_does_not_wait_for_strangers() -> None:
    assert found(seed_pseudocode, "0 | a | A1 | B1\n1 | a | A2 | B1\n20 | a | C1 | D1") == [{1, 2}]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("0 | a | A1 | B1\n9 | a | A2 | B2\n5 | a | x1 | y1", [{1, 2, 3}]),  # a stranger within the time scores 0.7
        ("0 | a | A1 | B1\n7 | a | x1 | y1", [{1, 2}]),  # 0.4 * 53/60 + 0.3 = 0.653
        ("0 | a | A1 | B1\n8 | a | x1 | y1", []),  # 0.4 * 52/60 + 0.3 = 0.647
        ("0 | a | A1 | B1 B2 B3\n0 | b | A2 | B1 B2 B3", [{1, 2}]),  # 0.4 + 0.15 + 0.3 * 3/5 = 0.73
        ("0 | a | A1 | B1 B2 B3\n0 | b | A2 | B3 C1 C2", []),  # 0.4 + 0.15 + 0.3 * 1/7 = 0.59
        ("0 | a | A1 | B1\n50 | a | A1 | B1\n60 | a | A1 | B1", [{1, 2, 3}]),  # 0.4 * 10/60 + 0.3 + 0.3 = 0.67
        ("0 | a | A1 | B1\n50 | a | A1 | B1\n61 | a | A1 | B1", [{1, 2}]),  # begun over an hour ago
    ],
)
def test_proximity_weighs_time_place_and_people(table: str, expected: list[set[int]]) -> None:
    assert found(seed_proximity, table) == expected


def test_a_page_of_zkillboard_ends_two_hours_after_a_full_hour() -> None:
    assert found(zkillboard, every_minutes(8, 50, 20)) == [{1, 2, 3, 4}, {5, 6, 7, 8}]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (every_minutes(40, 35, 0.5), []),  # half an hour of quiet ends the hour before it has begun
        (every_minutes(40, 5, 0.1), [set(range(1, 41))]),  # a burst of four minutes
        (every_minutes(40, 40, 1), [set(range(21, 41))]),  # so of this what comes after the hour is left
        (every_minutes(80, 20, 1), [set(range(1, 41)), set(range(41, 81))]),  # over the hour: two
        (every_minutes(9, 0, 1), []),  # nine mails are none
    ],
)
def test_eve_kill_looks_at_clock_hours(table: str, expected: list[set[int]]) -> None:
    assert found(eve_kill, table) == expected


THREE_SIDED = """
    0 | a | A1 | B1 B2
    1 | a | B3 | A2 A3
    2 | a | C1 | A2 A3
    3 | a | C2 | B1 B2
    4 | a | A4 | C3 C4
    5 | a | B4 | C3 C4
    6 | a | A5 | B1 B2
    7 | a | B5 | A2 A3
    8 | a | A6 | B1
    9 | a | B6 | A3
"""


@pytest.mark.parametrize("method", [seed_proximity, zkillboard, eve_kill])
def test_two_teams_are_forced_on_three(method: Baseline) -> None:
    answer = method([killmail(row) for row in rows(THREE_SIDED)], REGIONS)
    assert answer.sides is not None
    (sides,) = answer.sides.values()
    assert set(sides.values()) == {1, 2}
    assert {sides[character(name)] for name in ("A1", "A2", "A3", "A4")} == {sides[character("A5")]}


@pytest.mark.parametrize("method", [zkillboard, eve_kill])
def test_who_shot_each_other_are_on_two_teams(method: Baseline) -> None:
    table = "\n".join(f"{n} | a | A{n + 1} | B1 B2\n{n}.5 | a | B{n + 3} | A20 A21 D1" for n in range(6))
    (sides,) = (method([killmail(row) for row in rows(table)], REGIONS).sides or {}).values()
    assert sides[character("A20")] == sides[character("A1")] == sides[character("D1")] != sides[character("B1")]
