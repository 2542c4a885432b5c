"""Killmails as columns, the form every battle rule works on; no parsing and no rule belongs here."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

NO_ID = 0
"""Stands for an absent character, corporation, alliance or faction; no real id is 0."""


@dataclass(frozen=True)
class Mails:
    """n killmails with m attackers, ordered by (time, killmail id), each killmail id once.

    Attackers of mail i are rows `attacker_offset[i]:attacker_offset[i + 1]` of the `attacker_*` columns, in the
    mail's own order. Absent ids are `NO_ID`; absent positions are NaN.
    """

    killmail_id: Int64
    time_seconds: Int64
    """Seconds since 1970-01-01 UTC."""
    solar_system_id: Int64
    victim_character_id: Int64
    victim_corporation_id: Int64
    victim_alliance_id: Int64
    victim_faction_id: Int64
    victim_ship_type_id: Int64
    damage_taken: Int64
    position_m: Float64
    """Shape (n, 3): where the wreck lies, metres from the star."""
    destroyed_isk: Float64
    dropped_isk: Float64
    attacker_offset: Int64
    """Shape (n + 1,)."""
    attacker_character_id: Int64
    attacker_corporation_id: Int64
    attacker_alliance_id: Int64
    attacker_faction_id: Int64
    attacker_ship_type_id: Int64
    damage_done: Int64
    final_blow: Bool

    def __len__(self) -> int:
        return len(self.killmail_id)

    @property
    def attacker_mail(self) -> Int64:
        """For each attacker row, the index of its mail; shape (m,)."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.attacker_offset))

    @classmethod
    def ordered(cls, **columns: NDArray[np.generic]) -> Self:
        """Builds the table from columns in any order of mails, dropping repeated killmail ids (the first row stays)."""
        order = np.lexsort((columns["killmail_id"], columns["time_seconds"]))
        _, first = np.unique(columns["killmail_id"][order], return_index=True)
        order = order[np.sort(first)]
        return cls(**columns)._taken(order)  # type: ignore[arg-type]  # noqa: SLF001  # the columns' types are the caller's

    def take(self, index: Int64) -> Self:
        """The mails at `index` (any order, no repeats), again ordered by (time, killmail id)."""
        return self._taken(np.sort(index))

    def _taken(self, order: Int64) -> Self:
        counts = np.diff(self.attacker_offset)[order]
        offset = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        rows = np.repeat(self.attacker_offset[:-1][order] - offset[:-1], counts) + np.arange(offset[-1])
        per_attacker = {
            f.name for f in fields(self) if f.name.startswith("attacker_") or f.name in {"damage_done", "final_blow"}
        }
        taken = {
            f.name: getattr(self, f.name)[rows if f.name in per_attacker else order]
            for f in fields(self)
            if f.name != "attacker_offset"
        }
        return type(self)(attacker_offset=offset, **taken)


@dataclass(frozen=True)
class ItemLosses:
    """Item stacks lost on mails, each column of shape (stacks,), in any order."""

    killmail_id: Int64
    item_type_id: Int64
    quantity_destroyed: Int64
    quantity_dropped: Int64
