"""What the application answers again, and what it does not."""

import asyncio
from collections.abc import Iterator
from itertools import islice, pairwise, repeat

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from api import kept_answers
from api.app import create_app
from api.kept_answers import MOST_BYTES, MOST_BYTES_OF_ONE, KeptAnswers
from api.protection import LARGEST_HEADERS_BYTES
from api.revision import Revision
from battlescope_assets.settings import Settings
from tests.api.conftest import served
from tests.api.test_revision import ATTEMPTS, tagged, touch
from tests.conftest import Golden

PATH = "/api/battles?limit=7"
ASKED_ANEW = {"Cache-Control": "no-cache"}


class Served:
    """An application of the test's own, and how often it went to the database for an answer."""

    def __init__(self, app: FastAPI, client: httpx.Client) -> None:
        self.app, self.client = app, client

    def asks(self, path: str, **headers: str) -> tuple[httpx.Response, int]:
        """The answer, and how many connections it took."""
        before = self._taken()
        return self.client.get(path, headers=headers), self._taken() - before

    def keeps(self, path: str, **headers: str) -> bool:
        """Tells whether an answer is given again; twice, since a minute may end between two requests."""
        return any(self.asks(path, **headers)[1] == 0 for _ in range(3))

    def _taken(self) -> int:
        return int(self.app.state.pool.get_stats().get("requests_num", 0))


@pytest.fixture
def api(golden: Golden) -> Iterator[Served]:
    app = create_app(golden.settings, golden.warehouse.url)
    with served(app) as client:
        tagged(client, PATH)
        yield Served(app, client)


@pytest.mark.parametrize("path", [PATH, "/api/war/heatmap", "/", "/battles"])
def test_what_was_answered_is_answered_again(api: Served, path: str) -> None:
    first, taken = api.asks(path, **ASKED_ANEW)
    assert taken > 0
    assert api.keeps(path)
    again = api.client.get(path)
    assert again.text == first.text
    own = {"date", "x-request-id", "ratelimit", "ratelimit-policy", "etag"}
    assert {name: value for name, value in again.headers.items() if name not in own} == {
        name: value for name, value in first.headers.items() if name not in own
    }
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    assert api.asks(path, **ASKED_ANEW)[1] > 0


def test_a_change_ends_it(golden: Golden, api: Served) -> None:
    assert api.keeps(PATH)
    touch(golden)
    assert next((True for _, taken in map(api.asks, islice(repeat(PATH), ATTEMPTS)) if taken), False)


@pytest.fixture
def killmail(golden: Golden, api: Served) -> Iterator[str]:
    """The address of a killmail whose details nobody asked for; requests are forgotten afterwards."""
    (mail,) = api.client.get("/api/killmails?limit=1").json()["items"]
    yield f"/api/killmails/{mail['killmail_id']}"
    with golden.warehouse.transaction() as connection:
        connection.execute("delete from app.killmail_enrichments")


def test_who_asks_for_a_change_sees_it_at_once(api: Served, killmail: str) -> None:
    before = api.client.get(killmail)
    assert api.client.post(f"{killmail}/enrichment").status_code == 202
    after = api.client.get(killmail, headers={"If-None-Match": before.headers["ETag"]})
    assert after.json()["enrichment"]["status"] == "pending"


def test_who_asks_for_what_changes_nothing_ends_nothing(golden: Golden, api: Served, killmail: str) -> None:
    """Neither at once nor when PostgreSQL tells of it: what is committed earlier is heard of earlier."""
    revision: Revision = api.app.state.revision

    def heard_of(table: str) -> int | None:
        """The revision that last changed it, once all that was committed up to now has been heard of."""
        before = revision.of("battles")
        touch(golden)
        assert any(revision.of("battles") != before for _ in map(api.client.get, repeat("/healthz", ATTEMPTS)))
        return revision.of(table)

    before = heard_of("killmail_enrichments")
    assert api.client.post(f"{killmail}/enrichment").status_code == 202
    asked = heard_of("killmail_enrichments")
    assert asked != before
    page = killmail.removeprefix("/api")
    for path, status in ((killmail, 202), (page, 303), ("/api/killmails/1", 404), ("/api/killmails/0", 422)):
        tags = [tagged(api.client, PATH)]
        for _ in range(5):  # one of them between two changes, and within a minute
            assert api.client.post(f"{path}/enrichment").status_code == status
            tags.append(tagged(api.client, PATH))
        assert any(tag == following for tag, following in pairwise(tags)), path
    assert heard_of("killmail_enrichments") == asked


def test_each_host_and_each_encoding_has_its_own(golden_api: httpx.Client, api: Served) -> None:
    (battle,) = golden_api.get("/api/battles?limit=1").json()["items"]
    path = f"/battles/{battle['slug']}"
    for host in ("one.example", "another.example"):
        for _ in range(2):
            page = api.client.get(path, headers={"Host": host})
            assert f'<link rel="canonical" href="http://{host}{path}">' in page.text
    for encoding in ("gzip", "identity"):
        for _ in range(2):
            answer = api.client.get(path, headers={"Accept-Encoding": encoding})
            assert answer.headers.get("Content-Encoding", "identity") == encoding


@pytest.mark.parametrize("path", ["/healthz", "/api/battles/health", "/api/battles/7", "/api/battles?limit=0"])
def test_what_is_of_the_moment_or_refused_is_not_kept(api: Served, path: str) -> None:
    api.client.get(path)
    kept = api.client.get(path)
    assert "ETag" not in kept.headers


