"""The contract: every change of it shows in review."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from api.schemas.battles import Kind
from api.schemas.fields import Answer
from battlescope_assets.domain.engagements import Kind as DomainKind
from tests.api.openapi_snapshot import SNAPSHOT, document

OPERATIONS = [
    (path, operation)
    for path, operations in json.loads(document())["paths"].items()
    for operation in operations.values()
]


def test_the_contract_is_the_one_reviewed() -> None:
    assert document() == SNAPSHOT.read_text(encoding="utf-8"), "the contract changed: look, then `make openapi`"


def answers(model: type[Answer] = Answer) -> Iterator[type[Answer]]:
    """Every answer there is, those of parts and of pages included."""
    for one in model.__subclasses__():
        yield one
        yield from answers(one)


@pytest.mark.parametrize("model", sorted(set(answers()), key=str), ids=lambda model: model.__name__)
def test_examples_are_what_the_api_would_write(model: type[Answer]) -> None:
    for example in model.model_json_schema(mode="serialization").get("examples", []):
        assert json.loads(model.model_validate(example).model_dump_json()) == example


@pytest.mark.parametrize(("path", "operation"), OPERATIONS)
def test_operations_are_described(path: str, operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    assert operation["operationId"].isidentifier()
    undescribed = [one["name"] for one in operation.get("parameters", []) if not one.get("description")]
    assert not undescribed, path


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))


def test_every_answer_has_a_name_of_its_own() -> None:
    """Of two models of one name the document makes module paths, and generators of clients stumble."""
    assert [name for name in json.loads(document())["components"]["schemas"] if "__" in name] == []


def test_kinds_are_the_domains() -> None:
    """The API has its own list: the domain's module brings scipy, which it does not need."""
    assert [kind.value for kind in Kind] == [kind.value for kind in DomainKind]


def test_every_field_of_an_answer_is_required() -> None:
    optional = {
        f"{name}.{field}"
        for name, schema in json.loads(document())["components"]["schemas"].items()
        for field in schema.get("properties", {})
        if field not in schema.get("required", []) and not name.endswith("Request")
    }
    assert optional == {"BattleList.total"}
