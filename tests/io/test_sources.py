"""Fetching from the local upstream over HTTP: what is cached; every fault is outlived or told in a sentence."""

import hashlib
import re
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import httpx
import msgspec
import pytest

from battlescope_assets.io.etiquette import REFUSED_SECONDS
from battlescope_assets.io.exchange import LEAST_BYTES_PER_SECOND
from battlescope_assets.io.sources import (
    ATTEMPTS,
    ESI_COMPATIBILITY_DATE,
    Answer,
    DeferredError,
    Source,
    SourceError,
    UnavailableError,
)
from battlescope_assets.upstream.everef import archive_path
from battlescope_assets.upstream.faults import Fault, FaultKind
from battlescope_assets.upstream.server import Upstream
from tests.io.conftest import CONTACT, DAY, FRESH_SECONDS
from tests.virtual_time import VirtualTime

PATH = archive_path(DAY)
FACTION_WARFARE = "fw/systems"
CAMPAIGNS = "sovereignty/campaigns"
HOUR = 3_600
FW_FRESH = FRESH_SECONDS[FACTION_WARFARE]


def content(upstream: Upstream) -> bytes:
    body = httpx.get(f"{upstream.url}/{PATH}").content
    upstream.requests.clear()
    return body


def statuses(upstream: Upstream) -> list[int]:
    return [request.status for request in upstream.requests]


def files(source: Source) -> list[Path]:
    return [file for file in source.cache.rglob("*") if file.is_file() and ".etiquette" not in file.parts]


def got(source: Source, path: str = FACTION_WARFARE) -> Answer:
    answer = source.get(path)
    assert answer is not None
    return answer


# What is sent


def test_every_request_says_who_asks_and_which_interface_it_means(upstream: Upstream, source: Source) -> None:
    esi = replace(source, compatibility_date=ESI_COMPATIBILITY_DATE)
    esi.get(CAMPAIGNS)
    esi.post("universe/names", b"[]")
    source.fetch(PATH)
    assert [(r.user_agent, r.compatibility_date) for r in upstream.requests] == [
        (CONTACT, ESI_COMPATIBILITY_DATE),
        (CONTACT, ESI_COMPATIBILITY_DATE),
        (CONTACT, None),
    ]


# What is kept


def test_a_file_is_fetched_whole_with_its_digest(upstream: Upstream, source: Source) -> None:
    body = content(upstream)
    fetched = source.fetch(PATH)
    assert fetched is not None
    assert fetched.path.read_bytes() == body
    assert fetched.sha256 == hashlib.sha256(body).hexdigest()


def test_a_file_that_has_not_changed_is_not_sent_again(upstream: Upstream, source: Source) -> None:
    first = source.fetch(PATH)
    assert source.fetch(PATH) == first
    assert statuses(upstream) == [200, 304]


def test_a_forgotten_file_is_fetched_anew(upstream: Upstream, source: Source) -> None:
    source.fetch(PATH)
    source.forget(PATH)
    assert source.fetch(PATH) is not None
    assert statuses(upstream) == [200, 200]


def test_what_cannot_be_read_is_not_asked_for_before_it_expires(
    upstream: Upstream, source: Source, virtual_time: VirtualTime
) -> None:
    got(source)
    source.forget(FACTION_WARFARE)
    virtual_time.pass_by(FW_FRESH - 40)
    with pytest.raises(DeferredError, match="what it sent cannot be read and has not expired"):
        source.get(FACTION_WARFARE)
    assert statuses(upstream) == [200]
    virtual_time.pass_by(40)
    assert got(source).is_new
    assert statuses(upstream) == [200, 200]


def test_a_copy_that_was_cut_is_fetched_anew(upstream: Upstream, source: Source) -> None:
    fetched = source.fetch(PATH)
    assert fetched is not None
    whole = fetched.path.read_bytes()
    fetched.path.write_bytes(whole[:100])
    again = source.fetch(PATH)
    assert again is not None
    assert again.path.read_bytes() == whole
    assert statuses(upstream) == [200, 200]


def test_a_copy_of_another_address_is_not_used(upstream: Upstream, source: Source) -> None:
    got(source)
    got(replace(source, url=upstream.url.replace("127.0.0.1", "localhost")))
    assert statuses(upstream) == [200, 200]


