"""Names: batches, the halving of those with a bad id, what is remembered, and when it is asked for again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from battlescope_assets.assets.names import Asked, ask_and_keep
from battlescope_assets.domain.window import Window
from battlescope_assets.io.names import MOST_IDS, NAME_LIFETIME, wanted_ids
from battlescope_assets.io.sources import Source
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.warehouse import Rows, Warehouse, replace_days
from battlescope_assets.simulator.war import War
from battlescope_assets.sources import RUN_PATIENCE_SECONDS
from battlescope_assets.upstream.catalogue import Catalogue
from battlescope_assets.upstream.server import Upstream, running
from tests.virtual_time import VirtualTime

NOW = datetime(2026, 9, 20, tzinfo=UTC)
DAY = date(2026, 9, 15)
NOBODY = 2_100_000_000


@pytest.fixture(scope="module")
def virtual_time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory, virtual_time: VirtualTime) -> Iterator[Upstream]:
    war = War(read_snapshot(), seed=3, mails_per_day=100)
    catalogue = Catalogue(war, DAY, DAY, tmp_path_factory.mktemp("upstream"), now=virtual_time.now)
    with running(catalogue, monotonic=virtual_time.clock.monotonic) as upstream:
        yield upstream


class Registry:
    """The warehouse's names, and the local ESI to ask."""

    def __init__(self, warehouse: Warehouse, upstream: Upstream, esi: Source, known: list[int]) -> None:
        self.warehouse = warehouse
        self.upstream = upstream
        self.known = known
        self.esi = esi

    def see(self, *entity_ids: int) -> None:
        """Makes the day's attackers exactly these pilots."""
        columns = ("day", "killmail_id", "attacker_index", "character_id", "damage_done", "final_blow")
        rows = [(DAY, 1, i, entity_id, 1, False) for i, entity_id in enumerate(entity_ids)]
        with self.warehouse.transaction() as connection:
            replace_days(connection, Window.of_day(DAY), {"raw.killmail_attackers": Rows(columns, rows)})

    def fight(self, character_id: int, changed_at: datetime) -> None:
        """Stores a battle of this pilot."""
        with self.warehouse.transaction() as connection:
            connection.execute(
                """
                insert into core.battles (
                    battle_id, slug, day, kind, started_at, ended_at, solar_system_id, first_killmail_id,
                    total_killmails, total_pilots, total_ships_lost, destroyed_isk, dropped_isk, is_decisive,
                    outcome_reason, systems, sides, alliance_ids, corporation_ids, content_digest, created_at,
                    updated_at
                )
                values (
                    %(id)s, %(id)s, '2020-01-01', 'skirmish', '2020-01-01 12:00Z', '2020-01-01 12:00Z', 1, 1,
                    2, 2, 2, 0, 0, false, '', '[]', '[]', '{}', '{}', '', %(changed_at)s, %(changed_at)s
                )
                """,
                {"id": UUID(int=character_id), "changed_at": changed_at},
            )
            connection.execute(
                """
                insert into core.battle_details
                values (
                    %s, array[%s], '{1}', '{1}', '{1}', '{1}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '[]', '[]'
                )
                """,
                [UUID(int=character_id), character_id],
            )

    def wanted(self, now: datetime = NOW, since: datetime | None = None) -> list[int]:
        with self.warehouse.transaction() as connection:
            return wanted_ids(connection, Window.of_day(DAY), since, now)

    def ask(self, now: datetime = NOW) -> Asked:
        return ask_and_keep(self.esi, self.warehouse, self.wanted(now), now)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.warehouse.transaction() as connection:
            return connection.execute(query.encode()).fetchall()

    def named(self) -> set[int]:
        return {entity_id for (entity_id,) in self.rows("select entity_id from app.entity_names")}

    def requests(self) -> int:
        return len(self.upstream.requests)


@pytest.fixture
def registry(warehouse: Warehouse, upstream: Upstream, tmp_path: Path, virtual_time: VirtualTime) -> Registry:
    with warehouse.transaction() as connection:
        connection.execute(
            "truncate app.entity_names, app.unknown_entities, raw.killmail_attackers, core.battles cascade"
        )
    upstream.requests.clear()
    upstream.faults.heal()
    war_names = upstream.catalogue._war.names  # whom the war knows is what is asked here
    esi = Source(upstream.url, "tests", tmp_path, patience_seconds=RUN_PATIENCE_SECONDS, clock=virtual_time.clock)
    return Registry(warehouse, upstream, esi, sorted(war_names))


