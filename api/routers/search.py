"""Search by name over everything that has a page."""

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
    """Names that begin with the text, in the order of the alphabet, then names in which words begin with its words."""
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
        entries, _ = await _entries(connection, parameters, AUTOCOMPLETE_ENTRIES, with_facets=False)
    return Response(orjson.dumps(entries), media_type="application/json")


async def _written(connection: Connection, parameters: SearchParameters, data_status: DataStatus) -> bytes:
    """A `SearchList` as JSON, as the query answers it. The tests check it against its schema."""
    entries, facets = await _entries(connection, parameters, parameters.limit, with_facets=True)
    answer = {"items": entries, "next_cursor": None, "data_status": dict(data_status), "facets": facets}
    return orjson.dumps(answer, option=orjson.OPT_UTC_Z)


async def _entries(
    connection: Connection, parameters: AutocompleteParameters, limit: int, *, with_facets: bool
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    kinds = [kind.value for kind in parameters.type]
    rows, facets = await queries.entries(connection, parameters.q.lower(), kinds, limit, with_facets=with_facets)
    entries = [
        {"type": row["entry_kind"], "id": row["entry_id"], "name": row["entry_name"], "context": row["context"]}
        for row in rows
    ]
    return entries, facets
