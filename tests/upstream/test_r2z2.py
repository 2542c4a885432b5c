import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.catalogue import Catalogue
from battlescope_assets.upstream.clock import sped_up
from battlescope_assets.upstream.r2z2 import FIRST_NUMBER, REFRESH_NUMBERS, Feed, is_awox, is_npc
from battlescope_assets.upstream.server import running

FIRST = date(2026, 11, 1)
MIDNIGHT = datetime(2026, 11, 1, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
REAL = Path(__file__).parents[2].parent / "shared" / "data" / "r2z2" / "ephemeral"
Document = dict[str, Any]


def count_again(_name: str, day: date, count: Callable[[date], int]) -> int:
    return count(day)


@pytest.fixture(scope="module")
def war() -> War:
    return War(read_snapshot(), seed=3, mails_per_day=200)


@pytest.fixture(scope="module")
def feed(war: War) -> Feed:
    return Feed(war, FIRST, count_again)


@pytest.fixture(scope="module")
def documents(feed: Feed) -> dict[int, Document]:
    """Every document of nine days, as it was at its day's end."""
    found: dict[int, Document] = {}
    number = FIRST_NUMBER
    for days in range(1, 10):
        now = MIDNIGHT + days * DAY - SECOND
        end = feed.sequence(now) + REFRESH_NUMBERS
        found |= {n: document for n in range(number, end) if (document := feed.document(n, now))}
        number = max(found) + 1
    return found


def test_the_feed_has_every_mail_of_the_archives_and_nothing_else(war: War, documents: dict[int, Document]) -> None:
    told = Counter(document["killmail_id"] for document in documents.values())
    happened = [made for days in range(4) for made in war.made(FIRST + days * DAY)]
    assert {made.killmail_id for made in happened} <= told.keys()
    bodies = {document["killmail_id"]: document["esi"] for document in documents.values()}
    for made in happened:
        assert bodies[made.killmail_id] == {
            name: value for name, value in made.body.items() if name not in {"killmail_hash", "http_last_modified"}
        }
        assert "killmail_hash" not in made.body or made.body["killmail_hash"] == next(
            d["hash"] for d in documents.values() if d["killmail_id"] == made.killmail_id
        )
    assert 1 < len(told) < told.total() < 1.05 * len(told), "some twice"


def test_numbers_grow_with_time_and_few_are_missing(documents: dict[int, Document]) -> None:
    for (number, document), (following, later) in pairwise(sorted(documents.items())):
        assert document["sequence_id"] == number
        assert 1 <= following - number <= 3
        if "sequence_updated" not in later and document["uploaded_at"] > later["uploaded_at"]:
            assert any(d.get("sequence_updated") == number for d in documents.values()), "uploaded again"
    missing = max(documents) + 1 - FIRST_NUMBER - len(documents)
    assert 0 < missing < 0.02 * len(documents)


def test_most_are_out_within_minutes_and_some_days_later(documents: dict[int, Document]) -> None:
    first: dict[int, float] = {}
    corrected = {d["sequence_updated"] for d in documents.values() if "sequence_updated" in d}
    for number, document in documents.items():
        if number not in corrected:
            killed = datetime.fromisoformat(document["esi"]["killmail_time"]).timestamp()
            first.setdefault(document["killmail_id"], document["uploaded_at"] - killed)
    delays = sorted(first.values())
    assert delays[0] >= 3
    assert 60 < delays[len(delays) // 2] < 180
    assert delays[round(0.9 * len(delays))] < 600
    assert delays[-1] > 86_400


@settings(max_examples=40)
@given(seconds=st.integers(0, 8 * 86_400), ahead=st.integers(1, 20_000))
def test_at_any_time_the_feed_knows_the_past_and_not_the_future(feed: Feed, seconds: int, ahead: int) -> None:
    now = MIDNIGHT + timedelta(seconds=seconds)
    sequence = feed.sequence(now)
    assert sequence <= feed.sequence(now + timedelta(seconds=ahead))
    assert all(feed.document(n, now) is None for n in range(sequence + REFRESH_NUMBERS, sequence + 60))
    for number in range(max(FIRST_NUMBER, sequence - 20), sequence + REFRESH_NUMBERS):
        document = feed.document(number, now)
        if document:
            assert document["uploaded_at"] <= now.timestamp()
            appeared = datetime.fromtimestamp(document["uploaded_at"], UTC)
            assert feed.document(number, appeared) == document


def test_what_is_uploaded_again_is_announced_and_changed(feed: Feed, documents: dict[int, Document]) -> None:
    announcing = [document for document in documents.values() if "sequence_updated" in document]
    assert len(announcing) > 10
    for document in announcing:
        number, moment = document["sequence_updated"], datetime.fromtimestamp(document["uploaded_at"], UTC)
        before, after = feed.document(number, moment - SECOND), feed.document(number, moment)
        assert before is not None
        assert after is not None
        assert number < document["sequence_id"]
        assert before["esi"] == after["esi"]
        assert before["uploaded_at"] <= after["uploaded_at"] == document["uploaded_at"]
        assert before["zkb"]["totalValue"] <= after["zkb"]["totalValue"]


def test_documents_last_at_least_a_day(feed: Feed, documents: dict[int, Document]) -> None:
    number = min(n for n, d in documents.items() if d["uploaded_at"] > (MIDNIGHT + 3 * DAY).timestamp())
    appeared = datetime.fromtimestamp(documents[number]["uploaded_at"], UTC)
    assert feed.document(number, appeared + DAY) is not None
    assert feed.document(number, appeared + 3 * DAY) is None
    assert feed.document(FIRST_NUMBER - 1, MIDNIGHT + DAY) is None


def test_values_add_up_and_flags_agree_with_labels(documents: dict[int, Document]) -> None:
    labels: Counter[str] = Counter()
    for document in documents.values():
        zkb = document["zkb"]
        labels.update(zkb["labels"])
        assert zkb["totalValue"] == pytest.approx(zkb["destroyedValue"] + zkb["droppedValue"], abs=0.02)
        assert zkb["hash"] == document["hash"]
        assert zkb["attackerCount"] == len(document["esi"]["attackers"])
        for flag in ("npc", "solo", "awox"):
            assert zkb[flag] == (flag in zkb["labels"])
        assert ("pvp" in zkb["labels"]) != zkb["npc"]
        assert zkb["points"] >= 1
    for label in ("npc", "solo", "awox", "loc:w-space", "loc:nullsec", "isk:1b+", "capital", "fw:calgal", "#:10+"):
        assert labels[label], label


def test_archives_and_history_hold_what_was_out_when_they_were_written(war: War, tmp_path: Path) -> None:
    now = MIDNIGHT + DAY
    catalogue = Catalogue(war, FIRST, None, tmp_path, now=lambda: now)

    def get(path: str) -> Any:
        document = catalogue.document(path)
        return document and json.loads(document.read())

    fought = {str(made.killmail_id) for made in war.made(FIRST)}
    counts = []
    for days in range(1, 7):
        now = MIDNIGHT + days * DAY + timedelta(hours=5, minutes=59)
        counts.append(get("killmails/totals.json")["20261101"])
        assert ("20261101" in get("history/totals.json")) == (days > 1)
        now += timedelta(minutes=1)
        raw, hashes = get("history/raw/20261101.json"), get("history/20261101.json")
        assert raw.keys() == hashes.keys() <= fought
        assert len(raw) == get("history/totals.json")["20261101"] >= counts[-1]
        assert get(f"history/{now:%Y%m%d}.json") is None
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] == len(fought)
    assert raw.keys() == fought
    assert catalogue.document("history/20261332.json") is None


def shape(value: Any, path: str = "") -> set[tuple[str, str]]:
    if isinstance(value, dict):
        return {(path, key) for key in value} | {
            s for key, inner in value.items() for s in shape(inner, f"{path}/{key}")
        }
    if isinstance(value, list):
        return {s for inner in value for s in shape(inner, f"{path}[]")}
    return {(path, type(value).__name__)}


def test_documents_have_the_keys_and_types_of_real_ones(documents: dict[int, Document]) -> None:
    if not REAL.is_dir():
        pytest.skip(f"{REAL} with real documents of the feed is absent")
    real = {s for path in REAL.glob("[0-9]*.json") for s in shape(json.loads(path.read_text()))}
    ours = {s for document in documents.values() for s in shape(document)}
    assert real <= ours
    assert {
        (path, name)
        for path, name in ours - real
        if "/items[]/items" not in path and (path, name) != ("/esi/victim/items[]", "items")
    } <= {("/esi", "moon_id"), ("/esi/moon_id", "int")}, "real mails have these too, only none of the fifty"


def test_flags_follow_zkillboards_rules_on_real_documents() -> None:
    if not REAL.is_dir():
        pytest.skip(f"{REAL} with real documents of the feed is absent")
    for path in REAL.glob("[0-9]*.json"):
        document = json.loads(path.read_text())
        assert is_npc(document["esi"]) == document["zkb"]["npc"], path.name
        is_capsule = document["esi"]["victim"]["ship_type_id"] == 670
        assert (is_awox(document["esi"]) and not is_capsule) == document["zkb"]["awox"], path.name


def test_over_http_the_feed_goes_on_with_the_clock(war: War, tmp_path: Path) -> None:
    now = MIDNIGHT + timedelta(hours=20)
    with (
        running(Catalogue(war, FIRST, None, tmp_path, now=lambda: now)) as upstream,
        httpx.Client(base_url=upstream.url, trust_env=False) as client,
    ):
        number = client.get("ephemeral/sequence.json").json()["sequence"]
        while client.get(f"ephemeral/{number}.json").status_code == 200 or number % REFRESH_NUMBERS:
            number += 1
        assert client.get(f"ephemeral/{number + 100}.json").status_code == 404
        now += timedelta(hours=3)
        answer = client.get("ephemeral/sequence.json")
        assert answer.json()["sequence"] >= number - REFRESH_NUMBERS
        assert answer.headers["Date"] == "Sun, 01 Nov 2026 23:00:00 GMT"
        assert client.get("ephemeral/x.json").status_code == 404


def test_a_faster_clock_is_faster() -> None:
    real = MIDNIGHT
    clock = sped_up(MIDNIGHT - DAY, 10, lambda: real)
    assert clock() == MIDNIGHT - DAY
    real += timedelta(minutes=1)
    assert clock() == MIDNIGHT - DAY + timedelta(minutes=10)
