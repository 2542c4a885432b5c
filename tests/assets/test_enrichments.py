"""Killmails in detail: every fault of ESI is told, none loses a request, and failures are tried again ever later."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import msgspec
import pytest

from battlescope_assets.assets.enrichments import KILLMAIL_ENRICHMENTS, Tick, build_enrichment_sensor, enrich
from battlescope_assets.domain.killmail import Killmail, parse
from battlescope_assets.domain.window import Window
from battlescope_assets.io.enrichments import MOST_ATTEMPTS, take_due, try_lock
from battlescope_assets.io.retention import ENRICHMENTS_KEPT, prune_ledgers
from battlescope_assets.io.sources import Source
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.simulator.bodies import esi_body, hash_of
from battlescope_assets.simulator.war import War
from battlescope_assets.sources import TICK_PATIENCE_SECONDS
from battlescope_assets.upstream.catalogue import Catalogue
from battlescope_assets.upstream.faults import Fault, FaultKind
from battlescope_assets.upstream.server import Upstream, running
from tests.assets.stored import land_mails
from tests.faults import CASES
from tests.virtual_time import VirtualTime

DAY = date(2026, 9, 15)
WAITED = {"slow", "silent"}
"""Faults that take real time, which tests of the sources wait for."""


class Registry:
    """Stored killmails of a war, those who ask for them, and the local ESI."""

    def __init__(self, warehouse: Warehouse, upstream: Upstream, cache: Path, time: VirtualTime, war: War) -> None:
        self.warehouse, self.upstream, self.time = warehouse, upstream, time
        self.esi = Source(upstream.url, "tests", cache, patience_seconds=TICK_PATIENCE_SECONDS, clock=time.clock)
        self.bodies = {mail["killmail_id"]: mail for mail in war.killmails(DAY)}
        self.ids = sorted(self.bodies)

    def want(self, *killmail_ids: int) -> None:
        with self.warehouse.transaction() as connection:
            for killmail_id in killmail_ids:
                connection.execute("select app.request_enrichment(%s)", [killmail_id])
            connection.execute("update app.killmail_enrichments set retry_at = %s", [self.time.now()])

    def tick(self) -> Tick | None:
        return enrich(self.esi, self.warehouse, self.time.now)

    def rows(self, columns: str) -> list[tuple[Any, ...]]:
        with self.warehouse.transaction() as connection:
            statement = f"select {columns} from app.killmail_enrichments order by killmail_id"
            return connection.execute(statement.encode()).fetchall()

    def asked(self) -> int:
        return len(self.upstream.requests)


@pytest.fixture(scope="module")
def virtual_time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture(scope="module")
def war() -> War:
    return War(read_snapshot(), seed=3, mails_per_day=100)


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory, virtual_time: VirtualTime, war: War) -> Iterator[Upstream]:
    catalogue = Catalogue(war, DAY, DAY, tmp_path_factory.mktemp("upstream"), now=virtual_time.now)
    with running(catalogue, monotonic=virtual_time.clock.monotonic) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def landed(warehouse: Warehouse, war: War) -> Warehouse:
    """A day of the war, with the hashes of its mails."""
    mails = []
    for body in war.killmails(DAY):
        mail = parse(msgspec.json.encode(esi_body(body)), Window.of_day(DAY), body["killmail_id"])
        assert isinstance(mail, Killmail)
        mails.append(msgspec.structs.replace(mail, killmail_hash=hash_of(body)))
    land_mails(warehouse, DAY, mails)
    return warehouse


@pytest.fixture
def registry(landed: Warehouse, upstream: Upstream, tmp_path: Path, virtual_time: VirtualTime, war: War) -> Registry:
    virtual_time.pass_by(7_200)  # limits of the test before are over
    with landed.transaction() as connection:
        connection.execute("delete from app.killmail_enrichments")
    upstream.requests.clear()
    upstream.faults.heal()
    return Registry(landed, upstream, tmp_path, virtual_time, war)


def test_what_is_wanted_is_stored_as_esi_has_it_and_asked_for_once(registry: Registry) -> None:
    wanted = registry.ids[:5]
    registry.want(*wanted)
    assert registry.tick() == Tick(5, 0, 0, None)
    found = registry.rows("killmail_id, status, attempts, error, retry_at, payload")
    assert [row[:5] for row in found] == [(killmail_id, "succeeded", 1, None, None) for killmail_id in wanted]
    for killmail_id, *_, payload in found:
        expected = esi_body(registry.bodies[killmail_id])
        assert payload["killmail_id"] == killmail_id
        assert payload["attackers"] == expected["attackers"]
        assert payload["victim"] == expected["victim"]
    registry.want(*wanted)
    with registry.warehouse.transaction() as connection:
        connection.execute("update app.killmail_enrichments set retry_at = null")
    assert registry.tick() == Tick(0, 0, 0, None)
    assert registry.asked() == 5


@pytest.mark.parametrize("name", [name for name in CASES if name not in WAITED])
def test_whatever_goes_wrong_is_told_and_healed_by_the_next_try(registry: Registry, name: str) -> None:
    case, killmail_id = CASES[name], registry.ids[0]
    registry.want(killmail_id)
    registry.upstream.faults.switch_on(msgspec.structs.replace(case.fault, route="killmails/*"))
    tick = registry.tick()
    assert tick is not None
    [(status, error, retry_at, attempts)] = registry.rows("status, error, retry_at, attempts")
    if not case.sentence:
        assert (tick, status) == (Tick(1, 0, 0, None), "succeeded")
        return
    if tick.put_back:  # asked to rest: that is no attempt, and the row waits so long
        assert (status, error, attempts) == ("pending", None, 0)
        assert re.search(r"is not asked before", tick.trouble or "")
    else:
        assert (tick.failed, status, attempts) == (1, "failed", 1)
        assert error == tick.trouble
        assert "killmails/" in error
    assert retry_at > registry.time.now() - timedelta(minutes=1)
    registry.upstream.faults.heal()
    registry.time.pass_by(max(0.0, (retry_at - registry.time.now()).total_seconds()) + 120)
    assert registry.tick() == Tick(1, 0, 0, None)
    assert registry.rows("status, error") == [("succeeded", None)]


def test_failures_are_tried_again_ever_later_and_then_no_more(registry: Registry) -> None:
    registry.want(registry.ids[0])
    registry.upstream.faults.switch_on(Fault("killmails/*", FaultKind.STATUS, status=404))
    pauses = []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert registry.tick() == Tick(0, 1, 0, registry.rows("error")[0][0])
        [(status, attempts, retry_at)] = registry.rows("status, attempts, retry_at")
        assert (status, attempts) == ("failed", attempt)
        assert registry.tick() == Tick(0, 0, 0, None), "it is not due yet"
        if retry_at is not None:
            pauses.append(round((retry_at - registry.time.now()).total_seconds() / 60))
            registry.time.pass_by((retry_at - registry.time.now()).total_seconds())
    assert pauses == [1, 4, 16, 64, 256]
    assert registry.rows("retry_at") == [(None,)]
    assert registry.asked() == MOST_ATTEMPTS


def test_another_mail_than_the_one_asked_for_is_refused(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = registry.ids[:2]
    registry.want(first)
    document = registry.upstream.catalogue.document
    other = f"killmails/{second}/{hash_of(registry.bodies[second])}"
    monkeypatch.setattr(registry.upstream.catalogue, "document", lambda _path: document(other))
    assert (registry.tick() or Tick(0, 0, 0, None)).failed == 1
    [(error,)] = registry.rows("error")
    assert f"killmail_id is {second}, the file is named {first}" in error


def test_a_mail_whose_hash_nobody_brought_waits_for_it(registry: Registry) -> None:
    killmail_id = registry.ids[0]
    registry.want(killmail_id)
    set_hash = "update raw.killmails set killmail_hash = %s where killmail_id = %s"
    with registry.warehouse.transaction() as connection:
        connection.execute(set_hash, [None, killmail_id])
    assert registry.tick() == Tick(0, 1, 0, f"neither archive nor feed has brought the hash of killmail {killmail_id}")
    assert registry.asked() == 0
    with registry.warehouse.transaction() as connection:
        connection.execute(set_hash, [hash_of(registry.bodies[killmail_id]), killmail_id])
    registry.time.pass_by(61)
    assert registry.tick() == Tick(1, 0, 0, None)


def test_a_tick_that_died_is_done_by_the_next(registry: Registry) -> None:
    registry.want(*registry.ids[:3])
    with registry.warehouse.transaction() as connection:
        assert len(take_due(connection, registry.time.now(), 2)) == 2
    assert [status for (status,) in registry.rows("status")].count("processing") == 2
    assert registry.tick() == Tick(3, 0, 0, None)
    assert sorted(registry.rows("status, attempts")) == [("succeeded", 1), ("succeeded", 2), ("succeeded", 2)]


def test_two_ticks_at_once_are_one(registry: Registry) -> None:
    registry.want(registry.ids[0])
    with registry.warehouse.transaction() as other:
        assert try_lock(other)
        assert registry.tick() is None
    assert registry.tick() == Tick(1, 0, 0, None)


def test_a_tick_that_lasts_long_leaves_the_rest_to_the_next(registry: Registry) -> None:
    registry.want(*registry.ids[:3])
    assert enrich(registry.esi, registry.warehouse, registry.time.now, longest_seconds=0) == Tick(0, 0, 3, None)
    assert registry.rows("status, attempts") == [("pending", 0)] * 3
    assert registry.tick() == Tick(3, 0, 0, None)


def test_the_sensor_reports_what_it_fetched_and_nothing_else(registry: Registry) -> None:
    sensor = build_enrichment_sensor(registry.esi, registry.warehouse)
    with dg.instance_for_test() as instance, dg.build_sensor_context(instance) as context:
        assert sensor.evaluate_tick(context).skip_message == "nobody waits for a killmail"
        registry.want(registry.ids[0])
        [event] = sensor.evaluate_tick(context).asset_events
    assert isinstance(event, dg.AssetMaterialization)
    assert event.asset_key == KILLMAIL_ENRICHMENTS.key
    assert event.metadata["killmails_succeeded"].value == 1


def test_details_are_forgotten_after_a_while_and_with_their_mail(registry: Registry) -> None:
    first, second = registry.ids[:2]
    registry.want(first, second)
    registry.tick()
    now: datetime = registry.time.now()
    with registry.warehouse.transaction() as connection:
        assert prune_ledgers(connection, now + ENRICHMENTS_KEPT - timedelta(minutes=1)) == 0
        connection.execute("delete from raw.killmail_index where killmail_id = %s", [first])
    assert registry.rows("killmail_id") == [(second,)]
    with registry.warehouse.transaction() as connection:
        connection.execute("insert into raw.killmail_index values (%s, %s)", [first, DAY])
        assert prune_ledgers(connection, now + ENRICHMENTS_KEPT + timedelta(minutes=1)) == 1
    assert registry.rows("killmail_id") == []
