"""Battles: the list, one battle, its participants and its killmails."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, TypeVar
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response

from api import problems
from api.counts import AppCounts
from api.deps import AppPool, Connection, ReadConnection, Row
from api.links import esi_killmail_url, zkillboard_kill_url
from api.names import CurrentNames, Names
from api.paging import page_of, read_cursor, write_cursor
from api.queries import battles as queries
from api.revision import CurrentDataStatus
from api.schemas.battles import (
    BattleDetail,
    BattleKillmail,
    BattleList,
    BattleParameters,
    IdOrSlug,
    KillmailList,
    KillmailParameters,
    Link,
    Losses,
    ParticipantList,
    ParticipantParameters,
    Timeline,
    Victim,
)
from api.schemas.fields import Named, Ship
from api.schemas.lists import DataStatus

Found = TypeVar("Found")

router = APIRouter(prefix="/api/battles", tags=["battles"])

LABELS = {0: "unaligned", 1: "team_a", 2: "team_b"}
"""Of sides, by number; others are called by theirs."""

LIST_PROBLEMS = problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
BATTLE_PROBLEMS = problems.responses(
    HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
)


async def _meant(connection: Connection, id_or_slug: str, ask: Callable[[str], Awaitable[Found | None]]) -> Found:
    """What `ask` finds of the battle meant: today's, or the one that holds a retired one's killmails.

    Outside a transaction, today's is asked for outside too, being of one moment if that is one statement.
    """
    found = await ask(id_or_slug)
    if found is not None:
        return found
    async with connection.transaction():  # left without an error: after one, psycopg forgets what it prepared
        found = await ask(id_or_slug)  # it may have come back since
        fate = None if found else await queries.successor(connection, id_or_slug)
        if fate and fate["battle_id"]:
            found = await ask(f"{fate['battle_id']}")
    if found is not None:
        return found
    if fate is None:
        raise problems.unknown("battle", id_or_slug)
    raise HTTPException(HTTPStatus.GONE, f"{id_or_slug} is gone ({fate['reason']}); no battle holds its killmails.")


async def battle_row(connection: ReadConnection, id_or_slug: Annotated[IdOrSlug, Path()], response: Response) -> Row:
    """The battle meant; its address in `Content-Location`."""
    row = await _meant(connection, id_or_slug, partial(queries.battle, connection))
    response.headers.update(_content_location(row["battle_id"]))
    return row


def _content_location(battle_id: UUID) -> dict[str, str]:
    return {"Content-Location": f"/api/battles/{battle_id}"}


@router.get("", summary="Battles", responses=LIST_PROBLEMS, response_model=BattleList, name="list_battles")
async def get_battles(
    pool: AppPool,
    counts: AppCounts,
    names: CurrentNames,
    parameters: Annotated[BattleParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """Battles that meet every filter given, the newest first unless sorted otherwise."""
    async with counts.turn() if parameters.total else nullcontext(), pool.connection() as connection:
        return await write_battles(connection, names, parameters, data_status)


async def write_battles(
    connection: Connection, names: Names, parameters: BattleParameters, data_status: DataStatus
) -> Response:
    """The answer of a route that lists battles."""
    return Response(await _written(connection, names, parameters, data_status), media_type="application/json")


async def list_battles(
    connection: Connection, names: Names, parameters: BattleParameters, data_status: DataStatus
) -> BattleList:
    """The same for pages, which look into it."""
    return BattleList.model_validate_json(await _written(connection, names, parameters, data_status))


async def _written(
    connection: Connection, names: Names, parameters: BattleParameters, data_status: DataStatus
) -> bytes:
    """A `BattleList` as JSON.

    Checking an answer field by field and writing it then, as FastAPI does, takes longer than finding a page of 50
    battles. The tests check it against its schema instead.
    """
    order = queries.BATTLE_ORDERS[parameters.sort]
    after = read_cursor(parameters.cursor, parameters.sort, order)
    # Two statements are of one moment only in a transaction; one is so by itself, at half the price.
    async with connection.transaction() if parameters.total else nullcontext():
        page = await queries.battle_page(connection, parameters, parameters.sort, after, parameters.limit)
        total = await queries.count_battles(connection, parameters) if parameters.total else None
        known = await names.of_entities(connection, _top_ids(page.sides))
    items = ",".join(
        [
            f'{summary[:-1]},"sides":{orjson.dumps(_sides(sides, known)).decode()}}}'
            for summary, sides in zip(page.summaries, page.sides, strict=True)
        ]
    )
    answer: dict[str, Any] = {
        "items": orjson.Fragment(f"[{items}]"),
        "next_cursor": page.end and write_cursor(parameters.sort, page.end),
        "data_status": dict(data_status),
    }
    if parameters.total:
        answer["total"] = total
    return orjson.dumps(answer, option=orjson.OPT_UTC_Z)


@router.get("/{id_or_slug}", summary="One battle", responses=BATTLE_PROBLEMS, response_model=BattleDetail)
async def get_battle(
    pool: AppPool, names: CurrentNames, id_or_slug: Annotated[IdOrSlug, Path()], data_status: CurrentDataStatus
) -> Response:
    """A battle with its sides' groups, ships and items, its top pilots, why it is one, and the ids that lead to it."""
    async with pool.connection() as connection:
        row = await _meant(connection, id_or_slug, partial(queries.detail, connection, with_links=True))
        body = await _written_detail(connection, names, row, data_status)
    return Response(body, headers=_content_location(row["battle_id"]), media_type="application/json")


