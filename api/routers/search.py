"""Search over everything that has a page."""

from http import HTTPStatus
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Response

from api import problems
from api.deps import AppPool, Connection
from api.queries import search as queries
from api.revision import CurrentDataStatus
from api.schemas.lists import DataStatus
from api.schemas.search import AutocompleteParameters, SearchEntry, SearchList, SearchParameters

router = APIRouter(prefix="/api/search", tags=["search"])

AUTOCOMPLETE_ENTRIES = 10
PROBLEMS = problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)


@router.get("", summary="Search by name", responses=PROBLEMS, response_model=SearchList)
async def search(
    pool: AppPool, parameters: Annotated[SearchParameters, Query()], data_status: CurrentDataStatus
) -> Response:
    """Names that begin with the text, by the alphabet, names in which words begin with its words, then battles.

    A battle is found by its slug, by its system's name, by its day or month (`2026-01-31`), or by both of these; the
    newest first. Where nothing is named so, names that are spelled much alike, if the server has PostgreSQL's pg_trgm.
    """
    async with pool.connection() as connection:
        written = await _written(connection, parameters, data_status)
    return Response(written, media_type="application/json")


async def find_entries(connection: Connection, parameters: SearchParameters, data_status: DataStatus) -> SearchList:
    """The same for pages, which look into it."""
    return SearchList.model_validate_json(await _written(connection, parameters, data_status))


@router.get("/autocomplete", summary="Names as they are typed", responses=PROBLEMS, response_model=list[SearchEntry])
async def autocomplete(pool: AppPool, parameters: Annotated[AutocompleteParameters, Query()]) -> Response:
    """The first ten of the search."""
    async with pool.connection() as connection:
        found = await queries.entries(connection, parameters.q.lower(), _kinds(parameters), AUTOCOMPLETE_ENTRIES)
    return Response(orjson.dumps(_entries(found)), media_type="application/json")


async def _written(connection: Connection, parameters: SearchParameters, data_status: DataStatus) -> bytes:
    """A `SearchList` as JSON, as the query answers it. The tests check it against its schema."""
    found = await queries.entries(
        connection, parameters.q.lower(), _kinds(parameters), parameters.limit, with_facets=True
    )
    answer = {
        "items": _entries(found),
        "next_cursor": None,
        "data_status": dict(data_status),
        "facets": found.facets,
        "are_alike": found.are_alike,
    }
    return orjson.dumps(answer, option=orjson.OPT_UTC_Z)


def _kinds(parameters: AutocompleteParameters) -> list[str]:
    return [kind.value for kind in parameters.type]


def _entries(found: queries.Found) -> list[dict[str, Any]]:
    return [
        {"type": entry.kind, "id": entry.id, "name": entry.name, "context": entry.context} for entry in found.entries
    ]
