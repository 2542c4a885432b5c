"""Killmails as they land, as server-sent events."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from api import problems
from api.live import MOST_FOLLOWERS, MOST_OF_ONE_CLIENT, Live
from api.protection import client_of
from api.revision import OF_THE_MOMENT
from api.routers.killmails import summary_of
from api.schemas.live import LiveKillmail, LiveParameters

router = APIRouter(prefix="/api/live", tags=["live"])

LastEventId = Annotated[
    int | None,
    Header(ge=0, le=2**63 - 1, description="The id of the last event seen: the stream goes on behind it."),
]
MEDIA_TYPE = "text/event-stream"
UNBUFFERED = {"X-Accel-Buffering": "no"}
"""What keeps nginx from holding events back."""
RECONNECT_MILLISECONDS = 2_000
"""When a client that lost the stream asks again."""
FULL_SECONDS = 60
"""After which it may ask again where no place was left."""


async def _live(request: Request) -> AsyncIterator[Live]:
    live: Live = request.app.state.live
    with live.place(client_of(request)) as has_place:
        if not has_place:
            reason = (
                f"{MOST_FOLLOWERS} streams are open already, or {MOST_OF_ONE_CLIENT} of yours; ask again in a minute."
            )
            raise problems.not_now(reason, FULL_SECONDS)
        yield live


async def _position(
    live: Annotated[Live, Depends(_live)],
    parameters: Annotated[LiveParameters, Query()],
    last_event_id: LastEventId = None,
) -> int:
    """Where the stream begins; numbers that no landing has yet are of another database, or a mistake."""
    newest = await live.newest()
    asked = parameters.after if last_event_id is None else last_event_id
    return newest if asked is None else min(asked, newest)


@router.get(
    "",
    summary="Killmails as they are stored",
    response_class=StreamingResponse,
    responses={
        HTTPStatus.OK: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "event-stream"}}}},
        **problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
    },
)
async def follow_killmails(
    live: Annotated[Live, Depends(_live)],
    position: Annotated[int, Depends(_position)],
    parameters: Annotated[LiveParameters, Query()],
) -> StreamingResponse:
    """A stream of events `killmail`, each within a second of its storing, in that order.

    The data is a killmail as /api/killmails lists it, with `landed_at`, when it was stored, and `alliance_ids`, the
    alliances on the mail. An event's id is its place in the order of storing, not of time: killmails come late.
    Reconnecting with Last-Event-ID repeats and misses none of the last 7 days; events without data only carry the place
    on. Archives of days further back are not streamed. A comment every 15 s keeps the connection open.
    """
    return StreamingResponse(
        _events(live, position, parameters),
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": OF_THE_MOMENT} | UNBUFFERED,
    )


async def _events(live: Live, position: int, parameters: LiveParameters) -> AsyncIterator[bytes]:
    yield format_sse_event(id=f"{position}", retry=RECONNECT_MILLISECONDS)
    async for landings in live.follow(position):
        wanted = [landing for landing in landings if _is_wanted(landing, parameters)]
        for landing in wanted:
            killmail = LiveKillmail(
                **summary_of(landing), landed_at=landing["landed_at"], alliance_ids=landing["alliance_ids"]
            )
            yield format_sse_event(event="killmail", id=f"{landing['landing_id']}", data_str=killmail.model_dump_json())
        if not landings:
            yield KEEPALIVE_COMMENT
        elif landings[-1:] != wanted[-1:]:
            yield format_sse_event(id=f"{landings[-1]['landing_id']}")


def _is_wanted(landing: dict[str, Any], parameters: LiveParameters) -> bool:
    """Whether it meets every filter; what has no value yet meets no minimum."""
    equal = {
        "region_id": parameters.region_id,
        "solar_system_id": parameters.system_id,
        "victim_ship_type_id": parameters.ship_type_id,
    }
    return (
        all(value is None or landing[field] == value for field, value in equal.items())
        and (parameters.alliance_id is None or parameters.alliance_id in landing["alliance_ids"])
        and (
            parameters.min_isk is None
            or (landing["total_isk"] is not None and landing["total_isk"] >= parameters.min_isk)
        )
    )