def test_names_come_in_batches_and_once(registry: Registry) -> None:
    people = registry.known[: MOST_IDS + 1]
    registry.see(*people)
    assert registry.ask() == Asked(len(people), 0, [])
    assert registry.named() == set(people)
    assert registry.requests() == 2
    assert registry.ask() == Asked(0, 0, [])
    assert registry.requests() == 2


def test_a_batch_with_one_bad_id_is_halved_not_lost(registry: Registry) -> None:
    registry.see(*registry.known[:500], NOBODY)
    assert registry.ask() == Asked(500, 1, [])
    assert registry.named() == set(registry.known[:500])
    assert registry.requests() <= 1 + 2 * 9  # two halves for each doubling up to 501


def test_an_unknown_id_is_asked_for_ever_more_rarely(registry: Registry) -> None:
    registry.see(NOBODY)
    now, waits = NOW, []
    for _ in range(8):
        assert registry.ask(now) == Asked(0, 1, [])
        [(retry_at,)] = registry.rows("select retry_at from app.unknown_entities")
        assert registry.wanted(retry_at - timedelta(seconds=1)) == []
        waits.append((retry_at - now).days)
        now = retry_at
    assert waits == [1, 2, 4, 8, 16, 32, 64, 64]


def test_an_id_that_becomes_known_is_no_longer_unknown(registry: Registry) -> None:
    someone = registry.known[0]
    registry.see(someone)
    with registry.warehouse.transaction() as connection:
        connection.execute(
            "insert into app.unknown_entities values (%s, 1, %s, %s)", [someone, NOW - NAME_LIFETIME, NOW]
        )
    assert registry.ask() == Asked(1, 0, [])
    assert registry.rows("select from app.unknown_entities") == []


def test_an_old_name_is_asked_for_again_after_the_nameless(registry: Registry) -> None:
    first, second = registry.known[:2]
    registry.see(first)
    registry.ask()
    registry.see(first, second)
    assert registry.wanted(NOW + NAME_LIFETIME) == [second]
    later = NOW + NAME_LIFETIME + timedelta(seconds=1)
    assert registry.wanted(later) == [second, first]
    registry.ask(later)
    assert registry.wanted(later) == []


def test_only_battles_that_changed_since_are_looked_at_and_whatever_is_unknown(registry: Registry) -> None:
    hour = timedelta(hours=1)
    old, new, unknown = registry.known[:3]
    registry.fight(old, NOW - 100 * hour)
    registry.fight(new, NOW - 2 * hour)
    assert registry.wanted() == [old, new]  # nobody looked before
    assert registry.wanted(since=NOW - 26 * hour) == [new]  # a transaction may have taken long
    assert registry.wanted(since=NOW + 23 * hour) == []
    with registry.warehouse.transaction() as connection:
        connection.execute("insert into app.unknown_entities values (%s, 1, %s, %s)", [unknown, NOW - hour, NOW])
    assert registry.wanted(since=NOW + 23 * hour) == [unknown]
    assert registry.wanted(NOW - hour, since=NOW + 23 * hour) == []


def test_what_is_refused_too_often_waits_for_the_next_run(registry: Registry) -> None:
    registry.see(*range(NOBODY, NOBODY + 8))
    wanted = registry.wanted()
    asked = ask_and_keep(registry.esi, registry.warehouse, wanted, NOW, most_refusals=7)
    assert asked == Asked(0, 3, ["ESI refused 7 requests; the rest is asked for in the next run"])
    assert registry.requests() == 7
    assert registry.wanted() == wanted[3:]


def test_a_failure_loses_no_answer_before_it(registry: Registry, tmp_path: Path) -> None:
    people = registry.known[: MOST_IDS + 1]
    registry.see(*people)
    closed = replace(registry.esi, url="http://127.0.0.1:1", cache=tmp_path / "closed")
    asked = ask_and_keep(closed, registry.warehouse, people, NOW)
    assert (asked.named, len(asked.problems)) == (0, 1)
    assert ask_and_keep(registry.esi, registry.warehouse, people[:MOST_IDS], NOW).named == MOST_IDS
    assert registry.wanted() == people[MOST_IDS:]
