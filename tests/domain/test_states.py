"""Histories of snapshots: what becomes of a state, and that the order in which answers come does not matter."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.domain.states import Place, Row, State, insert_answer

NOON = datetime(2026, 9, 15, 12, tzinfo=UTC)
Answers = dict[int, dict[int, Row]]
"""What is shown by minute."""


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


class History:
    """States kept in memory, as the database keeps them."""

    def __init__(self) -> None:
        self.states: set[State] = set()
        self.moments: list[datetime] = []

    def take(self, moment: datetime, shown: dict[int, Row], unread: frozenset[int] | None = frozenset()) -> int:
        before = max((known for known in self.moments if known < moment), default=None)
        after = min((known for known in self.moments if known > moment), default=None)
        self.moments.append(moment)
        near = [
            state
            for state in self.states
            if state.first_seen_at == after
            or (before is not None and state.first_seen_at <= before and (state.ended_at or at(9999)) > before)
        ]
        changes = insert_answer(Place(before, moment, after), near, shown, unread)
        for old, new in changes:
            if old is not None:
                self.states.remove(old)
            if new is not None:
                self.states.add(new)
        return len(changes)


def runs(answers: Answers) -> set[State]:
    """The states by their definition: stretches of consecutive answers that show the same."""
    found = set()
    minutes = sorted(answers)
    for key in {key for shown in answers.values() for key in shown}:
        shown = [answers[minute].get(key) for minute in minutes]
        starts = [i for i in range(len(minutes)) if i == 0 or shown[i] != shown[i - 1]]
        for start, end in pairwise([*starts, len(minutes)]):
            row = shown[start]
            if row is not None:
                goes_on = end == len(minutes)
                last = None if goes_on else at(minutes[end - 1])
                found.add(State(key, row, at(minutes[start]), last, None if goes_on else at(minutes[end])))
    return found


ANSWERS = st.dictionaries(
    st.integers(0, 12),
    st.dictionaries(st.integers(1, 3), st.sampled_from([("a",), ("b",)])),
    min_size=1,
    max_size=9,
)


@given(ANSWERS, st.randoms(use_true_random=False))
def test_states_are_the_same_whatever_the_order_answers_come_in(answers: Answers, random: Random) -> None:
    history = History()
    order = list(answers)
    random.shuffle(order)
    for minute in order:
        history.take(at(minute), answers[minute])
    assert history.states == runs(answers)


@pytest.mark.parametrize(
    ("what", "answers", "states"),
    [
        ("appears and stays", {0: {1: ("a",)}, 30: {1: ("a",)}}, [("a", 0, None, None)]),
        ("moves", {0: {1: ("a",)}, 30: {1: ("b",)}}, [("a", 0, 0, 30), ("b", 30, None, None)]),
        ("vanishes", {0: {1: ("a",)}, 30: {1: ("a",)}, 60: {}}, [("a", 0, 30, 60)]),
        ("comes back", {0: {1: ("a",)}, 30: {}, 60: {1: ("a",)}}, [("a", 0, 0, 30), ("a", 60, None, None)]),
    ],
)
def test_what_becomes_of_a_state(
    what: str, answers: Answers, states: list[tuple[str, int, int | None, int | None]]
) -> None:
    history = History()
    for minute, shown in answers.items():
        history.take(at(minute), shown)
    wanted = {
        State(1, (value,), at(first), None if last is None else at(last), None if end is None else at(end))
        for value, first, last, end in states
    }
    assert history.states == wanted, what


def test_an_answer_that_shows_the_same_changes_nothing() -> None:
    history = History()
    history.take(at(0), {1: ("a",), 2: ("b",)})
    assert history.take(at(30), {1: ("a",), 2: ("b",)}) == 0


def test_what_could_not_be_read_is_taken_to_be_as_it_was() -> None:
    history = History()
    history.take(at(0), {1: ("a",), 2: ("a",)})
    history.take(at(30), {}, unread=frozenset({1}))
    assert {state.key for state in history.states if state.ended_at is None} == {1}
    history.take(at(60), {}, unread=None)
    assert {state.key for state in history.states if state.ended_at is None} == {1}
    history.take(at(90), {})
    assert all(state.ended_at is not None for state in history.states)
