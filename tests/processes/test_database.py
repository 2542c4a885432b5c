"""One URL, the forms its users need; a schema that several processes may bring up to date at once."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from psycopg.types.json import Json
from pydantic import PostgresDsn
from sqlalchemy.engine import make_url

from battlescope_assets.processes.database import (
    DatabaseError,
    database_url,
    dbt_environment,
    migrate,
    migrations,
    sqlalchemy_url,
    without_password,
)
from battlescope_assets.settings import Settings
from tests.processes.servers import tcp_server

MIGRATE = """
from battlescope_assets.processes.database import migrate
from battlescope_assets.settings import Settings
migrate(Settings())
"""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """A server that is not ours: reached over TCP, with a password, and without our databases."""
    with tcp_server() as url:
        yield url


def settings(url: str) -> Settings:
    return Settings(database_url=PostgresDsn(url))


def test_the_databases_are_made_and_the_schema_is_brought_up_to_date_by_many_at_once(elsewhere: str) -> None:
    environment = {"BATTLESCOPE_DATABASE_URL": elsewhere}
    both = [subprocess.Popen([sys.executable, "-c", MIGRATE], env=environment) for _ in range(2)]
    migrate(settings(elsewhere))
    assert [process.wait(60) for process in both] == [0, 0]
    with psycopg.connect(database_url(settings(elsewhere))) as connection:
        tables = connection.execute(
            "select count(*) from information_schema.tables where table_schema in ('raw', 'core', 'app')"
        ).fetchone()
        databases = connection.execute("select datname from pg_database where datname !~ 'template' order by 1")
        assert tables is not None
        assert tables[0] > 20
        assert [name for (name,) in databases.fetchall()] == ["dagster", "postgres", "war"]


def test_migrating_again_changes_nothing(elsewhere: str) -> None:
    migrate(settings(elsewhere))
    with psycopg.connect(elsewhere) as connection:
        connection.execute("insert into raw.killmail_index values (1, '2026-01-01')")
    migrate(settings(elsewhere))
    with psycopg.connect(elsewhere) as connection:
        assert connection.execute("select count(*) from raw.killmail_index").fetchone() == (1,)


def test_what_was_known_of_sources_moves_into_their_ledger(elsewhere: str) -> None:
    older = settings(elsewhere.replace("/war", "/older"))
    with psycopg.connect(elsewhere, autocommit=True) as connection:
        connection.execute("create database older")
    command.upgrade(migrations(older), "0005")
    with psycopg.connect(database_url(older)) as connection:
        connection.execute(
            "insert into raw.feed_position "
            "values (true, 1, 1, false, '2026-09-15 12:00Z', '2026-09-15 12:00Z', null, 0, 0, 0, 0)"
        )
        for day, status, sha256 in (("2026-09-13", "stored", 64 * "0"), ("2026-09-14", "absent", None)):
            connection.execute(
                "insert into raw.killmail_days values (%s, 'x', %s, %s, null, 0, 0, 1, '2026-09-15 05:30Z')",
                [day, status, sha256],
            )
        connection.execute("insert into core.static_data_builds values (1, 'x', '2026-09-15 11:42Z')")
    migrate(older)
    with psycopg.connect(database_url(older), options="-c timezone=UTC") as connection:
        found = connection.execute(
            "select source, last_success_at::text, as_of::text, last_error from raw.source_fetches order by 1"
        ).fetchall()
    assert found == [
        ("killmail_feed", "2026-09-15 12:00:00+00", None, None),
        ("killmails", "2026-09-15 05:30:00+00", "2026-09-14 00:00:00+00", None),
        ("static_data", "2026-09-15 11:42:00+00", "2026-09-15 11:42:00+00", None),
    ]


def test_sides_are_moved_to_where_lists_read_them(elsewhere: str) -> None:
    older = settings(elsewhere.replace("/war", "/before_lists"))
    with psycopg.connect(elsewhere, autocommit=True) as connection:
        connection.execute("create database before_lists")
    command.upgrade(migrations(older), "0014")
    groups = [
        [9, "alliance", 5, 1, 2, 0.5],
        [8, "character", 1, 0, 0, 1],
        *([n, "alliance", n, 0, 0, 1] for n in (4, 3, 2)),
    ]
    corporations = [[6, "character", 7, 0, 0, 1], *([n, "corporation", n, 0, 0, 1] for n in (5, 4, 3, 2))]
    sides = [
        [1, 12, 3, 2.5, 10.25, 20.5, groups, [[587, 1, 1]], []],
        [2, 21, 0, 3.0, 0.0, 10.25, corporations, [], []],
        [3, 0, 0, 0.0, 0.0, 0.0, [], [], []],
    ]
    with psycopg.connect(database_url(older)) as connection:
        connection.execute(
            """
            insert into core.battles values (
                '00000000-0000-0000-0000-000000000001', 'BR-1-202601010000', '2026-01-01', 'battle', '2026-01-01Z',
                '2026-01-01Z', 1, 1, 2, 13, 3, 1, 0, false, null, '', '', now(), now(), null, null, '{}', '{}', '[]'
            )
            """
        )
        connection.execute(
            """
            insert into core.battle_details values (
                '00000000-0000-0000-0000-000000000001', '{}', '{}', '{}', '{}', '{}', '{7, 8}', '{1, 2}',
                '{null, reversal}', '{null, 1}', '{null, 40000}', '{null, null}', '{null, 9}', '[]', %s
            )
            """,
            [Json(sides)],
        )
        connection.execute("create schema elsewhere")
        connection.execute("create view elsewhere.details as select sides from core.battle_details")
        connection.execute("create view elsewhere.of_details as select * from elsewhere.details")
        connection.execute("truncate app.day_changes")
    migrate(older)
    with psycopg.connect(database_url(older)) as connection:
        listed = connection.execute("select sides from core.battles").fetchone()
        detailed = connection.execute(
            "select sides, killmail_ids, link_evidences, linked_positions, link_seconds from core.battle_details"
        ).fetchone()
        changes = connection.execute("select count(*) from app.day_changes").fetchone()
    assert listed == (
        [
            [1, 12, 3, 2.5, 10.25, 20.5, [[9, 5], [4, 4], [3, 3]]],
            [2, 21, 0, 3.0, 0.0, 10.25, [], [[5, 5], [4, 4], [3, 3]]],
            [3, 0, 0, 0.0, 0.0, 0.0, [], []],
        ],
    )
    assert detailed == (
        [[groups, [[587, 1, 1]], []], [corporations, [], []], [[], [], []]],
        [7, 8],
        [None, 2],
        [None, 1],
        [None, 32_767],
    )
    assert changes == (0,), "what marts counted stands"


def test_a_server_that_is_not_there_is_said_in_a_sentence_without_the_password(tmp_path: Path) -> None:
    del tmp_path
    with pytest.raises(DatabaseError, match="cannot be prepared") as caught:
        migrate(settings("postgresql://me:s3cret@127.0.0.1:1/war"))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "libpq"),
    [
        ("postgresql://me:pw@db:5433/war", "postgresql://me:pw@db:5433/war"),
        ("postgres://me@db/war", "postgresql://me@db/war"),
        ("postgresql+psycopg2://me@db/war", "postgresql://me@db/war"),
        ("postgresql://me:p%40ss%2Fw@db/war?sslmode=require", "postgresql://me:p%40ss%2Fw@db/war?sslmode=require"),
    ],
)
def test_any_usual_url_will_do(given: str, libpq: str) -> None:
    assert psycopg.conninfo.conninfo_to_dict(database_url(settings(given))) == psycopg.conninfo.conninfo_to_dict(libpq)


def test_sqlalchemy_gets_its_driver_and_the_same_server() -> None:
    url = make_url(sqlalchemy_url(settings("postgresql://me:p%40ss@db:5433/war?sslmode=require"), "dagster"))
    assert (url.drivername, url.username, url.password) == ("postgresql+psycopg2", "me", "p@ss")
    assert (url.host, url.port, url.database, dict(url.query)) == ("db", 5433, "dagster", {"sslmode": "require"})


def test_sqlalchemy_finds_the_embedded_servers_socket(tmp_path: Path) -> None:
    url = make_url(sqlalchemy_url(Settings(home=tmp_path)))
    assert url.host is None
    assert str(url.query["host"]).startswith("/")


def test_dbt_gets_decoded_parts() -> None:
    assert dbt_environment(settings("postgresql://me:p%40ss@db/war?sslmode=require")) == {
        "BATTLESCOPE_DBT_HOST": "db",
        "BATTLESCOPE_DBT_PORT": "5432",
        "BATTLESCOPE_DBT_USER": "me",
        "BATTLESCOPE_DBT_PASSWORD": "p@ss",
        "BATTLESCOPE_DBT_DATABASE": "war",
        "PGSSLMODE": "require",
        "PGOPTIONS": "-c work_mem=128MB",
    }


def test_passwords_are_not_shown() -> None:
    assert without_password("postgresql://me:s3cret@db:5433/war") == "postgresql://me:***@db:5433/war"
    assert without_password("postgresql://me@db/war") == "postgresql://me@db/war"
