"""What wars take that markets lack: in a region, of a type, and whether the signal was right."""

from decimal import Decimal
from http import HTTPStatus
from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Query, Response

from api import problems
from api.deps import Connection, ReadConnection, Row
from api.known import known_region, known_type
from api.paging import page_of, read_cursor
from api.queries import demand as queries
from api.revision import CurrentDataStatus
from api.rows import item_type, named
from api.schemas.demand import (
    Backtest,
    BacktestList,
    BacktestParameters,
    Demand,
    DemandParameters,
    FwHotspot,
    HubDemand,
    MarketDemand,
    PlaceKind,
    RegionDemand,
    RegionDemandList,
    RegionDemandParameters,
    TypeDemandList,
    UpcomingBattle,
)
from api.schemas.fields import Answer, Named, SmallId
from api.schemas.lists import DataStatus

router = APIRouter(prefix="/api/war/demand", tags=["demand"])

LIST_PROBLEMS = problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
PROBLEMS = problems.responses(HTTPStatus.NOT_FOUND) | LIST_PROBLEMS
REGION_DEMAND = tuple(RegionDemand.model_fields)
RATIOS = ("trend", "change_standard_errors", "demand_score", "fights", "confidence")
"""Of these; to three decimals."""


@router.get("/backtest", summary="Was the demand signal right", responses=LIST_PROBLEMS)
async def list_backtests(
    connection: ReadConnection, parameters: Annotated[BacktestParameters, Query()], data_status: CurrentDataStatus
) -> BacktestList:
    """Did types with a high score a week ago grow dearer, or sell more, in the week since, than others that were lost?

    They are scored as if the week that ended a week ago were the last. It is a measure of the signal on the data at
    hand, not a promise: types little sold are flagged the sooner and return to their usual volume by themselves, which
    flatters `more_traded`, and types of one place move together, so that the intervals are too narrow.
    """
    return BacktestList(
        items=[_backtest(row) for row in await queries.backtests(connection, parameters.region_id)],
        next_cursor=None,
        data_status=data_status,
    )


@router.get("/item/{type_id}", summary="Everywhere a type is wanted", responses=PROBLEMS)
async def get_type_demand(
    connection: ReadConnection,
    type_id: Annotated[SmallId, Path(description="A type of item or ship.", examples=[24690])],
    parameters: Annotated[DemandParameters, Query()],
    data_status: CurrentDataStatus,
) -> TypeDemandList:
    """What the last 7 days took of a type in each region, around each trade hub and in all, against what is for sale.

    Counted is what was destroyed in use: hulls, what was fitted, loaded, in drone bays. Freight and loot are not.
    """
    known = await known_type(connection, type_id)
    order = queries.REGION_ORDERS[parameters.sort]
    after = read_cursor(parameters.cursor, parameters.sort, order)
    rows = await queries.regions_wanting(connection, type_id, parameters, after)
    page, next_cursor = page_of(rows, parameters.limit, parameters.sort, order)
    new_eden = await queries.new_eden_demand(connection, type_id)
    return TypeDemandList(
        items=[RegionDemand.model_validate(_region_demand(row)) for row in page],
        next_cursor=next_cursor,
        data_status=data_status,
        type=item_type(known),
        window=await queries.week(connection),
        new_eden=None if new_eden is None else market_demand_of(new_eden),
        hubs=[hub_demand_of(row) for row in await queries.hubs_wanting(connection, type_id)],
    )


