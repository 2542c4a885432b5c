"""Where and when it happens: heat of solar systems, hours of regions and alliances, and the map to show them on."""

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from itertools import chain
from statistics import fmean
from typing import Annotated

import orjson
from fastapi import APIRouter, HTTPException, Path, Query, Response

from api import problems
from api.deps import AppSettings, Connection, ReadConnection, Row
from api.known import known_region
from api.queries import activity as queries
from api.revision import CurrentDataStatus
from api.schemas.activity import (
    ActivityParameters,
    AllianceActivity,
    AllianceHour,
    AllianceHourOfDay,
    Band,
    Heatmap,
    HeatmapParameters,
    MapParameters,
    MapRegion,
    MapSystem,
    PlaceActivity,
    PlaceActivityParameters,
    PlaceHour,
    PlaceHourOfDay,
    PrimeTimeHours,
)
from api.schemas.activity import StarMap as MapAnswer
from api.schemas.fields import Id, Named
from api.star_map import MAP_DECIMALS, CurrentStarMap, StarMap
from api.windows import day_window, newest_windows
from battlescope_assets.domain.activity import BANDS, HOURS, hours_from, prime_time

router = APIRouter(prefix="/api/war", tags=["activity"])

PROBLEMS = problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
NAMED_PROBLEMS = problems.responses(
    HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
)
WRITTEN_HEAT = b"%%b%b}" % b"".join(b',"%b":%%d' % name.encode() for name in queries.HEAT)
"""A system's place and its `queries.HEAT`, as JSON: to have orjson write dictionaries of them takes thrice as long."""
MAP_CACHE_CONTROL = "public, max-age=3600"
"""The map changes with a build of the static data only, and seldom then."""


