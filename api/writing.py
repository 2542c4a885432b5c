"""Writes the answers of lists, whose speed is the application's; what they hold belongs to the routes.

FastAPI checks an answer field by field and writes it then, which for a page of 50 battles takes longer than finding it.
The tests check lists against their schemas instead.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Response


def written(answer: Mapping[str, Any]) -> Response:
    """The answer as JSON: moments in UTC with `Z`, as everywhere."""
    return Response(orjson.dumps(answer, option=orjson.OPT_UTC_Z), media_type="application/json")
