"""The embedded server is one per folder, heals after any end of its owner, and never touches what is not its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from battlescope_assets.processes.postgres import (
    LONGEST_SOCKET_PATH_BYTES,
    PORT,
    TakenError,
    connection_url,
    embedded_postgres,
    owned_postgres,
    places,
)

OWNER = """
import sys, time
from pathlib import Path
from battlescope_assets.processes.postgres import owned_postgres
with owned_postgres(Path(sys.argv[1])) as server:
    print(server.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where a server may be: in a folder that an unprivileged account may pass, which pytest's own is not."""
    with tempfile.TemporaryDirectory(prefix="battlescope-tests-") as made:
        Path(made).chmod(0o755)
        yield Path(made) / "postgres"


def query(folder: Path, statement: str) -> object:
    url = connection_url(folder).replace("/battlescope?", "/postgres?")
    with psycopg.connect(url) as connection:
        found = connection.execute(statement.encode()).fetchone()
    return found[0] if found else None


@contextmanager
def killed_owner(folder: Path) -> Iterator[psutil.Process]:
    """The server as another process runs it, which is killed when the block ends."""
    with subprocess.Popen([sys.executable, "-c", OWNER, folder], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield psutil.Process(int(process.stdout.readline()))
        process.kill()


def test_data_outlive_the_server(folder: Path) -> None:
    url = connection_url(folder).replace("/battlescope?", "/postgres?")
    with owned_postgres(folder), psycopg.connect(url) as connection:
        connection.execute("create table kept as select 42 as answer")
    with pytest.raises(psycopg.OperationalError):
        query(folder, "select 1")
    with owned_postgres(folder):
        assert query(folder, "select answer from kept") == 42


def test_a_second_user_is_a_guest_and_leaves_the_server_running(folder: Path) -> None:
    with owned_postgres(folder), ExitStack() as guest:
        guest.enter_context(embedded_postgres(folder))
        assert query(folder, "select 1") == 1
        guest.close()
        assert query(folder, "select 1") == 1


def test_a_second_owner_is_told_who_runs_it(folder: Path) -> None:
    with owned_postgres(folder), pytest.raises(TakenError, match=f"process {os.getpid()}"), owned_postgres(folder):
        pass


def test_nobody_but_the_owner_gets_in(folder: Path) -> None:
    where = places(folder)
    with owned_postgres(folder):
        assert where.socket.stat().st_mode & 0o777 == 0o700
        assert where.folder.stat().st_mode & 0o777 == 0o700
        assert query(folder, "show listen_addresses") == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent died")
def test_the_server_dies_with_its_owner(folder: Path) -> None:
    with killed_owner(folder) as server:
        pass
    server.wait(30)
    with owned_postgres(folder):
        assert query(folder, "select 1") == 1


def test_a_server_whose_owner_could_not_end_it_is_ended_by_the_next_owner(folder: Path) -> None:
    with killed_owner(folder) as server:
        server.suspend()  # so that it does not hear of its owner's end
    server.resume()
    with owned_postgres(folder) as mine:
        assert mine.pid != server.pid
        assert not server.is_running()
        assert query(folder, "select 1") == 1


@pytest.mark.parametrize(
    "left_behind",
    [
        pytest.param("", id="empty"),
        pytest.param("nonsense\n", id="nonsense"),
        pytest.param("4194304\n/nowhere\n", id="a pid nobody has"),
        pytest.param(f"{os.getppid()}\n/nowhere\n", id="a pid that is somebody else's by now"),
    ],
)
def test_a_stale_pid_file_does_not_keep_it_from_starting(folder: Path, left_behind: str) -> None:
    with killed_owner(folder) as server:
        server.kill()
    (places(folder).data / "postmaster.pid").write_text(left_behind)
    with owned_postgres(folder):
        assert query(folder, "select 1") == 1


def test_an_unfinished_initialisation_is_done_anew() -> None:
    with tempfile.TemporaryDirectory(prefix="battlescope-tests-") as made:
        Path(made).chmod(0o755)
        folder = Path(made) / "postgres"
        unfinished = places(folder).folder / "data.unfinished"
        unfinished.mkdir(parents=True)
        (unfinished / "PG_VERSION").write_text("18")
        with owned_postgres(folder):
            assert query(folder, "select 1") == 1


@pytest.mark.parametrize("length", [1, 40, 80, 200])
def test_the_sockets_path_fits_however_long_the_folders_is(length: int, tmp_path: Path) -> None:
    socket = places(tmp_path / ("x" * length) / "postgres").socket
    assert len(os.fsencode(socket / f".s.PGSQL.{PORT}.lock")) < LONGEST_SOCKET_PATH_BYTES


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_root_may_keep_it_where_nobody_else_may_look(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    folder = private / "postgres"
    with owned_postgres(folder):
        assert query(folder, "select 1") == 1
    assert folder.is_symlink()
    real = folder.readlink()
    folder.unlink()
    with owned_postgres(folder):  # the link went with its home: so did the database
        assert query(folder, "select count(*) from pg_class where relname = 'kept'") == 0
    for path in sorted(real.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    real.rmdir()
