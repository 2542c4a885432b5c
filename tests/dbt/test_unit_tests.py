"""The unit tests that stand beside the models, run by dbt; the graph leaves them out of runs, since they test code."""

from collections.abc import Callable
from typing import Any


def test_models_do_what_their_unit_tests_say(dbt: Callable[..., Any]) -> None:
    built = dbt("build", "--exclude-resource-type", "test")
    assert built.success, [(one.node.name, one.message) for one in built.result if one.status in {"error", "fail"}]
    assert any(one.node.resource_type == "unit_test" for one in built.result)
