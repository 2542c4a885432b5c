"""Doctrines: fits lost in bulk, who flies them, and what to buy for them."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from api import problems
from api.deps import Connection, ReadConnection, Row
from api.known import known_region
from api.paging import page_of, read_cursor
from api.queries import doctrines as queries
from api.queries.names import region_names
from api.queries.windows import last_days
from api.revision import CurrentDataStatus
from api.schemas.doctrines import (
    Doctrine,
    DoctrineBurst,
    DoctrineBurstList,
    DoctrineBurstParameters,
    DoctrineDetail,
    DoctrineFlyer,
    DoctrineItem,
    DoctrineList,
    DoctrineParameters,
    DoctrineShoppingParameters,
    DoctrineSummary,
)
from api.schemas.fields import Group, Named, Ship, SmallId
from api.schemas.lists import DataStatus

router = APIRouter(prefix="/api/war/doctrines", tags=["doctrines"])

LISTED_FLYERS = 5
LIST_PROBLEMS = problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
PROBLEMS = problems.responses(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
DoctrineId = Annotated[UUID, Path(description="A doctrine's `id`.", examples=["1b6f5a4e-93c2-4d8a-a3a4-4a6e2f0c9d11"])]


@router.get("", summary="Doctrines of New Eden", responses=LIST_PROBLEMS)
async def list_doctrines(
    connection: ReadConnection, parameters: Annotated[DoctrineParameters, Query()], data_status: CurrentDataStatus
) -> DoctrineList:
    """Fits lost in bulk in the last days anywhere, those lost most first unless sorted otherwise."""
    return await _list(connection, None, parameters, data_status)


@router.get("/{region_id}", summary="Doctrines of a region", responses=PROBLEMS)
async def list_region_doctrines(
    connection: ReadConnection,
    region_id: Annotated[SmallId, Path(description="A region.", examples=[10000060])],
    parameters: Annotated[DoctrineParameters, Query()],
    data_status: CurrentDataStatus,
) -> DoctrineList:
    """Fits lost in bulk in a region's systems in the last days, those lost most first unless sorted otherwise."""
    return await _list(connection, await known_region(connection, region_id), parameters, data_status)


@router.get("/by-id/{doctrine_id}", summary="One doctrine", responses=PROBLEMS)
async def get_doctrine(
    connection: ReadConnection,
    doctrine_id: DoctrineId,
    parameters: Annotated[DoctrineShoppingParameters, Query()],
    data_status: CurrentDataStatus,
) -> DoctrineDetail:
    """A doctrine with who flies it, what is aboard, and a shopping list for so many ships."""
    row = await _doctrine_row(connection, doctrine_id)
    flyers = await queries.flyers(connection, [doctrine_id], queries.MOST_FLYERS)
    regions = await region_names(connection, row["region_ids"])
    ships = parameters.ships or max(row["expected_restock_units"], 1)
    items = [
        DoctrineItem(
            place=item["place"],
            item=Named(id=item["item_type_id"], name=item["item_type_name"]),
            is_core=item["is_core"],
            share_carrying=item["share_carrying"],
            quantity_per_ship=item["quantity_per_ship"],
            quantity=item["quantity_per_ship"] * ships,
            price_isk=item["price_isk"],
        )
        for item in await queries.items(connection, doctrine_id)
    ]
    return DoctrineDetail(
        **_figures(row, regions),
        bursts=row["bursts"],
        losses=row["losses"],
        isk_lost=row["isk_lost"],
        flyers=[_flyer(flyer) for flyer in flyers[doctrine_id]],
        items=items,
        ships=ships,
        multibuy=_multibuy(items),
        data_status=data_status,
    )


@router.get("/by-id/{doctrine_id}/bursts", summary="Where a doctrine was lost", responses=PROBLEMS)
async def list_doctrine_bursts(
    connection: ReadConnection,
    doctrine_id: DoctrineId,
    parameters: Annotated[DoctrineBurstParameters, Query()],
    data_status: CurrentDataStatus,
) -> DoctrineBurstList:
    """The fights that took ten or more of the hull at once, and what of this doctrine, the newest first."""
    await _doctrine_row(connection, doctrine_id)
    after = read_cursor(parameters.cursor, queries.NEWEST_BURSTS, queries.BURST_ORDER)
    rows = await queries.bursts(connection, doctrine_id, after, parameters.limit)
    page, next_cursor = page_of(rows, parameters.limit, queries.NEWEST_BURSTS, queries.BURST_ORDER)
    return DoctrineBurstList(
        items=[
            DoctrineBurst(
                id=burst["fit_id"],
                first_lost_at=burst["first_lost_at"],
                last_lost_at=burst["last_lost_at"],
                system=Named(id=burst["solar_system_id"], name=burst["solar_system_name"]),
                region=Named.of(burst["region_id"], burst["region_name"]),
                battle_id=burst["battle_id"],
                side=burst["side"],
                group_ids=burst["group_ids"],
                losses=burst["losses"],
                isk_lost=burst["isk_lost"],
                survivors=burst["survivors"],
            )
            for burst in page
        ],
        next_cursor=next_cursor,
        data_status=data_status,
    )


