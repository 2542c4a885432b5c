"""The War Room's maps of galaxy, region and solar system, with the tables that lead further down; no SQL here."""

from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any, LiteralString

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from api.deps import AppSettings, ReadConnection
from api.names import CurrentNames
from api.queries import activity as queries
from api.queries.names import regions
from api.revision import CurrentDataStatus
from api.routers.activity import MAP_CACHE_CONTROL, map_of, window_of
from api.routers.battles import list_battles
from api.routers.doctrines import list_region_doctrines
from api.routers.killmails import list_killmails
from api.routers.losses import list_losses
from api.routers.places import get_region, get_system
from api.routers.production import list_production_alerts
from api.routers.routes import get_conflict_alert
from api.routers.sovereignty import list_campaigns
from api.schemas.activity import HeatmapParameters, StarMap
from api.schemas.battles import BattleParameters, Kind
from api.schemas.doctrines import DoctrineParameters
from api.schemas.fields import Cursor, SmallId
from api.schemas.killmails import KillmailListParameters
from api.schemas.losses import LossParameters
from api.schemas.production import AlertParameters as ProductionParameters
from api.schemas.routes import AlertParameters
from api.schemas.sovereignty import SovereigntyCampaignParameters
from api.schemas.windows import WindowDays, WindowParameters
from api.star_map import CurrentStarMap
from api.web import charts
from api.web.rendering import PageRoute, render
from api.windows import day_window
from battlescope_assets.domain.universe import SecurityClass

router = APIRouter(include_in_schema=False, route_class=PageRoute)


HOTTEST = 12
LISTED = 5
KILLMAILS = 15
TIMER_HOURS = 168
WINDOWS = (1, 7, 14, 30)
KILL_STEPS = (1, 5, 10, 25, 50)
ONE_DAY = timedelta(days=1)
OFF_THE_MAP = {SecurityClass.WORMHOLE.value, SecurityClass.ABYSSAL.value}
"""They have no place in New Eden, only ids."""


class Heat(StrEnum):
    """What a map shows as heat."""

    SHIPS_LOST_TO_PLAYERS = "ships_lost_to_players"
    ISK_DESTROYED = "isk_destroyed"
    KILLMAILS = "killmails"
    CAPSULE_KILLMAILS = "capsule_killmails"
    NPC_KILLMAILS = "npc_killmails"
    STRUCTURE_KILLMAILS = "structure_killmails"


HEATS = {
    Heat.SHIPS_LOST_TO_PLAYERS: "Ships lost to players",
    Heat.ISK_DESTROYED: "ISK destroyed",
    Heat.KILLMAILS: "All killmails",
    Heat.CAPSULE_KILLMAILS: "Capsules",
    Heat.NPC_KILLMAILS: "Losses to NPCs",
    Heat.STRUCTURE_KILLMAILS: "Structures",
}
COLUMNS: dict[Heat, LiteralString] = {
    Heat.SHIPS_LOST_TO_PLAYERS: "ships_lost_to_players",
    Heat.ISK_DESTROYED: "destroyed_isk",
    Heat.KILLMAILS: "killmails",
    Heat.CAPSULE_KILLMAILS: "capsule_killmails",
    Heat.NPC_KILLMAILS: "npc_killmails",
    Heat.STRUCTURE_KILLMAILS: "structure_killmails",
}
"""The columns of the mart that they are."""


class GalaxyParameters(HeatmapParameters):
    """Which days, what of them, from how many kills on."""

    by: Heat = Heat.SHIPS_LOST_TO_PLAYERS


class GalaxyPageParameters(GalaxyParameters):
    """The same, or a region, which has a map of its own."""

    region_id: SmallId | None = None


class SystemPageParameters(WindowParameters):
    """Which window, and from which killmail on."""

    days: WindowDays = Field(WindowDays.WEEK)
    cursor: Cursor = None


class RegionPageParameters(WindowParameters):
    """Which window."""

    days: WindowDays = Field(WindowDays.WEEK)