@router.get("/{region_id}", summary="What a region's war takes", responses=PROBLEMS, response_model=RegionDemandList)
async def get_region_demand(
    connection: ReadConnection,
    region_id: Annotated[SmallId, Path(description="A region.", examples=[10000060])],
    parameters: Annotated[RegionDemandParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """What the last 7 days took of each type in a region, against what its market sold and has for sale.

    Counted is what was destroyed in use: hulls, what was fitted, loaded, in drone bays. Freight and loot are not. Stock
    is that of public orders: what private structures sell, where most of null-sec trades, nobody publishes. Every page
    carries what was lost most, sovereignty timers ahead and the hotspots of faction warfare besides.
    """
    answer = await region_demand(connection, region_id, parameters, data_status)
    # To check each field takes as long as all else; the tests check them.
    return Response(orjson.dumps(answer, default=_plain, option=orjson.OPT_UTC_Z), media_type="application/json")


async def region_demand(
    connection: Connection, region_id: int, parameters: RegionDemandParameters, data_status: DataStatus
) -> Row:
    """The fields of a `RegionDemandList`; `unknown` is raised where there is no such region."""
    region = await known_region(connection, region_id)
    order = queries.TYPE_ORDERS[parameters.sort]
    after = read_cursor(parameters.cursor, parameters.sort, order)
    rows = await queries.types_wanted(connection, queries.Place(PlaceKind.REGION, region_id), parameters, after)
    page, next_cursor = page_of(rows, parameters.limit, parameters.sort, order)
    lost = await queries.top_losses(connection, region_id)
    return {
        "items": [_region_demand(row) for row in page],
        "next_cursor": next_cursor,
        "data_status": data_status,
        "region": region,
        "window": await queries.week(connection),
        "top_ships_lost": [_type_loss(row) for row in lost if row["is_ship"]],
        "top_items_lost": [_type_loss(row) for row in lost if not row["is_ship"]],
        "upcoming_battles": [_upcoming_battle(row) for row in await queries.upcoming_battles(connection, region_id)],
        "fw_hotspots": [_fw_hotspot(row) for row in await queries.fw_hotspots(connection, region_id)],
    }


def market_demand_of(row: Row) -> MarketDemand:
    """Demand of New Eden, of a row of `marts.rpt_type_demand`."""
    return MarketDemand(**_shared(MarketDemand, row))


def hub_demand_of(row: Row) -> HubDemand:
    """Demand around a trade hub, of a row of `marts.rpt_hub_demand`."""
    return HubDemand(hub=named(row, "hub_solar_system"), **_shared(HubDemand, row))


def _shared(answer: type[Demand | Backtest], row: Row) -> Row:
    """The fields of an answer that are columns of its mart, by the same name."""
    return {name: row[name] for name in answer.model_fields if name in row}


def _region_demand(row: Row) -> Row:
    """The fields of a `RegionDemand`; its ISK is not yet whole."""
    named_things = {
        "region": _named(row, "region"),
        "type": _type(row),
        "nearest_hub": None
        if row["hub_solar_system_id"] is None
        else {
            "system": _named(row, "hub_solar_system"),
            "jumps": row["hub_jumps"],
            "stock": row["hub_stock"],
            "lowest_sell_isk": row["hub_lowest_sell_isk"],
        },
    }
    ratios = {name: None if row[name] is None else round(row[name], 3) for name in RATIOS}
    columns = row | ratios | named_things
    return {name: columns[name] for name in REGION_DEMAND}


def _named(row: Row, what: str) -> Row | None:
    """The fields of what `named` finds."""
    named_id = row[f"{what}_id"]
    return None if named_id is None else {"id": named_id, "name": row[f"{what}_name"]}


def _plain(value: Decimal | Answer) -> int | Row:
    """ISK as whole ISK, and an answer's fields, for orjson."""
    return round(value) if isinstance(value, Decimal) else value.model_dump()


def _type(row: Row) -> Row:
    """The fields of what `item_type` finds."""
    return {
        "id": row["type_id"],
        "name": row["type_name"],
        "group": _named(row, "group"),
        "category": _named(row, "category"),
    }


def _type_loss(row: Row) -> Row:
    """The fields of a `TypeLoss`; its ISK is not yet whole."""
    return {
        "type": _type(row),
        "quantity": row["quantity"],
        "quantity_before": row["quantity_before"],
        "trend": None if row["trend"] is None else round(row["trend"], 3),
        "isk_destroyed": row["destroyed_isk"],
        "isk_dropped": row["dropped_isk"],
    }


def _upcoming_battle(row: Row) -> UpcomingBattle:
    return UpcomingBattle(
        campaign_id=row["campaign_id"],
        event_type=row["event_type"],
        system=Named(id=row["solar_system_id"], name=row["solar_system_name"]),
        defender=named(row, "defender_alliance"),
        starts_at=row["starts_at"],
        seconds_until_start=row["seconds_until_start"],
        hub=named(row, "hub_solar_system"),
        hub_jumps=row["hub_jumps"],
        fight_share=row["fight_share"],
        expected_ships_lost=row["expected_ships_lost"],
        expected_isk_lost=row["expected_isk_lost"],
    )


def _fw_hotspot(row: Row) -> FwHotspot:
    return FwHotspot(
        system=Named(id=row["solar_system_id"], name=row["solar_system_name"]),
        contested_percent=row["contested_percent"],
        is_vulnerable=row["is_vulnerable"],
        occupier=Named(id=row["occupier_faction_id"], name=row["occupier_faction_name"]),
        attacker=named(row, "attacker_faction"),
        expected_flip_at=row["expected_flip_at"],
        killmails_24h=row["killmails_24h"],
    )


def _backtest(row: Row) -> Backtest:
    return Backtest(**_shared(Backtest, row), region=named(row, "region"), hub=named(row, "hub_solar_system"))
