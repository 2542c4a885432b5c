"""Says what is wrong with this installation and how to mend it; it mends nothing itself."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import metadata
from itertools import chain
from typing import NamedTuple

import httpx
import psycopg

from battlescope_assets.domain.freshness import PROMISES, Promise, SourceFetch, is_stale, sentence
from battlescope_assets.io.freshness import shortfalls, source_fetches
from battlescope_assets.io.ledgers import summary
from battlescope_assets.io.sources import SourceError
from battlescope_assets.processes.database import database_url, migrations, schema_revision, without_password
from battlescope_assets.processes.demo import DEMO
from battlescope_assets.processes.orchestrator import dagster_environment
from battlescope_assets.processes.postgres import EmbeddedPostgresError, embedded_postgres, places
from battlescope_assets.processes.supervisor import SupervisorError, check_port
from battlescope_assets.settings import REMEMBERED, REPOSITORY, Settings
from battlescope_assets.sources import sources

LEAST_FREE_GIB = 2
PATIENCE_SECONDS = 6.0
"""For each upstream: enough for one attempt, none is tried again."""
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
    for name, one in installations(settings).items():
        for finding in chain(_upstreams(one), _stored(one)):
            yield finding._replace(what=f"{name}{finding.what}")
    yield _dbt(settings)


def installations(settings: Settings) -> dict[str, Settings]:
    """What to look into, by the words that tell one from the other: this home, and the demo in it where it ever ran."""
    demo = Settings(home=settings.home / DEMO)
    if settings.database_url is not None or not _has_database(demo):
        return {"": settings}
    demos = {f"{DEMO}: ": demo}
    return {"": settings, **demos} if _has_database(settings) else demos


def _has_database(settings: Settings) -> bool:
    return settings.database_url is not None or places(settings.embedded_postgres_folder).data.exists()


def _stored(settings: Settings) -> Iterator[Finding]:
    """What is stored, and how fresh it is."""
    if not _has_database(settings):
        yield Finding(State.NOTE, f"nothing is stored in {settings.home} yet", "`make demo`, or `make up`")
        return
    with ExitStack() as stack:
        if settings.database_url is None:
            try:
                stack.enter_context(embedded_postgres(settings.embedded_postgres_folder))
            except EmbeddedPostgresError as error:
                yield Finding(State.BROKEN, f"database: {error}", "mend what its log says, or remove the folder")
                return
        yield from _database(settings)


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
    """Asks every upstream as BattleScope itself does: nothing before it expires, and not while it wants to rest."""
    known = sources(settings)
    for setting, source, path in (
        ("BATTLESCOPE_EVEREF_URL", known.everef, "killmails/totals.json"),
        ("BATTLESCOPE_STATIC_DATA_URL", known.ccp, "tranquility/latest.jsonl"),
        ("BATTLESCOPE_ESI_URL", known.esi, "fw/systems"),
        ("BATTLESCOPE_KILLMAIL_FEED_URL", known.zkillboard, "ephemeral/sequence.json"),
    ):
        mend = f"check the network, or set {setting} to a mirror or a folder in the same layout"
        if (settings.home / REMEMBERED).exists():
            mend = "`make demo` serves it"
        try:
            found = replace(source, patience_seconds=PATIENCE_SECONDS).fetch(path)
        except SourceError as error:
            # What is stored is still served, so this breaks nothing but the filling.
            yield Finding(State.NOTE, f"{error}", mend)
            continue
        if found is None:
            yield Finding(State.NOTE, f"{source.url} has no {path}", mend)
        else:
            yield Finding(State.OK, f"{source.url} answers")


def _database(settings: Settings) -> Iterator[Finding]:
    url = database_url(settings)
    try:
        with psycopg.connect(url) as connection:
            found = connection.execute("show server_version").fetchone()
            yield Finding(State.OK, f"PostgreSQL {found[0] if found else ''} at {without_password(url)}")
            schema = _schema(settings, connection)
            yield schema
            if schema.state is State.OK:
                yield _days(connection)
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


def _days(connection: psycopg.Connection[tuple[object, ...]]) -> Finding:
    found = summary(connection)
    if not found.days_stored:
        return Finding(State.NOTE, "no day is stored", "`battlescope backfill --start DAY --end DAY`, or `make demo`")
    return Finding(
        State.OK,
        f"{found.days_stored} days with {found.mails_stored} mails are stored, the newest is {found.newest_day}",
    )


def _sources(connection: psycopg.Connection[tuple[object, ...]], now: datetime) -> Iterator[Finding]:
    """How fresh every source is, against what is promised of it, and what it lacks."""
    known = source_fetches(connection)
    for source, promise in PROMISES.items():
        yield source_finding(source, promise, known.get(source), now)
    for source, what in shortfalls(connection):
        yield Finding(State.NOTE, f"{source}: {what}")


def source_finding(source: str, promise: Promise, known: SourceFetch | None, now: datetime) -> Finding:
    """How fresh a source is."""
    what = sentence(source, promise, known, now)
    if is_stale(promise, known, now):
        mend = "`battlescope up` reads it by itself; the Dagster UI says why a run or tick did not"
        return Finding(State.NOTE, what, mend)
    return Finding(State.OK, what)


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
