"""Battles: the list, one battle, its participants and its killmails."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from http import HTTPStatus
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response

from api import problems
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
    BattleSideDetail,
    FormerBattle,
    FriendlyFire,
    IdOrSlug,
    KillmailList,
    KillmailParameters,
    Link,
    LinkedKillmail,
    Losses,
    Participant,
    ParticipantList,
    ParticipantParameters,
    SideGroup,
    SideItem,
    SideShip,
    SystemShare,
    Timeline,
    TopKiller,
    TopLoser,
    Victim,
)
from api.schemas.fields import Named, Ship
from api.schemas.lists import DataStatus

router = APIRouter(prefix="/api/battles", tags=["battles"])

LABELS = {0: "unaligned", 1: "team_a", 2: "team_b"}
"""Of sides, by number; others are called by theirs."""

LIST_PROBLEMS = problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
BATTLE_PROBLEMS = problems.responses(
    HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
)


async def battle_row(connection: ReadConnection, id_or_slug: Annotated[IdOrSlug, Path()], response: Response) -> Row:
    """The battle meant: today's, or the one that holds a retired one's killmails; its address in `Content-Location`."""
    row = await queries.battle(connection, id_or_slug)
    if row is None and (fate := await queries.successor(connection, id_or_slug)):
        if fate["battle_id"] is None:
            raise HTTPException(
                HTTPStatus.GONE, f"{id_or_slug} is gone ({fate['reason']}); no battle holds its killmails."
            )
        row = await queries.battle(connection, str(fate["battle_id"]))
    if row is None:
        raise problems.unknown("battle", id_or_slug)
    response.headers["Content-Location"] = f"/api/battles/{row['battle_id']}"
    return row


@router.get("", summary="Battles", responses=LIST_PROBLEMS, response_model=BattleList, name="list_battles")
async def get_battles(
    pool: AppPool, names: CurrentNames, parameters: Annotated[BattleParameters, Query()], data_status: CurrentDataStatus
) -> Response:
    """Battles that meet every filter given, the newest first unless sorted otherwise."""
    async with pool.connection() as connection:
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
        known = await names.of_entities(connection, _top_alliance_ids(page.sides))
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


@router.get("/{id_or_slug}", summary="One battle", responses=BATTLE_PROBLEMS)
async def get_battle(
    connection: ReadConnection,
    names: CurrentNames,
    row: Annotated[Row, Depends(battle_row)],
    data_status: CurrentDataStatus,
) -> BattleDetail:
    """A battle with its sides' groups, ships and items, its top pilots, why it is one, and the ids that lead to it."""
    links = await queries.links(connection, row["battle_id"], row["day"])
    return await battle_detail(connection, names, row, links, data_status)


async def battle_detail(
    connection: Connection, names: Names, row: Row, links: list[Row], data_status: DataStatus
) -> BattleDetail:
    """A battle in detail, with as many of its killmails' `links` as the caller read: they are most of the work."""
    battle_id, day = row["battle_id"], row["day"]
    killers, losers = await queries.top_pilots(connection, battle_id, day)
    details = {detail["side"]: detail for detail in await queries.side_details(connection, row["battle_id"])}
    groups = [group["group_id"] for detail in details.values() for group in detail["groups"]]
    type_ids = [
        entry["type_id"] for detail in details.values() for entry in (*detail["ship_types"], *detail["items_lost"])
    ]
    entities = await names.of_entities(connection, [*groups, *_top_alliance_ids([row["sides"]])])
    known_types = await names.of_types(connection, type_ids)
    systems = await names.of_systems(connection, [system_id for system_id, _ in row["systems"]])
    sides = _sides(row["sides"], entities)
    return BattleDetail(
        **row["summary"],
        sides=[_side_detail(side, details[side["side"]], entities, known_types) for side in sides],
        total_ships_lost=row["total_ships_lost"],
        systems=[
            SystemShare(system=Named(id=system_id, name=systems.get(system_id)), killmails=killmails)
            for system_id, killmails in row["systems"]
        ],
        top_killers=[
            TopKiller(
                character=Named(id=pilot["character_id"], name=pilot["character_name"]),
                side=pilot["side"],
                kills=pilot["kills"],
                isk_destroyed=pilot["isk_destroyed"],
            )
            for pilot in killers
            if pilot["kills"]
        ],
        top_losers=[
            TopLoser(
                character=Named(id=pilot["character_id"], name=pilot["character_name"]),
                side=pilot["side"],
                losses=pilot["losses"],
                isk_lost=pilot["isk_lost"],
            )
            for pilot in losers
            if pilot["losses"]
        ],
        killmails=[LinkedKillmail(killmail_id=mail["killmail_id"], link=_link(mail)) for mail in links],
        friendly_fire=[
            FriendlyFire(
                killmail_id=shot["killmail_id"],
                character=Named.of(shot["character_id"], shot["character_name"]),
                damage_done=shot["damage_done"],
            )
            for shot in await queries.friendly_fire(connection, battle_id)
        ],
        former=[
            FormerBattle(
                id=old["old_battle_id"], slug=old["old_slug"], reason=old["reason"], happened_at=old["happened_at"]
            )
            for old in await queries.former(connection, row["battle_id"])
        ],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        data_status=data_status,
    )


