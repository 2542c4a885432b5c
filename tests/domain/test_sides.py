"""Who stands on which side: two, three, accidents, traitors, third parties, divided groups."""

import pytest

from tests.domain.tables import character, engagements, rows, sides


def together(table: str) -> list[set[str]]:
    """The sides of the only engagement from side 1 on, as sets of pilots."""
    (found,) = sides(table)
    return [{pilot for pilot, side in found.items() if side == number} for number in sorted({*found.values()} - {0})]


TWO = """
    0 | a | A1 | B1 B2 C1
    1 | a | B1 | A1 A2 D1
    2 | a | C1 | A1 A3 D2
    3 | a | D1 | B2 C2
    4 | a | A2 | B1 C1 C2
"""
THREE = """
    0 | a | A1 | B1 B2
    1 | a | A2 | C1 C2
    2 | a | B1 | A1 A2
    3 | a | B2 | C1 C3
    4 | a | C1 | A1 A3
    5 | a | C2 | B1 B2
"""


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param("0 | a | A1 | B1 B2\n 1 | a | B1 | A1", [{"B1", "B2"}, {"A1"}], id="two groups"),
        pytest.param(
            TWO, [{"A1", "A2", "A3", "D1", "D2"}, {"B1", "B2", "C1", "C2"}], id="two coalitions"
        ),
        pytest.param(THREE, [{"A1", "A2", "A3"}, {"C1", "C2", "C3"}, {"B1", "B2"}], id="each against each"),
        pytest.param(
            f"{TWO}\n 5 | a | A3 | A1 B1 B2", [{"A1", "A2", "A3", "D1", "D2"}, {"B1", "B2", "C1", "C2"}],
            id="friendly fire",
        ),
        pytest.param(
            f"{TWO}\n{TWO}\n 5 | a | D2 | A1", [{"A1", "A2", "A3", "D1", "D2"}, {"B1", "B2", "C1", "C2"}],
            id="an ally shot once",
        ),
        pytest.param(
            "0 | a | x1 | x2 x3\n 1 | a | x2 | x1 x4\n 2 | a | x4 | x2 x3", [{"x1", "x4"}, {"x2", "x3"}],
            id="a brawl of pilots without groups",
        ),
        pytest.param(
            f"{TWO}\n 5 | a | A1/pod | E1 B1", [{"A1", "A2", "A3", "D1", "D2"}, {"B1", "B2", "C1", "C2", "E1"}],
            id="a third party on one mail",
        ),
        pytest.param(
            f"{TWO}\n 5 | a | A3 | E1 E2\n 6 | a | B2 | E1 E2\n 7 | a | E1 | A1 A2\n 8 | a | E2 | B1 C1",
            [{"A1", "A2", "A3", "D1", "D2"}, {"B1", "B2", "C1", "C2"}, {"E1", "E2"}], id="a third party kills both",
        ),
        pytest.param(
            f"{TWO}\n 5 | a | L1 | B1 C1", [{"A1", "A2", "A3", "D1", "D2", "L1"}, {"B1", "B2", "C1", "C2"}],
            id="neutral logistics that dies",
        ),
        pytest.param(
            f"{TWO}\n 5 | a | A1 | A9\n 6 | a | A2 | A9",
            [{"A1", "A2", "A3", "D1", "D2"}, {"B1", "B2", "C1", "C2"}, {"A9"}],
            id="an awoxer stands alone, his alliance stays",
        ),
    ],
)  # fmt: skip
def test_sides(table: str, expected: list[set[str]]) -> None:
    assert together(table) == expected


def test_a_divided_group_is_split() -> None:
    """Alliance A in civil war: pilots 1 to 4 against 5 to 8."""
    table = """
        0 | a | A1 | A5 A6 A7
        1 | a | A5 | A2 A3 A4
        2 | a | A2 | A6 A7 A8
        3 | a | A6 | A1 A3 A4
        4 | a | A3 | A5 A7 A8
        5 | a | A8 | A1 A2 A4
    """
    assert sorted(map(sorted, together(table))) == [["A1", "A2", "A3", "A4"], ["A5", "A6", "A7", "A8"]]


def test_an_alliance_torn_between_two_sides_is_split() -> None:
    """Alliance E has E1 with A and E2 with B; its people never meet, so only whom they fight with and against tells."""
    table = """
        0 | a | A1 | B1 B2 E2
        1 | a | B1 | A1 A2 E1
        2 | a | A2 | B1 B2 E2
        3 | a | B2 | A2 A3 E1
        4 | a | E1 | B1 B3
        5 | a | E2 | A1 A3
        6 | a | A3 | B3 E2
        7 | a | B3 | A3 E1
    """
    assert sorted(map(sorted, together(table))) == [["A1", "A2", "A3", "E1"], ["B1", "B2", "B3", "E2"]]


def test_an_accident_is_marked() -> None:
    (fight,) = engagements(rows(f"{TWO}\n 5 | a | A3 | A1 B1 B2"))
    assert {shot.killmail_id for shot in fight.friendly_fire} == {6}


def test_mirrored_fights_have_mirrored_sides() -> None:
    mirrored = TWO.translate(str.maketrans("ABCD", "BADC"))
    (one,), (other,) = sides(TWO), sides(mirrored)
    swap = str.maketrans("ABCD", "BADC")
    assert other == {pilot.translate(swap): side for pilot, side in one.items()}


def test_confidence_and_second_best() -> None:
    (fight,) = engagements(rows(THREE))
    pilots = {pilot.character_id: pilot for pilot in fight.participants}
    assert {pilot.second_best_side for pilot in fight.participants} <= {1, 2, 3}
    assert all(pilot.second_best_side != pilot.side for pilot in fight.participants)
    assert all(0 < pilot.side_confidence <= 1 for pilot in fight.participants)
    assert pilots[character("A1")].side_confidence == pilots[character("A2")].side_confidence


def test_victims_of_npcs_only_are_unaligned() -> None:
    (fight,) = engagements(rows("0 | a | A1 | concord | gate\n 1 | a | A2 | concord | gate"))
    assert [side.side for side in fight.sides] == [0]
    assert fight.winning_side is None
