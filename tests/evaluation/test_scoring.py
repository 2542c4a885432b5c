"""The scorer: what it says of answers anyone can judge, its laws, and that it agrees with another author's."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.evaluation.baselines import eve_kill
from battlescope_assets.evaluation.profiles import SHARED_TRUTH, Profile
from battlescope_assets.evaluation.reconstruction import write_clusters, write_sides
from battlescope_assets.evaluation.scoring import Answer, Score, SideScore, TrueMail, score

KINDS = ["fleet", "three", "camp", "noise"]
Truth = list[TrueMail]


@st.composite
def truths(draw: st.DrawFn) -> Truth:
    """Mails of some events, each a wide battle with narrow ones inside; some mails are in none, some not strict."""
    mails: Truth = []
    for event in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(KINDS))
        for part in draw(st.lists(st.integers(0, 2), min_size=1, max_size=6)):
            wide = f"{kind}-{event}"
            narrow = None if kind == "noise" else f"{wide}/{part}"
            sides = draw(st.dictionaries(st.integers(1, 12), st.integers(-1, 2), max_size=4))
            strict = not mails or draw(st.integers(0, 9)) > 0
            is_alone = draw(st.integers(0, 9)) == 0
            mails.append(TrueMail(len(mails) + 1, kind, None if is_alone else narrow, wide, strict, sides))
    return mails


@st.composite
def answered(draw: st.DrawFn) -> tuple[Truth, Answer]:
    """A truth and any answer, good or bad."""
    truth = draw(truths())
    numbers = st.one_of(st.none(), st.integers(0, 5))
    clusters = {mail.killmail_id: number for mail in truth if (number := draw(numbers)) is not None}
    pilots = st.dictionaries(st.integers(1, 12), st.integers(0, 4))
    return truth, Answer(clusters, {number: draw(pilots) for number in sorted(set(clusters.values()))})


def perfect(truth: Truth) -> Answer:
    """The truth as an answer: narrow battles, and everybody on his side of each."""
    numbers = {name: number for number, name in enumerate(sorted({mail.battle for mail in truth if mail.battle}))}
    sides: dict[int, dict[int, int]] = {number: {} for number in numbers.values()}
    for mail in truth:
        if mail.battle and mail.strict:
            sides[numbers[mail.battle]] |= {who: side for who, side in mail.sides.items() if side >= 0}
    return Answer({mail.killmail_id: numbers[mail.battle] for mail in truth if mail.battle}, sides)


def table(lines: str) -> Truth:
    """One mail a line: id, kind, narrow battle, wide battle (`.` for none)."""
    rows = [line.split() for line in lines.strip().splitlines()]
    return [
        TrueMail(int(number), kind, None if narrow == "." else narrow, None if wide == "." else wide, True, {})
        for number, kind, narrow, wide in rows
    ]


@given(truths())
def test_the_truth_scores_one(truth: Truth) -> None:
    found = score(truth, perfect(truth))
    assert found.all_mails.precision == found.all_mails.recall == 1
    assert found.all_mails.precision_per_mail == found.all_mails.recall_per_mail == 1
    assert (found.all_mails.exact, found.all_mails.split, found.all_mails.joined) == (found.all_mails.battles, 0, 0)
    assert all(sides.right == sides.pilots for sides in (found.sides or {}).values())


@given(truths())
def test_everything_in_one_cluster_misses_nothing_and_is_exact_only_if_all_may_be_together(truth: Truth) -> None:
    found = score(truth, Answer({mail.killmail_id: 1 for mail in truth})).all_mails
    assert found.recall == found.recall_per_mail == 1
    assert found.split == 0
    is_one = len({mail.battle_wide for mail in truth if mail.strict}) == 1
    assert found.exact == (found.battles if is_one else 0)


@given(truths())
def test_every_mail_alone_is_never_wrong_and_finds_nothing(truth: Truth) -> None:
    found = score(truth, Answer({})).all_mails
    assert found.precision == found.precision_per_mail == 1
    assert found.joined == 0
    battles = Counter(mail.battle for mail in truth if mail.strict and mail.battle)
    assert found.split == sum(size > 1 for size in battles.values())
    assert found.astray == sum(size - 1 for size in battles.values())
    assert found == score(truth, Answer({mail.killmail_id: mail.killmail_id for mail in truth})).all_mails


@given(answered(), st.permutations(range(6)), st.permutations(range(5)))
def test_what_clusters_and_sides_are_called_changes_nothing(
    case: tuple[Truth, Answer], cluster_names: Sequence[int], side_names: Sequence[int]
) -> None:
    truth, answer = case
    assert answer.sides is not None
    renamed = Answer(
        {mail: cluster_names[number] for mail, number in answer.clusters.items()},
        {
            cluster_names[number]: {who: side_names[side] for who, side in pilots.items()}
            for number, pilots in answer.sides.items()
        },
    )
    assert score(truth, renamed) == score(truth, answer)


@given(answered())
def test_mails_that_are_not_strict_change_nothing_of_clusters(case: tuple[Truth, Answer]) -> None:
    truth, answer = case
    judged = [mail for mail in truth if mail.strict]
    assert score(judged, answer).all_mails == score(truth, answer).all_mails
    assert score(judged, answer).by_kind == score(truth, answer).by_kind


@pytest.mark.parametrize(
    ("clusters", "exact", "split", "joined", "astray", "precision", "recall"),
    [
        ({1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 6: 3}, 3, 0, 0, 0, 1.0, 1.0),  # as narrow as can be
        ({1: 1, 2: 1, 3: 1, 4: 1, 5: 3, 6: 3}, 3, 0, 0, 0, 1.0, 1.0),  # as wide as can be
        ({1: 1, 2: 2, 3: 2, 4: 2, 5: 3, 6: 3}, 2, 1, 0, 1, 1.0, 2 / 3),  # one cut
        ({1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 6: 3, 7: 3}, 2, 0, 1, 0, 3 / 5, 1.0),  # a stranger in one: two wrong pairs
        ({1: 1, 2: 1, 5: 3, 6: 3}, 2, 1, 0, 1, 1.0, 2 / 3),  # one not found
    ],
)
def test_what_is_right_and_wrong(
    clusters: Mapping[int, int], exact: int, split: int, joined: int, astray: int, precision: float, recall: float
) -> None:
    truth = table("""
        1 fleet a/1 a
        2 fleet a/1 a
        3 fleet a/2 a
        4 fleet a/2 a
        5 camp  b   b
        6 camp  b   b
        7 noise .   .
    """)
    found = score(truth, Answer(clusters)).all_mails
    assert (found.exact, found.split, found.joined, found.astray) == (exact, split, joined, astray)
    assert (found.precision, found.recall) == (precision, recall)


def test_a_wrong_pair_counts_for_both_kinds_it_joins() -> None:
    truth = table("1 fleet a a\n2 fleet a a\n3 camp b b\n4 camp b b")
    found = score(truth, Answer({1: 1, 2: 1, 3: 1, 4: 2})).by_kind
    assert found["fleet"].precision == 1 / 3
    assert found["camp"].precision == 0
    assert found["camp"].f1 == 0


def side_score(kind: str, truth: Mapping[int, int], given: Mapping[int, int]) -> SideScore:
    mails = [TrueMail(number, kind, "a", "a", True, dict(truth)) for number in (1, 2)]
    found = score(mails, Answer({1: 7, 2: 7}, {7: given})).sides
    assert found is not None
    return found[kind]


@pytest.mark.parametrize(
    ("kind", "truth", "given_sides", "right"),
    [
        ("fleet", {1: 0, 2: 0, 3: 1}, {1: 2, 2: 2, 3: 1}, 3),
        ("fleet", {1: 0, 2: 0, 3: 1}, {1: 1, 2: 1, 3: 1}, 2),  # one side given is one side right
        ("fleet", {1: 0, 2: 0, 3: 1}, {1: 1, 3: 2}, 2),  # who is on no side is not right
        ("three", {1: 0, 2: 1, 3: 2}, {1: 1, 2: 2, 3: 2}, 2),  # two sides are not three
        ("fleet", {1: 0, 2: -1}, {1: 1, 2: 1}, 1),  # nobody asks for the neutral
        ("gank", {1: 0, 2: 0, 3: 1, 4: 1}, {1: 1, 2: 1, 3: 2, 4: 3}, 4),  # strangers are no one side
        ("gank", {1: 0, 2: 1, 3: 1}, {1: 1, 2: 1, 3: 1}, 2),
    ],
)
def test_sides_are_matched_as_well_as_can_be(
    kind: str, truth: Mapping[int, int], given_sides: Mapping[int, int], right: int
) -> None:
    assert side_score(kind, truth, given_sides).right == right


def test_the_kind_of_a_battle_is_that_of_the_engagement_with_most_of_it() -> None:
    truth = table("1 fleet a a\n2 fleet a a\n3 fleet a a\n4 camp b b\n5 camp b b")
    found = score(truth, Answer({1: 1, 2: 2, 3: 2}, kinds={1: "gank", 2: "battle"}))
    assert found.kinds == {"camp": {"": 1}, "fleet": {"battle": 1}}
    assert (found.kinds_as_expected("camp"), found.kinds_as_expected("fleet")) == (0, 1)


# ------------------------------------------------------------------------------------- the shared truth's own scorer


LEAVES_FILES_OPEN = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
"""The shared scorer leaves closing to the interpreter."""


def by_the_shared_scorer(
    scorer: Callable[..., dict[str, Any]], truth: Path, answer: Answer, folder: Path
) -> dict[str, Any]:
    write_clusters(answer, folder / "clusters.csv")
    write_sides(answer, folder / "sides.csv")
    return scorer(truth, folder / "clusters.csv", folder / "sides.csv")


def assert_same(ours: Score, theirs: dict[str, Any]) -> None:
    for kind, found in [("all", ours.all_mails), *ours.by_kind.items()]:
        other = theirs["all"] if kind == "all" else theirs["by_kind"][kind]
        assert (found.mails, found.battles, found.split) == (
            other["kills"], other["battles"], other["battles_split"],
        ), kind  # fmt: skip
        if other["f1"] is not None:
            assert found.f1 == pytest.approx(other["f1"], abs=6e-5), kind
            assert found.precision == pytest.approx(other["precision"], abs=6e-5), kind
            assert found.recall == pytest.approx(other["recall"], abs=6e-5), kind
        assert found.precision_per_mail == pytest.approx(other["precision_per_kill"], abs=6e-5), kind
        assert found.recall_per_mail == pytest.approx(other["recall_per_kill"], abs=6e-5), kind
        if other["exact"] is not None:
            assert found.exact_share == pytest.approx(other["exact"], abs=6e-5), kind
    assert ours.by_kind.keys() == theirs["by_kind"].keys()
    assert ours.sides is not None
    assert {*ours.sides, *["two_sided"] * (ours.two_sided is not None)} == theirs["sides"].keys() - {"all"}
    for kind, sides in [*ours.sides.items(), ("two_sided", ours.two_sided)]:
        if sides is not None:
            assert sides.pilots == theirs["sides"][kind]["pilots"], kind
            assert sides.accuracy == pytest.approx(theirs["sides"][kind]["accuracy"], abs=6e-5), kind


@LEAVES_FILES_OPEN
@given(case=answered())
def test_the_shared_scorer_says_the_same_of_anything(
    shared_scorer: Callable[..., dict[str, Any]], tmp_path_factory: pytest.TempPathFactory, case: tuple[Truth, Answer]
) -> None:
    truth, answer = case
    folder = tmp_path_factory.getbasetemp()
    rows = [msgspec.to_builtins(mail, str_keys=True) | {"victim_side": None} for mail in truth]
    (folder / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert_same(score(truth, answer), by_the_shared_scorer(shared_scorer, folder / "truth.jsonl", answer, folder))


@LEAVES_FILES_OPEN
@pytest.mark.parametrize("method", ["BattleScope", "EVE-KILL"])
def test_the_shared_scorer_says_the_same_of_answers_to_the_shared_truth(
    shared: Profile,
    our_answer: Answer,
    shared_scorer: Callable[..., dict[str, Any]],
    tmp_path: Path,
    method: str,
) -> None:
    answer = our_answer if method == "BattleScope" else eve_kill(shared.mails, {})
    theirs = by_the_shared_scorer(shared_scorer, SHARED_TRUTH / "truth.jsonl.gz", answer, tmp_path)
    assert_same(score(shared.truth, answer), theirs)
