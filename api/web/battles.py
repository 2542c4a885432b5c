"""The list of battles and the page of one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from api.deps import ReadConnection, Row
from api.names import CurrentNames
from api.queries import battles as queries
from api.queries.names import entity_names, regions, system_names
from api.revision import CurrentDataStatus
from api.routers.battles import (
    battle_detail,
    battle_row,
    get_timeline,
    list_battle_killmails,
    list_battles,
    list_participants,
)
from api.schemas.battles import (
    BattleParameters,
    BattleSideDetail,
    BattleSort,
    KillmailParameters,
    KillmailSort,
    Kind,
    ParticipantParameters,
    ParticipantSort,
    Side,
    Status,
    Timeline,
)
from api.schemas.fields import Cursor, Id, Parameters
from api.schemas.search import EntryKind
from api.web import charts
from api.web.formats import isk, side_name, words
from api.web.rendering import PageRoute, render
from api.web.typed import TypedName, understand
from battlescope_assets.domain.universe import SecurityClass

router = APIRouter(include_in_schema=False, route_class=PageRoute)

KINDS: list[tuple[str, list[Kind] | None]] = [
    ("Fights", None),
    ("Battles", [Kind.BATTLE]),
    ("Skirmishes", [Kind.SKIRMISH]),
    ("Structure bashes", [Kind.STRUCTURE_BASH]),
    ("Camps", [Kind.CAMP]),
    ("Ganks", [Kind.GANK]),
    ("Everything", list(Kind)),
]
SORTS = [
    (BattleSort.STARTED_AT_DOWN.value, "Newest"),
    (BattleSort.STARTED_AT.value, "Oldest"),
    (BattleSort.ISK_DESTROYED_DOWN.value, "Most ISK"),
    (BattleSort.PILOTS_DOWN.value, "Most pilots"),
    (BattleSort.KILLS_DOWN.value, "Most killmails"),
]
ISK_STEPS = [10**8, 10**9, 10**10, 10**11, 10**12]
PILOT_STEPS = [10, 25, 50, 100, 250, 1000]
LIST_BATTLES = 20
FIELDS = {
    "system": EntryKind.SYSTEM,
    "alliance": EntryKind.ALLIANCE,
    "corporation": EntryKind.CORPORATION,
    "character": EntryKind.CHARACTER,
}
TABLE_ROWS = 25

EVIDENCE = {
    "capsule": "a ship and its capsule: {who}",
    "reversal": "who shot on one was shot on the other: {who}",
    "crew_and_victim": "the same pilot against the same enemy: {who}",
    "concord": "CONCORD answered an attack: {who}",
    "opposition": "the same two groups fought each other: {who}",
    "place": "wrecks at one place, with {who} on both",
    "running": "the fight went on in another system: {who}",
    "session": "{who} hunting at the same place",
}
"""Kinds of evidence (docs/battles.md) in words."""


class BattleListPageParameters(BattleParameters):
    """The filters and sorts of `/api/battles`, and the names that a form asks for them by."""

    limit: Annotated[int, Field(ge=1, le=100)] = LIST_BATTLES
    system: TypedName | None = None
    alliance: TypedName | None = None
    corporation: TypedName | None = None
    character: TypedName | None = None


class BattlePageParameters(Parameters):
    """What the tables of a battle's page show: of whom, in which order, from where on."""

    side: Side | None = None
    alliance_id: Id | None = None
    participants_sort: ParticipantSort = ParticipantSort.KILLS_DOWN
    participants_cursor: Cursor = None
    killmails_sort: KillmailSort = KillmailSort.TIME
    killmails_cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=100)] = TABLE_ROWS


