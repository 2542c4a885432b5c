"""A typed client that a standard generator makes of the OpenAPI document, used on the served application."""

import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.api.contract import NEEDED_BESIDES, READS, Operation, golden_values
from tests.api.openapi_snapshot import SNAPSHOT
from tests.conftest import Golden

PACKAGE = "battlescope_client"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The client's package, made without a single warning."""
    folder = tmp_path_factory.mktemp("client")
    config = folder / "config.json"
    config.write_text('{"post_hooks": []}')  # formatting it is nobody's business
    program = Path(sys.executable).with_name("openapi-python-client")
    files = [f"--path={SNAPSHOT}", f"--config={config}", f"--output-path={folder / PACKAGE}"]
    run = subprocess.run(
        [program, "generate", *files, "--meta=none", "--fail-on-warning"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield importlib.import_module(PACKAGE)


@pytest.fixture(scope="module")
def client(generated: ModuleType, golden_api: httpx.Client) -> Iterator[Any]:
    with generated.Client(base_url=str(golden_api.base_url)) as client:
        yield client


def module(*path: str) -> ModuleType:
    return importlib.import_module(".".join((PACKAGE, *path)))


def test_a_list_and_a_detail(client: Any) -> None:
    kinds, battles = module("models", "kind").Kind, module("api", "battles", "list_battles")
    page = battles.sync(client=client, kind=[kinds.BATTLE], min_pilots=10, limit=3)
    assert 0 < len(page.items) <= 3
    assert all(battle.kind is kinds.BATTLE and battle.total_pilots >= 10 for battle in page.items)
    assert page.data_status.completeness == 1
    first = page.items[0]
    detail = module("api", "battles", "get_battle").sync(first.slug, client=client)
    assert (detail.id, detail.started_at, detail.system.name) == (first.id, first.started_at, first.system.name)
    assert sum(side.ships_lost for side in detail.sides) == detail.total_ships_lost
    following = battles.sync(client=client, kind=[kinds.BATTLE], min_pilots=10, limit=3, cursor=page.next_cursor)
    assert not {battle.id for battle in following.items} & {battle.id for battle in page.items}


def test_an_error(client: Any) -> None:
    problem = module("api", "battles", "get_battle").sync("BR-30000142-190001010000", client=client)
    assert (type(problem).__name__, problem.status) == ("Problem", 404)
    problem = module("api", "battles", "list_battles").sync(client=client, limit=101)
    assert [(error.field, error.place) for error in problem.errors] == [("limit", "query")]


@pytest.mark.parametrize("operation", READS, ids=str)
def test_every_operation_has_a_function_that_reads_its_answer(
    golden: Golden, client: Any, operation: Operation
) -> None:
    values = golden_values(golden)
    ask = module(
        "api", operation.spec["tags"][0].replace(" ", "_").replace("-", "_"), operation.spec["operationId"]
    ).sync_detailed
    parameters = {one["name"]: one for one in operation.spec.get("parameters", [])}
    required = [
        *(name for name, one in inspect.signature(ask).parameters.items() if one.default is inspect.Parameter.empty),
        *NEEDED_BESIDES.get(operation.spec["operationId"], ()),
    ]
    known = {name: operation.value(parameters[name.rstrip("_")], values) for name in required if name != "client"}
    answer = ask(client=client, **{name: int(value) if value.isdigit() else value for name, value in known.items()})
    assert answer.status_code == 200, answer.content
    assert answer.parsed is not None