@router.get("/war-room")
async def show_galaxy(
    request: Request,
    connection: ReadConnection,
    names: CurrentNames,
    star_map: CurrentStarMap,
    parameters: Annotated[GalaxyPageParameters, Query()],
    settings: AppSettings,
    data_status: CurrentDataStatus,
) -> Response:
    """The galaxy's heat, where it is hottest, and what is next. The script draws the map from the two answers below."""
    if parameters.region_id is not None:
        return RedirectResponse(f"/regions/{parameters.region_id}", HTTPStatus.SEE_OTHER)
    before, start, end = await window_of(connection, parameters)
    window, window_before = await day_window(connection, start, end), await day_window(connection, before, start)
    column, min_kills = COLUMNS[parameters.by], _min_kills(parameters, settings.war_heatmap_min_kills)
    return render(
        request,
        "galaxy.html",
        parameters=parameters,
        min_kills=min_kills,
        window=window,
        last_day=f"{end - ONE_DAY:%Y-%m-%d}",
        days=[f"{start + day * ONE_DAY:%Y-%m-%d}" for day in range((end - start).days)],
        heats=HEATS,
        by_choices=[(heat.value, name) for heat, name in HEATS.items()],
        day_choices=[(days, "1 day" if days == 1 else f"{days} days") for days in sorted({*WINDOWS, parameters.days})],
        kill_choices=[(kills, f"{kills} or more") for kills in sorted({*KILL_STEPS, min_kills})],
        chart=charts.galaxy(),
        systems=[
            star_map.place(system_id) | dict(zip(queries.HEAT, counts, strict=True))
            for system_id, *counts in await queries.heat(connection, start, end, 1, column, HOTTEST)
        ],
        hot_regions=await queries.hottest_regions(connection, (before, start, end), column, HOTTEST),
        is_comparable=window.days_stored == window_before.days_stored == parameters.days,
        regions=await regions(connection),
        battles=(
            await list_battles(connection, names, BattleParameters(kind=[Kind.BATTLE], limit=LISTED), data_status)
        ).items,
        timers=(
            await list_campaigns(
                connection, SovereigntyCampaignParameters(hours=TIMER_HOURS, limit=LISTED), data_status
            )
        ).items,
        alerts=(await list_production_alerts(connection, ProductionParameters(limit=LISTED), data_status)).items,
    )


@router.get("/war-room/galaxy.json")
async def show_galaxy_data(star_map: CurrentStarMap) -> Response:
    """Where everything on the map is: regions' names, systems and stargates, in as few bytes as it takes.

    `systems`: x and y in hundredths of a light-year, and the security class; `stargates`: places in that list.
    """
    written = star_map.written.get("/war-room/galaxy.json")
    if written is None:
        written = star_map.written.keep("/war-room/galaxy.json", orjson.dumps(_galaxy(map_of(star_map, None))))
    return Response(written, media_type="application/json", headers={"Cache-Control": MAP_CACHE_CONTROL})


def _galaxy(whole: StarMap) -> dict[str, Any]:
    systems = [system for system in whole.systems if system.security_class not in OFF_THE_MAP]
    places = {system.id: place for place, system in enumerate(systems)}
    classes = sorted({system.security_class for system in systems})
    region_ids = {system.region_id for system in systems}
    return {
        "security_classes": classes,
        "systems": [
            (*_hundredths(system.map_x_ly, system.map_y_ly), classes.index(system.security_class)) for system in systems
        ],
        "stargates": [
            (places[one], places[other]) for one, other in whole.stargates if one in places and other in places
        ],
        "regions": [
            (region.id, region.name, *_hundredths(region.map_x_ly, region.map_y_ly))
            for region in whole.regions
            if region.id in region_ids
        ],
    }


