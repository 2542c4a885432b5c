"""What schemathesis cannot draw from a schema; loaded by tests/api/schemathesis.toml."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis.generation import GenerationMode


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """Makes good requests good: only the API makes cursors that it takes, and a span of days ends after it starts."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if case.query:
        case.query.pop("cursor", None)
    if isinstance(case.body, dict) and {"first_day", "last_day"} <= case.body.keys():
        case.body["last_day"] = case.body["first_day"]
