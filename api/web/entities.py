"""The pages of characters, corporations and alliances: what each did, with whom, where, and in what."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.deps import Connection, ReadConnection
from api.names import CurrentNames, Names
from api.revision import CurrentDataStatus
from api.routers.battles import list_battles
from api.routers.conflicts import list_battle_campaigns
from api.routers.entities import (
    AllianceId,
    CharacterId,
    CorporationId,
    get_alliance,
    get_character,
    get_corporation,
    list_character_ships,
)
from api.routers.killmails import list_killmails
from api.schemas.battles import BattleParameters, BattleSort, Kind
from api.schemas.conflicts import CampaignParameters
from api.schemas.entities import GroupDetail, GroupStatistics, HourOfDay, PilotStatistics, ShipParameters, ShipSort
from api.schemas.fields import Cursor
from api.schemas.killmails import KillmailListParameters, KillmailListSort
from api.schemas.lists import DataStatus
from api.schemas.windows import WindowDays, WindowParameters
from api.web import charts
from api.web.rendering import PageRoute, render

router = APIRouter(include_in_schema=False, route_class=PageRoute)

LIST_ROWS = 10
HULL_ROWS = 15


class EntityPageParameters(WindowParameters):
    """Over which window, and what the lists of battles and losses show: in which order, from where on."""

    battles_sort: BattleSort = BattleSort.STARTED_AT_DOWN
    battles_cursor: Cursor = None
    losses_sort: KillmailListSort = KillmailListSort.TIME_DOWN
    losses_cursor: Cursor = None


class CharacterPageParameters(EntityPageParameters):
    """The same, and of the hulls."""

    ships_sort: ShipSort = ShipSort.LAST_SEEN_AT_DOWN
    ships_cursor: Cursor = None


@router.get("/alliances/{alliance_id}")
async def show_alliance(
    request: Request,
    connection: ReadConnection,
    names: CurrentNames,
    alliance_id: AllianceId,
    parameters: Annotated[EntityPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """An alliance."""
    group = await get_alliance(connection, alliance_id, WindowParameters(days=parameters.days), data_status)
    return await _show_group(request, connection, names, "alliance", group, parameters, data_status)


@router.get("/corporations/{corporation_id}")
async def show_corporation(
    request: Request,
    connection: ReadConnection,
    names: CurrentNames,
    corporation_id: CorporationId,
    parameters: Annotated[EntityPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """A corporation."""
    group = await get_corporation(connection, corporation_id, WindowParameters(days=parameters.days), data_status)
    return await _show_group(request, connection, names, "corporation", group, parameters, data_status)


@router.get("/characters/{character_id}")
async def show_character(
    request: Request,
    connection: ReadConnection,
    names: CurrentNames,
    character_id: CharacterId,
    parameters: Annotated[CharacterPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """A pilot."""
    pilot = await get_character(connection, character_id, WindowParameters(days=parameters.days), data_status)
    ships = ShipParameters(sort=parameters.ships_sort, cursor=parameters.ships_cursor, limit=HULL_ROWS)
    return render(
        request,
        "character.html",
        kind="character",
        entity=pilot,
        figures=_figures(pilot.statistics, parameters.days),
        parameters=parameters,
        hulls=await list_character_ships(connection, character_id, ships, data_status),
        **await _lists(connection, names, {"character_id": character_id}, parameters, data_status),
    )


async def _show_group(
    request: Request,
    connection: Connection,
    names: Names,
    kind: str,
    group: GroupDetail,
    parameters: EntityPageParameters,
    data_status: DataStatus,
) -> Response:
    whose = {f"{kind}_id": group.id}
    campaigns = await list_battle_campaigns(connection, CampaignParameters(limit=LIST_ROWS, **whose), data_status)
    return render(
        request,
        "group.html",
        kind=kind,
        entity=group,
        figures=_figures(group.statistics, parameters.days),
        parameters=parameters,
        chart=_hours(group.hours),
        campaigns=campaigns.items,
        **await _lists(connection, names, whose, parameters, data_status),
    )


async def _lists(
    connection: Connection,
    names: Names,
    whose: dict[str, Any],
    parameters: EntityPageParameters,
    data_status: DataStatus,
) -> dict[str, Any]:
    """`battles` of every kind and `losses`, as far as the page shows them."""
    battles = BattleParameters(
        kind=list(Kind), sort=parameters.battles_sort, cursor=parameters.battles_cursor, limit=LIST_ROWS, **whose
    )
    losses = KillmailListParameters(
        sort=parameters.losses_sort, cursor=parameters.losses_cursor, limit=LIST_ROWS, **whose
    )
    return {
        "battles": await list_battles(connection, names, battles, data_status),
        "losses": await list_killmails(connection, losses, data_status),
    }


def _figures(
    statistics: list[GroupStatistics] | list[PilotStatistics], days: WindowDays
) -> GroupStatistics | PilotStatistics:
    """The statistics of the window; of the shortest, where there are none of it."""
    return next((one for one in statistics if one.days == days), statistics[0])


def _hours(hours: list[HourOfDay]) -> charts.Option:
    """Kills and losses by hour of the day; empty where there are none."""
    if not any(hour.kills or hour.losses for hour in hours):
        return {}
    return charts.stacked_bars(
        "Killmails",
        [f"{hour.hour:02}" for hour in hours],
        [
            ("Kills", "var(--side-1)", [hour.kills for hour in hours]),
            ("Losses", "var(--side-2)", [hour.losses for hour in hours]),
        ],
    )
