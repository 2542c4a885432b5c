"""The page about the data: how fresh, how complete, what its tests say, and how the numbers are made."""

from fastapi import APIRouter, Request, Response

from api.deps import ReadConnection
from api.queries.data_status import data_days, sources, test_results
from api.web.rendering import PageRoute, render
from battlescope_assets.domain.freshness import PROMISES

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/about")
async def show_about(request: Request, connection: ReadConnection) -> Response:
    """Sources with their promises, days, tests and methods."""
    return render(
        request,
        "about.html",
        sources=await sources(connection),
        promises=PROMISES,
        days=await data_days(connection),
        tests=await test_results(connection),
    )
