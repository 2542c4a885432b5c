"""The wars that are scored, each with its truth and what it must reach; how it is scored does not belong here."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec

from battlescope_assets.domain.killmail import Killmail
from battlescope_assets.domain.universe import StaticData
from battlescope_assets.domain.window import ONE_DAY, Window
from battlescope_assets.evaluation.reconstruction import archived_mails
from battlescope_assets.evaluation.scoring import Score, TrueMail
from battlescope_assets.settings import REPOSITORY
from battlescope_assets.simulator.profiles import PROFILES
from battlescope_assets.simulator.scenarios import Scenario
from battlescope_assets.simulator.war import War

SHARED_TRUTH = REPOSITORY.parent / "shared" / "truth"
"""Another author's simulated war; it lies beside the checkout of those who have it and is not shipped."""
Mix = Mapping[str, tuple[Scenario, float, tuple[int, int]]]
MIXES: dict[str, Mix] = {name: PROFILES[name] for name in ("normal", "hard")}
"""What the project's own simulator is scored on."""
Row = TypeVar("Row", bound=msgspec.Struct)
SEEDS = (101, 102, 103)
FIRST_MONDAY = date(2026, 9, 14)
MAILS_PER_DAY = 5_000


class Measure(StrEnum):
    """What is asked of an answer; each is a share, 1 is perfect."""

    PAIR_F1 = "F1 over pairs"
    PRECISION_PER_MAIL = "precision per mail"
    RECALL_PER_MAIL = "recall per mail"
    EXACT = "exact battles"
    TWO_SIDED = "two-sided pilots"
    THREE_SIDED = "three-sided pilots"
    LOWEST_KIND_F1 = "lowest F1 of a kind"


Aims = Mapping[Measure, float]
AIMS_SHARED: Aims = {
    Measure.PAIR_F1: 0.995,
    Measure.PRECISION_PER_MAIL: 0.99,
    Measure.RECALL_PER_MAIL: 0.99,
    Measure.EXACT: 0.96,
    Measure.TWO_SIDED: 0.985,
    Measure.THREE_SIDED: 0.95,
    Measure.LOWEST_KIND_F1: 0.97,
}
"""What must be reached on the shared truth ..."""
AIMS_ELSEWHERE: Aims = {
    Measure.RECALL_PER_MAIL: 0.98,
    Measure.EXACT: 0.94,
    Measure.TWO_SIDED: 0.975,
    Measure.THREE_SIDED: 0.93,
}
"""... and on any other war, however hard."""


@dataclass(frozen=True)
class Profile:
    """Mails with their truth, and what a score of them must reach."""

    name: str
    origin: str
    """What war it is, as a sentence."""
    aims: Aims
    mails: list[Killmail]
    truth: list[TrueMail]


def profiles(
    static_data: StaticData, shared_truth: Path = SHARED_TRUTH, mails_per_day: int = MAILS_PER_DAY
) -> Iterator[Profile]:
    """The shared truth, where it is, and the simulator's profiles, each made when it is asked for."""
    if shared_truth.is_dir():
        yield shared_profile(shared_truth)
    for name, mix in MIXES.items():
        yield simulated_profile(name, mix, static_data, mails_per_day=mails_per_day)


def shared_profile(folder: Path) -> Profile:
    """The war of a folder with `killmails/` in EVE Ref's layout and `truth.jsonl.gz`."""
    truth = read_truth(folder, TrueMail)
    mails = archived_mails(folder / "killmails")
    origin = f"{len(mails):,} mails of a simulator by another author, kept beside the checkout and not shipped."
    return Profile("shared truth", origin, AIMS_SHARED, mails, truth)


def read_truth(folder: Path, row: type[Row]) -> list[Row]:
    """What is true of the mails of a folder with `truth.jsonl.gz`, as rows with those of its fields that `row` has."""
    decode = msgspec.json.Decoder(row).decode
    with gzip.open(folder / "truth.jsonl.gz") as lines:
        return [decode(line) for line in lines]


def simulated_profile(
    name: str,
    mix: Mix,
    static_data: StaticData,
    seeds: Sequence[int] = SEEDS,
    mails_per_day: int = MAILS_PER_DAY,
) -> Profile:
    """Wars of the project's simulator, two days of each seed, a week apart so that one has no mail near another's."""
    mails: list[Killmail] = []
    truth: list[TrueMail] = []
    for week, seed in enumerate(seeds):
        war = War(static_data, seed, mails_per_day, mix)
        monday = FIRST_MONDAY + timedelta(weeks=week)
        for day in Window.of_days(monday, monday + ONE_DAY).days():
            mails += (msgspec.convert(body, Killmail) for body in war.killmails(day))
            truth += (msgspec.convert(row, TrueMail, strict=False) for row in war.truth(day))
    origin = (
        f"{len(mails):,} mails of the project's own simulator, its {name} mix: two days each of the seeds "
        f"{', '.join(map(str, seeds))}."
    )
    return Profile(f"{name} simulated war", origin, AIMS_ELSEWHERE, mails, truth)


def measured(score: Score) -> dict[Measure, float | None]:
    """The measures of a score; None where it has none, as of sides where a method tells none."""
    kinds = [kind.f1 for kind in score.by_kind.values() if kind.f1 is not None]
    return {
        Measure.PAIR_F1: score.all_mails.f1,
        Measure.PRECISION_PER_MAIL: score.all_mails.precision_per_mail,
        Measure.RECALL_PER_MAIL: score.all_mails.recall_per_mail,
        Measure.EXACT: score.all_mails.exact_share,
        Measure.TWO_SIDED: score.two_sided.accuracy if score.two_sided else None,
        Measure.THREE_SIDED: score.three_sided.accuracy if score.three_sided else None,
        Measure.LOWEST_KIND_F1: min(kinds, default=None),
    }
