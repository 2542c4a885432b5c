"""Reconstructs the battles of a folder of archives without a database, for scoring; no rule belongs here."""

import csv
import re
from datetime import date
from pathlib import Path

from battlescope_assets.domain.battles import BattleParams, reconstruct
from battlescope_assets.domain.killmail import Killmail, as_columns
from battlescope_assets.domain.universe import combat_world
from battlescope_assets.io.killmail_archives import read_archive
from battlescope_assets.io.static_data import read_zip

LARGEST_ARCHIVE_BYTES = 2**30


def evaluate(archives: Path, static_data: Path, clusters: Path, sides: Path) -> int:
    """Writes `killmail_id,battle_id` and `battle_id,character_id,side`; returns how many mails were read.

    Args:
        archives: folder with EVE Ref's killmails-YYYY-MM-DD.tar.bz2 at any depth.
        static_data: CCP's static data as JSONL zip.
        clusters: CSV to write, one row per mail in an engagement.
        sides: CSV to write, one row per pilot in an engagement; 0 is unaligned.
    """
    mails: dict[int, Killmail] = {}
    for file in sorted(archives.rglob("killmails-*.tar.bz2")):
        if found := re.search(r"\d{4}-\d\d-\d\d", file.name):
            mails |= read_archive(file, file.name, date.fromisoformat(found[0]), LARGEST_ARCHIVE_BYTES).mails
    columns, items = as_columns(list(mails.values()))
    engagements = reconstruct(columns, items, combat_world(read_zip(static_data)), BattleParams())
    with clusters.open("w", newline="") as cluster_file, sides.open("w", newline="") as side_file:
        cluster_rows, side_rows = csv.writer(cluster_file), csv.writer(side_file)
        cluster_rows.writerow(["killmail_id", "battle_id"])
        side_rows.writerow(["battle_id", "character_id", "side"])
        for number, engagement in enumerate(engagements, 1):
            cluster_rows.writerows((mail.killmail_id, number) for mail in engagement.killmails)
            side_rows.writerows((number, pilot.character_id, pilot.side) for pilot in engagement.participants)
    return len(mails)