async def battle_detail(connection: Connection, names: Names, battle_id: UUID, data_status: DataStatus) -> BattleDetail:
    """The same for pages, which look into it, without its killmails: those come by pages."""
    row = await _meant(connection, f"{battle_id}", partial(queries.detail, connection, with_links=False))
    return BattleDetail.model_validate_json(await _written_detail(connection, names, row, data_status))


async def _written_detail(connection: Connection, names: Names, row: Row, data_status: DataStatus) -> bytes:
    """A `BattleDetail` as JSON; see `_written`."""
    sides, details = row["sides"], row["side_details"] or []
    group_ids = [group[0] for groups, _, _ in details for group in groups]
    type_ids = [entry[0] for _, ships, items in details for entry in (*ships, *items)]
    top_ids = [pilot["character"] for pilot in (*row["top_killers"], *row["top_losers"])]
    entities = await names.of_entities(connection, [*group_ids, *top_ids])
    types = await names.of_types(connection, type_ids)
    systems = await names.of_systems(connection, [system_id for system_id, _ in row["systems"]])
    rest = {
        "sides": [
            side | _side_detail(*detail, names=entities, types=types)
            for side, detail in zip(_sides(sides, entities), details, strict=True)
        ],
        "total_ships_lost": row["total_ships_lost"],
        "systems": [
            {"system": _named(system_id, systems), "killmails": killmails} for system_id, killmails in row["systems"]
        ],
        "top_killers": [_top_pilot(pilot, "isk_destroyed", entities) for pilot in row["top_killers"]],
        "top_losers": [_top_pilot(pilot, "isk_lost", entities) for pilot in row["top_losers"]],
        "killmails": orjson.Fragment(row["links"]),
        "friendly_fire": orjson.Fragment(row["friendly_fire"]),
        "former": [old | {"happened_at": datetime.fromisoformat(old["happened_at"])} for old in row["former"]],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "data_status": dict(data_status),
    }
    summary: str = row["summary"]
    return f"{summary[:-1]},".encode() + orjson.dumps(rest, option=orjson.OPT_UTC_Z)[1:]


