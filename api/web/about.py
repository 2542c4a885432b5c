"""The page about the data: how fresh, how complete and large it is, what its tests say, how numbers are made."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.deps import ReadConnection
from api.queries import data_quality as queries
from api.revision import CurrentDataStatus
from api.routers.data_quality import get_data_quality
from api.schemas.data_quality import DataQualityParameters
from api.web import charts
from api.web.rendering import PageRoute, render
from battlescope_assets.domain.freshness import PROMISES

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/about")
async def show_about(
    request: Request,
    connection: ReadConnection,
    parameters: Annotated[DataQualityParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """Days, sources with their promises, tests, refusals, sizes and methods."""
    quality = await get_data_quality(connection, parameters, data_status)
    days = quality.days[::-1]
    return render(
        request,
        "about.html",
        quality=quality,
        promises=PROMISES,
        in_all=await queries.days_in_all(connection),
        chart=charts.stacked_bars(
            "Killmails",
            [f"{day.day:%m-%d}" for day in days],
            [
                ("Stored", "var(--side-1)", [day.mails_stored for day in days]),
                (
                    "Announced, not stored",
                    "var(--side-2)",
                    [max((day.mails_expected or 0) - day.mails_stored, 0) for day in days],
                ),
            ],
        )
        if days
        else {},
        size_bytes=sum(table.size_bytes for table in quality.tables),
    )
