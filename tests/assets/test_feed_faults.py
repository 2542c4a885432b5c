"""Following the feed of the local upstream over HTTP: whatever goes wrong there, every mail lands once.

Time is virtual: what waits, waits in it, and the upstream's request log has its seconds.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple, cast

import dagster as dg
import msgspec
import pytest

from battlescope_assets.assets.feed import Follower, build_feed_sensor
from battlescope_assets.domain.feed import RETRIES, Pending, Position
from battlescope_assets.io import sources
from battlescope_assets.io.etiquette import REFUSED_SECONDS
from battlescope_assets.io.feed import FeedState, Pace, write_state
from battlescope_assets.io.sources import Source
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.settings import Settings
from battlescope_assets.simulator.war import War
from battlescope_assets.sources import (
    FEED_MOST_A_SECOND,
    FEED_SECONDS_AFTER_FORBIDDEN,
    FEED_SECONDS_AFTER_MISSING,
    TICK_PATIENCE_SECONDS,
)
from battlescope_assets.upstream.catalogue import Catalogue
from battlescope_assets.upstream.faults import Fault, FaultKind
from battlescope_assets.upstream.server import Upstream, running
from tests.assets.followed import Content, Databases, content, world
from tests.faults import CASES, HOUR, asked_within
from tests.virtual_time import VirtualTime

BEGINNING = datetime(2026, 9, 21, 13, 52, 30, tzinfo=UTC)
FIRST_READ, UNUSED, UPLOADED_ANEW = 96_000_090, 96_000_180, 96_000_174
"""Numbers of this war's feed: 100 documents are out at the beginning, one number never comes, one comes again."""
END = BEGINNING + timedelta(hours=1)
SECONDS_BETWEEN_TICKS = 5.0
DOCUMENTS, SEQUENCE, EVERYTHING = "ephemeral/[0-9]*", "ephemeral/sequence.json", "*"


class Ticked(NamedTuple):
    """What a tick shows in Dagster's pages."""

    message: str
    """Why it brought nothing, or not all."""
    mails_new: int


class Followed:
    """The feed of the local upstream, its sensor and what was stored."""

    def __init__(
        self, upstream: Upstream, time: VirtualTime, warehouse: Warehouse, home: Path, instance: dg.DagsterInstance
    ) -> None:
        self.upstream, self.time, self.warehouse, self.instance = upstream, time, warehouse, instance
        source = Source(
            upstream.url,
            "tests",
            home / "cache",
            most_a_second=FEED_MOST_A_SECOND,
            seconds_after_missing=FEED_SECONDS_AFTER_MISSING,
            seconds_after_forbidden=FEED_SECONDS_AFTER_FORBIDDEN,
            patience_seconds=TICK_PATIENCE_SECONDS,
            clock=time.clock,
        )
        self.follower = Follower(source, warehouse, Settings(home=home), clock=time.now, world=world())
        self.sensor = build_feed_sensor(self.follower, "land_days")
        with warehouse.transaction() as connection:
            write_state(connection, FeedState(Position.at(FIRST_READ), time.now()))

    def tick(self) -> Ticked:
        with dg.build_sensor_context(self.instance) as context:
            result = self.sensor.evaluate_tick(context)
        self.time.pass_by(SECONDS_BETWEEN_TICKS)
        if not result.asset_events:
            return Ticked(result.skip_message or "", 0)
        [event] = result.asset_events
        assert isinstance(event, dg.AssetMaterialization)
        trouble = event.metadata.get("trouble")
        mails_new = event.metadata["mails_new"].value
        assert isinstance(mails_new, int)
        return Ticked(f"{trouble.value}" if trouble else "", mails_new)

    def follow_to_the_end(self) -> None:
        """Ticks, few of them, until all that is out at the end is read."""
        self.follower.pace = Pace()
        while (seconds := (END - self.time.now()).total_seconds()) > SECONDS_BETWEEN_TICKS:
            self.tick()
            self.time.pass_by(min(RETRIES[0].total_seconds(), seconds) - SECONDS_BETWEEN_TICKS)
        for _ in range(4):
            self.tick()
            self.time.wall_seconds = END.timestamp()  # nothing new comes meanwhile


@pytest.fixture(scope="module")
def war() -> War:
    return War(read_snapshot(), seed=1, mails_per_day=300)


