"""The War Room's hours of the day: when New Eden, a region or an alliance fights."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.deps import Connection, ReadConnection
from api.problems import invalid
from api.queries.conflicts import largest_alliances
from api.queries.names import regions
from api.revision import CurrentDataStatus
from api.routers.activity import get_activity, get_alliance_activity
from api.schemas.activity import ActivityParameters, AllianceActivity, PlaceActivity, PlaceActivityParameters
from api.schemas.fields import Id
from api.schemas.windows import WindowDays
from api.web import charts
from api.web.rendering import PageRoute, render

router = APIRouter(include_in_schema=False, route_class=PageRoute)

WINDOWS = [(1, "1 day"), (7, "7 days"), (14, "14 days"), (30, "30 days")]
ALLIANCES = 50


class HourPageParameters(PlaceActivityParameters):
    """Over how many days, of a region or an alliance, else of New Eden."""

    alliance_id: Id | None = None


@router.get("/war-room/hours")
async def show_hours(
    request: Request,
    connection: ReadConnection,
    parameters: Annotated[HourPageParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """By hour of the day (UTC), with the prime time."""
    if parameters.region_id is not None and parameters.alliance_id is not None:
        raise invalid("alliance_id", "Give either region_id or alliance_id")
    activity: AllianceActivity | PlaceActivity
    if parameters.alliance_id is not None:
        of_alliance = ActivityParameters(days=parameters.days)
        activity = await get_alliance_activity(connection, parameters.alliance_id, of_alliance, data_status)
        counts = [hour.kills + hour.losses for hour in activity.hours_of_day]
        what = "Kills and losses"
    else:
        in_place = PlaceActivityParameters(days=parameters.days, region_id=parameters.region_id)
        activity = await get_activity(connection, in_place, data_status)
        counts = [hour.ships_lost_to_players for hour in activity.hours_of_day]
        what = "Ships lost to players"
    days = parameters.days
    return render(
        request,
        "hours.html",
        activity=activity,
        what=what,
        chart=charts.hours_of_day(counts, activity),
        parameters=parameters,
        windows=sorted({*WINDOWS, *([] if days in dict(WINDOWS) else [(days, f"{days} days")])}),
        regions=await regions(connection),
        alliances=await _alliances(connection, activity),
    )


async def _alliances(connection: Connection, activity: AllianceActivity | PlaceActivity) -> list[tuple[int | str, str]]:
    """Choices of an alliance, by name: those that destroyed most in 30 days, and the chosen one."""
    known = {
        row["group_id"]: row["group_name"] or f"Alliance {row['group_id']}"
        for row in await largest_alliances(connection, WindowDays.MONTH, ALLIANCES)
    }
    if isinstance(activity, AllianceActivity):
        chosen = activity.alliance
        known.setdefault(chosen.id, chosen.name or f"Alliance {chosen.id}")
    return [("", "No alliance"), *sorted(known.items(), key=lambda item: item[1].casefold())]
