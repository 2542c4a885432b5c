"""Assembles the application: pool, problems, headers, routers; no route and no query belongs here."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from pydantic.json_schema import models_json_schema
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.counts import Counts
from api.deps import connection_pool
from api.head import HeadOfGet
from api.headers import SecurityHeaders
from api.kept_answers import KeptAnswers
from api.live import Live, ended_by_signals
from api.names import KeptNames
from api.observation import Metrics, Observation, log_lines
from api.orchestrator import Orchestrator
from api.parameters import no_ignored_parameters
from api.problems import Problem, answer_with_problems, responses
from api.protection import REFUSALS, UNLIMITED_PATHS, Protection
from api.readiness import Readiness
from api.revision import Revision
from api.routers import (
    activity,
    battle_statistics,
    battles,
    conflicts,
    data_quality,
    demand,
    doctrines,
    documentation,
    entities,
    faction_warfare,
    health,
    killmails,
    live,
    losses,
    places,
    production,
    reclustering,
    routes,
    search,
    sovereignty,
)
from api.star_map import StarMaps
from api.web import pages
from battlescope_assets.processes.database import database_url as database_url_of
from battlescope_assets.settings import Settings

DESCRIPTION = """\
Battles, their sides, pilots and killmails, and what was lost where in New Eden.

Times are ISO 8601 in UTC (EVE time); windows include their start and exclude their end. ISK is in whole ISK at market \
prices of the killmail's day.

Every list answers items, next_cursor and data_status. Pass next_cursor as cursor, with the same filters and sort, for \
the next page; null is the end. Sorts that begin with a minus run from the largest or newest.

Answers carry an ETag: send it as If-None-Match, and 304 says that nothing changed. It costs next to nothing.

Errors are problem documents (RFC 9457) that name the parameter at fault and what it may be.
"""
TAGS = [
    {"name": "battles", "description": "Engagements found in killmails, with sides, pilots and outcome."},
    {"name": "reclustering", "description": "Reconstructing days again, for administrators."},
    {"name": "killmails", "description": "Killmails, the battles they are in, and their details."},
    {"name": "live", "description": "Killmails as they come."},
    {"name": "search", "description": "Everything that has a name."},
    {"name": "losses", "description": "What was lost, by region and solar system."},
    {"name": "demand", "description": "What wars take against what markets have."},
    {"name": "production", "description": "When and where to have goods ready."},
    {"name": "sovereignty", "description": "Timers ahead, and what became of those past."},
    {"name": "faction warfare", "description": "Who contests which system, and how fast."},
    {"name": "activity", "description": "Where and when ships are lost, and the map to draw it on."},
    {"name": "data quality", "description": "How far the numbers can be trusted."},
    {"name": "routes", "description": "Ways over the stargates, and what it costs to pass."},
    {"name": "doctrines", "description": "Fits lost in bulk, who flies them, and what to buy for them."},
    {"name": "conflicts", "description": "Who fights whom, with whom, and in which campaigns."},
    {"name": "entities", "description": "Characters, corporations and alliances, and what they did."},
    {"name": "places", "description": "Solar systems, regions and types, and what is lost there or of them."},
    {"name": "health", "description": "Is the application up, and can it answer."},
]
EXPOSED_HEADERS = ["Content-Location", "ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"]
"""What a script of another site may read of an answer, besides its body."""


class Application(FastAPI):
    """FastAPI, with the problem documents and what any request may be refused for in its OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self.openapi_schema is None:
            document = super().openapi()
            _, definitions = models_json_schema(
                [(Problem, "serialization")], ref_template="#/components/schemas/{model}"
            )
            document["components"]["schemas"].update(definitions["$defs"])
            for path in document["paths"].keys() - UNLIMITED_PATHS:
                for operation in document["paths"][path].values():
                    operation["responses"].update(responses(*REFUSALS))
        return super().openapi()


def create_app(settings: Settings, database_url: str) -> FastAPI:
    """The application over the database at `database_url` (a libpq connection string or URL).

    It starts, and keeps answering 503, without the database; it recovers as soon as the database answers.
    """
    pool = connection_pool(database_url, settings)
    revision = Revision(database_url, settings)
    followed = Live(pool, revision)
    orchestrator = Orchestrator(settings.dagster_url or f"http://{settings.dagster_host}:{settings.dagster_port}")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await pool.open()
        following = asyncio.create_task(revision.follow())
        with ended_by_signals(followed.end):
            yield
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        await orchestrator.close()
        await pool.close()

    app = Application(
        title="BattleScope",
        version="1",
        description=DESCRIPTION,
        openapi_tags=TAGS,
        lifespan=lifespan,
        dependencies=[Depends(no_ignored_parameters)],
        generate_unique_id_function=_operation_id,
        docs_url=None,  # FastAPI's pages load scripts from a CDN; `documentation` renders its own
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever host the request names
    )
    app.state.pool = pool
    app.state.counts = Counts()
    app.state.settings = settings
    app.state.revision = revision
    app.state.readiness = Readiness(pool)
    app.state.live = followed
    app.state.star_maps = StarMaps(revision)
    app.state.names = KeptNames(revision)
    app.state.kept_steps = routes.KeptSteps(settings.war_heatmap_min_kills)
    app.state.orchestrator = orchestrator
    app.state.metrics = Metrics(pool)
    app.add_middleware(GZipMiddleware, compresslevel=5)
    app.add_middleware(KeptAnswers, revision=revision)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET"],
        allow_headers=["If-None-Match", "Last-Event-ID"],
        expose_headers=EXPOSED_HEADERS,
    )
    app.add_middleware(Protection, requests_per_minute=settings.api_requests_per_minute)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HeadOfGet)
    app.add_middleware(Observation, metrics=app.state.metrics)
    # The last one added comes first: all others see the client that the proxy names.
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=[f"{one}" for one in settings.trusted_proxies])
    answer_with_problems(app)
    for router in (  # /api/battles/stats before /api/battles/{id_or_slug}
        health.router, reclustering.router, battle_statistics.router, battles.router, killmails.router, live.router,
        entities.router, places.router, search.router, losses.router, demand.router, production.router,
        doctrines.router, conflicts.router, sovereignty.router, faction_warfare.router, activity.router,
        routes.router, data_quality.router, documentation.router, pages.router,
    ):  # fmt: skip
        app.include_router(router)
    app.mount("/static", StaticFiles(packages=[("api", "web/static")]), name="static")
    return app


def app_from_environment() -> FastAPI:
    """The application as the environment's settings say, for `uvicorn --factory`."""
    log_lines()
    settings = Settings()
    app = create_app(settings, database_url_of(settings))
    # What lives as long as the process need not be looked through for garbage: a tenth of a second, every few hundred
    # answers, in which nobody is served.
    gc.collect()
    gc.freeze()
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name
