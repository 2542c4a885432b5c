"""Which database BattleScope uses, in the forms its users need it, and bringing it to the newest schema; no tables."""

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from battlescope_assets.processes.postgres import connection_url
from battlescope_assets.settings import REPOSITORY, Settings

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
MIGRATION_LOCK = "battlescope migrations"
DBT_WORK_MEMORY = "128MB"
"""For each sort and hash table of dbt's two connections: a month of 15,000 mails a day stays in memory."""


class DatabaseError(Exception):
    """The database cannot be reached or prepared; the message says why and what to do."""


def database_url(settings: Settings, database: str | None = None) -> str:
    """The libpq URL of the warehouse: the server of BATTLESCOPE_DATABASE_URL, else the embedded one.

    `database` instead of the warehouse, if given.
    """
    if settings.database_url is None:
        url = urlsplit(connection_url(settings.embedded_postgres_folder))
    else:
        # Others name a driver in the scheme; libpq knows none.
        url = urlsplit(str(settings.database_url))._replace(scheme="postgresql")
    return (url if database is None else url._replace(path=f"/{quote(database, safe='')}")).geturl()


def sqlalchemy_url(settings: Settings, database: str | None = None) -> str:
    """The same for SQLAlchemy, its driver explicit."""
    return urlsplit(database_url(settings, database))._replace(scheme="postgresql+psycopg2").geturl()


def dbt_environment(settings: Settings) -> dict[str, str]:
    """The environment variables dbt_project/profiles.yml reads, and libpq's own for what the URL says beyond them."""
    url = {name: str(value) for name, value in conninfo_to_dict(database_url(settings)).items()}
    named = {
        "BATTLESCOPE_DBT_HOST": url.pop("host", "localhost"),
        "BATTLESCOPE_DBT_PORT": url.pop("port", "5432"),
        "BATTLESCOPE_DBT_USER": url.pop("user", "postgres"),
        "BATTLESCOPE_DBT_PASSWORD": url.pop("password", ""),
        "BATTLESCOPE_DBT_DATABASE": url.pop("dbname", "postgres"),
    }
    tls = {f"PG{name.upper()}": value for name, value in url.items() if name.startswith("ssl")}
    return named | tls | {"PGOPTIONS": f"-c work_mem={DBT_WORK_MEMORY}"}


def migrate(settings: Settings) -> None:
    """Makes the warehouse and Dagster's database where they are missing and brings the warehouse to the newest schema.

    Safe to run again and by several processes at once: an advisory lock lets one at a time do it.

    Raises:
        DatabaseError: the server cannot be reached, or refuses.
    """
    from alembic import command  # noqa: PLC0415  # takes half a second, and only this needs it

    url = database_url(settings)
    try:
        with _connect_making_it(url) as connection:
            _lock_migrations(connection)
            _make_database(connection, settings.dagster_database)
            command.upgrade(migrations(settings), "head")
    except psycopg.Error as error:
        message = f"the database at {without_password(url)} cannot be prepared: {error}"
        raise DatabaseError(message) from error


def migrations(settings: Settings) -> "Config":
    """Alembic's configuration, for its commands."""
    from alembic.config import Config  # noqa: PLC0415  # as in migrate()

    configuration = Config()
    configuration.set_main_option("script_location", os.fspath(MIGRATIONS).replace("%", "%%"))
    configuration.attributes["url"] = sqlalchemy_url(settings)
    return configuration


def schema_revision(connection: psycopg.Connection[tuple[object, ...]]) -> str | None:
    """The migration the database is at.

    Raises:
        psycopg.errors.UndefinedTable: no migration ever ran.
    """
    found = connection.execute("select version_num from alembic_version").fetchone()
    return str(found[0]) if found else None


def unbuilt_marts(settings: Settings) -> list[str]:
    """The marts the dbt project has and the warehouse has not: a new version brings some, a migration may drop some."""
    wanted = sorted(path.stem for path in (REPOSITORY / "dbt_project" / "models" / "marts").rglob("*.sql"))
    with psycopg.connect(database_url(settings)) as connection:
        found = connection.execute(
            "select name from unnest(%s::text[]) as name where to_regclass('marts.' || name) is null", [wanted]
        ).fetchall()
    return [name for (name,) in found]


def without_password(url: str) -> str:
    """The URL as it may be shown and logged."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user, _, server = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}:***@{server}").geturl()


def _connect_making_it(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection in autocommit; a database that is missing is made first, through the server's `postgres`."""
    try:
        return psycopg.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        # libpq reports no error code for a refused connection, so a missing database is found by looking.
        maintenance = urlsplit(url)._replace(path="/postgres").geturl()
        try:
            with psycopg.connect(maintenance, autocommit=True) as connection:
                _lock_migrations(connection)
                _make_database(connection, str(conninfo_to_dict(url)["dbname"]))
        except psycopg.OperationalError:
            raise error from None
        return psycopg.connect(url, autocommit=True)


def _lock_migrations(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Waits until no other process prepares databases through this one, and holds it off until the session ends."""
    connection.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [MIGRATION_LOCK])


def _make_database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    if not connection.execute("select from pg_database where datname = %s", [name]).fetchall():
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
