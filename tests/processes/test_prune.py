"""`battlescope prune`, as an operator runs it: months out of sight and then for good, or items of days alone."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import PostgresDsn

from battlescope_assets.assets.values import revalue
from battlescope_assets.io.retention import GRACE
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.processes.database import migrate
from battlescope_assets.settings import Settings
from tests.assets.stored import FIRST_DAY, land, rebuild
from tests.domain.tables import WORLD, rows
from tests.processes.servers import tcp_server

FIGHT = rows("""
    0 | a | A1 | B1 B2
    1 | a | B1 | A2 A3
    2 | a | A2 | B2 B3
""")
Prune = Callable[..., str]

# What dbt counts, of mails without prices.
COUNT = """
create table marts.fct_item_losses as
select day, item_type_id, quantity_destroyed, quantity_dropped, 0 as destroyed_isk, 0 as dropped_isk
from raw.killmail_items
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Warehouse, Prune]]:
    """A day with a battle, and the command on its database."""
    with tcp_server() as url:
        migrate(Settings(database_url=PostgresDsn(url)))
        warehouse = Warehouse(url)
        land(warehouse, FIRST_DAY, FIGHT)
        with warehouse.transaction() as connection:
            revalue(connection, FIRST_DAY, WORLD)
            connection.execute(
                """
                insert into raw.killmail_days (day, source, status, content_sha256, mails_stored, mails_quarantined,
                    revision, changed_at, clustered_at)
                values (%s, 'tests', 'stored', repeat('0', 64), %s, 0, 1, now(), now())
                """,
                [FIRST_DAY, len(FIGHT)],
            )
        rebuild(warehouse, FIRST_DAY, FIRST_DAY)

        def prune(*arguments: str) -> str:
            environment = os.environ | {"BATTLESCOPE_DATABASE_URL": url, "BATTLESCOPE_HOME": os.fspath(tmp_path)}
            command = [sys.executable, "-m", "battlescope_assets.cli", "prune", *arguments]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            return done.stdout.strip()

        yield warehouse, prune


def test_items_first_and_then_the_month(server: tuple[Warehouse, Prune]) -> None:
    warehouse, prune = server
    day, following = f"{FIRST_DAY}", "2026-10-01"
    assert prune("--items-only", "--before", following).splitlines() == [
        f"{day} keeps its items: the marts are not built",
        "Deleted 0 stacks of items of 0 days",
    ]
    with warehouse.transaction() as connection:
        connection.execute(COUNT)
    assert prune("--items-only", "--before", following) == f"Deleted {2 * len(FIGHT)} stacks of items of 1 days"

    assert prune("--before", day) == "No month that is stored ends before that day."
    assert prune("--before", following) == "2026-09: 1 battles deleted; the rest goes in a week"
    assert prune("--before", following) == "2026-09: its battles are deleted; the rest goes a week after them"
    with warehouse.transaction() as connection:
        connection.execute("update core.battles set deleted_at = %s", [datetime.now(UTC) - GRACE])
    assert prune("--before", following) == "2026-09: purged"
    with warehouse.transaction() as connection:
        assert connection.execute("select count(*) from raw.killmails").fetchone() == (0,)
        assert connection.execute("select count(*) > 0 from marts.fct_item_losses").fetchone() == (True,)
