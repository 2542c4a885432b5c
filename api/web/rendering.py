"""How a page is made: templates, the filters they use, and what every page is given; no page belongs here."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute
from fastapi.templating import Jinja2Templates
from starlette.responses import RedirectResponse

from api.web import formats

if TYPE_CHECKING:
    from battlescope_assets.settings import Settings

templates = Jinja2Templates(Path(__file__).parent / "templates")
templates.env.filters |= {
    format_.__name__: format_
    for format_ in (
        formats.isk,
        formats.security,
        formats.duration,
        formats.eve_time,
        formats.last_day,
        formats.ago,
        formats.percent,
        formats.odds,
        formats.change,
        formats.initials,
        formats.side_name,
        formats.words,
        formats.code,
    )
}
templates.env.policies["json.dumps_function"] = lambda value, **_: orjson.dumps(value).decode()
templates.env.trim_blocks = templates.env.lstrip_blocks = True

NAVIGATION = (
    ("/", "Dashboard"),
    ("/battles", "Battles"),
    ("/war-room", "War Room"),
    ("/intel", "Intel"),
    ("/search", "Search"),
    ("/route", "Route"),
    ("/about", "About"),
)
"""Where the bar at the top of every page leads; pages below an address count as its own."""


LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class PageRoute(APIRoute):
    """A route whose address people may write with a form.

    A browser sends every field of a form, empty ones too. Those are taken out by a redirect, so that a page's address
    holds what was chosen and nothing else.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, behind the redirect."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            given = request.query_params.multi_items()
            if any(not value for _, value in given):
                return RedirectResponse(
                    address_of(request.url.path, [item for item in given if item[1]]), HTTPStatus.SEE_OTHER
                )
            return await handler(request)

        return handle


def render(request: Request, template: str, status: int = HTTPStatus.OK, **context: Any) -> Response:
    """A page.

    Besides its context a template has: `address(fragment=..., **changes)`, the page's own address with some parameters
    changed (None: left out); `now`; `data_status` (None while the database is away); `navigation`; `dagster_url`, where
    the visitor finds Dagster (None: nowhere).
    """
    given = {
        "now": datetime.now(UTC),
        "data_status": request.app.state.revision.data_status,
        "dagster_url": _dagster_url(request),
        "navigation": NAVIGATION,
        "address": _addresses(request),
    }
    return templates.TemplateResponse(request, template, given | context, status)


def _dagster_url(request: Request) -> str | None:
    """As the operator says; else Dagster, which has no login, is taken to be reachable on its own machine only."""
    settings: Settings = request.app.state.settings
    if settings.dagster_public_url is None and request.url.hostname in LOOPBACK:
        return f"http://localhost:{settings.dagster_port}"
    return settings.dagster_public_url


def _addresses(request: Request) -> Callable[..., str]:
    def address(fragment: str = "", **changes: Any) -> str:
        kept = [(name, value) for name, value in request.query_params.multi_items() if name not in changes]
        changed = [
            (name, one)
            for name, value in changes.items()
            for one in (value if isinstance(value, list) else [value])
            if one is not None
        ]
        return address_of(request.url.path, kept + changed, fragment)

    return address


def address_of(path: str, query: list[tuple[str, Any]], fragment: str = "") -> str:
    """The address of a path with these parameters."""
    return path + ("?" + urlencode(query) if query else "") + (f"#{fragment}" if fragment else "")
