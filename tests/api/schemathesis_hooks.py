"""What schemathesis cannot draw from a schema; loaded by tests/api/schemathesis.toml."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis.generation import GenerationMode

PAST_DAY = "2026-01-01"


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """Makes good requests good: only the API makes cursors that it takes, and a span of days ends after it starts.

    No day to reconstruct is in the future, which is another one for each run.
    """
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if case.query:
        case.query.pop("cursor", None)
    if isinstance(case.body, dict) and {"first_day", "last_day"} <= case.body.keys():
        case.body["first_day"] = case.body["last_day"] = min(f"{case.body['first_day']}", PAST_DAY)
