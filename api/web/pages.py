"""Pages for people: routes that render templates over the REST API's own answers."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.templating import Jinja2Templates

from api import problems
from api.deps import AppSettings, ReadConnection
from api.revision import CurrentDataStatus
from api.routers.battles import battle_page
from api.schemas.battles import BattleList, BattleParameters, BattleSort, Kind
from api.web import formats
from battlescope_assets.settings import Settings

router = APIRouter(include_in_schema=False)
templates = Jinja2Templates(Path(__file__).parent / "templates")
templates.env.filters |= {
    format_.__name__: format_
    for format_ in (
        formats.isk,
        formats.security,
        formats.duration,
        formats.eve_time,
        formats.percent,
        formats.label,
        formats.code,
    )
}
templates.env.trim_blocks = templates.env.lstrip_blocks = True

KINDS: list[tuple[str, list[Kind] | None]] = [
    ("Fights", None),
    ("Battles", [Kind.BATTLE]),
    ("Skirmishes", [Kind.SKIRMISH]),
    ("Structure bashes", [Kind.STRUCTURE_BASH]),
    ("Camps", [Kind.CAMP]),
    ("Ganks", [Kind.GANK]),
    ("Everything", list(Kind)),
]
SORTS = [
    ("Newest", BattleSort.STARTED_AT_DOWN),
    ("Most ISK", BattleSort.ISK_DESTROYED_DOWN),
    ("Most pilots", BattleSort.PILOTS_DOWN),
    ("Most kills", BattleSort.KILLS_DOWN),
]


def render(request: Request, settings: Settings, template: str, **context: Any) -> Response:
    """A page; every page links to the Dagster UI on the host the visitor came by."""
    dagster_url = f"http://{request.url.hostname}:{settings.dagster_port}"
    return templates.TemplateResponse(request, template, {"dagster_url": dagster_url, **context})


@router.get("/", responses=problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY))
async def show_battles(
    request: Request,
    connection: ReadConnection,
    settings: AppSettings,
    parameters: Annotated[BattleParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """The newest battles; takes every filter of `/api/battles`."""
    answer = BattleList(**await battle_page(connection, parameters, data_status))
    return render(
        request,
        settings,
        "battles.html",
        answer=answer,
        parameters=parameters,
        kinds=KINDS,
        sorts=SORTS,
        address=_addresses(parameters),
    )


def _addresses(parameters: BattleParameters) -> Callable[..., str]:
    """Makes addresses of this page with some parameters changed; those changed to None are left out."""
    given = parameters.model_dump(mode="json", exclude_unset=True, exclude={"cursor", "total"})

    def address(path: str = "/", **changes: Any) -> str:
        query = {name: value for name, value in {**given, **changes}.items() if value is not None}
        return f"{path}?{urlencode(query, doseq=True)}" if query else path

    return address
