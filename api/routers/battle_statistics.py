"""How many battles there are, and whether they are being found."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from api import problems
from api.deps import ReadConnection
from api.queries import battle_statistics as queries
from api.revision import OF_THE_MOMENT, CurrentDataStatus
from api.schemas.battle_statistics import BattlesHealth, BattlesStatistics, BattlesStatus, LastDay

router = APIRouter(prefix="/api/battles", tags=["battles"])

MINUTES_OF_AN_HOUR = 60


@router.get("/stats", summary="Battles in numbers", responses=problems.responses(HTTPStatus.SERVICE_UNAVAILABLE))
async def get_battle_statistics(connection: ReadConnection, data_status: CurrentDataStatus) -> BattlesStatistics:
    """How many battles there are, and what the last 24 hours brought."""
    done = await queries.clusterings(connection)
    landed = await queries.landings(connection)
    return BattlesStatistics(
        total_battles=await queries.total_battles(connection),
        active_battles=await queries.active_battles(connection),
        last_24_hours=LastDay(
            battles_created=done["battles_created"],
            battles_updated=done["battles_updated"],
            battles_deleted=done["battles_deleted"],
            killmails_processed=landed["within_day"],
            mean_clustering_milliseconds=done["mean_clustering_milliseconds"],
        ),
        data_status=data_status,
    )


@router.get("/health", summary="Are battles being found", responses=problems.responses(HTTPStatus.SERVICE_UNAVAILABLE))
async def get_battle_health(
    connection: ReadConnection, data_status: CurrentDataStatus, response: Response
) -> BattlesHealth:
    """When battles were last reconstructed, how many are open, and at what rate killmails come.

    It is about the data; whether the application answers at all, /readyz says.
    """
    response.headers["Cache-Control"] = OF_THE_MOMENT
    is_sound = not data_status.stale_sources and not data_status.failed_tests
    return BattlesHealth(
        status=BattlesStatus.HEALTHY if is_sound else BattlesStatus.DEGRADED,
        last_processed_at=(await queries.clusterings(connection))["last_processed_at"],
        active_battles=await queries.active_battles(connection),
        killmails_per_minute=round((await queries.landings(connection))["within_hour"] / MINUTES_OF_AN_HOUR, 2),
        data_status=data_status,
    )
