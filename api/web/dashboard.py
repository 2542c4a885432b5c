"""The front page: what happened in the last 24 hours, where, what is next, and whether the data can be trusted."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from api.deps import ReadConnection, Row
from api.names import CurrentNames
from api.queries import dashboard as queries
from api.queries.data_quality import days_in_all, sources
from api.revision import CurrentDataStatus
from api.routers.battles import list_battles
from api.schemas.battles import BattleParameters, BattleSort
from api.web import charts
from api.web.rendering import PageRoute, render

router = APIRouter(include_in_schema=False, route_class=PageRoute)

HOUR = timedelta(hours=1)
NIGHT = 24 * HOUR
BIGGEST_BATTLES = 5


@router.get("/")
@router.get("/dashboard")
async def show_dashboard(
    request: Request, connection: ReadConnection, names: CurrentNames, data_status: CurrentDataStatus
) -> Response:
    """The last 24 hours of the data, which end with its newest killmail, not with the clock."""
    now = datetime.now(UTC)
    end = (data_status.as_of or now).replace(minute=0, second=0, microsecond=0) + HOUR
    start = end - NIGHT
    lately, before = await queries.hours(connection, start, end), await queries.hours(connection, start - NIGHT, start)
    biggest = await list_battles(
        connection,
        names,
        BattleParameters(start=start, end=end, sort=BattleSort.ISK_DESTROYED_DOWN, limit=BIGGEST_BATTLES),
        data_status,
    )
    by_hour = _by_hour(lately, start)
    return render(
        request,
        "dashboard.html",
        start=start,
        end=end,
        figures=_figures(lately, before),
        kinds=await queries.battle_kinds(connection, start, end),
        hours=by_hour,
        chart=charts.bars("ISK destroyed", [f"{row['hour']:%H}" for row in by_hour], [row["isk"] for row in by_hour]),
        battles=biggest.items,
        regions=await queries.hot_regions(connection, start, end),
        timers=await queries.next_timers(connection, now),
        sources=sorted(await sources(connection), key=lambda source: not source["is_stale"]),
        days=await days_in_all(connection),
    )


def _figures(lately: list[Row], before: list[Row]) -> dict[str, tuple[Any, float | None]]:
    """Sums of the 24 hours, each with its trend against the 24 hours before."""
    figures = {}
    for name in ("killmails", "ships_lost", "destroyed_isk"):
        now, then = (sum(row[name] for row in rows) for rows in (lately, before))
        figures[name] = (now, float(now / then) if then else None)
    return figures


def _by_hour(rows: list[Row], start: datetime) -> list[dict[str, Any]]:
    known = {row["hour"]: row for row in rows}
    nothing = {"killmails": 0, "ships_lost": 0, "destroyed_isk": 0}
    hours = [start + number * HOUR for number in range(NIGHT // HOUR)]
    return [
        {
            "hour": hour,
            "killmails": row["killmails"],
            "ships_lost": row["ships_lost"],
            "isk": round(row["destroyed_isk"]),
        }
        for hour in hours
        for row in [known.get(hour, nothing)]
    ]
