"""Tags of answers: they hold while the data does."""

import asyncio
from itertools import islice, repeat

import httpx
import psycopg
import pytest

from api.deps import connection_options
from api.revision import LISTENER, Revision
from battlescope_assets.processes.database import database_url
from battlescope_assets.settings import Settings
from tests.conftest import Golden

ATTEMPTS = 2_000
"""Requests after which a change that was committed has long been heard of."""


def touch(golden: Golden) -> None:
    """A write that changes nothing is notified as any other."""
    with golden.warehouse.transaction() as connection:
        connection.execute("update core.battles set updated_at = updated_at where false")


def tagged(api: httpx.Client, path: str) -> str:
    """The tag, as soon as the application follows the data: at its start it does not yet."""
    for answer in map(api.get, islice(repeat(path), ATTEMPTS)):
        if "ETag" in answer.headers:
            return str(answer.headers["ETag"])
    pytest.fail("no answer had a tag")


@pytest.mark.parametrize("path", ["/api/battles", "/api/battles?limit=2&kind=battle", "/"])
def test_an_answer_holds_until_the_data_changes(golden: Golden, golden_api: httpx.Client, path: str) -> None:
    tag = tagged(golden_api, path)
    again = golden_api.get(path, headers={"If-None-Match": f'"other", {tag}'})
    if again.status_code == 200:  # a minute ended between the two
        tag = again.headers["ETag"]
        again = golden_api.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == tag
    assert again.headers["Cache-Control"] == "no-cache"
    touch(golden)
    answers = (golden_api.get(path, headers={"If-None-Match": tag}) for _ in range(ATTEMPTS))
    newer = next(answer for answer in answers if answer.status_code == 200)
    assert newer.headers["ETag"] != tag


def test_a_tag_is_one_addresss(golden_api: httpx.Client) -> None:
    tag = tagged(golden_api, "/api/battles")
    assert golden_api.get("/api/battles?limit=3", headers={"If-None-Match": tag}).status_code == 200
    assert golden_api.get("/api/battles/BR-1-200001010000", headers={"If-None-Match": tag}).status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_what_is_of_the_moment_has_no_tag(golden_api: httpx.Client, path: str) -> None:
    answer = golden_api.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_without_the_database_there_is_no_tag_and_afterwards_there_is(golden: Golden) -> None:
    """Its connection cut, the application forgets what it knew and connects again."""

    async def follow() -> None:
        revision = Revision(database_url(golden.settings), Settings())
        assert revision.moment() is None
        following = asyncio.create_task(revision.follow())
        assert await revision.changed(10)
        assert revision.moment() is not None
        touch(golden)
        assert await revision.changed(10)
        with psycopg.connect(golden.warehouse.url) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where application_name = %s and datname = current_database()",
                [LISTENER],
            )
        assert await revision.changed(20)
        assert revision.moment() is not None
        following.cancel()

    asyncio.run(follow())


def test_the_api_asks_as_a_role_that_can_only_read(golden: Golden) -> None:
    """Also where its transactions were not read-only: the role may not write, nor see what is no mart."""
    with psycopg.connect(golden.warehouse.url, options=connection_options(golden.settings)["options"]) as connection:
        for statement in (
            "delete from core.battles",
            "create table marts.mine (id integer)",
            "select * from raw.killmails limit 1",
            "select * from app.test_results limit 1",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement.encode())
        assert connection.execute("select count(*) from marts.fct_battles").fetchone() != (0,)
