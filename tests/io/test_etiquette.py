"""Nobody asks too early or too much: read from the upstream's own log of requests, for calls, threads and processes."""

import math
import multiprocessing
import random
import subprocess
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.io.clock import Clock
from battlescope_assets.io.etiquette import (
    ERRORS_A_MINUTE,
    LEAST_TOKENS_LEFT,
    MOST_ERRORS,
    TOO_MANY_SECONDS,
    Etiquette,
    WaitError,
)
from battlescope_assets.io.sources import DeferredError, Source, SourceError, UnavailableError
from battlescope_assets.upstream.esi import BUCKET_WINDOW, BUCKETS, TOKENS
from battlescope_assets.upstream.faults import Fault, FaultKind
from battlescope_assets.upstream.server import Request, Upstream
from tests.io.asking import ask_for
from tests.io.conftest import CONTACT, FRESH_SECONDS
from tests.virtual_time import VirtualTime

CAMPAIGNS = "sovereignty/campaigns"
RESET_IN_9 = {"X-ESI-Error-Limit-Remain": "0", "X-ESI-Error-Limit-Reset": "9"}


def refusal(status: int, **what: object) -> Fault:
    return Fault(**{"route": CAMPAIGNS, "kind": FaultKind.STATUS, "times": 1, "status": status} | what)  # type: ignore[arg-type]


WAITS = {
    "429 with Retry-After": (refusal(429, retry_after_seconds=7), 7),
    "429 with a date": (refusal(429, retry_after_seconds=7, retry_after_is_date=True), 7),
    "429 without": (refusal(429), TOO_MANY_SECONDS),
    "503 with Retry-After": (refusal(503, retry_after_seconds=7), 7),
    "420 with a reset": (refusal(420, headers=RESET_IN_9), 9),
    "420 with both": (refusal(420, headers=RESET_IN_9, retry_after_seconds=12), 12),
    "few errors left": (refusal(500, headers=RESET_IN_9 | {"X-ESI-Error-Limit-Remain": "90"}), 9),
}


@pytest.mark.parametrize("wait", WAITS)
def test_a_short_wait_is_waited(upstream: Upstream, source: Source, wait: str) -> None:
    fault, seconds = WAITS[wait]
    upstream.faults.switch_on(fault)
    assert source.get(CAMPAIGNS) is not None
    first, second = upstream.requests
    assert second.received_seconds - first.received_seconds >= seconds


@given(st.floats(8_133, 8_191))
def test_a_rest_ends_however_coarse_the_clock(started_seconds: float) -> None:
    """From 8,192 seconds on a clock's steps are twice as long: the last part of a rest may be half of one."""
    time, sleeps = VirtualTime(), 0
    time.monotonic_seconds = started_seconds

    def sleep(seconds: float) -> None:
        nonlocal sleeps
        sleeps += 1
        assert sleeps < 10
        time.pass_by(seconds)

    with TemporaryDirectory() as folder:
        clock = Clock(lambda: time.wall_seconds, lambda: time.monotonic_seconds, sleep, time.boot)
        etiquette = Etiquette(Path(folder), 1, None, 0.0, 0.0, clock)
        etiquette.heed("markets/prices", 429, {})
        with etiquette.turn("markets/prices", math.inf):
            assert time.monotonic_seconds - started_seconds == pytest.approx(TOO_MANY_SECONDS, abs=0.01)


@pytest.mark.parametrize("wait", WAITS)
def test_a_long_wait_is_told_in_one_sentence_and_holds_for_all(
    upstream: Upstream, source: Source, virtual_time: VirtualTime, wait: str
) -> None:
    fault, seconds = WAITS[wait]
    upstream.faults.switch_on(fault)
    hasty = replace(source, patience_seconds=6)
    with pytest.raises(UnavailableError) as raised:
        hasty.get(CAMPAIGNS)
    if "gave no usable answer" in str(raised.value):  # there was no time for a second attempt
        with pytest.raises(UnavailableError) as raised:
            hasty.get(CAMPAIGNS)
    until = datetime.fromtimestamp(
        upstream.requests[0].received_seconds - virtual_time.monotonic_seconds + seconds, UTC
    )
    until += datetime.fromtimestamp(virtual_time.wall_seconds, UTC) - datetime.fromtimestamp(0, UTC)
    why = f"it answered with status {fault.status}"
    if fault.retry_after_seconds is not None:
        why += f" and asked to be left alone for {seconds:.0f} s"
    if wait == "few errors left":
        why = "only 90 errors are left of its error limit"
    assert str(raised.value) == f"{upstream.url}/{CAMPAIGNS} is not asked before {until:%Y-%m-%d %H:%M:%S} UTC: {why}"
    assert isinstance(raised.value, DeferredError)
    assert raised.value.not_before == until
    for call in (lambda: hasty.get("sovereignty/systems"), lambda: hasty.post("universe/names", b"[]")):
        with pytest.raises(UnavailableError):
            replace(hasty, patience_seconds=0).get(CAMPAIGNS)
        with pytest.raises(UnavailableError):
            call()
    assert len(upstream.requests) == 1
    virtual_time.pass_by(seconds)
    assert hasty.get(CAMPAIGNS) is not None


