"""Characters, corporations and alliances: what each did, its battles, and a pilot's hulls."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Response

from api import problems
from api.deps import Connection, ReadConnection, Row
from api.names import CurrentNames
from api.paging import page_of, read_cursor
from api.queries import conflicts, doctrines
from api.queries import entities as queries
from api.queries.windows import last_days
from api.revision import CurrentDataStatus
from api.routers.battles import write_battles
from api.routers.conflicts import ally_of, opponent_of
from api.routers.doctrines import doctrine_summary
from api.schemas.battles import BattleList, BattleParameters
from api.schemas.entities import (
    Alliance,
    Character,
    Corporation,
    EntityBattleParameters,
    GroupShip,
    GroupStatistics,
    GroupSystem,
    HourOfDay,
    PilotShip,
    PilotShipHistory,
    PilotShipList,
    PilotStatistics,
    PilotSystem,
    ShipParameters,
)
from api.schemas.fields import Id, Named, Ship
from api.schemas.windows import WindowParameters

router = APIRouter(prefix="/api", tags=["entities"])

LISTED = 10
PROBLEMS = problems.responses(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
AllianceId = Annotated[Id, Path(description="An alliance.", examples=[99000001])]
CorporationId = Annotated[Id, Path(description="A corporation of players.", examples=[98000001])]
CharacterId = Annotated[Id, Path(description="A pilot.", examples=[2112000001])]


@router.get("/alliances/{alliance_id}", summary="One alliance", responses=PROBLEMS)
async def get_alliance(
    connection: ReadConnection,
    alliance_id: AllianceId,
    parameters: Annotated[WindowParameters, Query()],
    data_status: CurrentDataStatus,
) -> Alliance:
    """An alliance: its kills and losses, its hours, ships, systems, opponents, allies and doctrines."""
    return Alliance(**await _group(connection, alliance_id, "alliance", parameters.days), data_status=data_status)


@router.get("/corporations/{corporation_id}", summary="One corporation", responses=PROBLEMS)
async def get_corporation(
    connection: ReadConnection,
    corporation_id: CorporationId,
    parameters: Annotated[WindowParameters, Query()],
    data_status: CurrentDataStatus,
) -> Corporation:
    """A corporation: its kills and losses, its hours, ships and systems.

    Opponents, allies, coalition and doctrines are those of groups: in an alliance, the alliance has them.
    """
    return Corporation(
        **await _group(connection, corporation_id, "corporation", parameters.days), data_status=data_status
    )


@router.get("/characters/{character_id}", summary="One pilot", responses=PROBLEMS)
async def get_character(
    connection: ReadConnection,
    character_id: CharacterId,
    parameters: Annotated[WindowParameters, Query()],
    data_status: CurrentDataStatus,
) -> Character:
    """A pilot: kills and losses, corporation and alliance as last seen, ships and systems."""
    name, history = await _pilot(connection, character_id)
    *_, ever = history
    return Character(
        id=character_id,
        name=name,
        corporation=Named.of(ever["corporation_id"], ever["corporation_name"]),
        alliance=Named.of(ever["alliance_id"], ever["alliance_name"]),
        first_seen_at=ever["first_seen_at"],
        last_seen_at=ever["last_seen_at"],
        statistics=[
            PilotStatistics(**{field: row[field] for field in PilotStatistics.model_fields}) for row in history
        ],
        window=await last_days(connection, parameters.days),
        ships=[
            PilotShip(ship=_ship(row["ship_type_id"], row), **_figures(PilotShip, row, "ship"))
            for row in await queries.pilot_ships(connection, character_id, parameters.days, LISTED)
        ],
        systems=[
            PilotSystem(**_place(row), **_figures(PilotSystem, row, "system", "region"))
            for row in await queries.pilot_systems(connection, character_id, parameters.days, LISTED)
        ],
        data_status=data_status,
    )


@router.get("/characters/{character_id}/ships", summary="A pilot's hulls", responses=PROBLEMS)
async def list_character_ships(
    connection: ReadConnection,
    character_id: CharacterId,
    parameters: Annotated[ShipParameters, Query()],
    data_status: CurrentDataStatus,
) -> PilotShipList:
    """Every hull a pilot was on killmails in, with kills and losses, last seen first unless sorted otherwise."""
    name, _ = await _pilot(connection, character_id)
    order = queries.SHIP_ORDERS[parameters.sort]
    after = read_cursor(parameters.cursor, parameters.sort, order)
    window = None if parameters.days is None else await last_days(connection, parameters.days)
    rows = await queries.pilot_hulls(
        connection, character_id, (window.start, window.end) if window else None, parameters, after
    )
    page, next_cursor = page_of(rows, parameters.limit, parameters.sort, order)
    return PilotShipList(
        items=[
            PilotShipHistory(ship=_ship(row["type_id"], row), **_figures(PilotShipHistory, row, "ship")) for row in page
        ],
        next_cursor=next_cursor,
        data_status=data_status,
        character=Named(id=character_id, name=name),
        window=window,
    )


@router.get(
    "/alliances/{alliance_id}/battles", summary="An alliance's battles", responses=PROBLEMS, response_model=BattleList
)
async def list_alliance_battles(
    connection: ReadConnection,
    names: CurrentNames,
    alliance_id: AllianceId,
    parameters: Annotated[EntityBattleParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """Battles an alliance took part in, as `/api/battles` lists them."""
    await _known_group(connection, alliance_id, "alliance")
    filters = BattleParameters(alliance_id=alliance_id, **parameters.model_dump())
    return await write_battles(connection, names, filters, data_status)


@router.get(
    "/corporations/{corporation_id}/battles",
    summary="A corporation's battles",
    responses=PROBLEMS,
    response_model=BattleList,
)
async def list_corporation_battles(
    connection: ReadConnection,
    names: CurrentNames,
    corporation_id: CorporationId,
    parameters: Annotated[EntityBattleParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """Battles a corporation took part in, as `/api/battles` lists them."""
    await _known_group(connection, corporation_id, "corporation")
    filters = BattleParameters(corporation_id=corporation_id, **parameters.model_dump())
    return await write_battles(connection, names, filters, data_status)


@router.get(
    "/characters/{character_id}/battles", summary="A pilot's battles", responses=PROBLEMS, response_model=BattleList
)
async def list_character_battles(
    connection: ReadConnection,
    names: CurrentNames,
    character_id: CharacterId,
    parameters: Annotated[EntityBattleParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """Battles a pilot took part in, as `/api/battles` lists them."""
    await _pilot(connection, character_id)
    filters = BattleParameters(character_id=character_id, **parameters.model_dump())
    return await write_battles(connection, names, filters, data_status)


async def _known_group(connection: Connection, group_id: int, kind: str) -> tuple[str | None, Row]:
    """An alliance's or corporation's name, and all its days."""
    name = await queries.entity_name(connection, group_id, kind)
    history = await queries.group_history(connection, group_id, kind)
    if name is None and not history["active_days"]:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"No {kind} {group_id} is known.")
    return name, history


async def _pilot(connection: Connection, character_id: int) -> tuple[str | None, list[Row]]:
    """A pilot's name, and what he did in the windows and in all days, which come last."""
    name = await queries.entity_name(connection, character_id, "character")
    history = await queries.pilot_history(connection, character_id)
    if name is None and not history[-1]["active_days"]:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"No character {character_id} is known.")
    return name, history


