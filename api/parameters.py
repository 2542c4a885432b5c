"""Query parameters that would be ignored, and so are refused; what a parameter may be belongs to the schemas."""

from typing import Any, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

_known: dict[tuple[Any, ...], dict[str, bool]] = {}
"""Endpoint and names in its path → what `_takes_several` says: it takes longer than the rest of the check."""


async def no_ignored_parameters(request: Request) -> None:
    """Refuses what no route of the REST API reads: unknown names, and second values of what takes one.

    A misspelt filter, or one of two systems asked for, must not look like an answer.

    Raises:
        RequestValidationError: names each of them.
    """
    given = request.query_params
    if not given or not request.url.path.startswith("/api/"):
        return
    route: APIRoute = request.scope["route"]
    key = (route.endpoint, *request.path_params)
    takes_several = _known.get(key) or _known.setdefault(key, _takes_several(route, *request.path_params))
    errors = [
        {"type": "extra_forbidden", "loc": ("query", name), "msg": "Unknown"}
        if name not in takes_several
        else {"type": "value_error", "loc": ("query", name), "msg": "Given more than once; it takes one value"}
        for name in given
        if name not in takes_several or (not takes_several[name] and len(given.getlist(name)) > 1)
    ]
    if errors:
        raise RequestValidationError(errors)


def _takes_several(route: APIRoute, *path_names: str) -> dict[str, bool]:
    """The route's query parameters, and whether each may be repeated."""
    parameters = get_flat_params(route.dependant)
    annotations = {one.alias: one.field_info.annotation for one in parameters if one.alias not in path_names}
    return {
        name: any(get_origin(one) is list for one in (annotation, *get_args(annotation)))
        for name, annotation in annotations.items()
    }
