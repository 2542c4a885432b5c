"""Search by name over everything that has a page."""

import re
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api import problems
from api.deps import Connection, ReadConnection
from api.queries import search as queries
from api.revision import CurrentDataStatus
from api.schemas.search import AutocompleteParameters, EntryKind, SearchEntry, SearchList, SearchParameters

router = APIRouter(prefix="/api/search", tags=["search"])

AUTOCOMPLETE_ENTRIES = 10
PROBLEMS = problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)


@router.get("", summary="Search by name", responses=PROBLEMS)
async def search(
    connection: ReadConnection, parameters: Annotated[SearchParameters, Query()], data_status: CurrentDataStatus
) -> SearchList:
    """Names that begin with the text, in the order of the alphabet, then names in which words begin with its words."""
    return SearchList(
        items=await _entries(connection, parameters, parameters.limit),
        next_cursor=None,
        data_status=data_status,
        facets={EntryKind(kind): n for kind, n in (await queries.facets(connection, _words(parameters.q))).items()},
    )


@router.get("/autocomplete", summary="Names as they are typed", responses=PROBLEMS)
async def autocomplete(
    connection: ReadConnection, parameters: Annotated[AutocompleteParameters, Query()]
) -> list[SearchEntry]:
    """The first ten of the search."""
    return await _entries(connection, parameters, AUTOCOMPLETE_ENTRIES)


async def _entries(connection: Connection, parameters: AutocompleteParameters, limit: int) -> list[SearchEntry]:
    text = parameters.q.lower()
    kinds = [kind.value for kind in parameters.type]
    return [
        SearchEntry(
            type=EntryKind(row["entry_kind"]), id=row["entry_id"], name=row["entry_name"], context=row["context"]
        )
        for row in await queries.entries(connection, text, _words(text), kinds, limit)
    ]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())
