"""Says what is wrong with this installation and how to mend it; it mends nothing itself."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import httpx
import psycopg

from battlescope_assets.domain.freshness import DAYS_LATE, PROMISES, Promise, is_stale
from battlescope_assets.io.freshness import SourceFetch, newest_days, source_fetches
from battlescope_assets.io.ledgers import summary
from battlescope_assets.processes.database import database_url, migrations, schema_revision, without_password
from battlescope_assets.processes.orchestrator import dagster_environment
from battlescope_assets.processes.postgres import EmbeddedPostgresError, embedded_postgres
from battlescope_assets.processes.supervisor import SupervisorError, check_port
from battlescope_assets.settings import REPOSITORY, Settings

LEAST_FREE_GIB = 2
OLDEST_PYTHON, FIRST_PYTHON_TOO_NEW = (3, 11), (3, 14)


class State(StrEnum):
    """How bad it is."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing; everything works."""
    BROKEN = "broken"


class Finding(NamedTuple):
    """The result of one look."""

    state: State
    what: str
    mend: str = ""
    """What to do about it, where something can be done."""


def examine(settings: Settings) -> Iterator[Finding]:
    """Looks at everything a working installation needs, the cheap things first."""
    yield _python()
    yield _packages()
    yield _disk(settings)
    yield from _ports(settings)
    yield from _upstreams(settings)
    with ExitStack() as stack:
        if settings.database_url is None:
            try:
                stack.enter_context(embedded_postgres(settings.embedded_postgres_folder))
            except EmbeddedPostgresError as error:
                yield Finding(State.BROKEN, f"database: {error}", "mend what its log says, or remove the folder")
                return
        yield from _database(settings)
    yield _dbt(settings)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if OLDEST_PYTHON <= sys.version_info[:2] < FIRST_PYTHON_TOO_NEW:
        return Finding(State.OK, f"Python {version}")
    return Finding(State.BROKEN, f"Python {version} is not supported", "`make clean install PYTHON=python3.11`")


def _packages() -> Finding:
    from packaging.requirements import Requirement  # noqa: PLC0415  # only this look needs it

    lock = REPOSITORY / "requirements.lock"
    wrong = []
    for line in lock.read_text().splitlines():
        if not line or line.startswith((" ", "#")):
            continue
        wanted = Requirement(line.rstrip(" \\"))
        if wanted.marker and not wanted.marker.evaluate():
            continue
        try:
            if not wanted.specifier.contains(metadata.version(wanted.name), prereleases=True):
                wrong.append(f"{wanted.name} {metadata.version(wanted.name)}")
        except metadata.PackageNotFoundError:
            wrong.append(f"{wanted.name} missing")
    if wrong:
        return Finding(State.BROKEN, f"packages differ from {lock.name}: {', '.join(wrong)}", "`make install`")
    return Finding(State.OK, f"packages are those of {lock.name}")


def _disk(settings: Settings) -> Finding:
    folder = next(folder for folder in (settings.home, *settings.home.absolute().parents) if folder.exists())
    free = shutil.disk_usage(folder).free / 2**30
    if free < LEAST_FREE_GIB:
        return Finding(State.BROKEN, f"{free:.1f} GiB free in {folder}", "make room, or set BATTLESCOPE_HOME elsewhere")
    return Finding(State.OK, f"{free:.0f} GiB free in {folder}")


def _ports(settings: Settings) -> Iterator[Finding]:
    for name, host, port, path in (
        ("API", settings.api_host, settings.api_port, "/healthz"),
        ("DAGSTER", settings.dagster_host, settings.dagster_port, "/server_info"),
    ):
        try:
            check_port(host, port, f"BATTLESCOPE_{name}_PORT")
            yield Finding(State.OK, f"port {port} is free for the {name.title() if name != 'API' else name}")
        except SupervisorError as error:
            if _answers(f"http://{host}:{port}{path}"):
                yield Finding(State.OK, f"port {port}: already served")
            else:
                yield Finding(State.BROKEN, str(error))


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _upstreams(settings: Settings) -> Iterator[Finding]:
    for setting, url, path in (
        ("BATTLESCOPE_EVEREF_URL", settings.everef_url, "killmails/totals.json"),
        ("BATTLESCOPE_STATIC_DATA_URL", settings.static_data_url, "tranquility/latest.jsonl"),
        ("BATTLESCOPE_ESI_URL", settings.esi_url, "fw/systems"),
        ("BATTLESCOPE_KILLMAIL_FEED_URL", settings.killmail_feed_url, "ephemeral/sequence.json"),
    ):
        mend = f"check the network, or set {setting} to a mirror or a folder in the same layout"
        if not url.startswith(("http://", "https://")):
            folder = Path(url.removeprefix("file://"))
            yield (
                Finding(State.OK, f"{folder} is a folder")
                if folder.is_dir()
                else Finding(State.BROKEN, f"{setting}: {folder} is no folder", mend)
            )
            continue
        try:
            agent = {"User-Agent": settings.user_agent}
            response = httpx.head(f"{url.rstrip('/')}/{path}", headers=agent, timeout=10, follow_redirects=True)
        except httpx.HTTPError as error:
            # What is stored is still served, so this breaks nothing but the filling.
            yield Finding(State.NOTE, f"{url} cannot be reached ({error})", mend)
            continue
        state = State.OK if response.is_success else State.NOTE
        yield Finding(state, f"{url} answers with status {response.status_code}", "" if response.is_success else mend)


