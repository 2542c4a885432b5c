"""What doctor says of sources: how old each is against what is promised, and why."""

from datetime import UTC, datetime, timedelta

import pytest

from battlescope_assets.domain.freshness import PROMISES, SourceFetch
from battlescope_assets.processes.doctor import State, source_finding

NOW = datetime(2026, 9, 15, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def fetched(minutes_ago: int | None, error: str | None = None) -> SourceFetch:
    read = None if minutes_ago is None else NOW - minutes_ago * MINUTE
    return SourceFetch("faction_warfare", NOW, read, read and read - 5 * MINUTE, error)


@pytest.mark.parametrize(
    ("hours", "state", "what"),
    [
        (48, State.OK, "read 12 min ago, read every 24 h; it ends 2026-09-13 12:00 UTC"),
        (
            49,
            State.NOTE,
            "read 12 min ago, read every 24 h, promised to end at most 2 days ago; it ends 2026-09-13 11:00 UTC",
        ),
    ],
)
def test_an_archive_of_days_is_judged_by_its_newest_day(hours: int, state: State, what: str) -> None:
    read = NOW - 12 * MINUTE
    known = SourceFetch("killmails", read, read, NOW - hours * 60 * MINUTE, None)
    finding = source_finding("killmails", PROMISES["killmails"], known, NOW)
    assert (finding.state, finding.what) == (state, f"killmails: {what}")


@pytest.mark.parametrize(
    ("known", "state", "what"),
    [
        (None, State.NOTE, "never read; to be read every 30 min"),
        (
            fetched(None, "no network"),
            State.NOTE,
            "never read, to be read every 30 min; at the last attempt: no network",
        ),
        (fetched(12), State.OK, "read 12 min ago, read every 30 min; it was as of 2026-09-15 11:43 UTC"),
        (
            fetched(119, "down"),
            State.OK,
            "read 119 min ago, read every 30 min; it was as of 2026-09-15 09:56 UTC; at the last attempt: down",
        ),
        (
            fetched(300),
            State.NOTE,
            "read 5 h ago, read every 30 min, promised to be at most 2 h old; it was as of 2026-09-15 06:55 UTC",
        ),
    ],
)
def test_a_source_is_told_against_its_promise(known: SourceFetch | None, state: State, what: str) -> None:
    finding = source_finding("faction_warfare", PROMISES["faction_warfare"], known, NOW)
    assert (finding.state, finding.what) == (state, f"faction_warfare: {what}")
    assert bool(finding.mend) == (state is not State.OK)
