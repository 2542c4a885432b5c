"""Links to battles that re-clustering merged, split, renamed or lost, followed from late mails to HTTP answers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx
import pytest

from api.app import create_app
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.universe import write_static_data
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.settings import Settings
from tests.api.conftest import served
from tests.assets.stored import FIRST_DAY, forget_battles, land, rebuild
from tests.conftest import Dbt
from tests.domain.tables import Row, rows

EARLY = rows("1200 | a | A1 | C1\n 1204 | a | C2 | A2\n 1205 | a | A2 | C1")
LATE = [
    row._replace(killmail_id=10 + row.killmail_id)
    for row in rows("1240 | a | A3 | C3\n 1242 | a | C4 | A4\n 1244 | a | A4 | C4\n 1245 | a | C3 | A4")
]
"""The same two alliances in the same system 35 minutes later, without a pilot in common: no link."""
BETWEEN = Row(9, 1_222 * 60, "a", "A5", ["C5"])
"""17 and 18 minutes from them."""
Json = dict[str, Any]


class Site(NamedTuple):
    """What readers see, and where mails come from."""

    warehouse: Warehouse
    api: httpx.Client

    def now_holds(self, *mails: Row) -> None:
        land(self.warehouse, FIRST_DAY, mails)
        rebuild(self.warehouse, FIRST_DAY, FIRST_DAY)

    def battles(self) -> list[Json]:
        """By start."""
        answer = self.api.get("/api/battles", params={"sort": "started_at", "kind": ["battle", "skirmish"]})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    def battle(self, id_or_slug: str) -> Json:
        answer = self.api.get(f"/api/battles/{id_or_slug}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        assert answer.headers["Content-Location"] == f"/api/battles/{found['id']}"
        return found

    def mails(self, id_or_slug: str) -> dict[int, int | None]:
        """Each killmail of the battle with the one that brought it in."""
        items = self.api.get(f"/api/battles/{id_or_slug}/killmails").json()["items"]
        return {item["killmail_id"]: (item["link"] or {}).get("killmail_id") for item in items}


@pytest.fixture(scope="module")
def published(warehouse: Warehouse, dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with warehouse.transaction() as connection:
        write_static_data(connection, read_snapshot(), "snapshot", datetime.now(UTC))
    assert dbt("run", "--select", "+path:models/marts").success
    with served(create_app(Settings(home=tmp_path_factory.mktemp("api")), warehouse.url)) as client:
        yield Site(warehouse, client)


@pytest.fixture
def site(published: Site) -> Site:
    forget_battles(published.warehouse)
    published.now_holds(*EARLY, *LATE)
    return published


def identities(battle: Json) -> list[str]:
    return [battle["id"], battle["slug"]]


def test_a_late_mail_that_links_two_battles_merges_them(site: Site) -> None:
    early, late = site.battles()
    assert [early["total_killmails"], late["total_killmails"]] == [3, 4]
    site.now_holds(*EARLY, BETWEEN, *LATE)
    (merged,) = site.battles()
    assert merged["total_killmails"] == 8
    for old in (*identities(early), *identities(late)):
        assert site.battle(old)["id"] == merged["id"]
        assert site.mails(old).keys() == {row.killmail_id for row in (*EARLY, BETWEEN, *LATE)}
    # The larger one's id stays, under the slug of the minute in which the earlier one began.
    assert identities(merged) == [late["id"], early["slug"]]
    former = {(row["slug"], row["reason"]) for row in site.battle(merged["id"])["former"]}
    assert former == {(early["slug"], "merged"), (late["slug"], "renamed")}


def test_the_mail_that_linked_them_says_so(site: Site) -> None:
    site.now_holds(*EARLY, BETWEEN, *LATE)
    (merged,) = site.battles()
    linked = site.mails(merged["id"])
    assert linked[BETWEEN.killmail_id] in {row.killmail_id for row in EARLY}
    assert BETWEEN.killmail_id in {linked[row.killmail_id] for row in LATE}


def test_time_and_place_alone_link_nothing(site: Site) -> None:
    """Another war in the same system at the same time stays a battle of its own."""
    others = [row._replace(killmail_id=50 + row.killmail_id) for row in rows("1201 | a | B1 | D1\n 1203 | a | D1 | B2")]
    before = [identities(battle) for battle in site.battles()]
    site.now_holds(*EARLY, *LATE, *others)
    now = [identities(battle) for battle in site.battles()]
    assert len(now) == 3
    assert [pair for pair in now if pair in before] == before


def test_a_mail_that_vanishes_splits_and_the_larger_part_keeps_the_id(site: Site) -> None:
    before = [identities(battle) for battle in site.battles()]
    site.now_holds(*EARLY, BETWEEN, *LATE)
    (merged,) = site.battles()
    site.now_holds(*EARLY, *LATE)
    early, late = site.battles()
    assert site.battle(merged["id"])["id"] == late["id"] == merged["id"]
    # The slug says when a fight began, so it is the earlier part's now.
    assert site.battle(merged["slug"])["id"] == early["id"]
    assert [identities(early), identities(late)] == before
    assert site.mails(early["id"]).keys() == {row.killmail_id for row in EARLY}
    assert site.mails(late["id"]).keys() == {row.killmail_id for row in LATE}


def test_a_battle_without_mails_is_gone_and_says_so(site: Site) -> None:
    early, late = site.battles()
    site.now_holds(*LATE)
    for old in identities(early):
        answer = site.api.get(f"/api/battles/{old}")
        assert (answer.status_code, answer.json()["status"]) == (410, 410)
        assert "vanished" in answer.json()["detail"]
    assert site.battle(late["slug"])["id"] == late["id"]
