"""What kind of loss a mail is by who shot whom: to NPCs alone, to one pilot, to the own corporation; no value here.

The rules are zKillboard's, so that its flags and these can be laid side by side; labels that need other mails or the
ISK lost (ganked, padding) are not derived.
"""

from dataclasses import dataclass

import numpy as np

from battlescope_assets.domain.groups import FIRST_PLAYER_CORPORATION_ID
from battlescope_assets.domain.mails import NO_ID, Bool, Int64, Mails
from battlescope_assets.domain.ships import (
    CAPSULE_GROUP_ID,
    ROOKIE_SHIP_GROUP_ID,
    SHIP_CATEGORY_ID,
    SHUTTLE_GROUP_ID,
    UPWELL_CATEGORY_ID,
)
from battlescope_assets.domain.universe import CombatWorld

FIRST_PLAYER_CHARACTER_ID = 4_000_000
"""Characters below are agents and other NPCs."""
TOO_CHEAP_FOR_SOLO = (CAPSULE_GROUP_ID, SHUTTLE_GROUP_ID, ROOKIE_SHIP_GROUP_ID)
TOO_CHEAP_FOR_AWOX = (CAPSULE_GROUP_ID, ROOKIE_SHIP_GROUP_ID)


@dataclass(frozen=True)
class Flags:
    """One row per mail, columns of shape (mails,), in the order of the mails asked for."""

    is_npc: Bool
    """No player attacked, or an NPC lost it."""
    is_solo: Bool
    """Exactly one pilot shot a real ship: no capsule, shuttle or rookie ship; no Upwell structure helped."""
    is_awox: Bool
    """The final blow came from the victim's own player corporation, on more than a capsule or rookie ship."""


FLAG_COLUMNS = ("is_npc", "is_solo", "is_awox")


def flags_of(mails: Mails, world: CombatWorld) -> Flags:
    """The flags of each mail; an unknown type is no ship."""
    mail = mails.attacker_mail
    is_pilot = mails.attacker_character_id >= FIRST_PLAYER_CHARACTER_ID
    is_player = is_pilot | (mails.attacker_corporation_id >= FIRST_PLAYER_CORPORATION_ID)
    pilots = np.bincount(mail[is_pilot], minlength=len(mails))
    players = np.bincount(mail[is_player], minlength=len(mails))
    is_npc_victim = (
        (mails.victim_character_id == NO_ID)
        & (mails.victim_corporation_id != NO_ID)
        & (mails.victim_corporation_id < FIRST_PLAYER_CORPORATION_ID)
    )

    group = _parents(mails.victim_ship_type_id, world.group_of_type)
    category = _parents(mails.victim_ship_type_id, world.category_of_type)
    upwell = _parents(mails.attacker_ship_type_id, world.category_of_type) == UPWELL_CATEGORY_ID
    has_upwell = np.bincount(mail[upwell], minlength=len(mails)) > 0
    is_solo = (pilots == 1) & (category == SHIP_CATEGORY_ID) & ~np.isin(group, TOO_CHEAP_FOR_SOLO) & ~has_upwell

    own = mails.final_blow & (mails.attacker_corporation_id == mails.victim_corporation_id[mail])
    own &= mails.attacker_corporation_id >= FIRST_PLAYER_CORPORATION_ID
    is_awox = (np.bincount(mail[own], minlength=len(mails)) > 0) & ~np.isin(group, TOO_CHEAP_FOR_AWOX)
    return Flags((players == 0) | is_npc_victim, is_solo, is_awox)


def flag_rows(flags: Flags) -> list[tuple[bool, bool, bool]]:
    """Flags as rows whose fields follow `FLAG_COLUMNS`."""
    return list(zip(flags.is_npc.tolist(), flags.is_solo.tolist(), flags.is_awox.tolist(), strict=True))


def _parents(type_id: Int64, parent_of_type: dict[int, int]) -> Int64:
    """The group or category of each type; `NO_ID` for an unknown one."""
    types, inverse = np.unique(type_id, return_inverse=True)
    return np.array([parent_of_type.get(t, NO_ID) for t in types.tolist()], np.int64)[inverse]
