"""What sort of thing was lost on a mail; its worth is `valuation`'s business."""

import numpy as np

from battlescope_assets.domain.mails import Bool, Mails
from battlescope_assets.domain.universe import CombatWorld

SHIP_CATEGORY_ID = 6
UPWELL_CATEGORY_ID = 65
CAPSULE_GROUP_ID, SHUTTLE_GROUP_ID, ROOKIE_SHIP_GROUP_ID = 29, 31, 237
STRUCTURE_CATEGORY_IDS = frozenset({23, 40, UPWELL_CATEGORY_ID})
"""Starbases, sovereignty structures, Upwell structures."""


def is_capsule(mails: Mails, world: CombatWorld) -> Bool:
    """Which mails are losses of a capsule."""
    types, inverse = np.unique(mails.victim_ship_type_id, return_inverse=True)
    return np.array([world.group_of_type.get(t) == CAPSULE_GROUP_ID for t in types.tolist()], np.bool_)[inverse]


def is_structure(mails: Mails, world: CombatWorld) -> Bool:
    """Which mails are losses of a structure; an unknown type is none."""
    types, inverse = np.unique(mails.victim_ship_type_id, return_inverse=True)
    structures = [world.category_of_type.get(t) in STRUCTURE_CATEGORY_IDS for t in types.tolist()]
    return np.array(structures, np.bool_)[inverse]
