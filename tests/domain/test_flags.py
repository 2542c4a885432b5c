"""Flags of mails: zKillboard's rules as examples, and its own flags of a thousand real mails."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from battlescope_assets.domain.flags import FLAG_COLUMNS, flag_rows, flags_of
from battlescope_assets.domain.killmail import Killmail, as_columns, parse
from battlescope_assets.domain.universe import CombatWorld
from battlescope_assets.domain.window import Window
from battlescope_assets.io.killmail_archives import read_archive
from battlescope_assets.io.static_data import read_snapshot
from tests.bodies import DAY, KILLMAIL_ID, body, encoded

SHARED = Path(__file__).parents[3] / "shared" / "data"
RIFTER, CAPSULE, SHUTTLE, VELATOR, FORTIZAR, SENTRY = 587, 670, 672, 606, 35833, 3742
WORLD = CombatWorld(
    np.zeros((0, 2), np.int64),
    {RIFTER: 25, CAPSULE: 29, SHUTTLE: 31, VELATOR: 237, FORTIZAR: 1657, SENTRY: 99},
    {RIFTER: 6, CAPSULE: 6, SHUTTLE: 6, VELATOR: 6, FORTIZAR: 65, SENTRY: 11},
)
OWN, FOE, NPC = 98000001, 98000002, 1000125
PILOT = {"character_id": 90000002, "corporation_id": FOE}
SECOND = {"character_id": 90000003, "corporation_id": FOE}
RAT, AGENT = {"corporation_id": NPC}, {"character_id": 3019356, "corporation_id": NPC}
FORT = {"corporation_id": FOE, "ship_type_id": FORTIZAR}
FRIEND = {"character_id": 90000004, "corporation_id": OWN}
STARTER = {"character_id": 90000005, "corporation_id": NPC}


def flags(
    *attackers: dict[str, int], ship: int = RIFTER, corporation: int = OWN, character: int | None = 90000001
) -> set[str]:
    """The flags of a loss to these attackers, the first of whom has the final blow."""
    victim: dict[str, Any] = {"corporation_id": corporation, "ship_type_id": ship, "damage_taken": 1}
    if character is not None:
        victim["character_id"] = character
    shots = [
        {"damage_done": 1, "final_blow": i == 0, "security_status": 0, **attacker}
        for i, attacker in enumerate(attackers)
    ]
    mail = parse(encoded(body(victim=victim, attackers=shots)), Window.of_day(date.fromisoformat(DAY)), KILLMAIL_ID)
    assert isinstance(mail, Killmail), mail
    [row] = flag_rows(flags_of(as_columns([mail])[0], WORLD))
    return {name for name, is_set in zip(FLAG_COLUMNS, row, strict=True) if is_set}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(flags(PILOT), {"is_solo"}, id="one pilot"),
        pytest.param(flags(PILOT, RAT), {"is_solo"}, id="one pilot and an NPC"),
        pytest.param(flags(RAT, PILOT), {"is_solo"}, id="even if the NPC has the final blow"),
        pytest.param(flags(PILOT, SECOND), set(), id="two pilots"),
        pytest.param(flags(PILOT, FORT), set(), id="a citadel helped"),
        pytest.param(flags(FORT), set(), id="a citadel alone"),
        pytest.param(flags(PILOT, ship=CAPSULE), set(), id="a capsule is no solo kill"),
        pytest.param(flags(PILOT, ship=SHUTTLE), set(), id="nor is a shuttle"),
        pytest.param(flags(PILOT, ship=VELATOR), set(), id="nor a rookie ship"),
        pytest.param(flags(PILOT, ship=SENTRY), set(), id="nor what is no ship"),
        pytest.param(flags(PILOT, ship=99999), set(), id="nor an unknown type"),
        pytest.param(flags(RAT), {"is_npc"}, id="an NPC"),
        pytest.param(flags(AGENT, RAT), {"is_npc"}, id="an NPC with a name"),
        pytest.param(flags(STARTER), {"is_solo"}, id="a pilot of an NPC corporation"),
        pytest.param(flags(PILOT, corporation=NPC, character=None, ship=SENTRY), {"is_npc"}, id="an NPC lost it"),
        pytest.param(flags(PILOT, corporation=NPC), {"is_solo"}, id="a pilot of an NPC corporation lost it"),
        pytest.param(flags(FRIEND), {"is_solo", "is_awox"}, id="a friend"),
        pytest.param(flags(FRIEND, PILOT), {"is_awox"}, id="a friend among others"),
        pytest.param(flags(PILOT, FRIEND), set(), id="a friend without the final blow"),
        pytest.param(flags(FRIEND, ship=CAPSULE), set(), id="a friend's capsule"),
        pytest.param(flags(FRIEND, ship=SHUTTLE), {"is_awox"}, id="a friend's shuttle"),
        pytest.param(flags(STARTER, corporation=NPC), {"is_solo"}, id="no friends in an NPC corporation"),
    ],
)
def test_what_a_mail_is_called(found: set[str], expected: set[str]) -> None:
    assert found == expected


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data with real killmails is not beside this checkout")
def test_zkillboard_calls_every_real_mail_the_same() -> None:
    theirs = {
        row["killmail_id"]: row["zkb"]
        for row in map(json.loads, (SHARED / "zkb_values.ndjson").read_text().splitlines())
    }
    mails = [
        mail
        for file in sorted(SHARED.glob("everef/killmails/*/*.tar.bz2"))
        for mail in read_archive(file, "", date.fromisoformat(file.name[10:20]), 2**26).mails.values()
    ]
    types = read_snapshot().types
    world = CombatWorld(
        np.zeros((0, 2), np.int64),
        {item.type_id: item.group_id for item in types},
        {item.type_id: item.category_id for item in types},
    )
    columns, _ = as_columns(mails)
    ours = dict(zip(columns.killmail_id.tolist(), flag_rows(flags_of(columns, world)), strict=True))
    assert theirs.keys() <= ours.keys()
    # Twelve of the 1,068 are of a time when zKillboard told no flags.
    told = {mail_id: (zkb["npc"], zkb["solo"], zkb["awox"]) for mail_id, zkb in theirs.items() if "npc" in zkb}
    assert len(told) == 1056
    assert {mail_id: flags for mail_id, flags in told.items() if ours[mail_id] != flags} == {}
