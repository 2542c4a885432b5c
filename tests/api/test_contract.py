"""Every operation asked what its schema allows and forbids, and every answer held against its schema.

schemathesis draws the requests, the same each time; what it cannot know stands in schemathesis.toml beside this file.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from structlog.testing import capture_logs

from api.app import create_app
from battlescope_assets.settings import REPOSITORY
from tests.api.contract import OPERATIONS, golden_values
from tests.conftest import Golden

HOOKS = 'hooks = "tests.api.schemathesis_hooks"'
TOKEN = "opens-nothing-but-this-server"  # noqa: S105
SHARE_OF_KNOWN_IDS = 0.5
"""The other half of ids is drawn: most lead nowhere."""


def requests_made(golden: Golden, url: str, folder: Path, examples: int) -> int:
    """How many requests schemathesis made, all of them answered as the contract says."""
    config = Path(__file__).with_name("schemathesis.toml").read_text()
    values = golden_values(golden)
    known = {
        one["name"]: operation.value(one, values)
        for operation in OPERATIONS
        for one in operation.parameters("path") + operation.parameters("query")
        if one["name"] in values
    }
    bound = [f'"{name}" = {{ dictionary = "{name}", probability = {SHARE_OF_KNOWN_IDS} }}' for name in known]
    drawn_from = [
        f"[dictionaries.{name}]\nvalues = [{value if value.isdigit() else json.dumps(value)}]"
        for name, value in known.items()
    ]
    file = folder / "schemathesis.toml"
    file.write_text("\n".join([HOOKS, *drawn_from, "[parameters]", *bound, config]))
    streams = [f"--exclude-path={operation.path}" for operation in OPERATIONS if not operation.is_finite]
    command = f"{Path(sys.executable).with_name('schemathesis')} --config-file {file} run {url}/openapi.json --no-color"
    options = ["--checks=all", "--phases=examples,coverage,fuzzing", f"--max-examples={examples}", *streams]
    authorization = f"--header=Authorization: Bearer {TOKEN}"
    with capture_logs():  # thousands of lines of the application's would bury what schemathesis found
        run = subprocess.run(
            [*command.split(), *options, authorization],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,  # it leaves a cache where it stands
            env={**os.environ, "PYTHONPATH": f"{REPOSITORY}"},
        )
    assert run.returncode == 0, run.stdout + run.stderr
    (generated,) = re.findall(r"(\d+) generated", run.stdout)
    return int(generated)


@pytest.fixture
def url(golden: Golden, serve: Callable[[FastAPI], httpx.Client]) -> Iterator[str]:
    settings = golden.settings.model_copy(update={"admin_token": SecretStr(TOKEN), "dagster_url": "http://127.0.0.1:1"})
    yield str(serve(create_app(settings, golden.warehouse.url)).base_url)
    with golden.warehouse.transaction() as connection:
        connection.execute("delete from app.killmail_enrichments")


def test_every_answer_is_as_the_contract_says(golden: Golden, url: str, tmp_path: Path) -> None:
    assert requests_made(golden, url, tmp_path, 900 // len(OPERATIONS)) >= 2_000


@pytest.mark.deep
def test_many_more_answers_are_as_the_contract_says(golden: Golden, url: str, tmp_path: Path) -> None:
    assert requests_made(golden, url, tmp_path, 30_000 // len(OPERATIONS)) >= 20_000
