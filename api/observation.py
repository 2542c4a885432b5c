"""A line in the log and a measurement per request, and /metrics' numbers; what is answered belongs to the routes."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from time import monotonic, perf_counter
from uuid import uuid4

import orjson
import psycopg
import structlog
from fastapi import Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deps import Pool
from api.problems import problem
from api.queries.health import Holdings, holdings

log = structlog.get_logger("battlescope.api")

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""What a proxy's X-Request-Id may look like to be kept: it is written to the log as it is."""
LATENCY_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Bounds around the goals: pages within 0.02 s, the statement timeout at 2 s."""
HOLDINGS_SECONDS = 10.0
"""However often somebody scrapes, the database is asked what it holds once in so long."""
NO_ROUTE = "none"
"""The `route` of an address that leads nowhere: one name for all, since anybody can think up more of them."""
NOT_MODIFIED = "not modified"
"""The `route` of answers given before a route was looked for."""


def log_lines() -> None:
    """Makes every line of the log a JSON object on standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=lambda line, **_: orjson.dumps(line, default=str)),
        ],
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


class Metrics:
    """What /metrics shows of the requests and the pool; one per application, so that tests may have several."""

    def __init__(self, pool: Pool) -> None:
        """Counts nothing yet."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "battlescope_http_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.latency = Histogram(
            "battlescope_http_request_seconds",
            "Time from a request's arrival to the end of its answer.",
            ("route",),
            registry=self.registry,
            buckets=LATENCY_SECONDS,
        )
        self.in_flight = Gauge("battlescope_http_requests_in_flight", "Requests at work.", registry=self.registry)
        self.registry.register(_PoolMetrics(pool))
        self.data = DataMetrics(pool)
        self.registry.register(self.data)


class _PoolMetrics(Collector):
    """The connection pool as it stands when it is asked."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def collect(self) -> Iterator[Metric]:
        stats = self._pool.get_stats()
        for name, key, meaning in (
            ("size", "pool_size", "Connections open."),
            ("available", "pool_available", "Connections idle."),
            ("waiting", "requests_waiting", "Requests that wait for a connection."),
            ("errors", "requests_errors", "Requests that got no connection, since the start."),
        ):
            yield GaugeMetricFamily(f"battlescope_pool_{name}", meaning, stats.get(key, 0))


class DataMetrics(Collector):
    """What the database holds, as it said a few seconds ago; nothing but that it is away while it does not answer."""

    def __init__(self, pool: Pool) -> None:
        """Knows nothing yet; see `refresh`."""
        self._pool = pool
        self._holdings: Holdings | None = None
        self._asked_at = float("-inf")

    async def refresh(self) -> None:
        """Asks the database, unless it was asked just now; never fails."""
        if monotonic() - self._asked_at < HOLDINGS_SECONDS:
            return
        self._asked_at = monotonic()
        try:
            async with self._pool.connection() as connection:
                self._holdings = await holdings(connection)
        except psycopg.Error as error:
            self._holdings = None
            log.warning("no numbers of the data", reason=str(error).strip())

    def collect(self) -> Iterator[Metric]:
        """The numbers; what is not known has no sample."""
        held = self._holdings
        yield GaugeMetricFamily("battlescope_database_up", "1 where the database answers.", float(held is not None))
        if held is None:
            return
        for name, meaning, value in (
            ("database_bytes", "Size of the database.", held.database_bytes),
            ("data_completeness_ratio", "Killmails stored / announced, over the last 7 days.", held.completeness),
            (
                "newest_killmail_timestamp_seconds",
                "Time of the newest killmail.",
                held.as_of.timestamp() if held.as_of else None,
            ),
            ("failed_tests", "Tests of the data that did not hold when they last ran.", held.failed_tests),
        ):
            if value is not None:
                yield GaugeMetricFamily(f"battlescope_{name}", meaning, value)
        yield _labelled("source_age_seconds", "Time since a source was last read.", "source", (
            (source, age) for source, age, _ in held.sources if age is not None
        ))  # fmt: skip
        yield _labelled("source_stale", "1 where a source was not read for longer than it should.", "source", (
            (source, is_stale) for source, _, is_stale in held.sources
        ))  # fmt: skip
        yield _labelled("quarantined", "What was refused of a source.", "source", held.quarantined.items())
        yield _labelled("stored_rows", "About how many rows a table below the marts holds.", "table", (
            (table, rows) for table, rows, _ in held.tables if rows is not None
        ))  # fmt: skip
        yield _labelled("stored_bytes", "Size of a table below the marts, with its indexes.", "table", (
            (table, size) for table, _, size in held.tables
        ))  # fmt: skip


def _labelled(name: str, meaning: str, label: str, values: Iterable[tuple[str, float]]) -> Metric:
    family = GaugeMetricFamily(f"battlescope_{name}", meaning, labels=(label,))
    for key, value in values:
        family.add_metric((key,), value)
    return family


class Observation:
    """ASGI middleware: gives every request an id, and logs and measures its answer."""

    def __init__(self, app: ASGIApp, metrics: Metrics, clock: Callable[[], float] = perf_counter) -> None:
        """Wraps `app`."""
        self.app, self.metrics, self.clock = app, metrics, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; its id comes back in X-Request-Id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
        status: int | None = None
        sent_bytes, start = 0, self.clock()

        async def send_observed(message: Message) -> None:
            nonlocal status, sent_bytes
            if message["type"] == "http.response.start":
                status = int(message["status"])
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            else:
                sent_bytes += len(message.get("body", b""))
            await send(message)

        self.metrics.in_flight.inc()
        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                await self.app(scope, receive, send_observed)
        except Exception:  # the last one who can answer; the cause goes to the log, not to the client
            log.exception("failed", request_id=request_id, path=scope["path"])
            if status is not None:
                raise  # half an answer is out: only cutting the connection tells the client
            refusal = "Something went wrong here; the log has the cause."
            await problem(Request(scope), HTTPStatus.INTERNAL_SERVER_ERROR, refusal)(scope, receive, send_observed)
        finally:
            seconds = self.clock() - start
            unrouted = NOT_MODIFIED if status == HTTPStatus.NOT_MODIFIED else NO_ROUTE
            route = getattr(scope.get("route"), "path", None) or unrouted
            self.metrics.in_flight.dec()
            self.metrics.requests.labels(_method(scope), route, status).inc()
            self.metrics.latency.labels(route).observe(seconds)
            log.info(
                "answered",
                request_id=request_id,
                method=scope["method"],
                path=scope["path"],
                route=route,
                status=status,
                milliseconds=round(seconds * 1_000, 1),
                bytes=sent_bytes,
                client=scope["client"][0] if scope.get("client") else None,
            )


def _method(scope: Scope) -> str:
    """A label of few values: clients may send any word as method."""
    method = scope["method"]
    return method if method in {"GET", "HEAD", "POST", "OPTIONS"} else "other"
