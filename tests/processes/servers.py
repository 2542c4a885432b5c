"""Servers that tests of processes start: a PostgreSQL over TCP that is not ours. No tests here."""

import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from battlescope_assets.processes import children, postgres
from battlescope_assets.processes.supervisor import free_port


@contextmanager
def tcp_server() -> Iterator[str]:
    """A PostgreSQL that asks for a password on a loopback port; the URL's database `war` is not made yet."""
    with tempfile.TemporaryDirectory(prefix="battlescope-tests-") as made:
        Path(made).chmod(0o755)
        folder = Path(made) / "postgres"
        with postgres.owned_postgres(folder):
            url = urlsplit(postgres.connection_url(folder))._replace(path="/postgres").geturl()
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("create role me login superuser password 'p@ss'")
        where, port = postgres.places(folder), free_port()
        rules = where.folder / "pg_hba.conf"
        rules.write_text("host all all 127.0.0.1/32 scram-sha-256\n")
        rules.chmod(0o644)
        server = children.start(
            [
                where.binaries / "postgres", "-D", where.data, "-k", where.socket, "-p", str(port),
                "-c", "listen_addresses=127.0.0.1", "-c", f"hba_file={rules}",
            ],
            environment={"LC_ALL": "C"},
            log=Path(made) / "log",
            account=where.account,
            death_signal=signal.SIGINT,
        )  # fmt: skip
        try:
            url = f"postgresql://me:p%40ss@127.0.0.1:{port}/war"
            _wait(urlsplit(url)._replace(path="/postgres").geturl())
            yield url
        finally:
            children.stop(server, signal.SIGINT, 30)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
