"""Whom a pilot fights for; who fights whom is found in `linking` and `sides`."""

import numpy as np

from battlescope_assets.domain.mails import NO_ID, Bool, Int64, Mails

FIRST_PLAYER_CORPORATION_ID = 2_000_000
"""Corporations below belong to NPCs; their members have nothing in common."""


def group_ids(character_id: Int64, corporation_id: Int64, alliance_id: Int64) -> Int64:
    """The group of each pilot or structure: alliance, else player corporation, else the pilot; `NO_ID` for an NPC."""
    corporation = np.where(corporation_id >= FIRST_PLAYER_CORPORATION_ID, corporation_id, NO_ID)
    group = np.where(alliance_id != NO_ID, alliance_id, np.where(corporation != NO_ID, corporation, character_id))
    return np.where((character_id == NO_ID) & (corporation == NO_ID), NO_ID, group)


def attacker_groups(mails: Mails) -> Int64:
    """The group of each attacker row; `NO_ID` for an NPC."""
    return group_ids(mails.attacker_character_id, mails.attacker_corporation_id, mails.attacker_alliance_id)


def victim_groups(mails: Mails) -> Int64:
    """The group of each mail's victim; `NO_ID` for an NPC's."""
    return group_ids(mails.victim_character_id, mails.victim_corporation_id, mails.victim_alliance_id)


def npc_only(mails: Mails) -> Bool:
    """Which mails have no player among the attackers."""
    npcs = np.ones(len(mails), np.bool_)
    npcs[mails.attacker_mail[attacker_groups(mails) != NO_ID]] = False
    return npcs