def test_the_log_names_the_route_of_a_kept_answer(api: Served) -> None:
    assert api.keeps(PATH)
    counted = 'battlescope_http_requests_total{method="GET",route="/api/battles",status="200"}'
    lines = api.client.get("/metrics").text.splitlines()
    (before,) = [float(line.split()[-1]) for line in lines if line.startswith(counted)]
    assert api.keeps(PATH)
    lines = api.client.get("/metrics").text.splitlines()
    (after,) = [float(line.split()[-1]) for line in lines if line.startswith(counted)]
    assert after > before


class _Lasting(Revision):
    """A revision that never ends."""

    def __init__(self) -> None:
        super().__init__("", Settings())

    def moment(self) -> str | None:
        return "always"


def asked(kept: KeptAnswers, path: str) -> int:
    """Length of the answer's body."""
    return asyncio.run(asking(kept, path))


async def asking(kept: KeptAnswers, path: str, host: bytes = b"one.example") -> int:
    """The same, among others."""
    length = 0

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal length
        length += len(message.get("body", b""))

    await kept(scope_of(path, host), receive, send)
    return length


def scope_of(path: str, host: bytes = b"one.example") -> Scope:
    return {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", host)],
    }


def test_no_more_is_kept_than_memory_is_for_it() -> None:
    """The oldest answers give way; one that is too large for itself is passed on and not kept."""
    made: list[str] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        made.append(scope["raw_path"].decode())
        parts = 2 if made[-1] == "/export" else 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part in range(parts):
            body = bytes(MOST_BYTES_OF_ONE - 2**12)
            await send({"type": "http.response.body", "body": body, "more_body": part < parts - 1})

    kept = KeptAnswers(app, _Lasting())
    for _ in range(2):
        assert asked(kept, "/export") == 2 * (MOST_BYTES_OF_ONE - 2**12)
    assert made == ["/export", "/export"]
    paths = [f"/{number}" for number in range(MOST_BYTES // MOST_BYTES_OF_ONE + 1)]
    for path in [*paths, *paths[1:]]:
        asked(kept, path)
    assert made[2:] == paths
    asked(kept, paths[0])
    assert made[2:] == [*paths, paths[0]]


def test_what_an_answer_was_asked_with_takes_memory_too() -> None:
    """A Host may be as long as all headers are, however little was answered."""
    hosts = [
        f"{number}".encode() + bytes(LARGEST_HEADERS_BYTES) for number in range(MOST_BYTES // LARGEST_HEADERS_BYTES)
    ]
    app = Slow()
    app.let.set()
    kept = KeptAnswers(app, _Lasting())

    async def ask_all() -> None:
        for host in hosts:
            await asking(kept, "/one", host)
        assert app.made == len(hosts)
        await asking(kept, "/one", hosts[-1])
        assert app.made == len(hosts)
        await asking(kept, "/one", hosts[0])
        assert app.made == len(hosts) + 1

    asyncio.run(ask_all())


class Slow:
    """An application that answers once it is let; how, and how often it was asked."""

    def __init__(self, status: int = 200, headers: dict[str, str] | None = None, *, breaks: bool = False) -> None:
        self.made, self.let, self.again = 0, asyncio.Event(), asyncio.Event()
        self.status, self.headers, self.breaks = status, headers or {}, breaks

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        if self.made:
            self.again.set()
        self.made += 1
        await self.let.wait()
        if self.breaks:
            raise OSError
        headers = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"answer"})


@pytest.mark.parametrize(
    ("status", "headers", "made"), [(200, {}, 1), (404, {}, 10), (200, {"cache-control": "no-store"}, 10)]
)
def test_who_asks_for_what_is_being_made_waits_for_it(status: int, headers: dict[str, str], made: int) -> None:
    """Ten ask at once: what can be given again is made once; of what cannot, each makes its own."""

    async def ask() -> None:
        app = Slow(status, headers)
        kept = KeptAnswers(app, _Lasting())
        asking_all = asyncio.gather(*(asking(kept, "/one") for _ in range(10)))
        await asyncio.sleep(0)
        assert app.made == 1
        app.let.set()
        assert await asking_all == [len(b"answer")] * 10
        assert app.made == made

    asyncio.run(ask())


def test_nobody_waits_for_what_broke() -> None:
    async def ask() -> None:
        app = Slow(breaks=True)
        kept = KeptAnswers(app, _Lasting())
        asking_all = asyncio.gather(*(asking(kept, "/one") for _ in range(10)), return_exceptions=True)
        await asyncio.sleep(0)
        app.let.set()
        assert {type(one) for one in await asking_all} == {OSError}
        assert app.made == 10

    asyncio.run(ask())


def test_nobody_waits_for_a_client_that_does_not_read() -> None:
    async def ask() -> None:
        app = Slow()
        app.let.set()
        kept, reads = KeptAnswers(app, _Lasting()), asyncio.Event()

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(_message: Message) -> None:
            await reads.wait()

        idle = asyncio.create_task(kept(scope_of("/one"), receive, send))
        await asyncio.sleep(0)
        assert await asking(kept, "/one") == len(b"answer")
        assert app.made == 1
        reads.set()
        await idle

    asyncio.run(ask())


def test_who_waited_long_enough_goes_on_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> None:
        app = Slow()
        kept = KeptAnswers(app, _Lasting())
        first = asyncio.create_task(asking(kept, "/one"))
        await asyncio.sleep(0)
        second = asyncio.create_task(asking(kept, "/one"))
        await app.again.wait()
        app.let.set()
        assert [await first, await second] == [len(b"answer")] * 2

    monkeypatch.setattr(kept_answers, "PATIENCE_SECONDS", 0.0)
    asyncio.run(ask())