async def _group(connection: Connection, group_id: int, kind: str, days: int) -> Row:
    """The fields of a `GroupDetail`, but for the data's status."""
    name, history = await _known_group(connection, group_id, kind)
    coalition = await conflicts.coalition_of(connection, days, group_id)
    return {
        "id": group_id,
        "name": name,
        "first_seen_on": history["first_seen_on"],
        "last_seen_on": history["last_seen_on"],
        "statistics": [
            GroupStatistics(**{field: row[field] for field in GroupStatistics.model_fields})
            for row in (*await queries.group_windows(connection, group_id, kind), history)
        ],
        "window": await last_days(connection, days),
        "hours": [HourOfDay(**row) for row in await queries.group_hours(connection, group_id, days)],
        "ships": [
            GroupShip(ship=_ship(row["ship_type_id"], row), **_figures(GroupShip, row, "ship"))
            for row in await queries.group_ships(connection, group_id, days, LISTED)
        ],
        "systems": [
            GroupSystem(**_place(row), **_figures(GroupSystem, row, "system", "region"))
            for row in await queries.group_systems(connection, group_id, days, LISTED)
        ],
        "opponents": [opponent_of(row) for row in await conflicts.opponents(connection, group_id, days, None, LISTED)][
            :LISTED
        ],
        "allies": [ally_of(row) for row in await conflicts.allies(connection, group_id, days, None, LISTED)][:LISTED],
        "coalition": coalition and Named(id=coalition["coalition_id"], name=coalition["coalition_name"]),
        "doctrines": [doctrine_summary(row) for row in await doctrines.of_group(connection, group_id, LISTED)],
    }


def _figures(model: type[GroupShip | GroupSystem | PilotShip | PilotSystem], row: Row, *others: str) -> Row:
    """The row's values of the model's fields, but for the others."""
    return {field: row[field] for field in model.model_fields if field not in others}


def _ship(type_id: int | None, row: Row) -> Ship | None:
    return Ship(id=type_id, name=row["ship_type_name"], group=row["ship_group_name"]) if type_id else None


def _place(row: Row) -> Row:
    return {
        "system": Named(id=row["solar_system_id"], name=row["solar_system_name"]),
        "region": Named.of(row["region_id"], row["region_name"]),
    }