def test_what_the_upstream_does_not_have_is_none_and_asked_for_again(upstream: Upstream, source: Source) -> None:
    missing = "killmails/1999/killmails-1999-01-01.tar.bz2"
    assert source.fetch(missing) is None
    assert source.get(missing) is None
    assert source.get(missing, keep=False) is None
    assert source.post("nothing", b"[]") is None
    assert statuses(upstream) == [404] * 4
    assert files(source) == []


def test_a_small_document_comes_with_what_is_known_of_it(
    upstream: Upstream, source: Source, virtual_time: VirtualTime
) -> None:
    answer = got(source)
    assert answer.body == b'[{"path": "fw/systems"}]'
    assert answer.sha256 == hashlib.sha256(answer.body).hexdigest()
    assert (answer.source, answer.etag, answer.is_new) == (f"{upstream.url}/fw/systems", '"fw/systems"', True)
    assert answer.last_modified == datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    assert answer.expires_at == datetime.fromtimestamp(virtual_time.wall_seconds, UTC) + timedelta(seconds=FW_FRESH)


def test_nothing_is_asked_for_before_it_expires_and_not_sent_again_after(
    upstream: Upstream, source: Source, virtual_time: VirtualTime
) -> None:
    first = got(source)
    virtual_time.pass_by(FW_FRESH - 1)
    assert got(source) == first._replace(is_new=False)
    assert statuses(upstream) == [200]
    virtual_time.pass_by(1)
    second = got(source)
    assert (second.body, second.is_new) == (first.body, False)
    assert second.expires_at == first.expires_at + timedelta(seconds=FW_FRESH)
    assert statuses(upstream) == [200, 304]
    got(source)
    assert statuses(upstream) == [200, 304]


def test_a_document_asked_for_once_leaves_nothing(upstream: Upstream, source: Source) -> None:
    for _ in range(2):
        answer = source.get(FACTION_WARFARE, keep=False)
        assert answer is not None
        assert answer.is_new
    assert statuses(upstream) == [200, 200]
    assert files(source) == []


def test_a_folder_in_the_upstream_s_layout_will_do(tmp_path: Path) -> None:
    (tmp_path / "fw").mkdir()
    (tmp_path / "fw" / "systems").write_bytes(b"[]")
    folder = Source(str(tmp_path), CONTACT, tmp_path / "cache")
    answer, fetched = folder.get("fw/systems"), folder.fetch("fw/systems")
    assert answer is not None
    assert fetched is not None
    assert (answer.body, answer.sha256) == (b"[]", fetched.sha256)
    assert folder.get("fw/wars") is None
    with pytest.raises(SourceError, match="has 2 bytes; the limit is 1"):
        replace(folder, most_bytes=1).fetch("fw/systems")


# Clocks