@router.get(
    "/{id_or_slug}/participants",
    summary="A battle's pilots",
    responses=BATTLE_PROBLEMS,
    response_model=ParticipantList,
    name="list_participants",
)
async def get_participants(
    pool: AppPool,
    names: CurrentNames,
    id_or_slug: Annotated[IdOrSlug, Path()],
    parameters: Annotated[ParticipantParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """Pilots in the battle, those with most kills first unless sorted otherwise."""
    async with pool.connection() as connection:
        page = await _participant_page(connection, id_or_slug, parameters)
        body = await _written_participants(connection, names, page, parameters, data_status)
    return Response(body, headers=_content_location(page.battle_id), media_type="application/json")


async def list_participants(
    connection: Connection,
    names: Names,
    battle_id: UUID,
    parameters: ParticipantParameters,
    data_status: DataStatus,
) -> ParticipantList:
    """The same for pages and files."""
    page = await _participant_page(connection, f"{battle_id}", parameters)
    written = await _written_participants(connection, names, page, parameters, data_status)
    return ParticipantList.model_validate_json(written)


async def _participant_page(
    connection: Connection, id_or_slug: str, parameters: ParticipantParameters
) -> queries.ParticipantPage:
    after = read_cursor(parameters.cursor, parameters.sort, queries.PARTICIPANT_ORDERS[parameters.sort])
    ask = partial(queries.participant_page, connection, parameters=parameters, after=after)
    return await _meant(connection, id_or_slug, ask)


async def _written_participants(
    connection: Connection,
    names: Names,
    page: queries.ParticipantPage,
    parameters: ParticipantParameters,
    data_status: DataStatus,
) -> bytes:
    """A `ParticipantList` as JSON; see `_written`."""
    named = ("character", "corporation", "alliance")
    entities = await names.of_entities(
        connection, [pilot[one] for pilot in page.pilots for one in named if pilot[one] is not None]
    )
    types = await names.of_types(connection, [type_id for pilot in page.pilots for type_id in pilot["ships"]])
    for pilot in page.pilots:
        for one in named:
            pilot[one] = None if pilot[one] is None else _named(pilot[one], entities)
        pilot["ships"] = [_ship(type_id, types) for type_id in pilot["ships"]]
        pilot["side_confidence"] = float(pilot["side_confidence"])
        pilot["isk_destroyed"], pilot["isk_lost"] = round(pilot["isk_destroyed"]), round(pilot["isk_lost"])
    answer = {
        "items": page.pilots,
        "next_cursor": page.end and write_cursor(parameters.sort, page.end),
        "data_status": dict(data_status),
    }
    return orjson.dumps(answer, option=orjson.OPT_UTC_Z)


@router.get("/{id_or_slug}/killmails", summary="A battle's killmails", responses=BATTLE_PROBLEMS)
async def list_battle_killmails(
    connection: ReadConnection,
    row: Annotated[Row, Depends(battle_row)],
    parameters: Annotated[KillmailParameters, Query()],
    data_status: CurrentDataStatus,
) -> KillmailList:
    """Killmails in the battle in the order they happened unless sorted otherwise, each with why it is there."""
    order = queries.KILLMAIL_ORDERS[parameters.sort]
    after = read_cursor(parameters.cursor, parameters.sort, order)
    rows = await queries.killmails(connection, row["battle_id"], row["day"], parameters, after)
    page, next_cursor = page_of(rows, parameters.limit, parameters.sort, order)
    return KillmailList(items=[_killmail(mail) for mail in page], next_cursor=next_cursor, data_status=data_status)


@router.get("/{id_or_slug}/timeline", summary="A battle's losses over time", responses=BATTLE_PROBLEMS)
async def get_timeline(
    connection: ReadConnection, row: Annotated[Row, Depends(battle_row)], data_status: CurrentDataStatus
) -> Timeline:
    """What each side lost in each minute in which it lost something, in the order of time."""
    return Timeline(
        items=[Losses(**losses) for losses in await queries.timeline(connection, row["battle_id"], row["day"])],
        next_cursor=None,
        data_status=data_status,
    )


def _top_ids(sides_of_battles: Iterable[list[list[Any]]]) -> list[int]:
    """Alliances and corporations that `_sides` names."""
    return [group_id for sides in sides_of_battles for side in sides for top in side[6:] for group_id, _ in top]


def _sides(sides: list[list[Any]], names: Mapping[int, str | None]) -> list[Row]:
    """Fields of a battle's `BattleSide`s, of what `marts.fct_battles` has of them."""
    return [
        {
            "side": side,
            "label": _label(side),
            "pilots": pilots,
            "ships_lost": ships_lost,
            "ships_destroyed": ships_destroyed,
            "isk_lost": round(isk_lost),
            "isk_destroyed": round(isk_destroyed),
            "efficiency": _efficiency(isk_destroyed, isk_lost),
            "top_alliances": [{"id": i, "name": names.get(i), "pilots": n} for i, n in alliances],
            "top_corporations": [{"id": i, "name": names.get(i), "pilots": n} for i, n in rest[0]] if rest else [],
        }
        for side, pilots, ships_lost, ships_destroyed, isk_lost, isk_destroyed, alliances, *rest in sides
    ]


def _efficiency(isk_destroyed: float, isk_lost: float) -> float | None:
    isk = isk_destroyed + isk_lost
    # Rounding to digits takes Python four times as long, of what is done for each side of each battle.
    return round(10_000 * isk_destroyed / isk) / 10_000 if isk else None


def _label(side: int) -> str:
    return LABELS.get(side) or f"side_{side}"


def _side_detail(
    groups: list[list[Any]],
    ship_types: list[list[int]],
    items_lost: list[list[int]],
    *,
    names: Mapping[int, str | None],
    types: Mapping[int, Row | None],
) -> Row:
    """What a `BattleSideDetail` has more than a `BattleSide`, of what `marts.fct_battle_sides` has of it."""
    return {
        "groups": [
            {
                "id": group_id,
                "name": names.get(group_id),
                "kind": kind,
                "pilots": pilots,
                "isk_destroyed": round(isk_destroyed),
                "isk_lost": round(isk_lost),
                "confidence": confidence,
            }
            for group_id, kind, pilots, isk_destroyed, isk_lost, confidence in groups
        ],
        "ship_types": [
            {"ship": _ship(type_id, types), "fielded": fielded, "lost": lost} for type_id, fielded, lost in ship_types
        ],
        "items_lost": [
            {"id": type_id, "name": _ship(type_id, types)["name"], "destroyed": destroyed, "dropped": dropped}
            for type_id, destroyed, dropped in items_lost
        ],
    }


def _top_pilot(pilot: Row, amount: str, names: Mapping[int, str | None]) -> Row:
    return pilot | {"character": _named(pilot["character"], names), amount: round(pilot[amount])}


def _named(named_id: int, names: Mapping[int, str | None]) -> Row:
    """Fields of a `Named`."""
    return {"id": named_id, "name": names.get(named_id)}


def _ship(type_id: int, types: Mapping[int, Row | None]) -> Row:
    """Fields of a `Ship`."""
    known = types.get(type_id) or {}
    return {"id": type_id, "name": known.get("type_name"), "group": known.get("group_name")}


def victim_of(row: Row) -> Victim:
    """The victim, of a row with its ids and names."""
    return Victim(
        character=Named.of(row["victim_character_id"], row["victim_character_name"]),
        corporation=Named.of(row["victim_corporation_id"], row["victim_corporation_name"]),
        alliance=Named.of(row["victim_alliance_id"], row["victim_alliance_name"]),
        ship=Ship(
            id=row["victim_ship_type_id"], name=row["victim_ship_type_name"], group=row["victim_ship_group_name"]
        ),
    )


def _link(row: Row) -> Link | None:
    if row["linked_killmail_id"] is None:
        return None
    return Link(
        killmail_id=row["linked_killmail_id"],
        evidence=row["link_evidence"],
        seconds=row["link_seconds"],
        entity_ids=row["link_entity_ids"],
    )


def _killmail(row: Row) -> BattleKillmail:
    killmail_id = row["killmail_id"]
    return BattleKillmail(
        killmail_id=killmail_id,
        killmail_time=row["killmail_time"],
        system=Named(id=row["solar_system_id"], name=row["solar_system_name"]),
        victim=victim_of(row),
        victim_side=row["victim_side"],
        is_friendly_fire=row["is_friendly_fire"],
        isk_destroyed=row["destroyed_isk"],
        isk_dropped=row["dropped_isk"],
        isk_total=row["total_isk"],
        link=_link(row),
        zkillboard_url=zkillboard_kill_url(killmail_id),
        esi_url=esi_killmail_url(killmail_id, row["killmail_hash"]),
    )
