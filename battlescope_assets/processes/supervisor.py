"""Starts everything that serves, in order, watches it and stops it; what the services do is theirs."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import httpx

from battlescope_assets.processes import children
from battlescope_assets.processes.database import migrate
from battlescope_assets.processes.postgres import owned_postgres
from battlescope_assets.settings import REMEMBERED, Settings

Say = Callable[[str], None]
Answers = Callable[[], bool]

START_SECONDS = 180
"""A machine busy with something else may take long; a service that fails ends the wait at once."""
STOP_SECONDS = 10
LOG_TAIL_LINES = 25
LOOPBACK = "127.0.0.1"
DAEMON_HEALTH = """{
  instance { daemonHealth { allDaemonStatuses { daemonType required healthy lastHeartbeatTime } } }
  workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError {
    __typename ... on PythonError { message }
  } } } }
}"""


class SupervisorError(Exception):
    """What is asked for cannot be started or kept up; the message says why and what to do."""


class Stopped(BaseException):
    """We were asked to stop, by SIGINT, SIGTERM or SIGHUP."""


class Service(NamedTuple):
    """A process of our command line that serves until it is stopped."""

    name: str
    arguments: Sequence[str]
    """For `battlescope`."""
    answers: Answers


def serve(
    settings: Settings,
    *,
    upstream: Sequence[str] | None,
    backfill: Sequence[str],
    must_be_filled: bool,
    until_ready: bool,
    say: Say,
) -> None:
    """Starts the database and all services, fills what is missing, says where to look, and stays until stopped.

    Args:
        settings: what to serve.
        upstream: arguments of `battlescope` for a local upstream, without its port; None uses the settings' addresses.
        backfill: arguments of `battlescope` that fill what is missing.
        must_be_filled: whether a failed backfill ends it all; else the schedules get another chance.
        until_ready: end as soon as everything answers.
        say: shows a line of progress.

    Raises:
        SupervisorError: a port is taken, or a service does not start or ends.
    """
    started = time.monotonic()
    pages = f"http://{_reachable(settings.api_host)}:{settings.api_port}"
    dagster = f"http://{_reachable(settings.dagster_host)}:{settings.dagster_port}"
    code_port = free_port()
    environment = dict(os.environ) | {
        "BATTLESCOPE_HOME": os.fspath(settings.home),
        "BATTLESCOPE_FIRST_DAY": settings.first_day.isoformat(),
        "BATTLESCOPE_CODE_HOST": LOOPBACK,
        "BATTLESCOPE_CODE_PORT": str(code_port),
    }

    def progress(line: str) -> None:
        say(f"{time.monotonic() - started:5.0f} s  {line}")

    check_port(settings.api_host, settings.api_port, "BATTLESCOPE_API_PORT")
    check_port(settings.dagster_host, settings.dagster_port, "BATTLESCOPE_DAGSTER_PORT")
    with stopped_by_signals():
        # Outside the stack: an interrupted database does not wait for its guests.
        try:
            with ExitStack() as stack:
                logs = settings.home / "logs"
                logs.mkdir(parents=True, exist_ok=True)
                watched = {}
                if settings.database_url is None:
                    server = owned_postgres(settings.embedded_postgres_folder, logs / "postgres.log")
                    watched["postgres"] = stack.enter_context(server)
                migrate(settings)
                progress("postgres answers, its schema is up to date")
                running = stack.enter_context(Running(logs, environment, watched).until_the_end())
                if upstream is not None:
                    port = free_port()
                    url = f"http://{LOOPBACK}:{port}"
                    addresses = {
                        "BATTLESCOPE_EVEREF_URL": url,
                        "BATTLESCOPE_KILLMAIL_FEED_URL": url,
                        "BATTLESCOPE_ESI_URL": url,
                        "BATTLESCOPE_STATIC_DATA_URL": f"{url}/static-data",
                    }
                    environment |= addresses
                    _remember(settings, addresses)
                    running.start(Service("upstream", [*upstream, "--port", str(port)], _port_answers(LOOPBACK, port)))
                    running.wait_until_all_answer(progress)
                running.start(Service("code", ["code"], _port_answers(LOOPBACK, code_port)))
                if failure := running.run("backfill", backfill):
                    if must_be_filled:
                        raise SupervisorError(failure)
                    progress(f"{failure}\nThe daily schedule and `battlescope backfill` will try again.")
                running.wait_until_all_answer(progress)
                running.start(Service("webserver", ["webserver"], _page_answers(f"{dagster}/server_info")))
                running.start(Service("api", ["api"], _page_answers(f"{pages}/healthz")))
                running.start(Service("daemon", ["daemon"], _daemon_is_up(dagster, datetime.now(UTC))))
                running.wait_until_all_answer(progress)
                say(
                    f"\n  Pages           {pages}/"
                    f"\n  API reference   {pages}/docs"
                    f"\n  Data reference  {pages}/dbt-docs"
                    f"\n  Dagster         {dagster}/\n"
                    "\nCtrl-C stops everything."
                )
                if not until_ready:
                    running.watch()
        except Stopped:
            say("Stopping …")
    say("Stopped.")


def _remember(settings: Settings, addresses: Mapping[str, str]) -> None:
    """Leaves the settings of this home where commands that are given only the home find them."""
    remembered = {"BATTLESCOPE_FIRST_DAY": settings.first_day.isoformat(), **addresses}
    (settings.home / REMEMBERED).write_text("".join(f"{name}={value}\n" for name, value in remembered.items()))


class Running:
    """The services that run, in the order they were started."""

    def __init__(
        self, logs: Path, environment: Mapping[str, str], watched: Mapping[str, subprocess.Popen[bytes]]
    ) -> None:
        self._logs = logs
        self._watched = watched  # somebody else's to stop
        self._environment = environment  # shared with the caller, who completes it between starts
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._silent: dict[str, Answers] = {}

    @contextmanager
    def until_the_end(self) -> "Iterator[Running]":
        """Stops what was started, last first, however the block ends."""
        try:
            yield self
        finally:
            for process in reversed(self._running.values()):
                children.stop(process, signal.SIGTERM, STOP_SECONDS)

    def start(self, service: Service) -> None:
        """Starts a service; its output goes to a log of its name."""
        self._running[service.name] = self._child(service.name, service.arguments)
        self._silent[service.name] = service.answers

    def run(self, name: str, arguments: Sequence[str]) -> str:
        """Runs a command to its end, its progress shown; returns why it failed, or nothing."""
        process = self._running[name] = self._child(name, arguments, shows_progress=True)
        while process.poll() is None:
            self._raise_if_one_ended(besides=name)
            time.sleep(0.1)
        del self._running[name]
        return "" if process.returncode == 0 else f"{name} failed; {self._end_of_log(name)}"

    def wait_until_all_answer(self, progress: Say) -> None:
        """Waits for every service started.

        Raises:
            SupervisorError: one ended, or does not answer in `START_SECONDS`.
        """
        deadline = time.monotonic() + START_SECONDS
        while self._silent:
            self._raise_if_one_ended()
            for name, answers in list(self._silent.items()):
                if answers():
                    progress(f"{name} answers")
                    del self._silent[name]
            if time.monotonic() > deadline:
                name = next(iter(self._silent))
                message = f"{name} does not answer after {START_SECONDS} s; {self._end_of_log(name)}"
                raise SupervisorError(message)
            time.sleep(0.1)

    def watch(self) -> None:
        """Stays until one ends.

        Raises:
            SupervisorError: one ended.
        """
        while True:
            self._raise_if_one_ended()
            time.sleep(0.5)

    def _child(self, name: str, arguments: Sequence[str], *, shows_progress: bool = False) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "battlescope_assets.cli", *arguments]
        log = self._logs / f"{name}.log"
        return children.start(command, environment=self._environment, log=log, shows_progress=shows_progress)

    def _raise_if_one_ended(self, besides: str = "") -> None:
        for name, process in {**self._watched, **self._running}.items():
            if name != besides and process.poll() is not None:
                message = f"{name} ended with status {process.returncode}; {self._end_of_log(name)}"
                raise SupervisorError(message)

    def _end_of_log(self, name: str) -> str:
        log = self._logs / f"{name}.log"
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
        return f"{log} ends:\n{tail}"


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Turns SIGINT, SIGTERM and SIGHUP into `Stopped`, also where they came ignored; a second one changes nothing."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def check_port(host: str, port: int, setting: str) -> None:
    """Makes sure that we can listen there.

    Raises:
        SupervisorError: we cannot.
    """
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            message = (
                f"cannot listen on port {port} of {host} ({error.strerror}): "
                f"stop what uses it, or set {setting} to another port"
            )
            raise SupervisorError(message) from error


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _reachable(host: str) -> str:
    """Where to reach a server that listens on `host`."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104  # compared, not listened on
        return LOOPBACK
    return f"[{host}]" if ":" in host else host


def _port_answers(host: str, port: int) -> Answers:
    def answers() -> bool:
        try:
            socket.create_connection((host, port), timeout=2).close()
        except OSError:
            return False
        return True

    return answers


def _page_answers(url: str) -> Answers:
    def answers() -> bool:
        try:
            return httpx.get(url, timeout=5, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    return answers


def _daemon_is_up(dagster: str, since: datetime) -> Answers:
    """Every part of the daemon has reported itself since then, and the webserver has loaded our code."""

    def answers() -> bool:
        try:
            response = httpx.post(f"{dagster}/graphql", json={"query": DAEMON_HEALTH}, timeout=10, trust_env=False)
            data = response.raise_for_status().json()["data"]
        except httpx.HTTPError:
            return False
        for entry in data["workspaceOrError"]["locationEntries"]:
            loaded = entry["locationOrLoadError"]
            if loaded and loaded["__typename"] == "PythonError":
                message = f"Dagster cannot load our code: {loaded['message']}"
                raise SupervisorError(message)
            if not loaded:
                return False
        return all(
            status["healthy"] and (status["lastHeartbeatTime"] or 0) >= since.timestamp()
            for status in data["instance"]["daemonHealth"]["allDaemonStatuses"]
            if status["required"]
        )

    return answers
