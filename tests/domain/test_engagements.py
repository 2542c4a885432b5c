"""What makes one engagement: the cases that other tools get wrong, cuts, kinds, and the reason each mail carries."""

import pytest

from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.engagements import Kind, Standing, kind_of
from tests.domain.tables import PARAMS, Row, engagements, fights, rows


def brawl(start: float, minutes: int, system: str = "a", one: str = "A", other: str = "B", place: str = "") -> str:
    """Two groups that shoot each other once a minute."""
    lines = []
    for minute in range(minutes):
        loser, winner = (one, other) if minute % 2 else (other, one)
        shooters = f"{winner}{minute % 4} {winner}{(minute + 1) % 4} {winner}{(minute + 2) % 4}"
        lines.append(f"{start + minute} | {system} | {loser}{minute % 4} | {shooters} | {place}")
    return "\n".join(lines)


def sizes(table: str) -> list[int]:
    return [len(fight) for fight in fights(table)]


GANKS = "\n".join(
    f"{minute} | a | {chr(67 + minute % 20)}{minute} | {chr(97 + minute % 26)}{minute}" for minute in range(60)
)
ROAM = "\n".join(
    f"{9 * stop} | {system} | {victim}1 | A1 A2 A3\n {9 * stop + 1} | {system} | {victim}1/pod | A2"
    for stop, (system, victim) in enumerate(zip("abcdef", "CDEFGH", strict=True))
)
FORT = "\n".join(f"{minute} | a | A/fort | {' '.join(f'B{n}' for n in range(40))} | sun" for minute in (0, 14))
TITANS = "\n".join((brawl(0, 60), brawl(85, 95)))
CAMP = "\n".join(
    f"{minute} | a | {'CDEFGHIJKLMNOPQRSTUVW'[minute // 12 % 21]}{minute} | A1 A2 | gate"
    for minute in range(0, 240, 12)
)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(brawl(35, 20), [20], id="minute 35 to 55 of an hour"),
        pytest.param(brawl(2, 4), [4], id="four minutes"),
        pytest.param(brawl(23 * 60 + 50, 20), [20], id="across midnight and the hour"),
        pytest.param(GANKS, [], id="sixty strangers ganked, one a minute"),
        pytest.param(f"{brawl(0, 10)}\n{brawl(0, 12, one='C', other='D')}", [10, 12], id="two at once in one system"),
        pytest.param(f"{brawl(0, 8)}\n{brawl(14, 8, 'b')}\n{brawl(28, 8, 'c')}", [24], id="a running fight"),
        pytest.param(f"{brawl(0, 8)}\n{brawl(3, 8, 'b', 'C', 'D')}", [8, 8], id="two fights next door"),
        pytest.param(f"{brawl(0, 8, 'J1')}\n{brawl(12, 8, 'J2')}", [16], id="a wormhole chain"),
        pytest.param(f"{brawl(0, 8)}\n{brawl(26, 8)}", [16], id="round two after 18 minutes"),
        pytest.param(f"{brawl(0, 8)}\n{brawl(39, 8)}", [8, 8], id="another day's grudge"),
        pytest.param(TITANS, [155], id="three hours with a lull of 25 minutes"),
        pytest.param(f"{brawl(0, 8)}\n{brawl(15, 8, other='C')}", [8, 8], id="a mercenary's next enemy"),
        pytest.param("0 | a | A/fort | B1 B2\n 12 | a | A/fort | B3\n 24 | a | A/fort | B1", [3], id="a fort's timer"),
        pytest.param(CAMP, [20], id="a camp through the afternoon"),
        pytest.param(ROAM, [2] * 6, id="a roam through six systems"),
        pytest.param(f"{brawl(0, 8)}\n 4 | a | Z1 | B1 B2", [9], id="a neutral caught by one side, between two kills"),
        pytest.param("0 | a | x1 | x2\n 2 | a | x2 | x3\n 4 | a | x4 | x3", [2], id="pilots of an NPC corporation"),
        pytest.param(
            "0 | a | A1 | B1 B2\n 9 | a | B3 | C1 A2\n 20 | a | D1 | C1 C2\n 29 | a | C2 | D2 B1", [4],
            id="militias of several alliances",
        ),
        pytest.param(
            f"{brawl(0, 9)}\n{brawl(0, 8, one='C', other='D', place='sun')}\n"
            f"{brawl(0, 7, one='E', other='F', place='belt')}\n{brawl(0, 6, one='G', other='H', place='gate')}",
            [9, 8, 7, 6], id="four fights at once in one system",
        ),
        pytest.param(
            f"{brawl(0, 6)}\n{brawl(25, 6)}\n{brawl(50, 6)}", [18], id="two lulls of 19 minutes"
        ),
        pytest.param(
            "0 | a | B1 | A1 A2\n 2 | a | B2 | A1\n 4 | a | B3 | A2\n 14 | a | C1 | A1 A2\n 16 | a | A2 | C2\n"
            " 18 | a | C3 | A1", [3, 3], id="a duel gives way to another",
        ),
        pytest.param("0 | a | x1 | npc\n 1 | a | x2 | npc\n 2 | a | x1 | npc", [], id="rats"),
    ],
)  # fmt: skip
def test_engagement(table: str, expected: list[int]) -> None:
    assert sizes(table) == expected


def test_gank_takes_capsule_and_police() -> None:
    table = """
        0 | a | C1     | A1 A2 A3 | gate
        0 | a | A1     | concord  | gate
        0 | a | A2     | concord  | gate
        1 | a | C1/pod | A4       | gate
        1 | a | A9     | concord  | gate   # shot before he hit anything
        9 | a | D1     | x1       | gate   # a stranger's business
    """
    assert fights(table) == [[1, 2, 3, 4, 5]]