@pytest.mark.parametrize("ahead", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_an_upstream_whose_clock_is_an_hour_off_is_asked_neither_early_nor_late(
    upstream: Upstream, source: Source, virtual_time: VirtualTime, ahead: int
) -> None:
    upstream.faults.switch_on(Fault("fw/*", FaultKind.AS_EVER, clock_ahead_seconds=ahead))
    upstream.faults.switch_on(
        Fault(
            "sovereignty/*",
            FaultKind.STATUS,
            times=1,
            status=503,
            retry_after_seconds=10,
            retry_after_is_date=True,
            clock_ahead_seconds=ahead,
        )
    )
    assert got(source).last_modified == datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    virtual_time.pass_by(FW_FRESH - 1)
    got(source)
    virtual_time.pass_by(1)
    got(source)
    got(source, CAMPAIGNS)
    refused, answered = upstream.requests[-2:]
    assert statuses(upstream) == [200, 304, 503, 200]
    assert 10 <= answered.received_seconds - refused.received_seconds < 12


@pytest.mark.parametrize("step", [HOUR, -HOUR], ids=["forwards", "backwards"])
def test_setting_our_clock_changes_nothing(
    upstream: Upstream, source: Source, virtual_time: VirtualTime, step: int
) -> None:
    got(source)
    upstream.faults.switch_on(Fault("sovereignty/*", FaultKind.STATUS, times=1, status=429, retry_after_seconds=600))
    with pytest.raises(UnavailableError):
        source.get(CAMPAIGNS)
    virtual_time.wall_seconds += step
    virtual_time.pass_by(590)
    got(source)
    with pytest.raises(UnavailableError):
        replace(source, patience_seconds=0).get(CAMPAIGNS)
    assert statuses(upstream) == [200, 429]
    virtual_time.pass_by(10)
    got(source, CAMPAIGNS)
    virtual_time.pass_by(FW_FRESH - 600)
    got(source)
    assert statuses(upstream) == [200, 429, 200, 304]


def test_after_a_restart_of_the_machine_the_wall_clock_says_what_is_still_fresh(
    upstream: Upstream, source: Source, virtual_time: VirtualTime
) -> None:
    got(source)
    virtual_time.boot, virtual_time.monotonic_seconds = "second", 0.0
    virtual_time.wall_seconds += FW_FRESH - 1
    restarted = replace(source, clock=virtual_time.clock)
    got(restarted)
    assert statuses(upstream) == [200]
    virtual_time.wall_seconds += 1
    got(restarted)
    assert statuses(upstream) == [200, 304]


# Faults

CUT = r"the connection was cut after [1-9]\d* bytes of the body"
PASSING: dict[str, tuple[Fault, str]] = {
    **{
        f"status {status}": (Fault("*", FaultKind.STATUS, status=status), f"status {status}")
        for status in (304, 408, 500, 502, 503, 504, 520)
    },
    "reset": (Fault("*", FaultKind.RESET), "the connection was cut after 0 bytes of the body"),
    "truncated": (Fault("*", FaultKind.TRUNCATED), CUT),
    "length": (Fault("*", FaultKind.AS_EVER, headers={"Content-Length": "999999", "Connection": "close"}), CUT),
    "web page": (Fault("*", FaultKind.WRONG_CONTENT), "it sent a web page instead of data"),
    "no gzip": (
        Fault("*", FaultKind.AS_EVER, headers={"Content-Encoding": "gzip"}),
        "its body is not encoded as its headers say",
    ),
}
ASKS: dict[str, Callable[[Source], object]] = {
    "fetch": lambda source: source.fetch(PATH),
    "get": lambda source: source.get(CAMPAIGNS),
    "get once": lambda source: source.get(CAMPAIGNS, keep=False),
    "post": lambda source: source.post("universe/names", b"[]"),
}


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("ask", ASKS)
def test_a_passing_fault_is_outlived(upstream: Upstream, source: Source, fault: str, ask: str) -> None:
    upstream.faults.switch_on(msgspec.structs.replace(PASSING[fault][0], times=ATTEMPTS - 1))
    assert ASKS[ask](source) is not None
    assert len(upstream.requests) == ATTEMPTS
    assert upstream.requests[-1].status == HTTPStatus.OK


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("ask", ASKS)
def test_a_fault_that_stays_is_told_in_one_sentence_and_leaves_nothing(
    upstream: Upstream, source: Source, fault: str, ask: str
) -> None:
    upstream.faults.switch_on(PASSING[fault][0])
    with pytest.raises(UnavailableError) as raised:
        ASKS[ask](source)
    assert re.fullmatch(rf"{upstream.url}/\S+ gave no usable answer \({PASSING[fault][1]}\)", str(raised.value))
    assert len(upstream.requests) == ATTEMPTS
    assert files(source) == []
    upstream.faults.heal()
    assert ASKS[ask](source) is not None


def test_the_impatient_ask_once(upstream: Upstream, source: Source) -> None:
    upstream.faults.switch_on(Fault("*", FaultKind.STATUS))
    with pytest.raises(UnavailableError, match=r"gave no usable answer \(status 503\)$"):
        replace(source, patience_seconds=1).get(CAMPAIGNS)
    assert statuses(upstream) == [503]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("*", FaultKind.SILENT),
        Fault("*", FaultKind.SLOW, bytes_per_second=1),
        Fault("*", FaultKind.SLOW, bytes_per_second=2_000),  # headers come in time, the body does not
    ],
    ids=["silent", "headers trickle", "body trickles"],
)
def test_an_answer_that_takes_too_long_is_given_up(upstream: Upstream, source: Source, fault: Fault) -> None:
    upstream.faults.switch_on(fault)
    with pytest.raises(UnavailableError) as raised:
        replace(source, patience_seconds=0.3).fetch(PATH)
    assert str(raised.value) == f"{upstream.url}/{PATH} gave no usable answer (no whole answer within 0.3 s)"
    assert files(source) == []


