"""The feed's documents and the laws of the position."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.domain.feed import (
    MOST_A_DAY,
    MOST_PUT_OFF,
    RENUMBERED,
    RETRIES,
    SILENCE,
    UNREAD_RETRY,
    FeedMail,
    Pending,
    Position,
    newest_number,
    parse,
)
from battlescope_assets.domain.killmail import Rejection, killmail_rows
from tests.bodies import KILLMAIL_ID, MALFORMED, body
from tests.feeds import document_of, needs_real_documents, real_documents

NOW = datetime(2026, 9, 15, 12, tzinfo=UTC)
UPLOADED_AT = int(NOW.timestamp())
NUMBER = 42


def encoded(**changes: Any) -> bytes:
    return json.dumps(document_of(body(), UPLOADED_AT, sequence_id=NUMBER) | changes).encode()


def test_a_document_is_its_mail_with_the_hash() -> None:
    found = parse(encoded(sequence_updated=40), NUMBER)
    assert isinstance(found, FeedMail)
    assert (found.killmail.killmail_id, found.killmail.killmail_hash) == (KILLMAIL_ID, body()["killmail_hash"])
    assert (found.uploaded_at, found.sequence_updated, found.zkb.total_value_isk) == (NOW, 40, 1.5)


@needs_real_documents
def test_the_real_documents_are_mails_with_values_and_labels() -> None:
    for document in real_documents():
        found = parse(json.dumps(document).encode(), document["sequence_id"])
        assert isinstance(found, FeedMail)
        zkb = document["zkb"]
        assert (found.zkb.hash, found.zkb.labels, found.zkb.location_id) == (
            document["hash"],
            zkb["labels"],
            zkb["locationID"],
        )
        assert (found.zkb.total_value_isk, found.zkb.fitted_value_isk) == (zkb["totalValue"], zkb["fittedValue"])
        assert (found.zkb.npc, found.zkb.solo, found.zkb.awox) == (zkb["npc"], zkb["solo"], zkb["awox"])
        rows = killmail_rows([found.killmail])
        assert len(rows.attackers) == zkb["attackerCount"] == len(document["esi"]["attackers"])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sequence_id": 43}, "id_mismatch"),
        ({"killmail_id": KILLMAIL_ID + 1}, "id_mismatch"),
        ({"hash": "no hash"}, "wrong_shape"),
        ({"esi": {}}, "wrong_shape"),
        ({"esi": "text"}, "wrong_shape"),
        ({"esi": body(killmail_time="2026-09-17T00:00:00Z")}, "outside_day"),
        ({"esi": body(killmail_time="2003-05-05T00:00:00Z")}, "outside_day"),
        ({"zkb": {}}, "wrong_shape"),
        ({"zkb": {"hash": "0" * 40, "totalValue": -1}}, "wrong_shape"),
        ({"zkb": {"hash": "0" * 40, "totalValue": 1, "labels": ["\0"]}}, "wrong_shape"),
        ({"uploaded_at": 0}, "wrong_shape"),
        ({"uploaded_at": 2**40}, "wrong_shape"),
        ({"sequence_updated": 0}, "wrong_shape"),
    ],
)
def test_what_is_no_document_is_refused_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    found = parse(encoded(**changes), NUMBER)
    assert isinstance(found, Rejection)
    assert found.reason == reason


@pytest.mark.parametrize("name", sorted(MALFORMED.keys() - {"the first moment of the next day"}))  # days are archives'
def test_no_malformed_mail_gets_through(name: str) -> None:
    whole = encoded(esi="HERE")
    assert isinstance(parse(whole.replace(b'"HERE"', MALFORMED[name][0]), NUMBER), Rejection)


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_any_bytes_are_refused_not_raised(document: bytes) -> None:
    assert isinstance(parse(document, NUMBER), Rejection)


def test_the_newest_number() -> None:
    assert newest_number(b'{"sequence": 96547980}') == 96547980


class Upstream:
    """Numbers that exist, and which a document names."""

    def __init__(self, exists: set[int], updates: dict[int, int]) -> None:
        self.exists, self.updates, self.unreadable = exists, updates, set[int]()

    def ask(self, position: Position, now: datetime) -> tuple[int, Position]:
        number = position.due(now)
        if number in self.unreadable:
            return number, position.unread(number, now)
        if number in self.exists:
            return number, position.found(number, self.updates.get(number), now)
        return number, position.missing(number, now)


@st.composite
def upstreams(draw: st.DrawFn) -> Upstream:
    exists = draw(st.sets(st.integers(100, 160), min_size=1))
    updates = draw(st.dictionaries(st.sampled_from(sorted(exists)), st.integers(1, 170), max_size=5))
    return Upstream(exists, updates)


@given(upstreams())
def test_every_number_that_exists_is_read_and_the_position_never_goes_back(upstream: Upstream) -> None:
    position, now, read = Position.at(100), NOW, list[int]()
    newest = max(upstream.exists)
    position = position.told(newest, timedelta(0), timedelta(0))
    for _ in range(1_000):
        number, after = upstream.ask(position, now)
        assert after.next_sequence_id >= position.next_sequence_id
        assert set(range(position.next_sequence_id, after.next_sequence_id)) <= {number, *after.pending}, "skipped"
        read += [number] * (number in upstream.exists)
        if number >= newest + 1:
            break
        position = after
    assert position.next_sequence_id == newest + 1
    assert set(read) == upstream.exists
    assert len(read) <= len(upstream.exists) + len(upstream.updates)
    assert all(number < newest for number in position.pending)
    assert set(range(100, newest)) - upstream.exists <= set(position.pending)


@given(upstreams(), st.data())
def test_a_gap_that_fills_within_a_day_is_read(upstream: Upstream, data: st.DataObject) -> None:
    position, newest = Position.at(100).told(161, timedelta(0), timedelta(0)), 161
    missing = data.draw(st.sampled_from(sorted(set(range(100, 161)) - upstream.exists) or [161]))
    fills_after = data.draw(st.timedeltas(timedelta(0), sum(RETRIES, timedelta(0)) - timedelta(minutes=5)))
    upstream.exists.add(newest)
    now, read = NOW, set[int]()
    while now < NOW + sum(RETRIES, timedelta(0)) + timedelta(hours=1):
        if now >= NOW + fills_after:
            upstream.exists.add(missing)
        for _ in range(200):
            number, position = upstream.ask(position, now)
            read |= {number} & upstream.exists
        now += timedelta(minutes=30)
    assert missing in read
    assert not position.pending, "what never came is given up"


@given(upstreams(), st.data())
def test_what_cannot_be_read_holds_up_no_other_and_is_given_up_at_last(upstream: Upstream, data: st.DataObject) -> None:
    upstream.updates.clear()
    newest = max(upstream.exists)
    upstream.unreadable = data.draw(st.sets(st.sampled_from(sorted(upstream.exists))))
    mended = data.draw(st.sets(st.sampled_from(sorted(upstream.exists)))) & upstream.unreadable
    position, now, asked = Position.at(100).told(newest, timedelta(0), timedelta(0)), NOW, Counter[int]()
    while position.next_sequence_id <= newest:
        number, position = upstream.ask(position, now)
        asked[number] += 1
    assert upstream.exists <= set(asked)
    assert upstream.unreadable <= set(position.pending)
    upstream.unreadable -= mended
    for wait in (UNREAD_RETRY, *RETRIES):
        now += wait
        while position.pending and min(again.ask_at for again in position.pending.values()) <= now:
            number, position = upstream.ask(position, now)
            asked[number] += 1
    assert not position.pending
    assert {asked[number] for number in mended} <= {2}
    assert {asked[number] for number in upstream.unreadable} <= {2 + len(RETRIES)}


def test_a_number_not_yet_there_is_asked_again_and_the_one_behind_it_in_turn() -> None:
    position, asked = Position.at(100).found(100, None, NOW), []
    for _ in range(4):
        asked.append(position.due(NOW))
        position = position.missing(asked[-1], NOW)
    assert asked == [101, 102, 101, 102]
    assert (position.next_sequence_id, position.pending) == (101, {})


def test_a_number_that_never_comes_holds_up_nothing() -> None:
    position = Position.at(100).found(100, None, NOW).missing(101, NOW)
    position = position.found(102, None, NOW)
    assert position.next_sequence_id == 103
    assert position.due(NOW) == 101, "it may have come meanwhile"
    position = position.missing(101, NOW)
    assert position.due(NOW) == 103
    assert position.due(NOW + RETRIES[0]) == 101


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.timedeltas(timedelta(0), timedelta(days=4_000)))
def test_what_upstream_says_moves_the_position_ahead_only(following: int, newest: int, silence: timedelta) -> None:
    told = Position.at(following).told(newest, silence, timedelta(0))
    if newest < following - RENUMBERED or (newest > following + MOST_A_DAY and silence <= timedelta(days=1)):
        assert told == Position.at(newest)
        return
    assert told.next_sequence_id >= following
    assert told.newest_sequence_id == max(following - 1, newest)
    if silence <= timedelta(days=1):
        assert told.next_sequence_id == following


def test_numbers_given_anew_nearby_are_noticed_in_silence() -> None:
    position = Position.at(1_000)
    told = [position.told(newest, timedelta(0), quiet) for newest in (800, 950) for quiet in (SILENCE, 2 * SILENCE)]
    assert [after.next_sequence_id for after in told] == [1_000, 800, 1_000, 1_000]


def test_many_that_cannot_be_had_leave_the_position_where_it_is() -> None:
    position = Position.at(100).told(200, timedelta(0), timedelta(0))
    for _ in range(2 * MOST_PUT_OFF):
        position = position.unanswered(position.upcoming, NOW)
    assert (position.next_sequence_id, len(position.pending)) == (100 + MOST_PUT_OFF, MOST_PUT_OFF)
    for _ in range(10):
        position = position.unanswered(100, NOW)
    assert position.pending[100] == Pending(0, NOW + UNREAD_RETRY), "no try is used up"


def test_after_days_of_silence_reading_resumes_half_a_day_back() -> None:
    told = Position.at(1_000_000).told(1_080_000, timedelta(days=4), timedelta(days=4))
    assert told.next_sequence_id == 1_070_000
