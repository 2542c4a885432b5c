"""Histories made of snapshots: what was shown from when to when; the same whatever the order answers come in. No SQL.

A state is a stretch of consecutive answers that show the same of one key. It holds from its first answer to the first
answer that shows something else or nothing, half-open.
"""

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

Row = tuple[Any, ...]


class State(NamedTuple):
    """What was shown of a key, and when."""

    key: int
    row: Row
    first_seen_at: datetime
    last_seen_at: datetime | None = None
    """The last answer that showed it; None while the newest answer does."""
    ended_at: datetime | None = None
    """The answer after that; None while the newest answer shows it."""


class Change(NamedTuple):
    """One state before and after; None where there was or is none."""

    old: State | None
    new: State | None


class Place(NamedTuple):
    """Where an answer lies among those known."""

    before: datetime | None
    """The answer before it."""
    at: datetime
    after: datetime | None
    """The answer after it."""


def insert_answer(
    place: Place,
    near: Iterable[State],
    shown: Mapping[int, Row],
    unread: Container[int] | None = frozenset(),
) -> list[Change]:
    """What an answer changes in the history.

    Args:
        place: its moment, which no known answer has, and its neighbours.
        near: the states that hold at `place.before`, and those that begin at `place.after`.
        shown: what the answer shows, by key.
        unread: keys it could not be read for, which are taken to be as they were; None for all it does not show.
    """
    holding: dict[int, State] = {}
    following: dict[int, State] = {}
    for state in near:
        (following if state.first_seen_at == place.after else holding)[state.key] = state
    changes: list[Change] = []
    for key in sorted(holding.keys() | shown.keys()):
        old, row = holding.get(key), shown.get(key)
        if row is None and old is not None and (unread is None or key in unread):
            row = old.row
        changes += _of_key(place, key, row, old, following.get(key))
    return changes


def _of_key(place: Place, key: int, row: Row | None, old: State | None, following: State | None) -> list[Change]:
    before, at, after = place
    changes = []
    if old is not None:
        ends_after = after is not None and old.ended_at == after
        if row == old.row:
            return [Change(old, old._replace(last_seen_at=at))] if ends_after else []
        changes.append(Change(old, old._replace(last_seen_at=before, ended_at=at)))
        if after is not None and not ends_after:
            changes.append(Change(None, old._replace(first_seen_at=after)))
    if row is None:
        return changes
    if following is not None and following.row == row:
        return [*changes, Change(following, following._replace(first_seen_at=at))]
    return [*changes, Change(None, State(key, row, at, at if after else None, after))]