def test_a_document_may_not_take_long_though_it_flows(upstream: Upstream, source: Source) -> None:
    size = len(content(upstream))
    upstream.faults.switch_on(Fault("*", FaultKind.SLOW, bytes_per_second=2 * size))
    with pytest.raises(UnavailableError, match=r"no whole answer within 0\.\d+ s"):
        replace(source, patience_seconds=0.15).get(PATH)


def test_an_answer_may_take_long_while_it_flows(upstream: Upstream, source: Source) -> None:
    body = content(upstream)
    upstream.faults.switch_on(Fault("*", FaultKind.SLOW, bytes_per_second=4 * LEAST_BYTES_PER_SECOND))
    fetched = replace(source, patience_seconds=0.15).fetch(PATH)
    assert fetched is not None
    assert fetched.path.read_bytes() == body


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("*", FaultKind.OVERSIZE), "sends more than 1000 bytes"),
        (
            Fault("*", FaultKind.OVERSIZE, headers={"Content-Length": "10000000000"}),
            "would send 10000000000 bytes; the limit is 1000",
        ),
        (Fault("*", FaultKind.STATUS, status=403), "answered with status 403"),
        (Fault("*", FaultKind.STATUS, status=400), "answered with status 400"),
    ],
    ids=["endless", "announced", "forbidden", "malformed"],
)
def test_a_refusal_is_told_in_one_sentence_and_not_asked_for_again_at_once(
    upstream: Upstream, source: Source, virtual_time: VirtualTime, fault: Fault, sentence: str
) -> None:
    upstream.faults.switch_on(fault)
    small = replace(source, most_bytes=1000)
    with pytest.raises(SourceError) as raised:
        small.fetch(PATH)
    assert str(raised.value) == f"{upstream.url}/{PATH} {sentence}"
    assert files(source) == []
    with pytest.raises(UnavailableError, match=rf"is not asked before \S+ \S+ UTC: it {sentence}$"):
        small.fetch(PATH)
    assert len(upstream.requests) == 1
    upstream.faults.heal()
    got(source)  # other paths go on
    virtual_time.pass_by(REFUSED_SECONDS)
    assert source.fetch(PATH) is not None


def test_a_ban_rests_the_whole_upstream(upstream: Upstream, source: Source, virtual_time: VirtualTime) -> None:
    upstream.faults.switch_on(Fault(FACTION_WARFARE, FaultKind.STATUS, status=403, times=1))
    wary = replace(source, seconds_after_forbidden=HOUR)
    for path in (FACTION_WARFARE, CAMPAIGNS):
        with pytest.raises(DeferredError, match=r"is not asked before \S+ \S+ UTC: it answered with status 403$"):
            wary.get(path)
    virtual_time.pass_by(HOUR - 40)
    with pytest.raises(DeferredError):
        wary.get(CAMPAIGNS)
    assert statuses(upstream) == [403]
    virtual_time.pass_by(40)
    got(wary)
    got(wary, CAMPAIGNS)


def test_a_refused_post_does_not_hinder_the_next(upstream: Upstream, source: Source) -> None:
    with pytest.raises(SourceError, match=r"universe/names answered with status 400$"):
        source.post("universe/names", b"no list")
    assert source.post("universe/names", b"[]") == b"[]"


def test_nobody_there(source: Source) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(UnavailableError, match=r"/fw/systems gave no usable answer \(no connection: .*\)$"):
        replace(source, url=address).get(FACTION_WARFARE)


def test_no_tls_there(upstream: Upstream, source: Source) -> None:
    with pytest.raises(UnavailableError, match=r"gave no usable answer \(no connection: .*SSL\b.*\)$"):
        replace(source, url=upstream.url.replace("http://", "https://")).get(FACTION_WARFARE)
    assert upstream.requests == []
