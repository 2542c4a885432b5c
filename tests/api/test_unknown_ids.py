"""An id that nobody has: 404 where an answer is about it, no items where it narrows a list; of every operation."""

from typing import Any

import httpx
import pytest

from tests.api.contract import DOCUMENT, READS, Operation, golden_values
from tests.conftest import Golden


@pytest.fixture(scope="module")
def values(golden: Golden) -> dict[str, str]:
    return golden_values(golden)


INSTEAD = {"get_conflict_alert": ("from_system_id", "to_system_id")}
"""Operation → parameters that take the place of another, together."""


def ids(place: str) -> list[Any]:
    """Every operation with each of its parameters that is an id."""
    return [
        pytest.param(operation, one, id=f"{operation} {one['name']}")
        for operation in READS
        for one in operation.parameters(place)
        if one["name"].endswith("_id") and one["name"] not in INSTEAD.get(operation.spec["operationId"], ())
    ]


def unheard_of(parameter: dict[str, Any]) -> str:
    alternatives = parameter["schema"].get("anyOf", [parameter["schema"]])
    is_uuid = any(one.get("format") == "uuid" for one in alternatives)
    return "00000000-0000-0000-0000-000000000000" if is_uuid else "1999999999"


def is_list(operation: Operation) -> bool:
    """Its answers are pages of items."""
    reference = operation.content["application/json"]["schema"]["$ref"]
    return "next_cursor" in DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]["properties"]


@pytest.mark.parametrize(("operation", "parameter"), ids("path"))
def test_a_path_leads_to_what_there_is(
    golden_api: httpx.Client, values: dict[str, str], operation: Operation, parameter: dict[str, Any]
) -> None:
    answer = golden_api.get(operation.address(values, **{parameter["name"]: unheard_of(parameter)}))
    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(("operation", "parameter"), ids("query"))
def test_a_list_has_nothing_of_what_there_is_not_and_other_answers_are_not_given(
    golden_api: httpx.Client, values: dict[str, str], operation: Operation, parameter: dict[str, Any]
) -> None:
    name = parameter["name"]
    answer = golden_api.get(operation.address(values, **{name: unheard_of(parameter)}))
    if is_list(operation):
        assert (answer.status_code, answer.json()["items"]) == (200, [])
    else:
        assert answer.status_code == 404, answer.text


@pytest.mark.parametrize("name", INSTEAD["get_conflict_alert"])
def test_a_way_has_two_ends(golden_api: httpx.Client, values: dict[str, str], name: str) -> None:
    ends = {end: values[end] for end in INSTEAD["get_conflict_alert"]}
    assert golden_api.get("/api/war/conflict-alert", params=ends).status_code == 200
    assert golden_api.get("/api/war/conflict-alert", params=ends | {name: "1999999999"}).status_code == 404
