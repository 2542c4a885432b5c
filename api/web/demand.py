"""The War Room's market gaps: what a week of war takes of each type, against what is for sale."""

from operator import itemgetter
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.deps import Connection, ReadConnection
from api.paging import page_of, read_cursor
from api.problems import invalid, unknown
from api.queries import demand as queries
from api.queries.names import regions
from api.revision import CurrentDataStatus
from api.routers.demand import hub_demand_of, list_backtests, market_demand_of, region_demand
from api.rows import item_type
from api.schemas.demand import (
    Backtest,
    BacktestParameters,
    Demand,
    DemandSort,
    PlaceKind,
    RegionDemandList,
    RegionDemandParameters,
)
from api.schemas.fields import Cursor, ItemType, Parameters, SmallId
from api.schemas.lists import DataStatus
from api.web.rendering import PageRoute, render
from battlescope_assets.domain.universe import TRADE_HUBS

router = APIRouter(include_in_schema=False, route_class=PageRoute)

ROWS = 25
Wanted = list[tuple[ItemType, Demand]]


class DemandPageParameters(Parameters):
    """Where (a region, around a trade hub, else New Eden), what, in which order."""

    region_id: SmallId | None = None
    hub_id: SmallId | None = None
    is_flagged: bool | None = None
    group_id: SmallId | None = None
    sort: DemandSort = DemandSort.GAP_ISK_DOWN
    limit: Annotated[int, Field(ge=1, le=100)] = ROWS
    cursor: Cursor = None


@router.get("/war-room/demand")
async def show_demand(
    request: Request,
    connection: ReadConnection,
    parameters: Annotated[DemandPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """Market gaps, the most ISK first unless sorted otherwise; what is short or in demand says what to do."""
    if parameters.region_id is not None and parameters.hub_id is not None:
        raise invalid("hub_id", "Give either region_id or hub_id")
    if parameters.hub_id is not None and parameters.hub_id not in TRADE_HUBS:
        raise unknown("trade hub", parameters.hub_id)
    region = None
    wanted: Wanted
    asked = RegionDemandParameters(**parameters.model_dump(exclude={"region_id", "hub_id"}))
    if parameters.region_id is not None:
        region = RegionDemandList.model_validate(
            await region_demand(connection, parameters.region_id, asked, data_status)
        )
        wanted = [(item.type, item) for item in region.items]
        next_cursor, window = region.next_cursor, region.window
    else:
        wanted, next_cursor = await _wanted(connection, parameters.hub_id, asked)
        window = await queries.week(connection)
    return render(
        request,
        "demand.html",
        region=region,
        wanted=wanted,
        next_cursor=next_cursor,
        window=window,
        backtests=await _backtests(connection, parameters, data_status),
        parameters=parameters,
        hubs=sorted(TRADE_HUBS.items(), key=itemgetter(1)),
        regions=await regions(connection),
    )


async def _wanted(
    connection: Connection, hub_id: int | None, asked: RegionDemandParameters
) -> tuple[Wanted, str | None]:
    """A page of what is wanted around a trade hub, or in all of New Eden, with the next one's cursor."""
    order = queries.TYPE_ORDERS[asked.sort]
    after = read_cursor(asked.cursor, asked.sort, order)
    is_hub = hub_id is not None
    place = queries.Place(PlaceKind.HUB if is_hub else PlaceKind.NEW_EDEN, hub_id)
    page, next_cursor = page_of(
        await queries.types_wanted(connection, place, asked, after), asked.limit, asked.sort, order
    )
    demand_of = hub_demand_of if is_hub else market_demand_of
    return [(item_type(row), demand_of(row)) for row in page], next_cursor


async def _backtests(
    connection: Connection, parameters: DemandPageParameters, data_status: DataStatus
) -> list[Backtest]:
    """How the signal did in the place that the page is of."""
    answer = await list_backtests(connection, BacktestParameters(region_id=parameters.region_id), data_status)
    if parameters.region_id is not None:
        return answer.items
    if parameters.hub_id is not None:
        return [one for one in answer.items if one.hub is not None and one.hub.id == parameters.hub_id]
    return [one for one in answer.items if one.place_kind is PlaceKind.NEW_EDEN]
