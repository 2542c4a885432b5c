"""Each mail of the golden war shared out over its attackers, in pandas; what is summed from it is its readers'."""

import numpy as np
import pandas as pd

from tests.marts.conftest import Frames


def group_ids(frame: pd.DataFrame, prefix: str = "") -> pd.Series:
    """Alliance, else player corporation; 0 = pilots without either, -1 = NPCs."""
    character, corporation, alliance = (
        frame[f"{prefix}{name}_id"] for name in ("character", "corporation", "alliance")
    )
    group = alliance.fillna(corporation.where(corporation >= 2_000_000)).fillna(0)
    return group.mask(character.isna() & ~(corporation >= 2_000_000), -1).astype("int64")


def shared_out(frames: Frames) -> pd.DataFrame:
    """One row per attacker with his mail, groups, hundredths of ISK and millionths of the kill.

    `is_own` marks who shot his own group or himself; `is_first_of_pilot` one row of a pilot who is on a mail twice.
    """
    mails = frames.killmails.assign(victim_group_id=group_ids(frames.killmails, "victim_"))
    rows = frames.attackers.assign(group_id=group_ids(frames.attackers)).merge(mails, on=["day", "killmail_id"])
    rows = rows.sort_values(
        ["killmail_id", "group_id", "corporation_id", "character_id", "attacker_index"], ignore_index=True
    )
    damage = rows["damage_done"].clip(lower=0).astype("float64")
    harmless = damage.groupby(rows["killmail_id"]).transform("sum") == 0
    weight = damage.where(~harmless, 1.0)
    total = weight.groupby(rows["killmail_id"]).transform("sum")
    until = weight.groupby(rows["killmail_id"]).cumsum() / total
    since = (weight.groupby(rows["killmail_id"]).cumsum() - weight) / total
    amounts = {
        "millionths_of_kills": pd.Series(1e6, rows.index),
        "destroyed_hundredths": (rows["destroyed_isk"].astype(float) * 100).round(),
        "dropped_hundredths": (rows["dropped_isk"].astype(float) * 100).round(),
    }
    for share, amount in amounts.items():
        rows[share] = (np.rint(amount * until) - np.rint(amount * since)).fillna(0).astype("int64")
    rows["is_own"] = ((rows["group_id"] > 0) & (rows["group_id"] == rows["victim_group_id"])) | (
        rows["character_id"] == rows["victim_character_id"]
    )
    rows["is_first_of_pilot"] = rows["character_id"].notna() & ~rows.duplicated(["killmail_id", "character_id"])
    rows["hundredths"] = rows["destroyed_hundredths"] + rows["dropped_hundredths"]
    return rows