@router.get("/battles")
async def show_battles(
    request: Request,
    connection: ReadConnection,
    names: CurrentNames,
    parameters: Annotated[BattleListPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """The list; takes every filter and sort of `/api/battles`."""
    understood = await understand(request, connection, FIELDS)
    if understood.address is not None:
        return RedirectResponse(understood.address, HTTPStatus.SEE_OTHER)
    answer = await list_battles(
        connection, names, BattleParameters(**parameters.model_dump(exclude=set(FIELDS))), data_status
    )
    return render(
        request,
        "battles.html",
        HTTPStatus.NOT_FOUND if understood.unknown else HTTPStatus.OK,
        answer=answer,
        parameters=parameters,
        unknown=understood.unknown,
        kinds=KINDS,
        sorts=SORTS,
        regions=await regions(connection),
        security_classes=_choices("Any space", [(one.value, one.value) for one in SecurityClass]),
        statuses=_choices("Any", [(one.value, one.value) for one in Status]),
        least_isk=_steps("Any", ISK_STEPS, parameters.min_isk),
        least_pilots=_steps("Any", PILOT_STEPS, parameters.min_pilots),
        chosen=await _chosen(connection, parameters),
    )


@router.get("/battles/{id_or_slug}")
async def show_battle(
    request: Request,
    connection: ReadConnection,
    names: CurrentNames,
    row: Annotated[Row, Depends(battle_row)],
    parameters: Annotated[BattlePageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """One battle, with the pages of its pilots and killmails that the address asks for."""
    battle = await battle_detail(connection, names, row["battle_id"], data_status)
    timeline = await get_timeline(connection, row, data_status)
    whose = {"side": parameters.side, "alliance_id": parameters.alliance_id, "limit": parameters.limit}
    participants = await list_participants(
        connection,
        names,
        row["battle_id"],
        ParticipantParameters(sort=parameters.participants_sort, cursor=parameters.participants_cursor, **whose),
        data_status,
    )
    killmails = await list_battle_killmails(
        connection,
        row,
        KillmailParameters(sort=parameters.killmails_sort, cursor=parameters.killmails_cursor, **whose),
        data_status,
    )
    linking = {entity for mail in killmails.items if mail.link for entity in mail.link.entity_ids}
    named = await names.of_entities(
        connection, [*linking, *([parameters.alliance_id] if parameters.alliance_id else [])]
    )
    return render(
        request,
        "battle.html",
        battle=battle,
        labels={side.side: side_name(side.side) for side in battle.sides},
        chart=charts.battle_timeline(timeline, battle.sides),
        minutes=_minutes(timeline),
        composition=_composition(battle.sides),
        participants=participants.items,
        next_participants=participants.next_cursor,
        killmails=killmails.items,
        next_killmails=killmails.next_cursor,
        why={
            mail.killmail_id: why(mail.link.evidence, mail.link.entity_ids, named)
            for mail in killmails.items
            if mail.link
        },
        timers=await queries.followed_timers(connection, row["battle_id"]),
        parameters=parameters,
        alliances=_alliances(battle.sides, parameters.alliance_id, named),
    )


def why(evidence: str, entity_ids: Iterable[int], names: Mapping[int, str | None]) -> str:
    """What linked two killmails, in words."""
    who = " and ".join(names.get(entity) or str(entity) for entity in entity_ids)
    return EVIDENCE.get(evidence, words(evidence) + ": {who}").format(who=who)


async def _chosen(connection: ReadConnection, parameters: BattleParameters) -> list[tuple[str, str]]:
    """Filters that a link set and the form has no field for: the parameter, and what it means."""
    entities = {
        name: value
        for name in ("alliance_id", "corporation_id", "character_id")
        if (value := getattr(parameters, name)) is not None
    }
    names: dict[int, str] = await entity_names(connection, entities.values()) if entities else {}
    chosen = [(name, f"with {names.get(value, value)}") for name, value in entities.items()]
    if (system_id := parameters.system_id) is not None:
        chosen.append(("system_id", f"in {(await system_names(connection, [system_id])).get(system_id, system_id)}"))
    if parameters.space_type is not None:
        chosen.append(("space_type", f"in {parameters.space_type.value}"))
    if parameters.min_kills is not None:
        chosen.append(("min_kills", f"{parameters.min_kills} killmails or more"))
    return chosen


def _choices(any_: str, choices: list[tuple[Any, str]]) -> list[tuple[Any, str]]:
    return [("", any_), *choices]


def _steps(any_: str, steps: list[int], chosen: int | None) -> list[tuple[Any, str]]:
    """Choices of a least amount, the chosen one among them."""
    values = sorted({*steps, *([] if chosen is None else [chosen])})
    return _choices(any_, [(value, f"{isk(value)} or more") for value in values])


def _minutes(timeline: Timeline) -> list[dict[str | int, Any]]:
    """The timeline's table: each minute with what each side lost in it, by side."""
    minutes: dict[Any, dict[str | int, Any]] = {}
    for loss in timeline.items:
        minutes.setdefault(loss.minute_at, {"minute_at": loss.minute_at})[loss.side] = loss
    return list(minutes.values())


def _composition(sides: tuple[BattleSideDetail, ...]) -> list[dict[str, Any]]:
    """Ship classes from the most fielded on, each with what each side fielded and lost of it, and its hulls."""
    fielded: Counter[str] = Counter()
    by_side: dict[str, dict[int, list[int]]] = {}
    hulls: dict[str, dict[int, dict[str, Any]]] = {}
    for side in sides:
        for entry in side.ship_types:
            group = entry.ship.group or "Unknown class"
            fielded[group] += entry.fielded
            counts = by_side.setdefault(group, {}).setdefault(side.side, [0, 0])
            counts[0] += entry.fielded
            counts[1] += entry.lost
            hull = hulls.setdefault(group, {}).setdefault(entry.ship.id, {"ship": entry.ship, "sides": {}})
            hull["sides"][side.side] = (entry.fielded, entry.lost)
    return [
        {"group": group, "fielded": total, "sides": by_side[group], "hulls": list(hulls[group].values())}
        for group, total in fielded.most_common()
    ]


def _alliances(
    sides: tuple[BattleSideDetail, ...], chosen: int | None, names: Mapping[int, str | None]
) -> list[tuple[Any, str]]:
    """Choices of an alliance, by name."""
    known = {
        group.id: group.name or f"Alliance {group.id}"
        for side in sides
        for group in side.groups
        if group.kind == "alliance"
    }
    if chosen is not None:
        known.setdefault(chosen, names.get(chosen) or f"Alliance {chosen}")
    return _choices("All alliances", sorted(known.items(), key=lambda item: item[1]))