def doctrine_summary(row: Row) -> DoctrineSummary:
    """A doctrine in short, of a row of `marts.dim_doctrines`."""
    return DoctrineSummary(
        id=row["doctrine_id"],
        ship=Ship(id=row["ship_type_id"], name=row["ship_type_name"], group=row["ship_group_name"]),
        modules=row["modules"],
        main_group=Named(id=row["main_group_id"], name=row["main_group_name"]),
        losses=row["losses"],
        losses_7d=row["losses_7d"],
        last_seen_at=row["last_seen_at"],
    )


async def _list(
    connection: Connection, region: Named | None, parameters: DoctrineParameters, data_status: DataStatus
) -> DoctrineList:
    order = queries.DOCTRINE_ORDERS[parameters.sort]
    after = read_cursor(parameters.cursor, parameters.sort, order)
    window = await last_days(connection, parameters.days)
    rows = await queries.lost(connection, (window.start, window.end), region.id if region else None, parameters, after)
    page, next_cursor = page_of(rows, parameters.limit, parameters.sort, order)
    ids = [row["doctrine_id"] for row in page]
    doctrines = await queries.doctrines(connection, ids)
    flyers = await queries.flyers(connection, ids, LISTED_FLYERS)
    regions = await region_names(connection, [one for row in doctrines.values() for one in row["region_ids"]])
    return DoctrineList(
        items=[
            Doctrine(
                **_figures(doctrines[row["doctrine_id"]], regions),
                bursts=row["bursts"],
                losses=row["losses"],
                isk_lost=row["isk_lost"],
                survivors=row["survivors"],
                first_lost_at=row["first_lost_at"],
                last_lost_at=row["last_lost_at"],
                flyers=[_flyer(flyer) for flyer in flyers[row["doctrine_id"]]],
            )
            for row in page
            if row["doctrine_id"] in doctrines  # bursts of a doctrine that the run under way has yet to sum up
        ],
        next_cursor=next_cursor,
        data_status=data_status,
        region=region,
        window=window,
    )


async def _doctrine_row(connection: Connection, doctrine_id: UUID) -> Row:
    found = await queries.doctrines(connection, [doctrine_id])
    if doctrine_id not in found:
        raise problems.unknown("doctrine", doctrine_id)
    return found[doctrine_id]


def _figures(row: Row, regions: dict[int, str]) -> Row:
    """What a doctrine in a list and in detail have in common."""
    return {
        "id": row["doctrine_id"],
        "ship": Ship(id=row["ship_type_id"], name=row["ship_type_name"], group=row["ship_group_name"]),
        "summary": row["summary"],
        "modules": row["modules"],
        "first_seen_at": row["first_seen_at"],
        "last_seen_at": row["last_seen_at"],
        "regions": [Named(id=region_id, name=regions.get(region_id)) for region_id in row["region_ids"]],
        "mean_fleet_size": row["mean_fleet_size"],
        "loss_share": row["loss_share"],
        "losses_7d": row["losses_7d"],
        "losses_previous_7d": row["losses_previous_7d"],
        "expected_restock_units": row["expected_restock_units"],
        "ship_isk": row["ship_isk"],
    }


def _flyer(row: Row) -> DoctrineFlyer:
    return DoctrineFlyer(
        group=Group(id=row["group_id"], name=row["group_name"], kind=row["group_kind"]),
        losses=row["losses"],
        losses_7d=row["losses_7d"],
        first_seen_at=row["first_seen_at"],
        last_seen_at=row["last_seen_at"],
    )


def _multibuy(items: list[DoctrineItem]) -> str:
    """One line a type; what has no name cannot be bought by it, and a type in two places is bought at once."""
    wanted: dict[str, int] = {}
    for item in items:
        if item.quantity and item.item.name:
            wanted[item.item.name] = wanted.get(item.item.name, 0) + item.quantity
    return "\n".join(f"{name} x{quantity}" for name, quantity in wanted.items())
