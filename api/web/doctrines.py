"""Doctrines: fits lost in bulk, and the page of one with what to buy for it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.deps import Connection, ReadConnection
from api.queries.doctrines import most_lost_in
from api.queries.names import entity_names, regions, types
from api.revision import CurrentDataStatus
from api.routers.doctrines import (
    DoctrineId,
    get_doctrine,
    list_doctrine_bursts,
    list_doctrines,
    list_region_doctrines,
)
from api.schemas.doctrines import (
    DoctrineBurstParameters,
    DoctrineParameters,
    DoctrineShoppingParameters,
    DoctrineSort,
)
from api.schemas.fields import Cursor, Named, Parameters, SmallId
from api.star_map import CurrentStarMap
from api.web.rendering import PageRoute, render

router = APIRouter(include_in_schema=False, route_class=PageRoute)

ROWS = 20
SORTS = [
    (DoctrineSort.LOSSES_DOWN.value, "Most lost"),
    (DoctrineSort.ISK_LOST_DOWN.value, "Most ISK lost"),
    (DoctrineSort.LAST_LOST_AT_DOWN.value, "Lost last"),
]
WINDOWS = [(1, "1 day"), (7, "7 days"), (30, "30 days"), (90, "90 days")]


class DoctrineListPageParameters(DoctrineParameters):
    """The filters and sorts of `/api/war/doctrines`, and a region."""

    region_id: SmallId | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = ROWS


class DoctrinePageParameters(Parameters):
    """For how many ships the shopping list is, and where the list of bursts goes on."""

    ships: Annotated[int, Field(ge=1, le=10_000)] | None = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=100)] = ROWS


@router.get("/war-room/doctrines")
async def show_doctrines(
    request: Request,
    connection: ReadConnection,
    parameters: Annotated[DoctrineListPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """Doctrines lost in the window, those with most losses first unless sorted otherwise."""
    asked = DoctrineParameters(**parameters.model_dump(exclude={"region_id"}))
    if parameters.region_id is None:
        answer = await list_doctrines(connection, asked, data_status)
    else:
        answer = await list_region_doctrines(connection, parameters.region_id, asked, data_status)
    return render(
        request,
        "doctrines.html",
        answer=answer,
        parameters=parameters,
        sorts=SORTS,
        windows=sorted({*WINDOWS, *([(asked.days, f"{asked.days} days")] if asked.days not in dict(WINDOWS) else [])}),
        chosen=await _chosen(connection, parameters),
        regions=await regions(connection),
    )


@router.get("/doctrines/{doctrine_id}")
async def show_doctrine(
    request: Request,
    connection: ReadConnection,
    star_map: CurrentStarMap,
    doctrine_id: DoctrineId,
    parameters: Annotated[DoctrinePageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """One doctrine: its fit, a shopping list, who flies it, and where it was lost."""
    doctrine = await get_doctrine(
        connection, doctrine_id, DoctrineShoppingParameters(ships=parameters.ships), data_status
    )
    bursts = await list_doctrine_bursts(
        connection,
        doctrine_id,
        DoctrineBurstParameters(limit=parameters.limit, cursor=parameters.cursor),
        data_status,
    )
    row = await most_lost_in(connection, doctrine_id)
    lost_in = Named.of(row["solar_system_id"], row["solar_system_name"]) if row else None
    prices = [(item.price_isk, item.quantity) for item in doctrine.items if item.quantity]
    return render(
        request,
        "doctrine.html",
        doctrine=doctrine,
        bursts=bursts,
        total_isk=sum((price or 0) * quantity for price, quantity in prices),
        is_total_whole=all(price is not None for price, _ in prices),
        lost_in=lost_in,
        hub=star_map.nearest_hub(lost_in.id) if lost_in else None,
        parameters=parameters,
    )


async def _chosen(connection: Connection, parameters: DoctrineListPageParameters) -> list[tuple[str, str]]:
    """Filters that a link set and the form has no field for: the parameter, and what it means."""
    entities = {
        name: value for name in ("alliance_id", "corporation_id") if (value := getattr(parameters, name)) is not None
    }
    names = await entity_names(connection, entities.values()) if entities else {}
    chosen = [(name, f"lost by {names.get(value, value)}") for name, value in entities.items()]
    if (type_id := parameters.ship_type_id) is not None:
        known = await types(connection, [type_id])
        chosen.append(("ship_type_id", known[type_id]["type_name"] if type_id in known else f"hull {type_id}"))
    return chosen
