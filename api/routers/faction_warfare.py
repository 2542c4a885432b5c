"""Faction warfare: where it is contested, and how each system came there."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query

from api import problems
from api.deps import ReadConnection, Row
from api.known import known_system
from api.paging import page_of, read_cursor
from api.queries import faction_warfare as queries
from api.revision import CurrentDataStatus
from api.schemas.faction_warfare import (
    FactionWarfareState,
    FactionWarfareStatus,
    FactionWarfareSystem,
    FactionWarfareSystemList,
    FlipForecast,
    HotspotParameters,
    LostHull,
    LostModule,
    StatusParameters,
)
from api.schemas.fields import Named, Ship, SmallId, SolarSystem, TradeHub

router = APIRouter(prefix="/api/war/fw", tags=["faction warfare"])


@router.get(
    "/hotspots",
    summary="Contested systems of faction warfare",
    responses=problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
)
async def list_fw_hotspots(
    connection: ReadConnection, parameters: Annotated[HotspotParameters, Query()], data_status: CurrentDataStatus
) -> FactionWarfareSystemList:
    """Contested systems of faction warfare, the most contested first, with their pace and when they may flip."""
    order = queries.HOTSPOT_ORDERS[parameters.sort]
    after = read_cursor(parameters.cursor, parameters.sort, order)
    rows = await queries.hotspots(connection, parameters, after)
    page, next_cursor = page_of(rows, parameters.limit, parameters.sort, order)
    return FactionWarfareSystemList(
        items=[FactionWarfareSystem(**_system(row)) for row in page], next_cursor=next_cursor, data_status=data_status
    )


@router.get(
    "/status/{system_id}",
    summary="A system of faction warfare",
    responses=problems.responses(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
)
async def get_fw_status(
    connection: ReadConnection,
    system_id: Annotated[SmallId, Path(description="A solar system.", examples=[30002813])],
    parameters: Annotated[StatusParameters, Query()],
    data_status: CurrentDataStatus,
) -> FactionWarfareStatus:
    """How far a system of faction warfare is contested, its pace, when it may flip, and its history."""
    row = await queries.system(connection, system_id)
    if row is None:
        known = await known_system(connection, system_id)
        raise HTTPException(HTTPStatus.NOT_FOUND, f"{known['solar_system_name']} is not in faction warfare.")
    history = await queries.history(connection, system_id, row["as_of"] - timedelta(days=parameters.days))
    return FactionWarfareStatus(
        **_system(row),
        history=[
            FactionWarfareState(
                first_seen_at=state["first_seen_at"],
                ended_at=state["ended_at"],
                occupier=Named(id=state["occupier_faction_id"], name=state["occupier_faction_name"]),
                contested=state["contested"],
                victory_points=state["victory_points"],
                contested_percent=state["contested_percent"],
            )
            for state in history
        ],
        data_status=data_status,
    )


SAME_NAMES = (
    "contested", "victory_points", "victory_points_threshold", "contested_percent", "is_hotspot", "is_vulnerable",
    "percent_per_hour_6h", "percent_per_hour_24h", "percent_per_hour_24h_error", "observed_hours", "killmails_24h",
    "as_of",
)  # fmt: skip
"""Fields that are columns as they stand."""


def _system(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in SAME_NAMES} | {
        "system": SolarSystem(
            id=row["solar_system_id"], name=row["solar_system_name"], security_status=row["security_status"]
        ),
        "constellation": Named.of(row["constellation_id"], row["constellation_name"]),
        "region": Named.of(row["region_id"], row["region_name"]),
        "hub": TradeHub.of(row),
        "owner": Named(id=row["owner_faction_id"], name=row["owner_faction_name"]),
        "occupier": Named(id=row["occupier_faction_id"], name=row["occupier_faction_name"]),
        "attacker": Named.of(row["attacker_faction_id"], row["attacker_faction_name"]),
        "flip": FlipForecast(
            expected_at=row["expected_flip_at"],
            hours=row["flip_hours"],
            hours_low=row["flip_hours_low"],
            hours_high=row["flip_hours_high"],
            reason=row["flip_reason"],
        ),
        "isk_destroyed_24h": row["destroyed_isk_24h"],
        "hulls_lost_7d": [
            LostHull(
                ship=Ship(id=lost["type_id"], name=lost["type_name"], group=lost["group_name"]),
                quantity=lost["quantity"],
            )
            for lost in row["hulls_lost_7d"]
        ],
        "modules_lost_7d": [
            LostModule(
                item=Named(id=lost["type_id"], name=lost["type_name"]),
                group=lost["group_name"],
                quantity=lost["quantity"],
            )
            for lost in row["modules_lost_7d"]
        ],
    }
