"""Each mail of the golden war shared out over its attackers and summed by group, in pandas; comparing is for tests."""

from datetime import timedelta

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


def days_of_groups(frames: Frames, shared: pd.DataFrame, kind: str) -> pd.DataFrame:
    """What each alliance, or each player corporation, did on each day, with the marts' names; index (day, group_id)."""
    attackers = shared.drop(columns="group_id").rename(columns={f"{kind}_id": "group_id"})
    attackers = attackers[attackers["group_id"] >= 2_000_000]
    victims = frames.killmails.rename(columns={f"victim_{kind}_id": "group_id", "victim_character_id": "character_id"})
    victims = victims[victims["group_id"] >= 2_000_000]
    key = ["day", "group_id"]
    pilots = pd.concat([attackers[[*key, "character_id"]], victims[[*key, "character_id"]]])
    hostile, friendly = attackers[~attackers["is_own"]].groupby(key), attackers[attackers["is_own"]].groupby(key)
    lost = (victims["total_isk"].astype(float) * 100).round().groupby([victims[name] for name in key])
    return pd.DataFrame(
        {
            "pilots": pilots.groupby(key)["character_id"].nunique(),
            "kills": hostile["killmail_id"].nunique(),
            "final_blows": hostile["final_blow"].sum(),
            "losses": victims.groupby(key)["killmail_id"].size(),
            "friendly_kills": friendly["killmail_id"].nunique(),
            "isk_destroyed": hostile["hundredths"].sum() / 100,
            "isk_lost": lost.sum() / 100,
        }
    ).fillna(0)


def windows_of_groups(frames: Frames, shared: pd.DataFrame) -> pd.DataFrame:
    """The same over the last 1, 7 and 30 days, both kinds of groups, as `rpt_groups` has it without names."""
    kinds = ("alliance", "corporation")
    days = pd.concat([days_of_groups(frames, shared, kind).assign(group_kind=kind).reset_index() for kind in kinds])
    sums = ["kills", "final_blows", "losses", "friendly_kills", "isk_destroyed", "isk_lost"]
    key, newest, oldest = ["group_id", "group_kind"], days["day"].max(), days["day"].min()
    windows: list[pd.DataFrame] = []
    for window_days in (1, 7, 30):
        first_day = newest - timedelta(days=window_days - 1)
        previous_first_day = first_day - timedelta(days=window_days)
        current = days[days["day"] >= first_day].groupby(key)
        previous = days[(days["day"] < first_day) & (days["day"] >= previous_first_day)].groupby(key)
        found = current[sums].sum().assign(active_days=current.size(), most_pilots=current["pilots"].max())
        worth = found["isk_destroyed"] + found["isk_lost"]
        found["efficiency"] = (found["isk_destroyed"] / worth).where(worth > 0)
        for figure in ("kills", "losses"):
            before = previous[figure].sum().reindex(found.index).fillna(0)
            found[f"previous_{figure}"] = before
            is_covered = oldest <= previous_first_day
            found[f"{figure}_trend"] = found[figure] / before.clip(lower=1) if is_covered else np.nan
        windows.append(found.assign(window_days=window_days))
    return pd.concat(windows).reset_index()
