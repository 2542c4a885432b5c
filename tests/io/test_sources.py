"""Fetching from the local upstream over HTTP: every fault is outlived or refused with a sentence."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest
import tenacity

from battlescope_assets.io.sources import ATTEMPTS, Source, SourceError
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.catalogue import Catalogue
from battlescope_assets.upstream.everef import archive_path
from battlescope_assets.upstream.faults import Fault, FaultKind
from battlescope_assets.upstream.server import Upstream, running

DAY = date(2026, 11, 3)
PATH = archive_path(DAY)


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upstream]:
    war = War(read_snapshot(), seed=3, mails_per_day=40)
    catalogue = Catalogue(war, DAY, DAY, tmp_path_factory.mktemp("upstream"))
    with running(catalogue) as server:
        yield server


@pytest.fixture
def source(upstream: Upstream, tmp_path: Path) -> Source:
    upstream.faults.heal()
    upstream.requests.clear()
    return Source(upstream.url, "tests (someone@example.org)", tmp_path, wait=tenacity.wait_none())


def content(upstream: Upstream) -> bytes:
    return httpx.get(f"{upstream.url}/{PATH}").content


def test_a_file_is_fetched_whole_with_its_digest(upstream: Upstream, source: Source) -> None:
    fetched = source.fetch(PATH)
    assert fetched is not None
    assert fetched.path.read_bytes() == content(upstream)
    assert fetched.sha256 == hashlib.sha256(content(upstream)).hexdigest()
    assert upstream.requests[0].user_agent == "tests (someone@example.org)"


def test_a_file_that_has_not_changed_is_not_sent_again(upstream: Upstream, source: Source) -> None:
    first = source.fetch(PATH)
    assert source.fetch(PATH) == first
    assert [request.status for request in upstream.requests] == [200, 304]


def test_a_forgotten_file_is_fetched_anew(upstream: Upstream, source: Source) -> None:
    source.fetch(PATH)
    source.forget(PATH)
    assert source.fetch(PATH) is not None
    assert [request.status for request in upstream.requests] == [200, 200]


def test_what_the_upstream_does_not_have_is_none(source: Source) -> None:
    assert source.fetch("killmails/1999/killmails-1999-01-01.tar.bz2") is None


@pytest.mark.parametrize("status", [420, 429, 500, 502, 503, 504])
def test_a_passing_error_is_outlived(upstream: Upstream, source: Source, status: int) -> None:
    upstream.faults.switch_on(Fault(route="killmails/*", kind=FaultKind.STATUS, status=status, times=ATTEMPTS - 1))
    assert source.fetch(PATH) is not None
    assert [request.status for request in upstream.requests] == [status] * (ATTEMPTS - 1) + [200]


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.TRUNCATED])
def test_a_broken_connection_is_outlived(upstream: Upstream, source: Source, kind: FaultKind) -> None:
    upstream.faults.switch_on(Fault(route="killmails/*", kind=kind, times=2))
    fetched = source.fetch(PATH)
    assert fetched is not None
    assert fetched.path.read_bytes() == content(upstream)


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.TRUNCATED])
def test_a_connection_that_stays_broken_is_given_up_and_leaves_nothing(
    upstream: Upstream, source: Source, kind: FaultKind
) -> None:
    upstream.faults.switch_on(Fault(route="killmails/*", kind=kind))
    with pytest.raises(SourceError, match="gave no usable answer"):
        source.fetch(PATH)
    assert len(upstream.requests) == ATTEMPTS
    assert [file for file in source.cache.rglob("*") if file.is_file()] == []


def test_a_refusal_is_not_asked_again(upstream: Upstream, source: Source) -> None:
    upstream.faults.switch_on(Fault(route="killmails/*", kind=FaultKind.STATUS, status=403))
    with pytest.raises(SourceError, match="status 403"):
        source.fetch(PATH)
    assert len(upstream.requests) == 1


def test_a_file_larger_than_allowed_is_refused_and_not_kept(upstream: Upstream, source: Source) -> None:
    small = Source(upstream.url, source.user_agent, source.cache, most_bytes=1000)
    with pytest.raises(SourceError, match="more than 1000 bytes"):
        small.fetch(PATH)
    assert [file for file in source.cache.rglob("*") if file.is_file()] == []


def test_the_upstream_s_wish_to_wait_is_heeded(upstream: Upstream, source: Source) -> None:
    waits: list[int] = []

    def own_wish(state: tenacity.RetryCallState) -> float:
        waits.append(state.attempt_number)
        return 0

    upstream.faults.switch_on(
        Fault(route="killmails/*", kind=FaultKind.STATUS, status=429, retry_after_seconds=1, times=1)
    )
    patient = Source(source.url, source.user_agent, source.cache, wait=own_wish)
    assert patient.fetch(PATH) is not None
    assert waits == [1]