def _database(settings: Settings) -> Iterator[Finding]:
    url = database_url(settings)
    try:
        with psycopg.connect(url) as connection:
            found = connection.execute("show server_version").fetchone()
            yield Finding(State.OK, f"PostgreSQL {found[0] if found else ''} at {without_password(url)}")
            schema = _schema(settings, connection)
            yield schema
            if schema.state is State.OK:
                yield from _days(connection)
                yield from _sources(connection, datetime.now(UTC))
    except psycopg.OperationalError as error:
        mend = "start that server, correct BATTLESCOPE_DATABASE_URL, or (embedded) run `battlescope migrate`"
        yield Finding(State.BROKEN, f"no database at {without_password(url)}: {error}".strip(), mend)
        return
    yield _dagster(settings)


def _schema(settings: Settings, connection: psycopg.Connection[tuple[object, ...]]) -> Finding:
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # half a second

    head = ScriptDirectory.from_config(migrations(settings)).get_current_head()
    try:
        found = schema_revision(connection)
    except psycopg.errors.UndefinedTable:
        connection.rollback()
        found = None
    if found != head:
        has = f"is at {found}" if found else "is empty"
        return Finding(State.BROKEN, f"the schema {has}, this code needs {head}", "`battlescope migrate`")
    return Finding(State.OK, f"the schema is up to date ({head})")


def _days(connection: psycopg.Connection[tuple[object, ...]]) -> Iterator[Finding]:
    stored, absent, mails, quarantined, short, newest = summary(connection)
    if not stored:
        yield Finding(State.NOTE, "no day is stored", "`battlescope backfill --start DAY --end DAY`, or `make demo`")
        return
    yield Finding(State.OK, f"{stored} days with {mails} mails are stored, the newest is {newest}")
    if absent:
        yield Finding(State.NOTE, f"{absent} days have no file upstream", "`battlescope backfill` asks again")
    if short:
        mend = "EVE Ref adds late mails: `battlescope backfill` these days again"
        yield Finding(State.NOTE, f"{short} days hold fewer mails than EVE Ref's totals say", mend)
    if quarantined:
        mend = "raw.quarantined_mails says which and why"
        yield Finding(State.NOTE, f"{quarantined} mails are in quarantine", mend)


def _sources(connection: psycopg.Connection[tuple[object, ...]], now: datetime) -> Iterator[Finding]:
    """How fresh every source is, against what is promised of it."""
    for source, day in newest_days(connection).items():
        if day is not None and now - datetime(day.year, day.month, day.day, tzinfo=UTC) > DAYS_LATE:
            what = f"{source}: the newest day is {day}, a day is promised to be here two days after its end"
            yield Finding(State.NOTE, what, "`battlescope backfill` the days since; `up` does so every morning")
    known = source_fetches(connection)
    for source, promise in PROMISES.items():
        yield source_finding(source, promise, known.get(source), now)


def source_finding(source: str, promise: Promise, known: SourceFetch | None, now: datetime) -> Finding:
    """How fresh a source is."""
    every = f"read every {_span(promise.every)}"
    mend = "`battlescope up` reads it by itself; the Dagster UI says why a run or tick did not"
    if known is None:
        return Finding(State.NOTE, f"{source}: never read; to be {every}", mend)
    error = f"; the last attempt failed: {known.last_error}" if known.last_error else ""
    if known.last_success_at is None:
        return Finding(State.NOTE, f"{source}: never read, to be {every}{error}", mend)
    age = f"{source}: read {_span(now - known.last_success_at)} ago, {every}"
    as_of = f"; it was as of {known.as_of:%Y-%m-%d %H:%M} UTC" if known.as_of else ""
    if is_stale(known.last_success_at, promise, now):
        promised = f", promised to be at most {_span(promise.fresh_for)} old"
        return Finding(State.NOTE, f"{age}{promised}{as_of}{error}", mend)
    return Finding(State.OK, f"{age}{as_of}{error}")


def _span(length: timedelta) -> str:
    """A length of time for people."""
    if length < timedelta(minutes=1):
        return f"{length.total_seconds():.0f} s"
    minutes = round(length.total_seconds() / 60)
    if minutes < 2 * 60:  # two hours
        return f"{minutes} min"
    return f"{minutes / 60:.0f} h" if minutes < 2 * 24 * 60 else f"{minutes / 60 / 24:.0f} days"


def _dagster(settings: Settings) -> Finding:
    import dagster as dg  # noqa: PLC0415  # takes a second

    os.environ.update(dagster_environment(settings))
    try:
        with dg.DagsterInstance.get() as instance:
            week = datetime.now(UTC) - timedelta(days=7)
            failed = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], created_after=week))
    except Exception as error:  # noqa: BLE001  # whatever Dagster's layers raise, it is the finding
        return Finding(State.BROKEN, f"Dagster's storage: {error}", "`battlescope migrate`")
    if failed:
        newest = failed[0]
        mend = "the Dagster UI says why; re-execute it there, or `battlescope backfill` its days"
        return Finding(State.NOTE, f"{len(failed)} runs failed in 7 days, last {newest.job_name} {newest.run_id}", mend)
    return Finding(State.OK, "Dagster's storage answers, no run failed in 7 days")


def _dbt(settings: Settings) -> Finding:
    from battlescope_assets.assets.marts import prepare_manifest  # noqa: PLC0415  # takes three seconds

    try:
        prepare_manifest(settings)
    except Exception as error:  # noqa: BLE001  # the finding
        return Finding(State.BROKEN, f"the dbt project does not parse: {error}", "mend what dbt says above")
    return Finding(State.OK, "the dbt project parses")