class At(NamedTuple):
    """Where a feed is followed."""

    war: War
    folder: Path
    databases: Databases
    instance: dg.DagsterInstance

    def follow(self, home: Path) -> Iterator[Followed]:
        """One that begins now."""
        time = VirtualTime()
        time.wall_seconds = BEGINNING.timestamp()
        catalogue = Catalogue(self.war, BEGINNING.date(), None, self.folder, now=time.now)
        with running(catalogue, monotonic=time.clock.monotonic) as upstream:
            yield Followed(upstream, time, self.databases(), home, self.instance)


@pytest.fixture(scope="module")
def at(war: War, tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[At]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield At(war, tmp_path_factory.mktemp("upstream"), databases, instance)


@pytest.fixture
def followed(at: At, tmp_path: Path) -> Iterator[Followed]:
    yield from at.follow(tmp_path)


@pytest.fixture(scope="module")
def clean_run(at: At, tmp_path_factory: pytest.TempPathFactory) -> Content:
    """What the feed makes when nothing goes wrong."""
    [undisturbed] = [followed for followed in at.follow(tmp_path_factory.mktemp("clean")) if _ends(followed)]
    return content(undisturbed.warehouse)


def _ends(followed: Followed) -> bool:
    followed.follow_to_the_end()
    return True


def test_the_war_has_what_these_tests_are_about(followed: Followed, clean_run: Content) -> None:
    followed.follow_to_the_end()
    asked = [request for request in followed.upstream.requests if request.method == "GET"]
    missing = [request.path for request in asked if request.status == HTTPStatus.NOT_FOUND]
    assert missing.count(f"/ephemeral/{UNUSED}.json") > 1
    assert [request.path for request in asked].count(f"/ephemeral/{UPLOADED_ANEW}.json") > 1
    assert len(clean_run["raw.killmails"]) > 100
    assert clean_run["core.battles"]


def test_nothing_is_asked_for_six_seconds_after_a_missing_number_whatever_becomes_of_the_transaction(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("battlescope_assets.assets.feed.write_state", die)
        with pytest.raises(KeyboardInterrupt):
            followed.tick()
    assert followed.upstream.requests[-1].status == HTTPStatus.NOT_FOUND
    asked = len(followed.upstream.requests)
    followed.time.pass_by(0.9)
    assert re.fullmatch(
        rf"{followed.upstream.url}/ephemeral/sequence.json is not asked before 2026-09-21 13:\d\d:\d\d UTC: "
        rf"it had no ephemeral/{UNUSED}.json",
        followed.tick().message,
    )
    assert len(followed.upstream.requests) == asked
    for _ in range(6):
        followed.tick()
    assert len(followed.upstream.requests) > asked
    assert not asked_within(followed.upstream, FEED_SECONDS_AFTER_MISSING, {404})


@pytest.mark.parametrize("route", [DOCUMENTS, SEQUENCE, EVERYTHING])
def test_every_fault_is_told_in_a_sentence_and_outlived_and_every_mail_lands_once(
    followed: Followed, clean_run: Content, route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two documents a tick, so that there is something to read in every fault."""
    followed.follower.pace = Pace(most_documents=2)
    upstream, time = followed.upstream, followed.time
    file = (
        rf"{upstream.url}/ephemeral/"
        + {DOCUMENTS: r"\d+", SEQUENCE: "sequence", EVERYTHING: r"(sequence|\d+)"}[route]
        + r"\.json"
    )
    said, expected, mails_meanwhile = dict[str, str](), dict[str, str](), dict[str, int]()
    rested, recovery = dict[str, float](), dict[str, float]()
    for name, case in CASES.items():
        upstream.faults.switch_on(msgspec.structs.replace(case.fault, route=route))
        with monkeypatch.context() as patch:
            # What is to be given up shall be so soon; answers without a fault must be given the time.
            patch.setattr(sources, "ANSWER_SECONDS", 0.05 if route == EVERYTHING else 0.4)
            ticked = followed.tick()
        said[name], mails_meanwhile[name] = ticked.message, ticked.mails_new
        expected[name] = case.sentence.replace("{file}", file)
        if route != DOCUMENTS and name in {"truncated", "no gzip"}:  # a 304 has no body, and documents may be out
            expected[name] = f"({expected[name]})?"
        upstream.faults.heal()
        healed, asked = time.monotonic_seconds, len(upstream.requests)
        while (ticked := followed.tick()).message or not ticked.mails_new:
            assert time.monotonic_seconds < healed + HOUR, ticked.message
        recovery[name] = time.monotonic_seconds - healed
        rested[name] = upstream.requests[asked].received_seconds - upstream.requests[asked - 1].received_seconds
    assert {name: message for name, message in said.items() if not re.fullmatch(expected[name], message)} == {}
    assert {name: seconds for name, seconds in rested.items() if seconds < CASES[name].rest_seconds} == {}
    longest = {
        name: max(case.rest_seconds, REFUSED_SECONDS) + 2 * SECONDS_BETWEEN_TICKS for name, case in CASES.items()
    }
    assert {name: seconds for name, seconds in recovery.items() if seconds > longest[name]} == {}
    if route == SEQUENCE:
        stopped = {name for name, mails in mails_meanwhile.items() if not mails}
        assert stopped == {name for name, case in CASES.items() if case.rest_seconds}
    followed.follow_to_the_end()
    assert content(followed.warehouse) == clean_run
    assert not asked_within(followed.upstream, FEED_SECONDS_AFTER_MISSING, {404})


SECONDS_PER_DOCUMENT = 0.25
"""Ten a second, the time between ticks, and the rest after each number that never comes."""
ON_ITS_LAST_TRY = 96_000_060
"""A number that is there and was missing each time before."""
OUTAGES = {
    "5 min": (Fault(EVERYTHING, FaultKind.STATUS), timedelta(minutes=5)),
    "1 h": (Fault(DOCUMENTS, FaultKind.RESET), timedelta(hours=1)),
    "1 h of web pages said to be JSON": (CASES["web page said to be JSON"].fault, timedelta(hours=1)),
    "1 h of documents that are none": (
        msgspec.structs.replace(CASES["web page said to be JSON"].fault, route=DOCUMENTS), timedelta(hours=1)
    ),
    "23 h": (Fault(EVERYTHING, FaultKind.STATUS, status=500), timedelta(hours=23)),
    "23 h of documents": (Fault(DOCUMENTS, FaultKind.TRUNCATED), timedelta(hours=23)),
    "23 h of a ban": (Fault(EVERYTHING, FaultKind.STATUS, status=403), timedelta(hours=23)),
}  # fmt: skip


@pytest.mark.parametrize("outage", OUTAGES)
def test_an_outage_uses_up_no_try_and_everything_is_read_soon_after_it(followed: Followed, outage: str) -> None:
    upstream, time = followed.upstream, followed.time
    fault, length = OUTAGES[outage]
    position = Position(FIRST_READ, FIRST_READ, {ON_ITS_LAST_TRY: Pending(len(RETRIES), time.now())})
    with followed.warehouse.transaction() as connection:
        write_state(connection, FeedState(position, time.now()))
    upstream.faults.switch_on(msgspec.structs.replace(fault, route=fault.route or EVERYTHING))
    began = time.monotonic_seconds
    while (left := began + length.total_seconds() - time.monotonic_seconds) > 0:
        assert followed.tick().mails_new == 0
        time.pass_by(0 if time.monotonic_seconds < began + 120 else min(left, length.total_seconds() / 20))
    upstream.faults.heal()
    healed, wall = time.monotonic_seconds, time.now()
    expected = {
        number: _mail_id(upstream, number) for number in (ON_ITS_LAST_TRY, *range(FIRST_READ, FIRST_READ + 500))
    }
    wanted = {mail_id for mail_id in expected.values() if mail_id}
    while not wanted <= (stored := _ids(followed.warehouse)):
        followed.tick()
        rests = FEED_SECONDS_AFTER_FORBIDDEN if fault.status == HTTPStatus.FORBIDDEN else 0.0
        assert time.monotonic_seconds - healed <= 60 + rests + SECONDS_PER_DOCUMENT * len(wanted), (
            f"{len(wanted - stored)} of {len(wanted)} are missing"
        )
    assert len(wanted) > 10
    assert time.now() > wall
    with followed.warehouse.transaction() as connection:
        assert connection.execute("select * from raw.feed_rejections").fetchall() == []
    if fault.status == HTTPStatus.FORBIDDEN:
        assert not asked_within(upstream, FEED_SECONDS_AFTER_FORBIDDEN, {403})


def _mail_id(upstream: Upstream, number: int) -> int | None:
    document = upstream.catalogue.document(f"ephemeral/{number}.json")
    return None if document is None else int(msgspec.json.decode(document.read())["killmail_id"])


def _ids(warehouse: Warehouse) -> set[int]:
    with warehouse.transaction() as connection:
        found = connection.execute("select killmail_id from raw.killmails").fetchall()
    return {mail_id for (mail_id,) in cast("list[tuple[int]]", found)}
