"""Killmails: the list, one killmail with the battle it is in, and its details on demand."""

from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response

from api import problems
from api.deps import AppPool, Connection, ReadConnection, Row
from api.links import esi_killmail_url, zkillboard_kill_url
from api.paging import page_of, read_cursor
from api.queries import killmails as queries
from api.queries.names import entity_names, types
from api.revision import CurrentDataStatus, Revision
from api.routers.battles import victim_of
from api.schemas.battles import Region
from api.schemas.fields import Id, Named, Ship, SolarSystem
from api.schemas.killmails import (
    LONGEST_WINDOW_DAYS,
    USUAL_WINDOW_DAYS,
    Attacker,
    ContainedItem,
    Enrichment,
    EnrichmentPayload,
    Killmail,
    KillmailBattle,
    KillmailListParameters,
    KillmailSummary,
    KillmailSummaryList,
    KillmailWindow,
    LostItem,
    Position,
    Zkb,
)
from api.schemas.lists import DataStatus

router = APIRouter(prefix="/api/killmails", tags=["killmails"])

KillmailId = Annotated[Id, Path(description="CCP's id of a killmail.", examples=[132000002])]
KILLMAIL_PROBLEMS = problems.responses(
    HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
)
ONE_DAY = timedelta(days=1)
FULL_SECONDS = 60
"""When to ask again where too many wait for details: ESI answers some hundred in a minute."""


@router.get(
    "",
    summary="Killmails",
    responses=problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
)
async def list_killmails(
    connection: ReadConnection, parameters: Annotated[KillmailListParameters, Query()], data_status: CurrentDataStatus
) -> KillmailSummaryList:
    """Killmails of a window of time that meet every filter given, the newest first unless sorted otherwise.

    Without `start` and `end` the window is the last 7 days, and ends with the newest day that has killmails, not with
    the clock.
    """
    window = _window(parameters, data_status)
    order = queries.KILLMAIL_LIST_ORDERS[parameters.sort]
    after = read_cursor(parameters.cursor, parameters.sort, order)
    keys = await queries.killmail_keys(connection, parameters, window.start, window.end, after)
    page, next_cursor = page_of(keys, parameters.limit, parameters.sort, order)
    return KillmailSummaryList(
        items=[KillmailSummary(**summary_of(row)) for row in await queries.killmails(connection, page)],
        next_cursor=next_cursor,
        data_status=data_status,
        window=window,
    )


@router.get("/{killmail_id}", summary="One killmail", responses=KILLMAIL_PROBLEMS)
async def get_killmail(connection: ReadConnection, killmail_id: KillmailId, data_status: CurrentDataStatus) -> Killmail:
    """A killmail as it is stored: victim, worth, the battle that holds it, and what zKillboard says of it.

    `enrichment` has its attackers and items, once somebody asked for them.
    """
    row = await queries.killmail(connection, killmail_id)
    if row is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"Killmail {killmail_id} is not stored.")
    battle = await queries.battle_of(connection, killmail_id, row["killmail_time"])
    return Killmail(
        **summary_of(row),
        damage_taken=row["damage_taken"],
        battle=battle and KillmailBattle(id=battle["battle_id"], slug=battle["slug"], kind=battle["kind"]),
        zkb=None
        if row["zkb_total_isk"] is None
        else Zkb(
            isk_total=row["zkb_total_isk"],
            points=row["zkb_points"],
            npc=row["zkb_npc"],
            solo=row["zkb_solo"],
            awox=row["zkb_awox"],
            labels=row["zkb_labels"],
        ),
        enrichment=await _enrichment(connection, killmail_id),
        data_status=data_status,
    )


@router.post(
    "/{killmail_id}/enrichment",
    summary="Ask for a killmail's details",
    status_code=HTTPStatus.ACCEPTED,
    responses=KILLMAIL_PROBLEMS,
)
async def request_enrichment(
    request: Request, pool: AppPool, killmail_id: KillmailId, response: Response
) -> Enrichment:
    """Has ESI asked for the killmail's attackers, items and position.

    That takes seconds: `enrichment` of the killmail, whose address is in `Location`, will have them. Asked again, it
    answers how the request fares, and asks ESI no more often. A request that failed is tried again by itself.
    """
    async with pool.connection() as connection, connection.transaction():
        is_taken = await queries.request_enrichment(connection, killmail_id)
        found = await _enrichment(connection, killmail_id)
    if is_taken:
        revision: Revision = request.app.state.revision
        revision.note_change()  # PostgreSQL tells of it later, and who asked looks for it now
    if found is None and is_taken is False:
        reason = f"Too many killmails are waited for; ask again in {FULL_SECONDS} s."
        raise problems.not_now(reason, FULL_SECONDS)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"Killmail {killmail_id} is not stored.")
    response.headers["Location"] = f"/api/killmails/{killmail_id}"
    return found


