"""Conflicts: who fights whom, with whom, and in which campaigns."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Path, Query

from api import problems
from api.deps import ReadConnection, Row
from api.paging import page_of, read_cursor
from api.queries import conflicts as queries
from api.queries.windows import last_days
from api.revision import CurrentDataStatus
from api.schemas.conflicts import (
    Ally,
    AllyList,
    Campaign,
    CampaignBattle,
    CampaignBattleList,
    CampaignBattleParameters,
    CampaignList,
    CampaignParameters,
    CampaignSide,
    Coalition,
    CoalitionList,
    CoalitionMember,
    CoalitionMemberList,
    Conflict,
    ConflictList,
    ConflictMatrix,
    ConflictParameters,
    MatrixParameters,
    Opponent,
    OpponentList,
    WindowPageParameters,
)
from api.schemas.fields import Group, Id, Named

router = APIRouter(prefix="/api/war/conflicts", tags=["conflicts"])

LISTED_MEMBERS = 10
LIST_PROBLEMS = problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
PROBLEMS = problems.responses(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)


async def _group(
    connection: ReadConnection,
    group_id: Annotated[Id, Path(description="An alliance, or a corporation outside alliances.", examples=[99000001])],
) -> Group:
    row = await queries.group(connection, group_id)
    if row is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"No alliance or corporation {group_id} is known.")
    return Group(id=group_id, name=row["group_name"], kind=row["group_kind"])


@router.get("", summary="Who fights whom", responses=LIST_PROBLEMS)
async def list_conflicts(
    connection: ReadConnection, parameters: Annotated[ConflictParameters, Query()], data_status: CurrentDataStatus
) -> ConflictList:
    """Pairs of alliances and corporations that shot each other in the window, those that lost most ISK first."""
    order = queries.CONFLICT_ORDERS[parameters.sort]
    after = read_cursor(parameters.cursor, parameters.sort, order)
    rows = await queries.conflicts(connection, parameters, after)
    page, next_cursor = page_of(rows, parameters.limit, parameters.sort, order)
    return ConflictList(
        items=[_conflict(row) for row in page],
        next_cursor=next_cursor,
        data_status=data_status,
        window=await last_days(connection, parameters.days),
    )


@router.get("/matrix", summary="Who destroyed how much of whom", responses=LIST_PROBLEMS)
async def get_conflict_matrix(
    connection: ReadConnection, parameters: Annotated[MatrixParameters, Query()], data_status: CurrentDataStatus
) -> ConflictMatrix:
    """The alliances that destroyed most, and what each destroyed of each other, for a matrix or chord chart."""
    alliances = await queries.largest_alliances(connection, parameters.days, parameters.alliances)
    place = {row["group_id"]: number for number, row in enumerate(alliances)}
    isk_destroyed = [[0] * len(place) for _ in place]
    kills = [[0] * len(place) for _ in place]
    for row in await queries.conflicts_among(connection, parameters.days, list(place)):
        group, opponent = place[row["group_id"]], place[row["opponent_group_id"]]
        isk_destroyed[group][opponent], isk_destroyed[opponent][group] = row["isk_destroyed"], row["isk_lost"]
        kills[group][opponent], kills[opponent][group] = row["kills"], row["losses"]
    return ConflictMatrix(
        groups=[_group_of(row) for row in alliances],
        isk_destroyed=isk_destroyed,
        kills=kills,
        window=await last_days(connection, parameters.days),
        data_status=data_status,
    )


@router.get("/opponents/{group_id}", summary="Whom a group fights", responses=PROBLEMS)
async def list_opponents(
    connection: ReadConnection,
    group: Annotated[Group, Depends(_group)],
    parameters: Annotated[WindowPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> OpponentList:
    """Whom an alliance or corporation shot at or was shot by, those with most killmails first."""
    order = queries.OPPONENT_ORDER
    after = read_cursor(parameters.cursor, queries.BY_RANK, order)
    rows = await queries.opponents(connection, group.id, parameters.days, after, parameters.limit)
    page, next_cursor = page_of(rows, parameters.limit, queries.BY_RANK, order)
    return OpponentList(
        items=[opponent_of(row) for row in page],
        next_cursor=next_cursor,
        data_status=data_status,
        group=group,
        window=await last_days(connection, parameters.days),
    )


@router.get("/allies/{group_id}", summary="With whom a group fights", responses=PROBLEMS)
async def list_allies(
    connection: ReadConnection,
    group: Annotated[Group, Depends(_group)],
    parameters: Annotated[WindowPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> AllyList:
    """Who was on killmails together with an alliance or corporation, those with most of them first."""
    order = queries.ALLY_ORDER
    after = read_cursor(parameters.cursor, queries.BY_RANK, order)
    rows = await queries.allies(connection, group.id, parameters.days, after, parameters.limit)
    page, next_cursor = page_of(rows, parameters.limit, queries.BY_RANK, order)
    return AllyList(
        items=[ally_of(row) for row in page],
        next_cursor=next_cursor,
        data_status=data_status,
        group=group,
        window=await last_days(connection, parameters.days),
    )


@router.get("/coalitions", summary="Who fights as one", responses=LIST_PROBLEMS)
async def list_coalitions(
    connection: ReadConnection, parameters: Annotated[WindowPageParameters, Query()], data_status: CurrentDataStatus
) -> CoalitionList:
    """Groups that shoot together and not at each other, as killmails show it; those that destroyed most ISK first."""
    order = queries.COALITION_ORDER
    after = read_cursor(parameters.cursor, queries.BY_ISK, order)
    rows = await queries.coalitions(connection, parameters.days, after, parameters.limit)
    page, next_cursor = page_of(rows, parameters.limit, queries.BY_ISK, order)
    members: dict[int, list[CoalitionMember]] = {row["coalition_id"]: [] for row in page}
    for row in await queries.largest_members(connection, parameters.days, list(members), LISTED_MEMBERS):
        members[row["coalition_id"]].append(_member(row))
    return CoalitionList(
        items=[
            Coalition(
                id=row["coalition_id"],
                name=row["coalition_name"],
                groups=row["groups"],
                losses=row["losses"],
                isk_destroyed=row["isk_destroyed"],
                isk_lost=row["isk_lost"],
                efficiency=row["efficiency"],
                least_weight=row["least_weight"],
                members=members[row["coalition_id"]],
            )
            for row in page
        ],
        next_cursor=next_cursor,
        data_status=data_status,
        window=await last_days(connection, parameters.days),
    )


@router.get("/coalitions/{coalition_id}", summary="A coalition's groups", responses=PROBLEMS)
async def list_coalition_members(
    connection: ReadConnection,
    coalition_id: Annotated[Id, Path(description="A coalition's `id`, in the window asked for.", examples=[99000001])],
    parameters: Annotated[WindowPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> CoalitionMemberList:
    """Every group of a coalition, those that destroyed most ISK first."""
    coalition = await queries.coalition_name(connection, parameters.days, coalition_id)
    if coalition is None:
        raise HTTPException(
            HTTPStatus.NOT_FOUND, f"There is no coalition {coalition_id} in the last {parameters.days} days."
        )
    order = queries.MEMBER_ORDER
    after = read_cursor(parameters.cursor, queries.BY_ISK, order)
    rows = await queries.members(connection, parameters.days, coalition_id, after, parameters.limit)
    page, next_cursor = page_of(rows, parameters.limit, queries.BY_ISK, order)
    return CoalitionMemberList(
        items=[_member(row) for row in page],
        next_cursor=next_cursor,
        data_status=data_status,
        coalition=Named(id=coalition_id, name=coalition["coalition_name"]),
        window=await last_days(connection, parameters.days),
    )


@router.get("/campaigns", summary="Campaigns of battles", responses=LIST_PROBLEMS)
async def list_battle_campaigns(
    connection: ReadConnection, parameters: Annotated[CampaignParameters, Query()], data_status: CurrentDataStatus
) -> CampaignList:
    """Battles between the same two groups on several days, the newest first unless sorted otherwise.

    These are found in battles; sovereignty campaigns, the timers of structures, are another thing.
    """
    order = queries.CAMPAIGN_ORDERS[parameters.sort]
    after = read_cursor(parameters.cursor, parameters.sort, order)
    rows = await queries.campaigns(connection, parameters, after)
    page, next_cursor = page_of(rows, parameters.limit, parameters.sort, order)
    return CampaignList(items=[_campaign(row) for row in page], next_cursor=next_cursor, data_status=data_status)


@router.get("/campaigns/{campaign_id}", summary="One campaign and its battles", responses=PROBLEMS)
async def list_campaign_battles(
    connection: ReadConnection,
    campaign_id: Annotated[
        UUID, Path(description="A campaign's `id`.", examples=["0f6f1c9e-4f5e-6c4a-8a39-2d6a9b1c7e55"])
    ],
    parameters: Annotated[CampaignBattleParameters, Query()],
    data_status: CurrentDataStatus,
) -> CampaignBattleList:
    """A campaign with its battles, in the order they happened."""
    row = await queries.campaign(connection, campaign_id)
    if row is None:
        raise problems.unknown("campaign", campaign_id)
    order = queries.CAMPAIGN_BATTLE_ORDER
    after = read_cursor(parameters.cursor, queries.BY_POSITION, order)
    rows = await queries.campaign_battles(connection, campaign_id, after, parameters.limit)
    page, next_cursor = page_of(rows, parameters.limit, queries.BY_POSITION, order)
    campaign = _campaign(row)
    return CampaignBattleList(
        items=[
            CampaignBattle(
                battle_id=battle["battle_id"],
                kind=battle["kind"],
                started_at=battle["started_at"],
                ended_at=battle["ended_at"],
                system=Named(id=battle["solar_system_id"], name=battle["solar_system_name"]),
                region=Named.of(battle["region_id"], battle["region_name"]),
                total_killmails=battle["total_killmails"],
                side=_side(campaign.side.group, battle, ""),
                opponent=_side(campaign.opponent.group, battle, "opponent_"),
            )
            for battle in page
        ],
        next_cursor=next_cursor,
        data_status=data_status,
        campaign=campaign,
    )


def opponent_of(row: Row) -> Opponent:
    """An opponent, of a row of `marts.rpt_opponents`."""
    return Opponent(
        group=_group_of(row, "opponent_"),
        kills=row["kills"],
        losses=row["losses"],
        isk_destroyed=row["isk_destroyed"],
        isk_lost=row["isk_lost"],
        efficiency=row["efficiency"],
        trend=row["trend"],
    )


def ally_of(row: Row) -> Ally:
    """An ally, of a row of `marts.rpt_allies`."""
    return Ally(
        group=_group_of(row, "ally_"),
        joint_kills=row["joint_kills"],
        opposed_kills=row["opposed_kills"],
        weight=row["weight"],
    )


def _group_of(row: Row, prefix: str = "") -> Group:
    return Group(id=row[f"{prefix}group_id"], name=row[f"{prefix}group_name"], kind=row[f"{prefix}group_kind"])


def _conflict(row: Row) -> Conflict:
    return Conflict(
        id=row["conflict_id"],
        group=_group_of(row),
        opponent=_group_of(row, "opponent_"),
        kills=row["kills"],
        losses=row["losses"],
        kills_share=row["kills_share"],
        losses_share=row["losses_share"],
        isk_destroyed=row["isk_destroyed"],
        isk_lost=row["isk_lost"],
        isk_total=row["isk_total"],
        efficiency=row["efficiency"],
        trend=row["trend"],
        systems=row["solar_systems"],
        main_system=Named(id=row["solar_system_id"], name=row["solar_system_name"]),
        region=Named.of(row["region_id"], row["region_name"]),
        hub=Named.of(row["hub_solar_system_id"], row["hub_solar_system_name"]),
        hub_jumps=row["hub_jumps"],
    )


def _member(row: Row) -> CoalitionMember:
    return CoalitionMember(
        group=_group_of(row),
        kills=row["kills"],
        losses=row["losses"],
        isk_destroyed=row["isk_destroyed"],
        isk_lost=row["isk_lost"],
        efficiency=row["efficiency"],
    )


def _campaign(row: Row) -> Campaign:
    return Campaign(
        id=row["campaign_id"],
        side=_side(_group_of(row), row, ""),
        opponent=_side(_group_of(row, "opponent_"), row, "opponent_"),
        first_battle_at=row["first_battle_at"],
        last_battle_at=row["last_battle_at"],
        battles=row["battles"],
        battle_days=row["battle_days"],
        killmails=row["killmails"],
        isk_total=row["isk_total"],
        leading_group_id=row["leading_group_id"],
        systems=row["solar_systems"],
        main_system=Named(id=row["solar_system_id"], name=row["solar_system_name"]),
        region=Named.of(row["region_id"], row["region_name"]),
    )


def _side(group: Group, row: Row, prefix: str) -> CampaignSide:
    return CampaignSide(
        group=group,
        ships_lost=row[f"{prefix}ships_lost"],
        isk_destroyed=row[f"{prefix}isk_destroyed"],
        isk_lost=row[f"{prefix}isk_lost"],
    )