def test_a_token_bucket_s_refusal_rests_its_group_alone(upstream: Upstream, source: Source) -> None:
    group = {"X-Ratelimit-Group": "fw", "X-Ratelimit-Limit": "150/15m", "X-Ratelimit-Remaining": "0"}
    source.get(CAMPAIGNS)
    upstream.faults.switch_on(
        Fault("fw/*", FaultKind.STATUS, times=1, status=429, retry_after_seconds=600, headers=group)
    )
    for path in ("fw/systems", "fw/systems", "fw/wars"):
        with pytest.raises(UnavailableError):
            source.get(path)
    assert source.get(f"{CAMPAIGNS}?page=2") is not None
    assert [request.path for request in upstream.requests] == [f"/{CAMPAIGNS}", "/fw/systems", f"/{CAMPAIGNS}?page=2"]


def test_a_state_that_was_damaged_is_begun_anew(upstream: Upstream, source: Source) -> None:
    source.get("fw/systems?page=1")
    (source.cache / ".etiquette" / "state.json").write_text("{")
    assert source.get("fw/systems?page=2") is not None


def test_in_no_second_are_there_more_requests_than_the_upstream_wants(
    upstream: Upstream, source: Source, virtual_time: VirtualTime
) -> None:
    paced = replace(source, most_a_second=4)
    for number in range(30):
        virtual_time.pass_by(0.3 * (number % 3 == 0))
        paced.get("fw/systems", keep=False)
    asked = [request.received_seconds for request in upstream.requests]
    assert all(b - a >= 1 - 1e-9 for a, b in zip(asked, asked[4:], strict=False))
    assert asked[-1] - asked[0] < 8, "it waits no longer than it must"


# A long day at ESI


