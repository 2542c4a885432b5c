"""Every error as an RFC 9457 problem document; deciding what is an error belongs to the routes."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from api.web.rendering import render

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2


class FieldError(BaseModel):
    """What is wrong with one parameter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str = Field(description="The parameter's name.", examples=["limit"])
    place: str = Field(description="Where it stands: `query`, `path` or `body`.", examples=["query"])
    detail: str = Field(
        description="What is wrong and what is allowed.", examples=["Input should be less than or equal to 100"]
    )


class Problem(BaseModel):
    """An error (RFC 9457); `errors` names the parameters at fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str = Field(description="`about:blank`: the status says it all.", examples=["about:blank"])
    title: str = Field(description="The status in words.", examples=["Unprocessable Content"])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(
        description="What happened and how to mend it.", examples=["A parameter is not as it should be."]
    )
    instance: str = Field(description="The path asked for.", examples=["/api/battles"])
    errors: list[FieldError] = Field(description="The parameters at fault; empty where none is.")


def responses(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's description of the problems a route answers with."""
    return {
        status.value: {
            "description": _title(status),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def _title(status: int) -> str:
    """RFC 9110's name; Python renamed 422 between the versions supported."""
    return "Unprocessable Content" if status == HTTPStatus.UNPROCESSABLE_ENTITY else HTTPStatus(status).phrase


def problem(
    request: Request,
    status: int,
    detail: str,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A response that carries a problem document; for people, outside `/api`, a page that says the same."""
    body = Problem(
        type="about:blank",
        title=_title(status),
        status=status,
        detail=detail,
        instance=request.url.path,
        errors=list(errors),
    )
    if _is_a_reader(request):
        page = render(request, "problem.html", status, problem=body)
        page.headers.update(headers or {})
        return page
    return Response(body.model_dump_json(), status, headers, MEDIA_TYPE)


def _is_a_reader(request: Request) -> bool:
    """Whether a person looks at a page, rather than a program at the API."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def unknown(what: str, thing_id: object) -> HTTPException:
    """The 404 of an id that nothing of this kind has."""
    return HTTPException(HTTPStatus.NOT_FOUND, f"There is no {what} {thing_id}.")


def invalid(field: str, detail: str) -> RequestValidationError:
    """The error to raise for a query parameter that only its reader can judge."""
    return RequestValidationError([{"type": "value_error", "loc": ("query", field), "msg": detail}])


def not_now(reason: object, seconds: int = RETRY_AFTER_SECONDS) -> HTTPException:
    """The 503 of what may be had so many seconds later."""
    return HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, f"{reason}", headers={"Retry-After": f"{seconds}"})


def unavailable(request: Request, detail: str) -> Response:
    """503 with `Retry-After`."""
    return problem(request, HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def answer_with_problems(app: FastAPI) -> None:
    """Makes every error of the application a problem document."""

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        return problem(request, error.status_code, error.detail, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid_parameters(request: Request, error: RequestValidationError) -> Response:
        errors = [field_error(request, one) for one in error.errors()]
        detail = "A parameter is" if len(errors) == 1 else f"{len(errors)} parameters are"
        return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, f"{detail} not as it should be.", errors)

    @app.exception_handler(psycopg.DataError)
    async def value_out_of_range(request: Request, _: psycopg.DataError) -> Response:
        return problem(request, HTTPStatus.BAD_REQUEST, "A parameter lies outside what the database can hold.")

    @app.exception_handler(psycopg.errors.UndefinedTable)
    @app.exception_handler(psycopg.errors.UndefinedColumn)
    async def marts_missing(request: Request, _: psycopg.Error) -> Response:
        return unavailable(request, "The marts are not built yet: materialise the dbt assets.")

    @app.exception_handler(psycopg.errors.QueryCanceled)
    async def query_too_long(request: Request, _: psycopg.Error) -> Response:
        return unavailable(request, "The query took too long: narrow it by a filter or a smaller limit.")

    @app.exception_handler(psycopg.OperationalError)
    async def database_down(request: Request, _: psycopg.Error) -> Response:
        return unavailable(request, "The database does not answer; try again.")


def field_error(request: Request, error: dict[str, Any]) -> FieldError:
    """What is wrong with a parameter, of an error of pydantic's."""
    place, *path = error["loc"]
    detail = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        detail = f"No such parameter; there are: {', '.join(_parameters(request)) or 'none'}"
    return FieldError(field=".".join(map(str, path)), place=str(place), detail=detail)


def _parameters(request: Request) -> list[str]:
    parameters = get_flat_params(request.scope["route"].dependant)
    return [one.alias for one in parameters if one.alias not in request.path_params]
