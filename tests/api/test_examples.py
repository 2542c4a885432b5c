"""The OpenAPI document's examples, executed: what it says can be asked is answered, and as it says."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis

from tests.api.contract import DOCUMENT, NEEDED_BESIDES, READS, Operation, fields, golden_values
from tests.conftest import Golden

CONTRACT = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module")
def values(golden: Golden) -> dict[str, str]:
    return golden_values(golden)


def assert_as_declared(operation: Operation, answer: httpx.Response) -> None:
    assert answer.status_code == 200, answer.text
    CONTRACT[operation.path][operation.method].validate_response(answer)


def examples(parameter: dict[str, Any]) -> list[str]:
    """What the document says the parameter may be: its examples, its default, each of its choices."""
    own = [*parameter["schema"].get("examples", []), *([one] if (one := parameter["schema"].get("default")) else [])]
    choices = [choice for schema in fields(parameter["schema"]) for choice in schema.get("enum", [])]
    return [
        str(one).lower() if isinstance(one, bool) else str(one) for one in [*own, *choices] if not isinstance(one, list)
    ]


@pytest.mark.parametrize("operation", READS, ids=str)
def test_what_is_required_is_enough(golden_api: httpx.Client, values: dict[str, str], operation: Operation) -> None:
    assert_as_declared(operation, golden_api.get(operation.address(values)))


@pytest.mark.parametrize("operation", [one for one in READS if one.spec["operationId"] not in NEEDED_BESIDES], ids=str)
def test_every_example_of_a_filter_is_answered(
    golden_api: httpx.Client, values: dict[str, str], operation: Operation
) -> None:
    for parameter in operation.parameters("query"):
        for example in examples(parameter):
            answer = golden_api.get(operation.address(values, **{parameter["name"]: quote(example)}))
            assert_as_declared(operation, answer)
