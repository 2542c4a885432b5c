"""The page of the search."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.deps import ReadConnection
from api.revision import CurrentDataStatus
from api.routers.search import find_entries
from api.schemas.fields import Parameters
from api.schemas.search import EntryKind, SearchParameters
from api.web.rendering import PageRoute, render

router = APIRouter(include_in_schema=False, route_class=PageRoute)

SHORTEST_TEXT = 2
LONGEST_TEXT = 100
MOST_ENTRIES = 100
KINDS = {
    EntryKind.ALLIANCE: ("Alliances", "alliances"),
    EntryKind.CORPORATION: ("Corporations", "corporations"),
    EntryKind.CHARACTER: ("Pilots", "characters"),
    EntryKind.SYSTEM: ("Systems", "systems"),
    EntryKind.REGION: ("Regions", "regions"),
    EntryKind.SHIP_TYPE: ("Ships", "types"),
    EntryKind.BATTLE: ("Battles", "battles"),
}
"""What can be found: in words, and below which path its pages are."""


class SearchPageParameters(Parameters):
    """What is searched for, as it was typed."""

    q: Annotated[str, Field(max_length=1_000)] = ""
    type: list[EntryKind] = Field(default=list(EntryKind))


@router.get("/search")
async def show_search(
    request: Request,
    connection: ReadConnection,
    parameters: Annotated[SearchPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """What was found, or in words why nothing was looked for."""
    text = parameters.q.strip()
    is_sound = SHORTEST_TEXT <= len(text) <= LONGEST_TEXT
    wanted = SearchParameters(q=text, type=parameters.type, limit=MOST_ENTRIES) if is_sound else None
    return render(
        request,
        "search.html",
        text=text,
        answer=wanted and await find_entries(connection, wanted, data_status),
        chosen=parameters.type,
        kinds=KINDS,
        shortest=SHORTEST_TEXT,
        longest=LONGEST_TEXT,
    )
