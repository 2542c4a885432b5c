"""The page about the data: how fresh, how complete, what its tests say, and how the numbers are made."""

from fastapi import APIRouter, Request, Response

from api.deps import ReadConnection
from api.queries import data_quality as queries
from api.web.rendering import PageRoute, render
from battlescope_assets.domain.freshness import PROMISES

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/about")
async def show_about(request: Request, connection: ReadConnection) -> Response:
    """Sources with their promises, days, tests and methods."""
    return render(
        request,
        "about.html",
        sources=await queries.sources(connection),
        promises=PROMISES,
        days=await queries.days_in_all(connection),
        tests_passed=await queries.tests_passed(connection),
        tests_not_passed=await queries.tests_not_passed(connection),
    )
