"""Mails written as readable tables, for tests of the rules of battle.

One mail a line: minute, system, victim, attackers, place. `A1` is pilot 1 of alliance A, `A1/pod` his capsule, `A/fort`
a structure of A, `x1` a pilot of an NPC corporation, `npc` an NPC, `concord` CONCORD. `#` starts a comment.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from battlescope_assets.domain.battles import BattleParams, Engagement, reconstruct
from battlescope_assets.domain.mails import NO_ID, ItemLosses, Mails
from battlescope_assets.domain.universe import CombatWorld

SHIP, CAPSULE, FORT = 587, 670, 35832
START = 1_789_344_000
"""2026-09-14 00:00 UTC."""
SYSTEMS = {name: 30_000_000 + number for number, name in enumerate("abcdefgh", 1)} | {
    f"J{number}": 31_000_000 + number for number in range(1, 5)
}
"""Systems a to h lie in a row, one jump apart; J1 to J4 have no stargates."""
NAMES = {number: name for name, number in SYSTEMS.items()}
PLACES = {"": (np.nan,) * 3, "gate": (1e11, 2e10, 3e11), "sun": (1e8, 0.0, 0.0), "belt": (-4e11, 1e10, 5e10)}
GATES = [(30_000_000 + i, 30_000_000 + i + 1) for i in range(1, 8)]
WORLD = CombatWorld(
    np.array([*GATES, *((b, a) for a, b in GATES)], np.int64),
    {SHIP: 25, CAPSULE: 29, FORT: 1657},
    {SHIP: 6, CAPSULE: 6, FORT: 65},
)
NO_ITEMS = ItemLosses(*(np.zeros(0, np.int64) for _ in range(4)))
PARAMS = BattleParams()
NPC_CORPORATION_ID, CONCORD_ID, PIRATES_ID = 1_000_167, 1_000_125, 1_000_127


class Who(NamedTuple):
    """Ids of a pilot, structure or NPC, and what he flies."""

    character_id: int
    corporation_id: int
    alliance_id: int
    ship_type_id: int


class Row(NamedTuple):
    """One mail."""

    killmail_id: int
    seconds: int
    system: str
    victim: str
    attackers: Sequence[str]
    place: str = ""
    isk: float = 1_000_000.0


def who(name: str) -> Who:
    """Whom a name of the table stands for."""
    if name in {"npc", "concord"}:
        return Who(NO_ID, CONCORD_ID if name == "concord" else PIRATES_ID, NO_ID, SHIP)
    name, _, flown = name.partition("/")
    group, number = name[0], int(name[1:] or 0)
    ship = {"": SHIP, "pod": CAPSULE, "fort": FORT}[flown]
    if group.islower():
        return Who(2_100_000_000 + 1_000 * ord(group) + number, NPC_CORPORATION_ID, NO_ID, ship)
    character = NO_ID if ship == FORT else 90_000_000 + 1_000 * ord(group) + number
    return Who(character, 98_000_000 + ord(group), 99_000_000 + ord(group), ship)


def character(name: str) -> int:
    """The character id of a pilot of the table."""
    return who(name).character_id


def rows(table: str) -> list[Row]:
    """The mails of a table; killmail ids count up from 1 in its order."""
    found: list[Row] = []
    for line in table.splitlines():
        fields = line.partition("#")[0].split("|")
        if len(fields) > 1:
            minute, system, victim, attackers, *place = (field.strip() for field in fields)
            found.append(
                Row(len(found) + 1, round(float(minute) * 60), system, victim, attackers.split(), "".join(place))
            )
    return found


def mails(found: Iterable[Row]) -> Mails:
    """Mails as columns; each attacker did 100 damage, the last has the final blow."""
    listed = list(found)
    victims = [who(row.victim) for row in listed]
    attackers = [who(name) for row in listed for name in row.attackers]
    counts = [len(row.attackers) for row in listed]

    def integers(values: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.fromiter(values, np.int64)

    return Mails.ordered(
        killmail_id=integers(row.killmail_id for row in listed),
        time_seconds=integers(START + row.seconds for row in listed),
        solar_system_id=integers(SYSTEMS[row.system] for row in listed),
        victim_character_id=integers(v.character_id for v in victims),
        victim_corporation_id=integers(v.corporation_id for v in victims),
        victim_alliance_id=integers(v.alliance_id for v in victims),
        victim_faction_id=integers(NO_ID for _ in victims),
        victim_ship_type_id=integers(v.ship_type_id for v in victims),
        damage_taken=integers(100 * count for count in counts),
        position_m=np.array([PLACES[row.place] for row in listed], np.float64).reshape(-1, 3),
        destroyed_isk=np.array([0.75 * row.isk for row in listed]),
        dropped_isk=np.array([0.25 * row.isk for row in listed]),
        attacker_offset=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        attacker_character_id=integers(a.character_id for a in attackers),
        attacker_corporation_id=integers(a.corporation_id for a in attackers),
        attacker_alliance_id=integers(a.alliance_id for a in attackers),
        attacker_faction_id=integers(NO_ID for _ in attackers),
        attacker_ship_type_id=integers(a.ship_type_id for a in attackers),
        damage_done=integers(100 for _ in attackers),
        final_blow=np.fromiter((i == n - 1 for n in counts for i in range(n)), np.bool_),
    )


def engagements(found: Iterable[Row], params: BattleParams = PARAMS) -> list[Engagement]:
    """What becomes of the mails."""
    return reconstruct(mails(found), NO_ITEMS, WORLD, params)


def fights(table: str, params: BattleParams = PARAMS) -> list[list[int]]:
    """The killmail ids (lines of the table from 1) of each engagement."""
    return [sorted(mail.killmail_id for mail in one.killmails) for one in engagements(rows(table), params)]


def sides(table: str) -> list[dict[str, int]]:
    """For each engagement, the side of each pilot by his name in the table."""
    names = {
        who(name).character_id: name.partition("/")[0] for row in rows(table) for name in (row.victim, *row.attackers)
    }
    return [{names[pilot.character_id]: pilot.side for pilot in one.participants} for one in engagements(rows(table))]
