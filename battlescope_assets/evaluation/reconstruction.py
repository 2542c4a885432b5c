"""BattleScope's own answer, from mails or a folder of archives and without a database; no rule belongs here."""

import csv
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from battlescope_assets.domain.battles import BattleParams, reconstruct
from battlescope_assets.domain.killmail import Killmail, as_columns
from battlescope_assets.domain.universe import StaticData, combat_world
from battlescope_assets.evaluation.scoring import Answer
from battlescope_assets.io.killmail_archives import read_archive

LARGEST_ARCHIVE_BYTES = 2**30


def answer(mails: Sequence[Killmail], static_data: StaticData) -> Answer:
    """Engagements numbered from 1, everybody's side (0 is unaligned), and the engagements' kinds."""
    columns, items = as_columns(list(mails))
    engagements = list(enumerate(reconstruct(columns, items, combat_world(static_data), BattleParams()), 1))
    return Answer(
        clusters={mail.killmail_id: number for number, engagement in engagements for mail in engagement.killmails},
        sides={
            number: {pilot.character_id: pilot.side for pilot in engagement.participants}
            for number, engagement in engagements
        },
        kinds={number: engagement.kind.value for number, engagement in engagements},
    )


def archived_mails(folder: Path) -> list[Killmail]:
    """The mails of EVE Ref's killmails-YYYY-MM-DD.tar.bz2 at any depth of a folder; what is no mail is left out."""
    mails: dict[int, Killmail] = {}
    for file in sorted(folder.rglob("killmails-*.tar.bz2")):
        if found := re.search(r"\d{4}-\d\d-\d\d", file.name):
            mails |= read_archive(file, file.name, date.fromisoformat(found[0]), LARGEST_ARCHIVE_BYTES).mails
    return list(mails.values())


def write_clusters(found: Answer, file: Path) -> None:
    """Writes `killmail_id,battle_id` as CSV, one row per mail in a cluster."""
    with file.open("w", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["killmail_id", "battle_id"])
        rows.writerows(found.clusters.items())


def write_sides(found: Answer, file: Path) -> None:
    """Writes `battle_id,character_id,side` as CSV, one row per pilot in a cluster."""
    with file.open("w", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["battle_id", "character_id", "side"])
        for number, pilots in (found.sides or {}).items():
            rows.writerows((number, character, side) for character, side in pilots.items())
