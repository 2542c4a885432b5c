"""`battlescope up` serves, stops when asked, takes everything with it however it ends, and says what went wrong."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from battlescope_assets.processes.supervisor import Running, Service, SupervisorError, check_port, free_port

READY = "Ctrl-C stops everything."
SERVICES = {"api", "code", "daemon", "postgres", "webserver"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A home of its own, an upstream that has nothing, and ports nobody uses."""
    nothing = tmp_path_factory.mktemp("upstream")
    return dict(os.environ) | {
        "BATTLESCOPE_HOME": os.fspath(tmp_path_factory.mktemp("home")),
        "BATTLESCOPE_EVEREF_URL": os.fspath(nothing),
        "BATTLESCOPE_STATIC_DATA_URL": os.fspath(nothing),
        "BATTLESCOPE_ESI_URL": os.fspath(nothing),
        "BATTLESCOPE_KILLMAIL_FEED_URL": os.fspath(nothing),
        "BATTLESCOPE_API_PORT": str(free_port()),
        "BATTLESCOPE_DAGSTER_PORT": str(free_port()),
    }


@contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`battlescope up`, started as a shell starts something in the background (SIGINT ignored), once it is ready."""
    command = "trap '' INT; exec \"$@\""
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["sh", "-c", command, "sh", sys.executable, "-u", "-m", "battlescope_assets.cli", "up"],
            env=environment, stdout=subprocess.PIPE, stderr=output,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        shown = []
        for line in process.stdout:
            shown.append(line.decode())
            if READY in shown[-1]:
                break
        assert READY in "".join(shown[-1:]), "".join(shown) + log.read_text()
        yield process
    finally:
        process.kill()
        process.communicate()


def family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    children: list[psutil.Process] = psutil.Process(process.pid).children(recursive=True)
    return children


def test_it_serves_and_one_ctrl_c_stops_all_of_it_even_in_the_background(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with serving(environment, tmp_path / "log") as process:
        started = family(process)
        for port, path in (("API", "/healthz"), ("API", "/openapi.json"), ("DAGSTER", "/server_info")):
            url = f"http://127.0.0.1:{environment[f'BATTLESCOPE_{port}_PORT']}{path}"
            assert httpx.get(url, trust_env=False).status_code == 200
        logs = {file.stem for file in (Path(environment["BATTLESCOPE_HOME"]) / "logs").iterdir()}
        assert logs >= SERVICES
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    _, alive = psutil.wait_procs(started, timeout=5)
    assert alive == []


def test_killed_outright_it_takes_everything_with_it(environment: dict[str, str], tmp_path: Path) -> None:
    with serving(environment, tmp_path / "log") as process:
        started = family(process)
        process.kill()
        process.wait()
        _, alive = psutil.wait_procs(started, timeout=60)
        assert alive == []


def test_a_service_that_ends_is_named_with_the_end_of_its_log(environment: dict[str, str], tmp_path: Path) -> None:
    before = set(psutil.Process().children())
    with Running(tmp_path, environment, {}).until_the_end() as running:
        running.start(Service("api", ["api"], lambda: True))
        running.wait_until_all_answer(lambda _: None)
        [api] = set(psutil.Process().children()) - before
        (tmp_path / "api.log").write_text("its last words")
        api.kill()
        with pytest.raises(SupervisorError, match=r"api ended with status -9; .*api\.log ends:\nits last words"):
            running.watch()


def test_what_never_answers_is_waited_for_only_while_it_runs(environment: dict[str, str], tmp_path: Path) -> None:
    with Running(tmp_path, environment, {}).until_the_end() as running:
        running.start(Service("nonsense", ["no-such-command"], lambda: False))
        with pytest.raises(SupervisorError, match=r"nonsense ended with status 2; (?s:.*)No such command"):
            running.wait_until_all_answer(lambda _: None)


def test_a_port_that_is_taken_is_said_at_once(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(
            [sys.executable, "-m", "battlescope_assets.cli", "up"],
            env=environment | {"BATTLESCOPE_API_PORT": str(port)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert result.returncode == 1
    assert f"port {port}" in result.stderr
    assert "set BATTLESCOPE_API_PORT to another port" in result.stderr


def test_a_free_port_is_free() -> None:
    check_port("127.0.0.1", free_port(), "X")
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SupervisorError, match="set X"):
        check_port("127.0.0.1", taken.getsockname()[1], "X")
