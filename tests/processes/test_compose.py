"""docker-compose.yml: its commands, environment and health checks work as written, against a PostgreSQL over TCP."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from pydantic import PostgresDsn

from battlescope_assets.io.universe import stored_build
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.processes import children
from battlescope_assets.processes.database import unbuilt_marts
from battlescope_assets.processes.supervisor import free_port
from battlescope_assets.settings import REPOSITORY, Settings
from tests.processes.servers import tcp_server

PORTS = {"8000": str(free_port()), "3000": str(free_port()), "4000": str(free_port())}
"""The containers' ports, and those that stand in for them here, where all share one address."""
UPSTREAMS = (
    "BATTLESCOPE_EVEREF_URL", "BATTLESCOPE_STATIC_DATA_URL", "BATTLESCOPE_ESI_URL", "BATTLESCOPE_KILLMAIL_FEED_URL",
)  # fmt: skip

ADMIN_TOKEN = "only-for-this-test"  # noqa: S105  # opens nothing else
CHANGES = ("created", "updated", "deleted", "unchanged")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
    return dict(compose["services"])


@contextmanager
def container(service: dict[str, Any], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    arguments = [part.replace("0.0.0.0", "127.0.0.1") for part in service["command"]]  # noqa: S104  # replaced
    command = [sys.executable, "-m", "battlescope_assets.cli", *arguments]
    process = children.start(command, environment=environment, log=log)
    try:
        yield process
    finally:
        children.stop(process, signal.SIGTERM, 20)


def becomes_healthy(service: dict[str, Any], environment: dict[str, str], process: subprocess.Popen[bytes]) -> bool:
    """Asks the service's own health check until it is content, the service has ended, or 90 seconds are over."""
    kind, *check = service["healthcheck"]["test"]
    assert kind == "CMD"
    for theirs, ours in PORTS.items():
        check = [part.replace(theirs, ours) for part in check]
    deadline = time.monotonic() + 90
    while process.poll() is None and time.monotonic() < deadline:
        if subprocess.run(check, env=environment, capture_output=True, check=False).returncode == 0:
            return True
        time.sleep(0.2)
    return False


def reclusters_over_the_api() -> None:
    """Days are queued, run by the daemon, and reported; only the administrator may ask."""
    days = {"first_day": "2026-01-05", "last_day": "2026-01-07", "priority": "high"}
    path = "/api/battles/recluster"
    with httpx.Client(base_url=f"http://127.0.0.1:{PORTS['8000']}", trust_env=False, timeout=30) as client:
        assert client.post(path, json=days).status_code == 401
        assert client.post(path, json=days, headers={"Authorization": "Bearer guessed"}).status_code == 403
        client.headers["Authorization"] = f"Bearer {ADMIN_TOKEN}"
        backwards = client.post(path, json=days | {"last_day": "2026-01-04"})
        assert (backwards.status_code, backwards.json()["errors"][0]["place"]) == (422, "body")
        assert client.get(f"{path}/jobs/00000000-0000-0000-0000-000000000000").status_code == 404

        queued = client.post(path, json=days)
        assert queued.status_code == 202, queued.text
        deadline = time.monotonic() + 120
        while (job := client.get(queued.headers["Location"]).json())["status"] not in {"completed", "failed"}:
            assert time.monotonic() < deadline, job
            time.sleep(0.5)
    assert job["status"] == "completed", job["error"]
    assert {name: job[name] for name in days} == days
    nothing = dict.fromkeys(("killmails_processed", *(f"battles_{done}" for done in CHANGES)), 0)
    assert job["progress"] == {"days_processed": 3} | nothing
    assert job["retries"] == 0
    assert job["error"] is None


def test_every_command_and_every_health_check_works(services: dict[str, Any], tmp_path: Path) -> None:
    ours = {name: service for name, service in services.items() if service["image"] == "battlescope"}
    assert list(ours) == ["migrate", "code", "webserver", "daemon", "api"]
    with tcp_server() as url:
        dagster_url = url.replace("postgresql:", "postgresql+psycopg2:").replace("/war", "/dagster")
        given = set(ours["api"]["environment"]) | set(ours["daemon"]["environment"])
        instead = {
            "BATTLESCOPE_DATABASE_URL": url,
            "BATTLESCOPE_DAGSTER_POSTGRES_URL": dagster_url,
            "BATTLESCOPE_CODE_HOST": "127.0.0.1",
            "BATTLESCOPE_API_HOST": "127.0.0.1",
            "BATTLESCOPE_DAGSTER_HOST": "127.0.0.1",
            "DAGSTER_HOME": os.fspath(tmp_path / "dagster"),
            "BATTLESCOPE_USER_AGENT": "BattleScope tests",
            "BATTLESCOPE_FIRST_DAY": "2026-01-01",
            "BATTLESCOPE_DAGSTER_URL": f"http://127.0.0.1:{PORTS['3000']}",
            "BATTLESCOPE_ADMIN_TOKEN": ADMIN_TOKEN,
            "BATTLESCOPE_DAGSTER_PUBLIC_URL": "",
            "BATTLESCOPE_TRUSTED_PROXIES": "",
        }  # fmt: skip
        assert given == set(instead)
        bin_folder = Path(sys.executable).parent
        environment = instead | {
            "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
            "BATTLESCOPE_HOME": os.fspath(tmp_path),
            "BATTLESCOPE_API_PORT": PORTS["8000"],
            "BATTLESCOPE_DAGSTER_PORT": PORTS["3000"],
            "BATTLESCOPE_CODE_PORT": PORTS["4000"],
            **dict.fromkeys(UPSTREAMS, os.fspath(tmp_path / "nothing")),
        }
        with container(ours["migrate"], environment, tmp_path / "migrate.log") as migrate:
            assert migrate.wait(600) == 0, (tmp_path / "migrate.log").read_text()
        settings = Settings(home=tmp_path, database_url=PostgresDsn(url))
        with Warehouse(url).transaction() as connection:
            assert stored_build(connection) is not None
        assert unbuilt_marts(settings) == []
        with (
            container(ours["code"], environment, tmp_path / "code.log") as code,
            container(ours["api"], environment, tmp_path / "api.log") as api,
        ):
            assert becomes_healthy(ours["code"], environment, code), (tmp_path / "code.log").read_text()
            assert becomes_healthy(ours["api"], environment, api), (tmp_path / "api.log").read_text()
            with (
                container(ours["webserver"], environment, tmp_path / "webserver.log") as webserver,
                container(ours["daemon"], environment, tmp_path / "daemon.log") as daemon,
            ):
                assert becomes_healthy(ours["webserver"], environment, webserver)
                assert becomes_healthy(ours["daemon"], environment, daemon), (tmp_path / "daemon.log").read_text()
                reclusters_over_the_api()


def test_services_wait_for_what_they_need(services: dict[str, Any]) -> None:
    needs = {name: set(service.get("depends_on", {})) for name, service in services.items()}
    assert needs == {
        "postgres": set(),
        "migrate": {"postgres"},
        "code": {"migrate"},
        "webserver": {"code"},
        "daemon": {"code"},
        "api": {"migrate"},
    }
    assert all("healthcheck" in service for name, service in services.items() if name != "migrate")


def test_dagster_which_has_no_login_is_only_reached_from_the_machine_itself(services: dict[str, Any]) -> None:
    assert services["webserver"]["ports"] == ["127.0.0.1:3000:3000"]