@router.get("/{id_or_slug}/participants", summary="A battle's pilots", responses=BATTLE_PROBLEMS)
async def list_participants(
    connection: ReadConnection,
    names: CurrentNames,
    row: Annotated[Row, Depends(battle_row)],
    parameters: Annotated[ParticipantParameters, Query()],
    data_status: CurrentDataStatus,
) -> ParticipantList:
    """Pilots in the battle, those with most kills first unless sorted otherwise."""
    order = queries.PARTICIPANT_ORDERS[parameters.sort]
    after = read_cursor(parameters.cursor, parameters.sort, order)
    rows = await queries.participants(connection, row["battle_id"], row["day"], parameters, after)
    page, next_cursor = page_of(rows, parameters.limit, parameters.sort, order)
    ships = await names.of_types(connection, [type_id for pilot in page for type_id in pilot["ship_type_ids"]])
    return ParticipantList(
        items=[_participant(pilot, ships) for pilot in page],
        next_cursor=next_cursor,
        data_status=data_status,
    )


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


def _top_alliance_ids(sides_of_battles: Iterable[list[list[Any]]]) -> list[int]:
    return [alliance_id for sides in sides_of_battles for side in sides for alliance_id, _ in side[6]]


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
            "top_alliances": [{"id": i, "name": names.get(i), "pilots": of_alliance} for i, of_alliance in top],
        }
        for side, pilots, ships_lost, ships_destroyed, isk_lost, isk_destroyed, top in sides
    ]


def _efficiency(isk_destroyed: float, isk_lost: float) -> float | None:
    isk = isk_destroyed + isk_lost
    # Rounding to digits takes Python four times as long, of what is done for each side of each battle.
    return round(10_000 * isk_destroyed / isk) / 10_000 if isk else None


def _label(side: int) -> str:
    return LABELS.get(side) or f"side_{side}"


def _side_detail(
    side: Row, detail: Row, names: Mapping[int, str | None], known_types: Mapping[int, Row | None]
) -> BattleSideDetail:
    return BattleSideDetail(
        **side,
        groups=[
            SideGroup(
                id=group["group_id"],
                name=names.get(group["group_id"]),
                kind=group["group_kind"],
                pilots=group["pilots"],
                isk_destroyed=round(group["isk_destroyed"]),
                isk_lost=round(group["isk_lost"]),
                confidence=group["confidence"],
            )
            for group in detail["groups"]
        ],
        ship_types=[
            SideShip(ship=_ship(entry["type_id"], known_types), fielded=entry["fielded"], lost=entry["lost"])
            for entry in detail["ship_types"]
        ],
        items_lost=[
            SideItem(
                id=entry["type_id"],
                name=(known_types.get(entry["type_id"]) or {}).get("type_name"),
                destroyed=entry["destroyed"],
                dropped=entry["dropped"],
            )
            for entry in detail["items_lost"]
        ],
    )


def _ship(type_id: int, known_types: Mapping[int, Row | None]) -> Ship:
    known = known_types.get(type_id) or {}
    return Ship(id=type_id, name=known.get("type_name"), group=known.get("group_name"))


def _participant(row: Row, ships: Mapping[int, Row | None]) -> Participant:
    return Participant(
        character=Named(id=row["character_id"], name=row["character_name"]),
        corporation=Named.of(row["corporation_id"], row["corporation_name"]),
        alliance=Named.of(row["alliance_id"], row["alliance_name"]),
        side=row["side"],
        side_confidence=row["side_confidence"],
        second_best_side=row["second_best_side"],
        ships=[_ship(type_id, ships) for type_id in row["ship_type_ids"]],
        kills=row["kills"],
        final_blows=row["final_blows"],
        losses=row["losses"],
        damage_done=row["damage_done"],
        damage_received=row["damage_received"],
        isk_destroyed=row["isk_destroyed"],
        isk_lost=row["isk_lost"],
        first_seen_at=row["first_seen_at"],
        last_seen_at=row["last_seen_at"],
    )


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
