"""Sovereignty: timers ahead, and what became of past ones."""

from collections import defaultdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from api import problems
from api.deps import ReadConnection, Row
from api.known import known_region
from api.paging import page_of, read_cursor
from api.queries import sovereignty as queries
from api.queries.names import entity_names
from api.revision import CurrentDataStatus
from api.schemas.fields import Named, SmallId, SolarSystem, TradeHub
from api.schemas.sovereignty import (
    Expectation,
    Holding,
    OutcomeStatistics,
    PastSovereigntyCampaign,
    PastSovereigntyCampaignList,
    PastSovereigntyCampaignParameters,
    RegionSovereigntyCampaignParameters,
    SovereigntyBattle,
    SovereigntyCampaign,
    SovereigntyCampaignList,
    SovereigntyCampaignParameters,
)

router = APIRouter(prefix="/api/war/campaigns", tags=["sovereignty"])

Names = dict[int, str]
LIST_PROBLEMS = problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
REGION_PROBLEMS = problems.responses(
    HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
)
AHEAD, PAST = "starts_at", "-resolved_at"


@router.get("", summary="Sovereignty timers ahead", responses=LIST_PROBLEMS)
async def list_campaigns(
    connection: ReadConnection,
    parameters: Annotated[SovereigntyCampaignParameters, Query()],
    data_status: CurrentDataStatus,
) -> SovereigntyCampaignList:
    """Campaigns for structures of sovereignty that start within the next hours or go on, the next one first.

    With each what became of timers like it, and how much its system is used.
    """
    after = read_cursor(parameters.cursor, AHEAD, queries.AHEAD_ORDER)
    rows = await queries.campaigns_ahead(connection, parameters, after)
    page, next_cursor = page_of(rows, parameters.limit, AHEAD, queries.AHEAD_ORDER)
    names = await entity_names(connection, [one for row in page for one in row["participant_alliance_ids"] or ()])
    holdings = await queries.holdings(connection, [row["solar_system_id"] for row in page])
    return SovereigntyCampaignList(
        items=[
            SovereigntyCampaign(
                **_timer(row, names),
                is_ongoing=row["outcome"] == "ongoing",
                seconds_until_start=row["seconds_until_start"],
                summary=row["outcome_reason"],
                holding=_holding(holdings.get(row["solar_system_id"])),
                expectation=_expectation(row),
            )
            for row in page
        ],
        next_cursor=next_cursor,
        data_status=data_status,
    )


@router.get("/outcomes", summary="What became of sovereignty timers", responses=LIST_PROBLEMS)
async def list_past_campaigns(
    connection: ReadConnection,
    parameters: Annotated[PastSovereigntyCampaignParameters, Query()],
    data_status: CurrentDataStatus,
) -> PastSovereigntyCampaignList:
    """Campaigns that are over, the newest first, with the battles that followed and who held the system afterwards."""
    after = read_cursor(parameters.cursor, PAST, queries.PAST_ORDER)
    rows = await queries.past_campaigns(connection, parameters, after)
    page, next_cursor = page_of(rows, parameters.limit, PAST, queries.PAST_ORDER)
    fought = await queries.battles(connection, [row["campaign_id"] for row in page])
    names = await entity_names(
        connection,
        [
            *(one for row in page for one in row["participant_alliance_ids"] or ()),
            *(one for battle in fought for one in battle["attacker_alliance_ids"]),
        ],
    )
    battles: dict[int, list[SovereigntyBattle]] = defaultdict(list)
    for battle in fought:
        battles[battle["campaign_id"]].append(_battle(battle, names))
    return PastSovereigntyCampaignList(
        items=[_past_campaign(row, battles[row["campaign_id"]], names) for row in page],
        next_cursor=next_cursor,
        data_status=data_status,
        statistics=[
            OutcomeStatistics(**{name: row[name] for name in OutcomeStatistics.model_fields})
            for row in await queries.statistics(connection, parameters.region_id, parameters.alliance_id)
        ],
    )


@router.get("/region/{region_id}", summary="Sovereignty timers ahead in a region", responses=REGION_PROBLEMS)
async def list_region_campaigns(
    connection: ReadConnection,
    region_id: Annotated[SmallId, Path(description="A region.", examples=[10000060])],
    parameters: Annotated[RegionSovereigntyCampaignParameters, Query()],
    data_status: CurrentDataStatus,
) -> SovereigntyCampaignList:
    """Campaigns of one region that start within the next hours or go on, the next one first."""
    await known_region(connection, region_id)
    of_region = SovereigntyCampaignParameters(**parameters.model_dump(), region_id=region_id)
    return await list_campaigns(connection, of_region, data_status)


def _timer(row: Row, names: Names) -> dict[str, Any]:
    """The fields that campaigns ahead and past ones share."""
    return {
        "campaign_id": row["campaign_id"],
        "event_type": row["event_type"],
        "structure": row["structure_name"],
        "structure_id": row["structure_id"],
        "system": SolarSystem(
            id=row["solar_system_id"], name=row["solar_system_name"], security_status=row["security_status"]
        ),
        "constellation": Named.of(row["constellation_id"], row["constellation_name"]),
        "region": Named.of(row["region_id"], row["region_name"]),
        "hub": TradeHub.of(row),
        "defender": Named.of(row["defender_alliance_id"], row["defender_alliance_name"]),
        "starts_at": row["starts_at"],
        "defender_score": row["defender_score"],
        "attackers_score": row["attackers_score"],
        "participants": [Named(id=one, name=names.get(one)) for one in row["participant_alliance_ids"] or ()],
    }


def _expectation(row: Row) -> Expectation | None:
    if row["expectation_scope"] is None:
        return None
    return Expectation(
        scope=row["expectation_scope"],
        timers=row["expectation_timers"],
        fight_share=row["fight_share"],
        fight_share_low=row["fight_share_low"],
        fight_share_high=row["fight_share_high"],
        ships_lost=row["expected_ships_lost"],
        isk_lost=row["expected_isk_lost"],
    )


def _holding(row: Row | None) -> Holding | None:
    if row is None:
        return None
    fields = {name: row[name] for name in Holding.model_fields if name != "holder"}
    return Holding(holder=Named.of(row["holder_id"], row["holder_name"]), **fields)


def _battle(row: Row, names: Names) -> SovereigntyBattle:
    return SovereigntyBattle(
        id=row["battle_id"],
        slug=row["slug"],
        kind=row["kind"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        minutes_after_start=row["minutes_after_start"],
        system=Named(id=row["solar_system_id"], name=row["solar_system_name"]),
        is_in_system=row["is_in_system"],
        pilots=row["total_pilots"],
        ships_lost=row["total_ships_lost"],
        isk_lost=row["isk_lost"],
        attackers=[Named(id=one, name=names.get(one)) for one in row["attacker_alliance_ids"]],
    )


def _past_campaign(row: Row, battles: list[SovereigntyBattle], names: Names) -> PastSovereigntyCampaign:
    return PastSovereigntyCampaign(
        **_timer(row, names),
        resolved_at=row["resolved_at"],
        outcome=row["outcome"],
        outcome_reason=row["outcome_reason"],
        holder_after=Named.of(row["holder_alliance_id_after"], row["holder_alliance_name_after"]),
        ships_lost=sum(battle.ships_lost for battle in battles),
        isk_lost=sum(battle.isk_lost for battle in battles),
        battles=battles,
    )
