"""Solar systems, regions and types: what each is, and what is lost there or of it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api import problems
from api.deps import ReadConnection, Row
from api.known import known_region, known_system, known_type
from api.queries import doctrines
from api.queries import places as queries
from api.queries.windows import last_days
from api.revision import CurrentDataStatus
from api.routers.doctrines import doctrine_summary
from api.schemas.battles import Kind
from api.schemas.fields import Group, Named, Ship, SmallId, SolarSystem
from api.schemas.places import (
    FactionWarfare,
    HotSystem,
    LossesOfDays,
    LossesOfHour,
    Neighbour,
    PlaceLoss,
    RegionDetail,
    Sovereignty,
    SystemDetail,
    Timer,
    TypeDay,
    TypeDemand,
    TypeDetail,
    TypeGroup,
    TypeRegion,
)
from api.schemas.windows import WindowParameters
from battlescope_assets.domain.universe import SecurityClass

router = APIRouter(prefix="/api", tags=["places"])

LISTED = 10
PROBLEMS = problems.responses(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)


@router.get("/systems/{system_id}", summary="One solar system", responses=PROBLEMS)
async def get_system(
    connection: ReadConnection,
    system_id: Annotated[SmallId, Path(description="A solar system.", examples=[30004759])],
    parameters: Annotated[WindowParameters, Query()],
    data_status: CurrentDataStatus,
) -> SystemDetail:
    """A solar system: its stargates, what is lost in it and when, its battles, timers and who holds it."""
    row = await known_system(connection, system_id)
    window = await last_days(connection, parameters.days)
    days = window.start, window.end
    held = await queries.sovereignty(connection, system_id)
    contested = await queries.faction_warfare(connection, system_id)
    return SystemDetail(
        id=system_id,
        name=row["solar_system_name"],
        security_status=row["security_status"],
        constellation=Named.of(row["constellation_id"], row["constellation_name"]),
        region=Named.of(row["region_id"], row["region_name"]),
        space_type=row["space_type"],
        security_class=row["security_class"],
        neighbours=[
            Neighbour(
                system=SolarSystem(
                    id=other["solar_system_id"],
                    name=other["solar_system_name"],
                    security_status=other["security_status"],
                ),
                region=Named.of(other["region_id"], other["region_name"]),
                security_class=other["security_class"],
            )
            for other in await queries.neighbours(connection, system_id)
        ],
        activity=[LossesOfDays(**each) for each in await queries.system_activity(connection, system_id)],
        window=window,
        hours=[LossesOfHour(**each) for each in await queries.system_hours(connection, system_id, days)],
        ships_lost=[_loss(each) for each in await queries.system_losses(connection, system_id, days, LISTED)],
        battles=_battles(await queries.system_battles(connection, system_id, days)),
        timers=[_timer(each) for each in await queries.system_timers(connection, system_id, LISTED)],
        sovereignty=held
        and Sovereignty(
            holder=Named.of(held["holder_id"], held["holder_name"]),
            **{field: held[field] for field in Sovereignty.model_fields if field != "holder"},
        ),
        faction_warfare=contested and _faction_warfare(contested),
        data_status=data_status,
    )


@router.get("/regions/{region_id}", summary="One region", responses=PROBLEMS)
async def get_region(
    connection: ReadConnection,
    region_id: Annotated[SmallId, Path(description="A region.", examples=[10000060])],
    parameters: Annotated[WindowParameters, Query()],
    data_status: CurrentDataStatus,
) -> RegionDetail:
    """A region: its neighbours, what is lost in it, where and when, its battles, timers and contested systems."""
    region = await known_region(connection, region_id)
    window = await last_days(connection, parameters.days)
    days = window.start, window.end
    classes = await queries.systems_by_class(connection, region_id)
    return RegionDetail(
        id=region_id,
        name=region.name,
        systems={SecurityClass(name): systems for name, systems in classes.items()},
        neighbours=[
            Named(id=other["region_id"], name=other["region_name"])
            for other in await queries.neighbouring_regions(connection, region_id)
        ],
        activity=[LossesOfDays(**each) for each in await queries.region_activity(connection, region_id)],
        window=window,
        hours=[LossesOfHour(**each) for each in await queries.region_hours(connection, region_id, days)],
        hot_systems=[
            HotSystem(
                system=Named(id=each["solar_system_id"], name=each["solar_system_name"]),
                security_class=each["security_class"],
                ships_lost_to_players=each["ships_lost_to_players"],
                isk_destroyed=each["destroyed_isk"],
                trend=each["trend"],
            )
            for each in await queries.hot_systems(connection, region_id, parameters.days, LISTED)
        ],
        ships_lost=[
            _loss(each) for each in await queries.region_losses(connection, region_id, parameters.days, LISTED)
        ],
        battles=_battles(await queries.region_battles(connection, region_id, days)),
        timers=[_timer(each) for each in await queries.region_timers(connection, region_id, LISTED)],
        faction_warfare=[
            _faction_warfare(each) for each in await queries.region_faction_warfare(connection, region_id, LISTED)
        ],
        data_status=data_status,
    )


@router.get("/types/{type_id}", summary="One type of ship or item", responses=PROBLEMS)
async def get_type(
    connection: ReadConnection,
    type_id: Annotated[SmallId, Path(description="A type of ship, module or anything else.", examples=[24690])],
    parameters: Annotated[WindowParameters, Query()],
    data_status: CurrentDataStatus,
) -> TypeDetail:
    """A type: what was lost of it by day and region, what markets have of it, who flies it, its doctrines."""
    row = await known_type(connection, type_id)
    window = await last_days(connection, parameters.days)
    demand = await queries.type_demand(connection, type_id)
    return TypeDetail(
        id=type_id,
        name=row["type_name"],
        group=Named(id=row["group_id"], name=row["group_name"]),
        category=Named(id=row["category_id"], name=row["category_name"]),
        window=window,
        days=[TypeDay(**each) for each in await queries.type_days(connection, type_id, (window.start, window.end))],
        regions=[
            TypeRegion(
                region=Named.of(each["region_id"], each["region_name"]),
                quantity=each["quantity"],
                isk_destroyed=each["destroyed_isk"],
            )
            for each in await queries.type_regions(connection, type_id, parameters.days, LISTED)
        ],
        demand=demand and TypeDemand(**{field: demand[field] for field in TypeDemand.model_fields}),
        flown_by=[
            TypeGroup(
                group=Group(id=each["group_id"], name=each["group_name"], kind=each["group_kind"]),
                **{field: each[field] for field in TypeGroup.model_fields if field != "group"},
            )
            for each in await queries.type_groups(connection, type_id, parameters.days, LISTED)
        ],
        doctrines=[doctrine_summary(each) for each in await doctrines.of_type(connection, type_id, LISTED)],
        data_status=data_status,
    )


def _loss(row: Row) -> PlaceLoss:
    return PlaceLoss(
        ship=Ship(id=row["ship_type_id"], name=row["ship_type_name"], group=row["group_name"]),
        quantity=row["ships_lost"],
        isk_destroyed=row["destroyed_isk"],
        isk_dropped=row["dropped_isk"],
    )


def _battles(counts: dict[str, int]) -> dict[Kind, int]:
    return {Kind(kind): battles for kind, battles in counts.items()}


def _timer(row: Row) -> Timer:
    return Timer(
        campaign_id=row["campaign_id"],
        event_type=row["event_type"],
        system=Named(id=row["solar_system_id"], name=row["solar_system_name"]),
        defender=Named.of(row["defender_alliance_id"], row["defender_alliance_name"]),
        starts_at=row["starts_at"],
    )


def _faction_warfare(row: Row) -> FactionWarfare:
    return FactionWarfare(
        system=Named(id=row["solar_system_id"], name=row["solar_system_name"]),
        occupier=Named(id=row["occupier_faction_id"], name=row["occupier_faction_name"]),
        attacker=Named.of(row["attacker_faction_id"], row["attacker_faction_name"]),
        contested=row["contested"],
        contested_percent=row["contested_percent"],
        expected_flip_at=row["expected_flip_at"],
    )