def summary_of(row: Row) -> Row:
    """What a killmail in a list and in detail have in common, of a row of `marts.fct_killmails`."""
    killmail_id = row["killmail_id"]
    return {
        "killmail_id": killmail_id,
        "killmail_time": row["killmail_time"],
        "system": SolarSystem(
            id=row["solar_system_id"], name=row["solar_system_name"], security_status=row["security_status"]
        ),
        "region": Region(id=row["region_id"], name=row["region_name"]),
        "security_class": row["security_class"],
        "victim": victim_of(row),
        "attackers": row["attacker_count"],
        "isk_destroyed": row["destroyed_isk"],
        "isk_dropped": row["dropped_isk"],
        "isk_total": row["total_isk"],
        "is_npc": row["is_npc"],
        "is_solo": row["is_solo"],
        "is_awox": row["is_awox"],
        "zkillboard_url": zkillboard_kill_url(killmail_id),
        "esi_url": esi_killmail_url(killmail_id, row["killmail_hash"]),
    }


def _window(parameters: KillmailListParameters, data_status: DataStatus) -> KillmailWindow:
    newest = data_status.as_of or datetime.now(UTC)
    end = parameters.end or datetime.combine(newest.date() + ONE_DAY, time(), UTC)
    since_ever = end - datetime.min.replace(tzinfo=UTC)
    start = parameters.start or end - min(timedelta(days=USUAL_WINDOW_DAYS), since_ever)
    if end - start > timedelta(days=LONGEST_WINDOW_DAYS):
        raise problems.invalid(
            "start", f"A window spans at most {LONGEST_WINDOW_DAYS} days: give an earlier end or a later start"
        )
    return KillmailWindow(start=start, end=end)


async def _enrichment(connection: Connection, killmail_id: int) -> Enrichment | None:
    row = await queries.enrichment(connection, killmail_id)
    if row is None:
        return None
    payload = row["payload"] and await _payload(connection, row["payload"])
    return Enrichment(
        status=row["status"],
        payload=payload,
        error=row["error"],
        attempts=row["attempts"],
        created_at=row["created_at"],
        fetched_at=row["fetched_at"],
        updated_at=row["updated_at"],
    )


async def _payload(connection: Connection, mail: Row) -> EnrichmentPayload:
    """ESI's body, with names."""
    attackers, items = mail["attackers"], mail["victim"].get("items") or []
    stacks = [*items, *(inner for item in items for inner in item.get("items") or [])]
    whose = ("character_id", "corporation_id", "alliance_id", "faction_id")
    what = ("ship_type_id", "weapon_type_id")
    names = await entity_names(connection, (one[field] for one in attackers for field in whose if one.get(field)))
    known = await types(
        connection,
        [
            *(one[field] for one in attackers for field in what if one.get(field)),
            *(stack["item_type_id"] for stack in stacks),
        ],
    )

    def named(entity_id: int | None) -> Named | None:
        return Named(id=entity_id, name=names.get(entity_id)) if entity_id else None

    def typed(type_id: int | None) -> Ship | None:
        return _type(type_id, known) if type_id else None

    place = mail["victim"].get("position")
    return EnrichmentPayload(
        source="esi",
        war_id=mail.get("war_id") or None,
        moon_id=mail.get("moon_id") or None,
        position=place and Position(**place),
        attackers=[
            Attacker(
                character=named(one.get("character_id")),
                corporation=named(one.get("corporation_id")),
                alliance=named(one.get("alliance_id")),
                faction=named(one.get("faction_id")),
                ship=typed(one.get("ship_type_id")),
                weapon=typed(one.get("weapon_type_id")),
                damage_done=one["damage_done"],
                final_blow=one["final_blow"],
                security_status=one.get("security_status"),
            )
            for one in attackers
        ],
        items=[
            LostItem(
                **_stack(item, known),
                items=[ContainedItem(**_stack(inner, known)) for inner in item.get("items") or []],
            )
            for item in items
        ],
    )


def _stack(item: Row, known: dict[int, Row]) -> Row:
    return {
        "type": _type(item["item_type_id"], known),
        "flag": item["flag"],
        "singleton": item["singleton"],
        "quantity_destroyed": item.get("quantity_destroyed") or 0,
        "quantity_dropped": item.get("quantity_dropped") or 0,
    }


def _type(type_id: int, known: dict[int, Row]) -> Ship:
    found = known.get(type_id, {})
    return Ship(id=type_id, name=found.get("type_name"), group=found.get("group_name"))
