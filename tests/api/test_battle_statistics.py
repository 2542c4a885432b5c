"""Battles in numbers, over HTTP, beside what is stored."""

from collections.abc import Iterator

import httpx
import pytest

from tests.api.test_routes import ALL_KINDS, moment
from tests.conftest import Golden


@pytest.fixture
def worked(golden: Golden) -> Iterator[list[str]]:
    """Clusterings and landings that are known: within the last hour, the last day, and before."""
    ages = ["1 minute", "50 minutes", "70 minutes", "23 hours", "25 hours", "3 days"]
    with golden.warehouse.transaction() as connection:
        connection.execute("create table public.before as select * from core.clusterings")
        connection.execute("delete from core.clusterings")
        connection.execute("delete from raw.killmail_landings")
        for place, age in enumerate(ages, 1):
            connection.execute(
                """
                insert into core.clusterings
                    (finished_at, duration_seconds, battles_created, battles_updated, battles_deleted)
                values (now() - %s::interval, %s, %s, %s, 1)
                """,
                [age, place, 10 * place, 100 * place],
            )
            connection.execute(
                """
                insert into raw.killmail_landings (killmail_id, landed_at)
                select killmail_id, now() - %s::interval from raw.killmail_index
                where killmail_id not in (select killmail_id from raw.killmail_landings) limit 6
                """,
                [age],
            )
    yield ages
    with golden.warehouse.transaction() as connection:
        connection.execute("delete from core.clusterings")
        connection.execute("insert into core.clusterings overriding system value select * from public.before")
        connection.execute("drop table public.before")
        connection.execute("delete from raw.killmail_landings")


def test_statistics_are_of_the_last_day(golden_api: httpx.Client, worked: list[str]) -> None:
    assert len(worked) == 6
    total = golden_api.get("/api/battles", params={"total": True, "limit": 1, **ALL_KINDS}).json()["total"]
    found = golden_api.get("/api/battles/stats").json()
    assert (found["total_battles"], found["active_battles"]) == (total, 0)
    assert found["last_24_hours"] == {
        "battles_created": 100,
        "battles_updated": 1_000,
        "battles_deleted": 4,
        "killmails_processed": 24,
        "mean_clustering_milliseconds": 2_500,
    }


def test_health_says_when_battles_were_last_looked_for(
    golden: Golden, golden_api: httpx.Client, worked: list[str]
) -> None:
    assert worked
    answer = golden_api.get("/api/battles/health")
    assert answer.headers["Cache-Control"] == "no-store"
    found = answer.json()
    with golden.warehouse.transaction() as connection:
        [last] = connection.execute("select max(finished_at) from core.clusterings").fetchone() or [None]
    assert moment(found["last_processed_at"]) == last
    assert found["killmails_per_minute"] == 0.2
    status = found["data_status"]
    assert found["status"] == ("degraded" if status["stale_sources"] or status["failed_tests"] else "healthy")
    assert status["stale_sources"], "the golden war is of another year"


def test_a_fight_that_is_going_on_is_active(golden: Golden, golden_api: httpx.Client) -> None:
    """A battle, as if it had ended just now."""
    shift = b"""
        update core.battles set started_at = started_at + by, ended_at = ended_at + by,
            day = ((started_at + by) at time zone 'UTC')::date
        from (select %s * %s::interval as by) as shift where battle_id = %s
    """
    with golden.warehouse.transaction() as connection:
        battle_id, age = connection.execute(
            "select battle_id, (now() - ended_at)::text from core.battles order by ended_at desc limit 1"
        ).fetchone() or (None, None)
        connection.execute(shift, [1, age, battle_id])
    try:
        now = golden_api.get("/api/battles/stats", headers={"Cache-Control": "no-cache"}).json()
        assert now["active_battles"] == 1
        assert golden_api.get("/api/battles/health").json()["active_battles"] == 1
    finally:
        with golden.warehouse.transaction() as connection:
            connection.execute(shift, [-1, age, battle_id])
            connection.execute("delete from app.day_changes")