def tokens_of(request: Request) -> int:
    """What ESI takes for an answer."""
    return 0 if request.status == 429 else TOKENS.get(request.status // 100, 0)


def most_in_window(requests: Iterable[Request], window_seconds: float, cost: Callable[[Request], int]) -> int:
    """The largest sum of what the requests cost in any window."""
    most = spent = 0
    window: deque[tuple[float, int]] = deque()
    for request in requests:
        while window and window[0][0] <= request.received_seconds - window_seconds:
            spent -= window.popleft()[1]
        window.append((request.received_seconds, cost(request)))
        spent += cost(request)
        most = max(most, spent)
    return most


def errors_by_minute(requests: Iterable[Request], virtual_time: VirtualTime) -> Counter[int]:
    """As ESI counts them."""
    offset = virtual_time.wall_seconds - virtual_time.monotonic_seconds
    return Counter(int((request.received_seconds + offset) // 60) for request in requests if request.status >= 400)


def test_an_esi_that_fails_for_long_costs_few_errors(
    upstream: Upstream, source: Source, virtual_time: VirtualTime
) -> None:
    upstream.faults.switch_on(Fault("sovereignty/*", FaultKind.STATUS))
    for _ in range(120):
        with pytest.raises(UnavailableError):
            replace(source, patience_seconds=10).get(CAMPAIGNS)
        virtual_time.pass_by(3)
    errors = errors_by_minute(upstream.requests, virtual_time)
    assert max(errors.values()) == MOST_ERRORS < ERRORS_A_MINUTE
    assert len(errors) >= 5  # it is asked again every minute, so that it is found healed


@pytest.mark.parametrize("calls", [200, pytest.param(5_000, marks=pytest.mark.deep)])
def test_a_day_of_faults_at_esi(upstream: Upstream, source: Source, virtual_time: VirtualTime, calls: int) -> None:
    """R6: no limit is used up, nobody asks early, and all is well within a minute of healing."""
    chance = random.Random(4)  # noqa: S311  # repeatable
    faults = [
        *(Fault("*", FaultKind.STATUS, times=1, status=status) for status in (404, 429, 500, 502, 503, 504)),
        *(Fault("*", FaultKind.STATUS, times=1, status=status, retry_after_seconds=40) for status in (429, 503)),
        Fault("*", FaultKind.RESET, times=1),
        Fault("*", FaultKind.TRUNCATED, times=1),
        Fault("*", FaultKind.WRONG_CONTENT, times=1),
    ]
    answered = 0
    for _ in range(calls):
        if chance.random() < 0.3:
            upstream.faults.switch_on(chance.choice(faults))
        path = f"{chance.choice(['fw/systems', CAMPAIGNS])}?page={chance.randrange(200)}"
        try:
            answered += source.get(path) is not None
        except SourceError:
            virtual_time.pass_by(chance.uniform(0, 30))
        virtual_time.pass_by(chance.expovariate(1.0))
    upstream.faults.heal()
    virtual_time.pass_by(60)
    assert source.get(f"{CAMPAIGNS}?healed") is not None
    assert answered > calls / 2

    of_fw = [request for request in upstream.requests if request.path.startswith("/fw/")]
    of_others = [request for request in upstream.requests if not request.path.startswith("/fw/")]
    _, tokens = BUCKETS["fw/"]
    most_tokens = most_in_window(of_fw, BUCKET_WINDOW.total_seconds(), tokens_of)
    assert tokens / 2 < most_tokens <= tokens * (1 - LEAST_TOKENS_LEFT)
    assert max(errors_by_minute(of_others, virtual_time).values()) <= MOST_ERRORS
    last_asked: dict[str, Request] = {}
    for request in upstream.requests:
        before = last_asked.get(request.path)
        if before and before.status in {200, 304}:
            elapsed = request.received_seconds - before.received_seconds
            is_broken = elapsed < FRESH_SECONDS[request.path[1:].partition("?")[0]]
            assert not is_broken or before.status == 200  # a 200 may have been cut or a page
        last_asked[request.path] = request


# Threads and processes


def test_turns_are_as_many_as_may_be_under_way(tmp_path: Path) -> None:
    etiquette = Etiquette(
        tmp_path, most_at_once=2, most_a_second=None, seconds_after_missing=0, seconds_after_forbidden=0, clock=Clock()
    )
    both_inside, third_was_refused = threading.Barrier(3), threading.Event()

    def hold() -> None:
        with etiquette.turn("a", float("inf")):
            both_inside.wait(10)
            third_was_refused.wait(10)

    holders = [threading.Thread(target=hold) for _ in range(2)]
    for holder in holders:
        holder.start()
    both_inside.wait(10)
    with pytest.raises(WaitError, match="others are asking its upstream"), etiquette.turn("b", 0):
        pass
    third_was_refused.set()
    for holder in holders:
        holder.join()
    with etiquette.turn("b", 0):
        pass


def test_a_process_that_is_killed_gives_its_turn_back(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from battlescope_assets.io.clock import Clock;"
        "from battlescope_assets.io.etiquette import Etiquette\n"
        "with Etiquette(Path(sys.argv[1]), 1, None, 0, 0, Clock()).turn('a', float('inf')):"
        "    print('mine', flush=True); input()"
    )
    etiquette = Etiquette(
        tmp_path, most_at_once=1, most_a_second=None, seconds_after_missing=0, seconds_after_forbidden=0, clock=Clock()
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "mine\n"
        with pytest.raises(WaitError), etiquette.turn("a", 0):
            pass
        child.kill()
    with etiquette.turn("a", 0):
        pass


def test_several_processes_are_one_client(real_upstream: Upstream, tmp_path: Path) -> None:
    """Each path is asked for once before it expires, and nobody asks while the upstream wants to be left alone."""
    fault = Fault("fw/systems", FaultKind.STATUS, times=3, status=429, retry_after_seconds=1)
    real_upstream.faults.switch_on(fault)
    source = Source(real_upstream.url, CONTACT, tmp_path)
    paths = [f"fw/systems?page={number}" for number in range(20)]
    orders = [paths, paths[::-1], paths[10:] + paths[:10]]
    with multiprocessing.get_context("spawn").Pool(len(orders)) as pool:
        answers = pool.starmap(ask_for, [(source, order) for order in orders])
        pool.close()  # who is terminated, as the end of the block does, may leave a lock to others that wait for it
        pool.join()
    assert answers == [[True] * len(paths)] * len(orders)
    log = real_upstream.requests
    assert sorted(request.path for request in log if request.status == 200) == sorted(f"/{path}" for path in paths)
    refused = [request.received_seconds for request in log if request.status == 429]
    assert len(refused) == 3
    for since in refused:
        assert not [r for r in log if since < r.received_seconds < since + 1]