def test_a_fort_with_one_defender() -> None:
    (bash,) = engagements(rows(f"{FORT}\n 7 | a | A1 | B1 B2 B3 | sun"))
    assert (bash.kind, bash.total_killmails) == (Kind.STRUCTURE_BASH, 3)


def test_counter_fleet_is_not_swallowed_by_the_camp() -> None:
    counter = brawl(100, 10, one="A", other="Z", place="gate")
    found = engagements(rows(f"{CAMP}\n{counter}"))
    # The kills of the minutes before, during and after the fight are its own; the rest of the afternoon is not.
    assert [(one.kind, one.total_killmails) for one in found] == [(Kind.CAMP, 8), (Kind.BATTLE, 13), (Kind.CAMP, 9)]


def test_one_late_mail_joins_two_fights() -> None:
    """C fights A twice; only the mail between says that it is one fight."""
    early, late = "0 | a | A1 | C1\n 4 | a | C2 | A2", "44 | a | A3 | C3\n 46 | a | C4 | A4"
    assert sizes(f"{early}\n{late}") == [2, 2]
    assert sizes(f"{early}\n{late}\n 24 | a | A5 | C5") == [5]


def test_third_parties_belong_to_the_fight() -> None:
    table = "0 | a | A1 | B1 B2\n 1 | a | B1 | A1 C1\n 2 | a | A2 | C1 C2\n 3 | a | B2 | C2\n 4 | a | C1 | B3 A3"
    assert sizes(table) == [5]


def test_a_few_pilots_do_not_bridge_a_long_pause() -> None:
    """Two fleets of strangers to each other, and one scout who is on both ends of a pause of 22 minutes."""
    first = "\n".join(f"{m / 2} | a | B{m} | A{m} A{m + 20} A{m + 40}" for m in range(20))
    second = "\n".join(f"{32 + m / 2} | a | B{m + 60} | A{m + 60} A{m + 80} A{m + 100}" for m in range(20))
    scouts = "9.5 | a | B99 | A99\n 32 | a | B98 | A99"
    assert sizes(f"{first}\n{second}\n{scouts}") == [21, 21]


def test_reasons_lead_to_the_first_mail() -> None:
    (fight,) = engagements(rows(brawl(0, 30)))
    linked = {mail.killmail_id: mail.linked_killmail_id for mail in fight.killmails}
    assert [mail for mail, other in linked.items() if other is None] == [fight.killmails[0].killmail_id]
    for above in linked.values():
        steps, reached = 0, above
        while reached is not None and steps <= len(linked):
            steps, reached = steps + 1, linked[reached]
        assert steps < len(linked)
    times = {mail.killmail_id: mail.killmail_time for mail in fight.killmails}
    for mail in fight.killmails[1:]:
        assert mail.linked_killmail_id is not None
        seconds = abs((mail.killmail_time - times[mail.linked_killmail_id]).total_seconds())
        assert mail.link_seconds == seconds
        assert mail.link_entity_ids


def test_thresholds_are_settings() -> None:
    table = rows("0 | a | A1 | B1\n 12 | a | B2 | A2\n 24 | a | A3 | B3")
    assert len(engagements(table)) == 1
    assert engagements(table, BattleParams(window_minutes=10)) == []
    assert engagements(table, BattleParams(min_kills=4)) == []


@pytest.mark.parametrize(
    ("standings", "structures", "police", "kind"),
    [
        pytest.param([(40, 6, 9.0, 2), (35, 9, 6.0, 3)], 0, 0, Kind.BATTLE, id="fleets"),
        pytest.param([(4, 1, 2.0, 1), (3, 2, 1.0, 1)], 0, 0, Kind.SKIRMISH, id="small, both sides lose"),
        pytest.param([(40, 6, 2.0, 2), (35, 2, 6.0, 2)], 1, 0, Kind.BATTLE, id="fleets at a fort"),
        pytest.param([(200, 1, 3.0, 5), (9, 3, 1.0, 1)], 1, 0, Kind.STRUCTURE_BASH, id="200 on a fort, few defend"),
        pytest.param([(12, 0, 4.0, 1), (4, 3, 0.0, 3)], 1, 0, Kind.STRUCTURE_BASH, id="a fort and who came by"),
        pytest.param([(12, 0, 1.0, 1), (1, 1, 0.0, 1)], 0, 12, Kind.GANK, id="a freighter in high security"),
        pytest.param([(5, 0, 1.0, 1), (1, 1, 0.0, 1)], 0, 0, Kind.GANK, id="one ship, no fight"),
        pytest.param([(14, 1, 12.0, 1), (12, 12, 1.0, 12)], 0, 0, Kind.CAMP, id="twelve strangers"),
        pytest.param([(14, 2, 8.0, 1), (9, 8, 2.0, 7)], 0, 0, Kind.CAMP, id="strangers who take two campers along"),
        pytest.param([(14, 0, 7.0, 1), (7, 7, 0.0, 1)], 0, 0, Kind.SKIRMISH, id="one helpless group"),
        pytest.param([(14, 0, 6.0, 1), (9, 6, 0.0, 4)], 0, 0, Kind.SKIRMISH, id="four helpless allies"),
        pytest.param([], 0, 3, Kind.GANK, id="a gank that failed"),
    ],
)  # fmt: skip
def test_kind(standings: list[tuple[int, int, float, int]], structures: int, police: int, kind: Kind) -> None:
    assert kind_of([Standing(*standing) for standing in standings], structures, police, PARAMS) is kind


def test_rows_are_readable() -> None:
    assert rows("7.5 | b | A1/pod | B1 npc | gate") == [Row(1, 450, "b", "A1/pod", ["B1", "npc"], "gate")]
