"""Which mails are linked, by which evidence, and which are not: the named cases, each a small table."""

import numpy as np
import pytest

from battlescope_assets.domain import linking
from battlescope_assets.domain.linking import Evidence, Links, fight_links
from tests.domain import tables
from tests.domain.tables import NAMES, PARAMS, SYSTEMS, WORLD, character, fights, mails, rows


def evidence(table: str) -> list[str]:
    """The links of a table as `earlier-later evidence minutes`, by killmail ids."""
    columns = mails(rows(table))
    links = fight_links(columns, WORLD, PARAMS)
    ids = columns.killmail_id
    return sorted(
        f"{ids[a]}-{ids[b]} {Evidence(e).name.lower()} {s / 60:g}"
        for a, b, e, s in zip(links.earlier, links.later, links.evidence, links.seconds, strict=True)
    )


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param("0 | a | A1 | B1\n 9 | a | A1/pod | C1", ["1-2 capsule 9"], id="a capsule follows its ship"),
        pytest.param("0 | a | A1 | B1\n 11 | a | A1/pod | C1", [], id="but not after ten minutes"),
        pytest.param("0 | a | A1 | B1\n 9 | b | A1/pod | C1", [], id="nor in another system"),
        pytest.param("0 | a | A1 | B1\n 14 | a | B1 | C1", ["1-2 reversal 14"], id="an attacker is shot"),
        pytest.param("0 | a | A1 | B1\n 16 | a | B1 | C1", [], id="by others, too late"),
        pytest.param("0 | a | A1 | B1\n 29 | a | B1 | A2", ["1-2 reversal 29"], id="by the same enemy, later"),
        pytest.param("0 | a | A1 | B1\n 31 | a | B1 | A2", [], id="by the same enemy, too late"),
        pytest.param("0 | a | A1 | B1\n 29 | a | A2 | B1", ["1-2 crew_and_victim 29"], id="round two of one pilot"),
        pytest.param("0 | a | A1 | B1\n 30 | a | B2 | A2", ["1-2 opposition 30"], id="the same two enemies"),
        pytest.param("0 | a | A1 | B1\n 31 | a | B2 | A2", [], id="the same two enemies, too late"),
        pytest.param("0 | a | A1 | B1\n 1 | a | C1 | B1", [], id="shared attackers alone never link"),
        pytest.param("0 | a | A1 | B1\n 1 | b | A2 | B2", [], id="two enemies in two systems, other pilots"),
        pytest.param("0 | a | A1 | B1\n 32 | b | A2 | B1", ["1-2 running 32"], id="a crew fights on next door"),
        pytest.param("0 | a | A1 | B1\n 33 | b | A2 | B1", [], id="too late for one jump"),
        pytest.param("0 | a | A1 | B1\n 36 | d | A2 | B1", ["1-2 running 36"], id="in time for three"),
        pytest.param("0 | a | A1 | B1\n 5 | e | A2 | B1", [], id="four jumps are too far"),
        pytest.param("0 | a | A1 | B1\n 5 | J1 | A2 | B1", ["1-2 running 5"], id="pilots prove a wormhole"),
        pytest.param("0 | a | A1 | B1\n 5 | b | C1 | B1", [], id="a roam's strangers"),
        pytest.param(
            "0 | a | A1 | B1 B2 B3 B4 B5 B6\n 17 | b | A2 | B1 B7 B8 B9", ["1-2 running 17"], id="one of many moves on"
        ),
        pytest.param("0 | a | A1 | B1 B2 B3 B4 B5 B6\n 18 | b | A2 | B1 B7 B8 B9", [], id="later one is no crew"),
        pytest.param(
            "0 | a | A1 | B1 B2 B3 B4 B5 B6\n 18 | b | A2 | B1 B2 B8 B9",
            ["1-2 running 18"],
            id="two of many are a crew",
        ),
        pytest.param("0 | a | A1 | B1 B2\n 5 | b | C1 | B1 B2", [], id="a crew that turns to strangers"),
        pytest.param("0 | a | A1 | B1 | gate\n 3 | a | C1 | B2 | gate", ["1-2 place 3"], id="one place, one group"),
        pytest.param("0 | a | A1 | B1 | gate\n 3 | a | C1 | B2 | sun", [], id="two places"),
        pytest.param("0 | a | A1 | B1 | gate\n 4 | a | C1 | B2 | gate", [], id="a camp's prey is no fight"),
        pytest.param("0 | a | A1 | B1 | gate\n 9 | a | B2 | C1 | gate", ["1-2 place 9"], id="a hunter's group is hit"),
        pytest.param("0 | a | A1 | B1 | gate\n 1 | a | C1 | D1 | gate", [], id="strangers at one gate"),
        pytest.param("0 | a | A1 | B1\n 12 | a | B1 | concord", ["1-2 concord 12"], id="CONCORD follows a crime"),
        pytest.param(
            "0 | a | A1 | B1 | gate\n 1 | a | B2 | concord | gate", ["1-2 concord 1"], id="and takes his squad"
        ),
        pytest.param("0 | a | A1 | B1\n 1 | a | A1/pod | npc\n 2 | a | B1 | npc", ["1-2 capsule 1"], id="rats do not"),
        pytest.param("0 | a | x1 | x2\n 1 | a | x3 | x4", [], id="an NPC corporation is no group"),
        pytest.param(
            "0 | a | x1 | x2\n 1 | a | x1 | x2", ["1-2 crew_and_victim 1"], id="its pilots are enemies singly"
        ),
        pytest.param("0 | a | A1 | A2\n 1 | a | A3 | A4", [], id="two accidents among friends"),
        pytest.param("0 | a | A/fort | B1\n 9 | a | A/fort | B2", ["1-2 opposition 9"], id="a structure has its owner"),
    ],
)
def test_evidence(table: str, expected: list[str]) -> None:
    assert evidence(table) == expected