@router.get("/heatmap", summary="Heat of solar systems", responses=PROBLEMS, response_model=Heatmap)
async def get_heatmap(
    connection: ReadConnection,
    star_map: CurrentStarMap,
    settings: AppSettings,
    parameters: Annotated[HeatmapParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """Every solar system in which ships were lost in the window, with its place on the map, in one piece.

    Without `day` the window ends with the newest day stored, not with the clock. With `days=1` and one `day` after the
    other, a slider shows how heat moves.
    """
    _, start, end = await window_of(connection, parameters)
    min_kills = settings.war_heatmap_min_kills if parameters.min_kills is None else parameters.min_kills
    address = f"/api/war/heatmap?{start}/{end}/{min_kills}"
    items = star_map.written.get(address)
    if items is None:  # days are counted by dbt, and so is the star map
        heat, places = await queries.heat(connection, start, end, min_kills), star_map.written_places
        written = b",".join([WRITTEN_HEAT % (places[row[0]], *row[1:]) for row in heat])
        items = star_map.written.keep(address, b"[%b]" % written)
    answer = {
        "items": orjson.Fragment(items),
        "next_cursor": None,
        "data_status": dict(data_status),
        "window": dict(await day_window(connection, start, end)),
        "min_kills": min_kills,
    }
    # Thousands of systems: to check each field, as FastAPI does, takes ten times as long. The tests check them.
    return Response(orjson.dumps(answer, option=orjson.OPT_UTC_Z), media_type="application/json")


@router.get("/activity", summary="Hours of a region or of New Eden", responses=NAMED_PROBLEMS)
async def get_activity(
    connection: ReadConnection, parameters: Annotated[PlaceActivityParameters, Query()], data_status: CurrentDataStatus
) -> PlaceActivity:
    """When ships are lost: by hour of the day (UTC) with the prime time, and hour by hour over the window."""
    region = None if parameters.region_id is None else await known_region(connection, parameters.region_id)
    _, start, end = await newest_windows(connection, parameters.days)
    hours = await queries.place_hours(connection, start, end, parameters.region_id)
    counts = _by_hour_of_day(hours, ("killmails", "ships_lost_to_players", "isk_destroyed"))
    prime, bands, judged = _judged([hour["ships_lost_to_players"] for hour in counts])
    return PlaceActivity(
        region=region,
        window=await day_window(connection, start, end),
        prime_time=prime,
        bands=bands,
        hours_of_day=[PlaceHourOfDay(**count, **judgement) for count, judgement in zip(counts, judged, strict=True)],
        hours=[PlaceHour(**hour) for hour in hours],
        data_status=data_status,
    )


@router.get("/activity/alliance/{alliance_id}", summary="Hours of an alliance", responses=NAMED_PROBLEMS)
async def get_alliance_activity(
    connection: ReadConnection,
    alliance_id: Annotated[Id, Path(description="An alliance.", examples=[99000001])],
    parameters: Annotated[ActivityParameters, Query()],
    data_status: CurrentDataStatus,
) -> AllianceActivity:
    """When an alliance fights: by hour of the day (UTC) with the prime time, and hour by hour over the window."""
    alliance = await queries.alliance(connection, alliance_id)
    if alliance is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"No alliance {alliance_id} is known.")
    _, start, end = await newest_windows(connection, parameters.days)
    hours = await queries.group_hours(connection, start, end, alliance_id)
    counts = _by_hour_of_day(hours, ("kills", "losses", "isk_destroyed", "isk_lost"))
    prime, bands, judged = _judged([hour["kills"] + hour["losses"] for hour in counts])
    return AllianceActivity(
        alliance=Named(id=alliance_id, name=alliance["entity_name"]),
        window=await day_window(connection, start, end),
        prime_time=prime,
        bands=bands,
        hours_of_day=[AllianceHourOfDay(**count, **judgement) for count, judgement in zip(counts, judged, strict=True)],
        hours=[AllianceHour(**hour) for hour in hours],
        data_status=data_status,
    )


@router.get("/map", summary="The map", responses=NAMED_PROBLEMS, response_model=MapAnswer)
async def get_map(star_map: CurrentStarMap, parameters: Annotated[MapParameters, Query()]) -> Response:
    """Solar systems with their places, regions and the stargates between them, of all space or around one region.

    It holds no killmail and so has no `data_status`; keep it for an hour.
    """
    address = f"/api/war/map?{parameters.region_id}"
    written = star_map.written.get(address)
    if written is None:
        written = star_map.written.keep(address, map_of(star_map, parameters.region_id).model_dump_json().encode())
    return Response(written, media_type="application/json", headers={"Cache-Control": MAP_CACHE_CONTROL})


def map_of(star_map: StarMap, region_id: int | None) -> MapAnswer:
    """All of it, or a region with the systems of others one stargate away; `unknown` is raised where there is none."""
    inside = [
        system_id for system_id, row in star_map.systems.items() if region_id is None or row["region_id"] == region_id
    ]
    if region_id is not None and not inside:
        raise problems.unknown("region", region_id)
    gates = sorted(
        {(min(one, other), max(one, other)) for one in inside for other in star_map.gates.onward.get(one, ())}
    )
    shown = {system_id: star_map.systems[system_id] for system_id in sorted({*inside, *chain.from_iterable(gates)})}
    return MapAnswer(
        regions=_map_regions(star_map, {row["region_id"] for row in shown.values()}),
        systems=[
            MapSystem(
                id=system_id,
                name=row["solar_system_name"],
                region_id=row["region_id"],
                security_status=row["security_status"],
                security_class=row["security_class"],
                map_x_ly=star_map.places[system_id]["map_x_ly"],
                map_y_ly=star_map.places[system_id]["map_y_ly"],
            )
            for system_id, row in shown.items()
        ],
        stargates=gates,
    )


def _map_regions(star_map: StarMap, region_ids: set[int]) -> list[MapRegion]:
    systems: dict[int, list[Row]] = {}
    for row in star_map.systems.values():
        if row["region_id"] in region_ids:
            systems.setdefault(row["region_id"], []).append(row)
    regions = [
        MapRegion(
            id=region_id,
            name=rows[0]["region_name"],
            map_x_ly=round(fmean(row["map_x_ly"] for row in rows), MAP_DECIMALS),
            map_y_ly=round(fmean(row["map_y_ly"] for row in rows), MAP_DECIMALS),
        )
        for region_id, rows in systems.items()
    ]
    return sorted(regions, key=lambda region: (region.name, region.id))


async def window_of(connection: Connection, parameters: HeatmapParameters) -> tuple[date, date, date]:
    """Start of the window before, start of the window asked for, and its end (not in it).

    Within the calendar, since any day may be asked for.
    """
    if parameters.day is None:
        return await newest_windows(connection, parameters.days)
    end = min(parameters.day.toordinal() + 1, date.max.toordinal())
    before, start = (max(end - windows * parameters.days, date.min.toordinal()) for windows in (2, 1))
    return date.fromordinal(before), date.fromordinal(start), date.fromordinal(end)


def _by_hour_of_day(hours: list[Row], fields: Sequence[str]) -> list[Row]:
    """The fields' sums for each of the 24 hours of day."""
    counts: list[Row] = [dict.fromkeys(fields, 0) for _ in range(HOURS)]
    for row in hours:
        for field in fields:
            counts[row["hour"].hour][field] += row[field]
    return counts


def _judged(counts: list[int]) -> tuple[PrimeTimeHours | None, list[Band], list[Row]]:
    """The prime time, what falls into the named ones, and what there is to say of each hour of day."""
    total, prime = sum(counts), prime_time(counts)
    prime_hours = hours_from(prime.from_hour, prime.hours) if prime else set()
    bands = [
        Band(
            name=name,
            from_hour=first_hour,
            hours=hours,
            share=sum(counts[hour] for hour in hours_from(first_hour, hours)) / total if total else None,
        )
        for name, (first_hour, hours) in BANDS.items()
    ]
    judged = [
        {"hour_of_day": hour, "share": count / total if total else None, "is_prime_time": hour in prime_hours}
        for hour, count in enumerate(counts)
    ]
    told = None if prime is None else PrimeTimeHours(from_hour=prime.from_hour, hours=prime.hours, band=prime.band)
    return told, bands, judged
