"""ESI's limits as tables: what is spent, what is left, and when it is back."""

import pytest

from battlescope_assets.upstream.limits import BUCKETS, ERROR_WINDOW_SECONDS, ERRORS_A_MINUTE, Limits, Refusal
from tests.virtual_time import VirtualTime

FACTION_WARFARE = "fw/systems"
BUCKET = BUCKETS["fw/*"]


@pytest.fixture
def virtual_time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def limits(virtual_time: VirtualTime) -> Limits:
    return Limits(virtual_time.clock.monotonic)


@pytest.mark.parametrize(("status", "tokens"), [(200, 2), (304, 1), (404, 5), (429, 5), (502, 0)])
def test_what_an_answer_costs(limits: Limits, status: int, tokens: int) -> None:
    assert limits.spend(FACTION_WARFARE, status) == {
        "X-Ratelimit-Group": BUCKET.group,
        "X-Ratelimit-Limit": "150/15m",
        "X-Ratelimit-Remaining": str(BUCKET.tokens - tokens),
        "X-Ratelimit-Used": str(tokens),
    }


def test_tokens_come_back_a_window_after_they_were_spent(limits: Limits, virtual_time: VirtualTime) -> None:
    limits.spend(FACTION_WARFARE, 404)
    virtual_time.pass_by(100)
    while limits.refusal(FACTION_WARFARE) is None:
        limits.spend(FACTION_WARFARE, 404)
    assert limits.refusal("fw/wars") == Refusal(429, {"Retry-After": str(BUCKET.window_seconds - 100)})
    assert limits.refusal("sovereignty/campaigns") is None
    virtual_time.pass_by(BUCKET.window_seconds - 101)
    assert limits.refusal(FACTION_WARFARE) == Refusal(429, {"Retry-After": "1"})
    virtual_time.pass_by(1)
    assert limits.refusal(FACTION_WARFARE) is None


def test_a_minute_s_errors(limits: Limits, virtual_time: VirtualTime) -> None:
    path = "sovereignty/campaigns"
    assert limits.spend(path, 200) == {"X-ESI-Error-Limit-Remain": "100", "X-ESI-Error-Limit-Reset": "60"}
    virtual_time.pass_by(20)
    for left in range(ERRORS_A_MINUTE - 1, -1, -1):
        assert limits.refusal(path) is None
        assert limits.spend(path, 500) == {"X-ESI-Error-Limit-Remain": str(left), "X-ESI-Error-Limit-Reset": "40"}
    assert limits.refusal("universe/names") == Refusal(420, {})
    assert limits.refusal(FACTION_WARFARE) is None
    virtual_time.pass_by(ERROR_WINDOW_SECONDS - 20)
    assert limits.refusal(path) is None


@pytest.mark.parametrize(
    "path", ["killmails/2026/killmails-2026-11-01.tar.bz2", "static-data/tranquility/latest.jsonl"]
)
def test_other_upstreams_have_no_such_limits(limits: Limits, path: str) -> None:
    assert limits.spend(path, 404) == {}
    assert limits.refusal(path) is None