def test_a_link_names_who_is_shared() -> None:
    columns = mails(rows("0 | a | A1 | B1\n 20 | a | A2 | B1"))
    links = fight_links(columns, WORLD, PARAMS)
    assert links.entity_ids.tolist() == [[character("B1"), columns.victim_alliance_id[0]]]


@pytest.mark.parametrize("place", [0.0, 4_999_000.0, 5_001_000.0, 9_999_000.0, 10_001_000.0])
def test_no_wall_splits_a_place(place: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two wrecks 100 km apart are at one place, wherever the walls of the cubes stand."""
    monkeypatch.setitem(tables.PLACES, "here", (place * 1e3 - 5e4, 0.0, 0.0))
    monkeypatch.setitem(tables.PLACES, "there", (place * 1e3 + 5e4, 0.0, 0.0))
    assert evidence("0 | a | A1 | B1 | here\n 1 | a | C1 | B2 | there") == ["1-2 place 1"]


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    table = "\n".join(
        f"{2 * n} | {'abc'[n % 3]} | {'AB'[n % 2]}{n % 5} | {'BA'[n % 2]}{n % 4} C{n % 3}" for n in range(45)
    )
    whole = evidence(table)
    monkeypatch.setattr(linking, "BLOCK_MAILS", 4)
    assert evidence(table) == whole
    assert len(whole) > 40


def test_longest_link_bounds_every_link() -> None:
    table = "\n".join(f"{minute} | {'ab'[minute % 2]} | A1 | B1 B2" for minute in range(0, 300, 7))
    links = fight_links(mails(rows(table)), WORLD, PARAMS)
    assert 0 < links.seconds.max() <= PARAMS.longest_link_minutes * 60


def test_no_mails_no_links() -> None:
    links = fight_links(mails([]), WORLD, PARAMS)
    assert isinstance(links, Links)
    assert len(links) == 0
    assert links.entity_ids.shape == (0, 2)
    assert links.earlier.dtype == np.int64


def test_the_map_is_a_row() -> None:
    assert [NAMES[system] for system in WORLD.stargates[:, 0][:7].tolist()] == list("abcdefg")
    assert SYSTEMS["h"] in WORLD.stargates
    assert fights("0 | a | A1 | B1\n 1 | h | A2 | B1") == []
