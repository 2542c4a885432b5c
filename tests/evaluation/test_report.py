"""The published report says what the code says, and the wars that are scored are what it says they are."""

import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from battlescope_assets.domain.universe import StaticData
from battlescope_assets.evaluation.profiles import (
    AIMS_ELSEWHERE,
    AIMS_SHARED,
    MIXES,
    Measure,
    Profile,
    measured,
    profiles,
    simulated_profile,
)
from battlescope_assets.evaluation.report import OURS, Scored, markdown, missed_aims, scored, summary
from battlescope_assets.evaluation.scoring import Answer, score
from battlescope_assets.settings import REPOSITORY

PUBLISHED = (REPOSITORY / "docs" / "quality.md").read_text()


def small_profile(name: str, static_data: StaticData) -> Profile:
    return simulated_profile(name, MIXES[name], static_data, seeds=(1, 2), mails_per_day=100)


@pytest.fixture(scope="session")
def small(static_data: StaticData) -> Profile:
    return small_profile("normal", static_data)


def shape(text: str) -> list[str]:
    """Words and tables' headers in order; neither rows nor lists, which hold the figures."""
    lines = text.splitlines()
    headers = {number - 1 for number, line in enumerate(lines) if line.startswith("| ---")}
    return [
        line
        for number, line in enumerate(lines)
        if number in headers or (not line.startswith(("|", "*", "  ")) and line)
    ]


def section(text: str, name: str) -> str:
    """What stands below a heading."""
    assert f"\n## {name[0].upper()}{name[1:]}\n" in text, f"nothing on the {name}: write it anew with `make quality`"
    return text.split(f"\n## {name[0].upper()}{name[1:]}\n", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("name", MIXES)
def test_the_report_is_the_same_every_time_and_shaped_as_published(name: str, static_data: StaticData) -> None:
    first, second = (
        markdown([scored(small_profile(name, static_data), static_data, with_baselines=True)]) for _ in range(2)
    )
    assert first == second
    ours, published = (shape(section(text, f"{name} simulated war")) for text in (first, PUBLISHED))
    assert ours[1:] == published[1:], "but for the sentence with the number of mails; write it anew: `make quality`"


def test_published_aims_are_those_that_are_checked() -> None:
    rows = re.findall(r"^\| \*aim\* \| (.*) \|$", PUBLISHED, re.MULTILINE)
    aims = [AIMS_SHARED] * ("\n## Shared truth\n" in PUBLISHED) + [AIMS_ELSEWHERE] * len(MIXES)
    assert rows == [" | ".join(f"{one[m]:.3f}" if m in one else "—" for m in Measure) for one in aims]


def test_published_words_are_the_codes() -> None:
    nothing = markdown([])
    words, rest = nothing.split("\n\n## What this does not show")
    assert PUBLISHED.startswith(words)
    assert PUBLISHED.endswith(rest)


def test_published_scores_of_the_shared_truth_are_todays(shared: Profile, our_answer: Answer) -> None:
    found = Scored(shared.name, shared.origin, shared.aims, {OURS: score(shared.truth, our_answer)})
    row = summary(found).splitlines()[2]
    assert row in section(PUBLISHED, shared.name), "write docs/quality.md anew: `make quality`"


def test_each_missed_aim_is_a_sentence(small: Profile) -> None:
    found = Scored("a war", "", AIMS_SHARED, {OURS: score(small.truth, Answer({}, {}))})
    sentences = list(missed_aims(found))
    assert "a war: exact battles is 0.0000, the aim is 0.96." in sentences
    assert "a war: there is no three-sided pilots to score, the aim is 0.95." in sentences
    assert not any("precision" in sentence for sentence in sentences), "who says nothing says nothing wrong"
    assert all(sentence.startswith("a war: ") and sentence.endswith(".") for sentence in sentences)


def test_a_reached_aim_is_none(small: Profile) -> None:
    found = score(small.truth, Answer({}, {}))
    figures = {measure: figure for measure, figure in measured(found).items() if figure is not None}
    assert list(missed_aims(Scored("a war", "", figures, {OURS: found}))) == []


def test_without_the_shared_truth_the_simulators_wars_are_scored(static_data: StaticData, tmp_path: Path) -> None:
    found = profiles(static_data, shared_truth=tmp_path / "absent", mails_per_day=40)
    assert [profile.name for profile in found] == [f"{name} simulated war" for name in MIXES]


def test_wars_of_two_seeds_share_neither_mails_nor_hours(small: Profile) -> None:
    ids = [mail.killmail_id for mail in small.mails]
    assert ids == [row.killmail_id for row in small.truth]
    assert len(set(ids)) == len(ids)
    times = sorted(mail.killmail_time for mail in small.mails)
    assert max(b - a for a, b in pairwise(times)) > timedelta(days=4)