@router.get("/war-room/heat.json")
async def show_heat_data(
    connection: ReadConnection,
    star_map: CurrentStarMap,
    parameters: Annotated[GalaxyParameters, Query()],
    settings: AppSettings,
) -> Response:
    """Systems on the map with heat, the hottest first, in as few bytes as it takes: lists in the order of `columns`."""
    _, start, end = await window_of(connection, parameters)
    min_kills = _min_kills(parameters, settings.war_heatmap_min_kills)
    rows = await queries.heat(connection, start, end, max(min_kills, 1), COLUMNS[parameters.by])
    columns = [queries.HEAT.index(heat) for heat in Heat]
    answer = {
        "columns": ["id", "name", "region_id", "region", "security", "security_class", "x", "y", *Heat],
        "systems": [
            (
                system_id,
                place["system"]["name"],
                place["region"]["id"],
                place["region"]["name"],
                round(place["system"]["security_status"], 2),
                place["security_class"],
                *_hundredths(place["map_x_ly"], place["map_y_ly"]),
                *(counts[column] for column in columns),
            )
            for system_id, *counts in rows
            for place in [star_map.place(system_id)]
            if place["security_class"] is not None and place["security_class"] not in OFF_THE_MAP
        ],
    }
    return Response(orjson.dumps(answer), media_type="application/json")


@router.get("/regions/{region_id}")
async def show_region(
    request: Request,
    connection: ReadConnection,
    names: CurrentNames,
    star_map: CurrentStarMap,
    region_id: Annotated[SmallId, Path()],
    parameters: Annotated[RegionPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """A region: its map with those of its neighbours' systems that are one gate away, and what happens in it."""
    region = await get_region(connection, region_id, parameters, data_status)
    region_map = map_of(star_map, region_id)
    days = int(parameters.days)
    heat = await queries.heat_of_systems(connection, days, [system.id for system in region_map.systems])
    ships_lost = {system_id: row["ships_lost_to_players"] for system_id, row in heat.items()}
    return render(
        request,
        "region.html",
        region=region,
        days=days,
        chart=charts.region_map(region_map, region, ships_lost),
        systems=sorted(
            (system for system in region_map.systems if system.region_id == region_id),
            key=lambda system: (-ships_lost.get(system.id, 0), system.name),
        ),
        heat=heat,
        hours=_hours(region.hours),
        losses=await list_losses(connection, region_id, LossParameters(days=days, limit=10), data_status),
        battles=(
            await list_battles(connection, names, BattleParameters(region_id=region_id, limit=LISTED), data_status)
        ).items,
        doctrines=(
            await list_region_doctrines(connection, region_id, DoctrineParameters(days=days, limit=LISTED), data_status)
        ).items,
        alerts=(
            await list_production_alerts(
                connection, ProductionParameters(region_id=region_id, limit=LISTED), data_status
            )
        ).items,
        regions=await regions(connection),
    )


@router.get("/systems/{system_id}")
async def show_system(
    request: Request,
    connection: ReadConnection,
    names: CurrentNames,
    star_map: CurrentStarMap,
    system_id: Annotated[SmallId, Path()],
    parameters: Annotated[SystemPageParameters, Query()],
    settings: AppSettings,
    data_status: CurrentDataStatus,
) -> Response:
    """A solar system: how dangerous it is, where its gates lead, and what is lost in it."""
    system = await get_system(connection, system_id, parameters, data_status)
    window = system.window
    killmails = await list_killmails(
        connection,
        KillmailListParameters(
            system_id=system_id, start=window.start, end=None, limit=KILLMAILS, cursor=parameters.cursor
        ),
        data_status,
    )
    return render(
        request,
        "system.html",
        system=system,
        kinds=list(Kind),
        days=int(parameters.days),
        parameters=parameters,
        hours=_hours(system.hours),
        neighbours_heat=await queries.heat_of_systems(
            connection, parameters.days, [each.system.id for each in system.neighbours]
        ),
        alert=await get_conflict_alert(
            connection, star_map, AlertParameters(system_id=system_id), settings, data_status
        ),
        hub=star_map.nearest_hub(system_id),
        battles=(
            await list_battles(
                connection, names, BattleParameters(system_id=system_id, kind=list(Kind), limit=8), data_status
            )
        ).items,
        killmails=killmails,
    )


def _min_kills(parameters: HeatmapParameters, usual: int) -> int:
    return usual if parameters.min_kills is None else parameters.min_kills


def _hundredths(*light_years: float) -> list[int]:
    return [round(100 * each) for each in light_years]


def _hours(hours: list[Any]) -> charts.Option:
    return charts.bars("Ships lost", [f"{one.hour:02}" for one in hours], [one.ships_lost_to_players for one in hours])
