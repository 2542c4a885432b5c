"""What doctor says: of sources how old each is against what is promised, of upstreams whether they answer."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import PostgresDsn

from battlescope_assets.domain.freshness import PROMISES, SourceFetch
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.processes import postgres
from battlescope_assets.processes.demo import DEMO
from battlescope_assets.processes.doctor import State, _upstreams, installations, source_finding
from battlescope_assets.processes.postgres import places
from battlescope_assets.processes.supervisor import _remember
from battlescope_assets.settings import REMEMBERED, Settings
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.catalogue import Catalogue
from battlescope_assets.upstream.faults import Fault, FaultKind
from battlescope_assets.upstream.server import running

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


def test_a_feed_that_answers_but_stands_still_is_stale() -> None:
    for minutes, state in ((60, State.OK), (61, State.NOTE)):
        known = SourceFetch("killmail_feed", NOW, NOW, NOW - minutes * MINUTE, None)
        finding = source_finding("killmail_feed", PROMISES["killmail_feed"], known, NOW)
        assert finding.state is state
    assert finding.what == (
        "killmail_feed: read 0 s ago, read every 5 s, promised to end at most 60 min ago; it ends 2026-09-15 10:59 UTC"
    )


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


# Upstreams


def test_upstreams_are_asked_as_they_wish(tmp_path: Path) -> None:
    day = date(2026, 9, 15)
    catalogue = Catalogue(War(read_snapshot(), 3, 100), day, day, tmp_path / "upstream")
    with running(catalogue) as upstream:
        settings = Settings(
            home=tmp_path,
            everef_url=upstream.url,
            static_data_url=upstream.static_data_url,
            esi_url=f"{upstream.url}/nothing",
            killmail_feed_url=upstream.url,
        )
        found = [(finding.state, finding.what) for finding in _upstreams(settings)]
        assert [state for state, _ in found] == [State.OK, State.OK, State.NOTE, State.OK]
        assert found[2][1] == f"{upstream.url}/nothing has no fw/systems"
        assert {request.user_agent for request in upstream.requests} == {settings.user_agent}
        upstream.requests.clear()
        upstream.faults.switch_on(Fault(kind=FaultKind.STATUS, route="killmails/totals.json", status=403))
        told = [finding for finding in _upstreams(settings) if finding.state is State.NOTE]
        assert "answered with status 403" in told[0].what
        assert "BATTLESCOPE_EVEREF_URL" in told[0].mend


def test_later_commands_know_what_the_home_remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _remember(Settings(home=tmp_path, first_day=date(2026, 6, 5)), {"BATTLESCOPE_ESI_URL": "http://127.0.0.1:1234"})
    assert (Settings(home=tmp_path).first_day, Settings(home=tmp_path).esi_url) == (
        date(2026, 6, 5),
        "http://127.0.0.1:1234",
    )
    monkeypatch.setenv("BATTLESCOPE_HOME", f"{tmp_path}")
    assert Settings().esi_url == "http://127.0.0.1:1234"
    monkeypatch.setenv("BATTLESCOPE_ESI_URL", "http://127.0.0.1:5678")
    assert Settings().esi_url == "http://127.0.0.1:5678"


def test_a_home_remembers_no_secret(tmp_path: Path) -> None:
    secrets = {
        "admin_token": "a token that opens much",
        "database_url": "postgresql://me:password@db/war",
        "user_agent": "me@example.org",
    }
    settings = Settings.model_validate({"home": tmp_path, "first_day": date(2026, 6, 5), **secrets})
    _remember(settings, {"BATTLESCOPE_ESI_URL": "http://127.0.0.1:1234"})
    assert (tmp_path / REMEMBERED).read_text().splitlines() == [
        "BATTLESCOPE_FIRST_DAY=2026-06-05",
        "BATTLESCOPE_ESI_URL=http://127.0.0.1:1234",
    ]


def test_a_demo_is_judged_by_its_own_upstream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "ROOTS_FOLDER", tmp_path / "roots")
    home, demo = Settings(home=tmp_path), Settings(home=tmp_path / DEMO)
    assert installations(home) == {"": home}
    demo.home.mkdir()
    places(demo.embedded_postgres_folder).data.mkdir(parents=True)  # it ran
    _remember(demo, {"BATTLESCOPE_ESI_URL": "http://127.0.0.1:1234"})
    [(name, found)] = installations(home).items()
    assert (name, found.home, found.esi_url) == ("demo: ", demo.home, "http://127.0.0.1:1234")
    places(home.embedded_postgres_folder).data.mkdir(parents=True)
    assert list(installations(home)) == ["", "demo: "]
    elsewhere = home.model_copy(update={"database_url": PostgresDsn("postgresql://me@db/war")})
    assert installations(elsewhere) == {"": elsewhere}
