"""What is true of every killmail: battles in two readings, sides, fleets; drawing the war does not belong here.

Two nested readings, as experts differ: `battle` (narrow) inside `battle_wide`. A pair of killmails belongs together
where both say so, apart where both differ, and is not judged otherwise; killmails with `strict` false are never judged.
"""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from battlescope_assets.simulator.scenarios import NEUTRAL, Event, Loss

if TYPE_CHECKING:
    from battlescope_assets.simulator.war import War

TruthRow = dict[str, Any]
"""killmail_id, killmail_time, solar_system_id, scenario, kind, battle, battle_wide, strict, multi_system,
sides {character id: side, -1 neutral}, victim_side, fleet, doctrine, role."""


def truth_of(event: Event) -> Callable[[int, dict[str, Any]], TruthRow]:
    """The event's truth: a function from a loss's index and its killmail's body to the row."""
    narrow, wide = _readings(event)
    is_multi_system = len({loss.solar_system_id for loss in event.losses}) > 1

    def row(index: int, body: dict[str, Any]) -> TruthRow:
        loss = event.losses[index]
        characters = [a["character_id"] for a in body["attackers"] if "character_id" in a]
        if "character_id" in body["victim"]:
            characters.append(body["victim"]["character_id"])
        return {
            "killmail_id": body["killmail_id"],
            "killmail_time": body["killmail_time"],
            "solar_system_id": body["solar_system_id"],
            "scenario": event.scenario,
            "kind": event.kind,
            "battle": narrow[index],
            "battle_wide": wide[index],
            "strict": loss.is_certain,
            "multi_system": event.kind == "running" and is_multi_system,
            "sides": {str(c): event.sides.get(c, NEUTRAL) for c in characters} if event.is_battle else {},
            "victim_side": loss.victim_side,
            "fleet": loss.fleet,
            "doctrine": _doctrine(loss),
            "role": loss.victim.role if event.is_battle else None,
        }

    return row


def _doctrine(loss: Loss) -> str | None:
    if loss.victim.role == "pod":
        return "capsule"
    return f"{loss.fleet}:{loss.victim.fit.name}" if loss.fleet and loss.victim.role != "other" else None


def _readings(event: Event) -> tuple[list[str | None], list[str | None]]:
    """Narrow and wide battle of each loss; a battle of one killmail is none."""
    order = sorted(range(len(event.losses)), key=lambda i: event.losses[i].time_seconds)
    wide_labels = _pieces(event, order, event.wide_pause_seconds)
    narrow_pieces = _pieces(event, order, event.narrow_pause_seconds)
    narrow_labels = [f"{w}.{n}" for w, n in zip(wide_labels, narrow_pieces, strict=True)]
    if not event.is_battle:
        narrow_labels = [str(i) for i in range(len(event.losses))]
    return _named(event, narrow_labels), _named(event, wide_labels)


def _pieces(event: Event, order: list[int], pause_seconds: int | None) -> list[str]:
    """The piece of each loss: its engagement, or the stretch without a longer pause."""
    if pause_seconds is None:
        return [str(loss.engagement) for loss in event.losses]
    labels = [""] * len(order)
    piece = 0
    for before, index in zip([order[0], *order], order, strict=False):
        piece += event.losses[index].time_seconds - event.losses[before].time_seconds > pause_seconds
        labels[index] = str(piece)
    return labels


def _named(event: Event, labels: list[str]) -> list[str | None]:
    size = Counter(labels)
    return [f"{event.scenario}/{label}" if size[label] > 1 else None for label in labels]


def write_truth(war: "War", days: Iterable[date], folder: Path) -> Path:
    """Writes the days' truth as `truth.jsonl.gz` (one JSON object per killmail) into the folder."""
    path = folder / "truth.jsonl.gz"
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="ascii") as out:
        for day in days:
            out.writelines(json.dumps(row) + "\n" for row in war.truth(day))
    return path
