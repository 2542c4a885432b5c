"""Following the feed: every mail lands once, whatever the order, the repetitions, the gaps and the deaths."""

import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.tags import RUN_KEY_TAG

from battlescope_assets.assets.feed import Follower, Tick, build_feed_sensor
from battlescope_assets.assets.killmails import land_day
from battlescope_assets.assets.values import value_day
from battlescope_assets.domain.feed import RETRIES, UNREAD_RETRY, Position
from battlescope_assets.domain.window import Window
from battlescope_assets.io.archive import ArchiveError
from battlescope_assets.io.feed import FeedState, Pace, read_state, try_lock, write_state
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.warehouse import Rows, Warehouse, replace_days
from battlescope_assets.partitions import tags_of_days
from battlescope_assets.settings import Settings
from battlescope_assets.upstream.server import Upstream
from tests.archives import archive_of, write_archive_bytes
from tests.assets.followed import Content, Databases, content, world
from tests.bodies import body, encoded
from tests.feeds import FIRST, PublishedFolder, document_of, needs_real_documents, publish, real_documents

PACE = Pace(most_documents=7)
DAY = date(2026, 9, 15)
UPLOADED_AT = int(datetime(2026, 9, 15, 12, 5, tzinfo=UTC).timestamp())
NOW = datetime(2026, 9, 15, 12, 6, tzinfo=UTC)


class Feed:
    """A folder that speaks R2Z2, read as it is or from `url`, and its follower."""

    def __init__(
        self, folder: Path, warehouse: Warehouse, settings: Settings | None = None, url: str | None = None
    ) -> None:
        self.folder, self.warehouse, self.now = folder, warehouse, NOW
        source = Source(url or str(folder), "tests", folder / "cache")
        self.follower = Follower(source, warehouse, settings or Settings(home=folder), PACE, lambda: self.now, world())

    def begin(self, number: int = FIRST) -> None:
        with self.warehouse.transaction() as connection:
            write_state(connection, FeedState(Position.at(number), self.now))

    def ticks(self) -> list[Tick]:
        """Ticks until everything published is read."""
        done: list[Tick] = []
        newest = int((self.folder / "ephemeral" / "sequence.json").read_text().split(":")[1].strip(" }"))
        while not done or done[-1].state.position.next_sequence_id <= newest:
            tick = self.follower.tick()
            assert isinstance(tick, Tick)
            done.append(tick)
        return done

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.warehouse.transaction() as connection:
            return connection.execute(query.encode()).fetchall()

    def ids(self) -> list[object]:
        return [mail_id for (mail_id,) in self.rows("select killmail_id from raw.killmails order by 1")]


@pytest.fixture
def feed(tmp_path: Path, databases: Databases) -> Feed:
    return Feed(tmp_path, databases())


def mail(killmail_id: int, minute: int = 0, **changes: Any) -> dict[str, Any]:
    moment = datetime(2026, 9, 15, 12, minute, tzinfo=UTC)
    return body(killmail_id=killmail_id, killmail_time=f"{moment:%Y-%m-%dT%H:%M:%SZ}") | changes


def documents(*killmail_ids: int) -> list[dict[str, Any] | None]:
    return [document_of(mail(i), UPLOADED_AT) for i in killmail_ids]


@pytest.fixture(scope="module")
def clean_run(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Content:
    """What the 50 real documents make when they come one after the other."""
    feed = Feed(tmp_path_factory.mktemp("clean"), databases())
    publish(feed.folder, real_documents())
    feed.begin()
    feed.ticks()
    assert len(feed.ids()) == 50
    return content(feed.warehouse)


@needs_real_documents
def test_the_real_documents_as_they_came_land_once(feed: Feed, clean_run: Content) -> None:
    real = real_documents()
    slots: list[dict[str, Any] | None] = []
    for before, document in zip([None, *real], real, strict=False):
        slots += [None] * (before is not None and document["sequence_id"] > before["sequence_id"] + 1)
        slots.append(document)
    first = real[0]["sequence_id"]
    publish(feed.folder, slots, first)
    feed.begin(first)
    assert sum(tick.new for tick in feed.ticks()) == 50
    assert content(feed.warehouse) == clean_run
    pending = {number for (number,) in feed.rows("select sequence_id from raw.feed_pending")}
    named = {document["sequence_updated"] for document in real if "sequence_updated" in document}
    gaps = {number for number, slot in enumerate(slots, first) if slot is None}
    assert pending == gaps | named


@needs_real_documents
@pytest.mark.parametrize("seed", range(4))
def test_order_repetition_and_gaps_change_nothing(feed: Feed, clean_run: Content, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    shuffled: list[dict[str, Any] | None] = [
        {key: value for key, value in document.items() if key != "sequence_updated"} for document in real_documents()
    ]
    shuffled += chance.sample(shuffled, 25) + [None] * 5
    chance.shuffle(shuffled)
    publish(feed.folder, [*shuffled, real_documents()[0]])
    feed.begin()
    feed.ticks()
    assert content(feed.warehouse) == clean_run


def follow_to_the_end(folder: Path, warehouse: Warehouse, newest: int, url: str) -> None:
    """What a child process does, until it is killed."""
    feed = Feed(folder, warehouse, url=url)
    while True:
        tick = feed.follower.tick()
        if isinstance(tick, Tick) and tick.state.position.next_sequence_id > newest:
            return


@pytest.fixture
def published_over_http(feed: Feed) -> Iterator[str]:
    """The address of a local upstream that has the folder, in a process of its own: threads and forks do not mix."""
    with Upstream(PublishedFolder(feed.folder)) as upstream:
        server = multiprocessing.get_context("fork").Process(target=upstream.serve_forever, daemon=True)
        server.start()
        yield upstream.url
        server.kill()
        server.join()


@needs_real_documents
def test_over_http_and_killed_at_20_random_points_everything_lands_once(
    feed: Feed, clean_run: Content, published_over_http: str
) -> None:
    """Shuffled, thrice each; the last of all is the one whose values count."""
    chance = random.Random(7)  # noqa: S311
    repeated = [
        {key: value for key, value in document.items() if key != "sequence_updated"}
        for document in real_documents()
        for _ in range(3)
    ]
    chance.shuffle(repeated)
    publish(feed.folder, repeated)
    feed.begin()
    fork = multiprocessing.get_context("fork")
    killed, positions = 0, []
    began_at = time.monotonic()
    assert isinstance(Feed(feed.folder, feed.warehouse, url=published_over_http).follower.tick(), Tick)
    tick_seconds = time.monotonic() - began_at
    while killed < 20:
        child = fork.Process(
            target=follow_to_the_end,
            args=(feed.folder, feed.warehouse, FIRST + len(repeated) - 1, published_over_http),
            daemon=True,
        )
        child.start()
        child.join(chance.uniform(0, 2 * tick_seconds))
        if child.pid is not None and child.exitcode is None:
            os.kill(child.pid, signal.SIGKILL)
            killed += 1
        child.join()
        positions.append(feed.rows("select next_sequence_id from raw.feed_position"))
        assert child.exitcode != 1
    assert positions == sorted(positions), "the position went back"
    follow_to_the_end(feed.folder, feed.warehouse, FIRST + len(repeated) - 1, published_over_http)
    assert content(feed.warehouse) == clean_run


def test_reposts_and_mails_the_archive_has_change_nothing(feed: Feed) -> None:
    write_archive_bytes(feed.folder, DAY, archive_of({f"killmails/{i}.json": encoded(mail(i)) for i in (1, 2)}))
    archive = Source(str(feed.folder), "tests", feed.folder / "cache")
    land_day(DAY, None, archive, feed.warehouse, 2**20)
    before = feed.rows("select killmail_id, xmin::text, ctid::text from raw.killmails order by 1")
    publish(feed.folder, documents(1, 2, 3, 3, 1))
    feed.begin()
    assert [tick.new for tick in feed.ticks()] == [1]
    after = feed.rows("select killmail_id, xmin::text, ctid::text from raw.killmails order by 1")
    assert after[:2] == before
    assert [killmail_id for killmail_id, *_ in after] == [1, 2, 3]
    assert feed.rows("select count(*) from raw.killmail_zkb") == [(3,)]


def test_an_archive_keeps_what_only_the_feed_brought_and_decides_what_both_have(feed: Feed) -> None:
    publish(feed.folder, documents(1, 2, 3))
    feed.begin()
    feed.ticks()
    others: dict[str, Any] = {"solar_system_id": 30000142, "killmail_hash": "f" * 40}
    in_archive = {f"killmails/{i}.json": encoded(mail(i, **others)) for i in (2, 4)}
    write_archive_bytes(feed.folder, DAY, archive_of(in_archive))
    landed = land_day(DAY, 2, Source(str(feed.folder), "tests", feed.folder / "cache"), feed.warehouse, 2**20)
    assert landed.mails_stored == 2
    assert feed.rows("select killmail_id, solar_system_id from raw.killmails order by 1") == [
        (1, 30002187), (2, 30000142), (3, 30002187), (4, 30000142)
    ]  # fmt: skip
    for table in ("killmail_attackers", "killmail_items", "killmail_index"):
        assert feed.rows(f"select distinct killmail_id from raw.{table} order by 1") == [(1,), (2,), (3,), (4,)]


def test_an_archive_that_loses_a_mail_it_alone_had_loses_it_here(feed: Feed) -> None:
    archive = Source(str(feed.folder), "tests", feed.folder / "cache")
    publish(feed.folder, documents(1))
    feed.begin()
    feed.ticks()
    for ids in ((1, 2), (3,)):
        write_archive_bytes(feed.folder, DAY, archive_of({f"killmails/{i}.json": encoded(mail(i)) for i in ids}))
        land_day(DAY, None, archive, feed.warehouse, 2**20)
    assert feed.ids() == [1, 3]


def test_a_day_that_the_archive_lacks_comes_from_the_history(feed: Feed) -> None:
    archive = Source(str(feed.folder), "tests", feed.folder / "cache")
    history = feed.folder / "history" / "raw" / f"{DAY:%Y%m%d}.json"
    history.parent.mkdir(parents=True)
    history.write_text(json.dumps({"1": mail(1), "2": mail(2), "3": mail(4)}))
    landed = land_day(DAY, None, archive, feed.warehouse, 2**20, zkillboard=archive)
    assert (landed.status, landed.mails_stored, landed.mails_quarantined) == ("stored", 2, 1)
    assert feed.ids() == [1, 2]

    write_archive_bytes(feed.folder, DAY, archive_of({f"killmails/{i}.json": encoded(mail(i)) for i in (1, 2, 3)}))
    landed = land_day(DAY, None, archive, feed.warehouse, 2**20, zkillboard=archive)
    assert (landed.mails_stored, landed.revision) == (3, 2)
    assert feed.ids() == [1, 2, 3]


@pytest.mark.parametrize("damaged", ["", "[]", "<html>", '{"1": ', "9" * 2_000])
def test_a_damaged_history_leaves_the_day_as_it_was(feed: Feed, damaged: str) -> None:
    archive = Source(str(feed.folder), "tests", feed.folder / "cache")
    history = feed.folder / "history" / "raw" / f"{DAY:%Y%m%d}.json"
    history.parent.mkdir(parents=True)
    history.write_text(damaged)
    with pytest.raises(ArchiveError, match=f"{DAY:%Y%m%d}"):
        land_day(DAY, None, archive, feed.warehouse, 1_000, zkillboard=archive)
    assert feed.ids() == []


def test_values_of_feed_mails_are_those_of_the_whole_day(feed: Feed) -> None:
    publish(feed.folder, documents(1, 2, 3))
    feed.begin()
    feed.ticks()
    _, change, _ = value_day(DAY, world().combat, feed.warehouse)
    assert feed.rows("select count(*) from core.killmail_values") == [(3,)]
    assert change.total == 0


def test_a_price_that_changed_reaches_all_mails_of_the_day_and_their_battles(feed: Feed) -> None:
    columns = ("day", "region_id", "type_id", "average_isk", "highest_isk", "lowest_isk", "order_count", "volume")
    feed.begin()
    for rifter_isk, ids in ((400, (1, 2)), (300, (1, 2, 3))):
        price = Rows(columns, [(DAY, 10000002, 587, *[Decimal(rifter_isk)] * 3, 1, 1)])
        with feed.warehouse.transaction() as connection:
            replace_days(connection, Window.of_day(DAY), {"raw.market_history": price})
        publish(feed.folder, documents(*ids))
        feed.ticks()
        values = feed.rows("select killmail_id, total_isk::int4 from core.killmail_values order by 1")
        assert values == [(killmail_id, rifter_isk) for killmail_id in ids]
        [(worth,)] = feed.rows("select sum(destroyed_isk + dropped_isk)::int4 from core.battles")
        assert worth == rifter_isk * len(ids)


def test_a_late_mail_joins_the_battle_of_its_day(feed: Feed) -> None:
    publish(feed.folder, documents(1, 2))
    feed.begin()
    feed.ticks()
    [(battle_id, total)] = feed.rows("select battle_id, total_killmails from core.battles")
    assert total == 2
    feed.now += timedelta(days=3)
    late = document_of(mail(3), UPLOADED_AT + 3 * 86_400)
    publish(feed.folder, [late], first=FIRST + 2)
    feed.ticks()
    assert feed.rows("select battle_id, total_killmails from core.battles") == [(battle_id, 3)]


def test_what_is_no_document_is_kept_with_its_reason_after_the_last_try_and_the_rest_lands(feed: Feed) -> None:
    future = document_of(mail(9, killmail_time="2026-09-25T00:00:00Z"), UPLOADED_AT)
    unvalued = document_of(mail(8), UPLOADED_AT, zkb={})
    publish(feed.folder, [*documents(1), future, unvalued, *documents(2)])
    (feed.folder / "ephemeral" / f"{FIRST + 4}.json").write_text("<html>One moment</html>")
    publish(feed.folder, documents(3), first=FIRST + 5)
    with (feed.folder / "ephemeral" / f"{FIRST + 6}.json").open("wb") as file:
        file.truncate(2**26)
    publish(feed.folder, documents(4), first=FIRST + 7)
    feed.begin()
    feed.ticks()
    assert feed.ids() == [1, 2, 3, 4]
    refused = "select sequence_id - 1000, killmail_id, reason from raw.feed_rejections order by 1"
    assert feed.rows(refused) == [(1, 9, "outside_day")]
    for wait in (UNREAD_RETRY, *RETRIES):
        assert feed.rows("select sequence_id - 1000 from raw.feed_pending order by 1") == [(2,), (4,), (6,)]
        feed.now += wait
        for _ in range(3):  # one each: what is beside it tells whether upstream answers
            feed.follower.tick()
    assert feed.rows("select * from raw.feed_pending") == []
    assert feed.rows(refused) == [
        (1, 9, "outside_day"), (2, None, "wrong_shape"), (4, None, "not_json"), (6, None, "not_to_be_had")
    ]  # fmt: skip


def test_a_refused_document_that_is_uploaded_anew_is_refused_no_more(feed: Feed) -> None:
    publish(feed.folder, [document_of(mail(1, killmail_time="2026-09-25T00:00:00Z"), UPLOADED_AT)])
    feed.begin()
    assert feed.ticks()[0].rejected == 1
    publish(feed.folder, documents(1))
    publish(feed.folder, [document_of(mail(2), UPLOADED_AT, sequence_updated=FIRST)], first=FIRST + 1)
    feed.ticks()
    feed.follower.tick()
    assert feed.ids() == [1, 2]
    assert feed.rows("select * from raw.feed_rejections") == []


def test_a_missing_number_that_appears_later_is_read_then(feed: Feed) -> None:
    publish(feed.folder, [*documents(1), None, *documents(3)])
    feed.begin()
    feed.ticks()
    assert feed.ids() == [1, 3]
    (feed.folder / "ephemeral" / f"{FIRST + 1}.json").write_text(
        json.dumps(document_of(mail(2), UPLOADED_AT) | {"sequence_id": FIRST + 1})
    )
    feed.now += RETRIES[0]
    feed.follower.tick()
    assert feed.ids() == [1, 2, 3]
    assert feed.rows("select * from raw.feed_pending") == []


def test_a_number_uploaded_anew_is_read_again(feed: Feed) -> None:
    publish(feed.folder, documents(1, 2))
    feed.begin()
    feed.ticks()
    publish(feed.folder, documents(7))
    publish(feed.folder, [document_of(mail(3), UPLOADED_AT, sequence_updated=FIRST)], first=FIRST + 2)
    feed.ticks()
    feed.follower.tick()
    assert feed.ids() == [1, 2, 3, 7]


def test_a_clock_set_back_does_not_stop_the_feed(feed: Feed) -> None:
    publish(feed.folder, documents(1))
    feed.begin()
    feed.follower.tick()
    publish(feed.folder, documents(1, 2))
    feed.now -= timedelta(hours=1)
    feed.follower.tick()
    assert feed.ids() == [1, 2]


def test_a_first_start_begins_with_the_newest_document(feed: Feed) -> None:
    publish(feed.folder, documents(1, 2, 3))
    feed.ticks()
    assert feed.ids() == [3]


def test_days_of_silence_are_the_archives_business(feed: Feed) -> None:
    publish(feed.folder, documents(1))
    feed.begin()
    feed.ticks()
    feed.now += timedelta(days=4)
    publish(feed.folder, [None] * 700 + documents(*range(2, 102)), first=FIRST + 1)
    ticks = feed.ticks()
    assert {tick.state.skipped_since for tick in ticks} == {NOW}
    assert feed.ids() == [1, *range(2, 102)]
    feed.follower.forget_silence(NOW)
    publish(feed.folder, documents(102), first=FIRST + 801)
    assert feed.ticks()[-1].state.skipped_since is None


def test_trouble_after_a_silence_loses_nothing(feed: Feed) -> None:
    """However often the first document cannot be had, the position jumps once."""
    publish(feed.folder, documents(1))
    feed.begin()
    feed.ticks()
    feed.now += timedelta(days=4)
    publish(feed.folder, [None] * 700 + documents(*range(2, 102)), first=FIRST + 1)
    kept = feed.folder.with_name("kept")
    (feed.folder / "ephemeral").rename(kept)
    too_large = feed.folder / "ephemeral"
    too_large.mkdir()
    shutil.copy(kept / "sequence.json", too_large)
    for number in range(FIRST, FIRST + 900):
        with (too_large / f"{number}.json").open("wb") as file:
            file.truncate(2**26)
    for _ in range(4):
        tick = feed.follower.tick()
        assert isinstance(tick, Tick)
        assert tick.trouble
        assert tick.state.skipped_since == NOW
    shutil.rmtree(too_large)
    kept.rename(too_large)
    feed.ticks()
    feed.now += UNREAD_RETRY
    feed.follower.tick()  # ends at a number that never came
    feed.follower.tick()
    assert feed.ids() == [1, *range(2, 102)]


def test_two_ticks_at_once_are_one(feed: Feed) -> None:
    publish(feed.folder, documents(1))
    feed.begin()
    with feed.warehouse.transaction() as connection:
        assert try_lock(connection)
        assert feed.follower.tick() == "another tick reads the feed"
    feed.ticks()
    assert feed.ids() == [1]


def test_without_the_newest_number_only_a_first_start_reads_nothing(feed: Feed) -> None:
    sentence = r"ephemeral/sequence\.json names no newest document: JSON is malformed: .*$"
    publish(feed.folder, documents(1))
    (feed.folder / "ephemeral" / "sequence.json").write_text("<html>")
    with pytest.raises(SourceError, match=sentence):
        feed.follower.tick()
    feed.begin()
    tick = feed.follower.tick()
    assert isinstance(tick, Tick)
    assert re.search(sentence, tick.trouble or "")
    assert feed.ids() == [1]


def test_a_ruleset_counts_what_it_leaves_out_of_feed_and_archive(tmp_path: Path, databases: Databases) -> None:
    settings = Settings(home=tmp_path, ruleset_solar_system_ids=frozenset({30000142}))
    feed = Feed(tmp_path, databases(), settings)
    elsewhere = [document_of(mail(i, solar_system_id=30000142), UPLOADED_AT) for i in (3, 4)]
    publish(tmp_path, [*documents(1, 2), *elsewhere])
    feed.begin()
    [tick] = feed.ticks()
    assert (feed.ids(), tick.filtered, tick.state.mails_filtered) == ([3, 4], 2, 2)

    members = {f"killmails/{i}.json": encoded(mail(i)) for i in (1, 2)}
    members["killmails/3.json"] = encoded(mail(3, solar_system_id=30000142))
    write_archive_bytes(tmp_path, DAY, archive_of(members))
    archive = Source(str(tmp_path), "tests", tmp_path / "cache")
    landed = land_day(DAY, 3, archive, feed.warehouse, 2**20, settings.ruleset)
    assert (landed.mails_stored, landed.mails_filtered, landed.ruleset) == (1, 2, "solar_system_ids=30000142")
    assert feed.ids() == [3, 4]
    landed = land_day(DAY, 3, archive, feed.warehouse, 2**20)
    assert (landed.mails_stored, landed.mails_filtered, landed.ruleset) == (3, 0, "")
    assert feed.ids() == [1, 2, 3, 4]


def test_the_sensor_reports_what_changed_and_nothing_else(feed: Feed) -> None:
    sensor = build_feed_sensor(feed.follower, "land_days")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    publish(feed.folder, documents(1, 2))
    feed.begin()
    with dg.DagsterInstance.ephemeral() as instance:
        with dg.build_sensor_context(instance) as context:
            first = sensor.evaluate_tick(context)
        [event] = first.asset_events
        assert isinstance(event, dg.AssetMaterialization)
        assert event.asset_key == dg.AssetKey(["raw", "killmail_feed"])
        assert (event.metadata["mails_new"].value, event.metadata["battles_changed"].value) == (2, 1)
        with dg.build_sensor_context(instance, cursor=first.cursor) as context:
            second = sensor.evaluate_tick(context)
        assert (second.asset_events, second.run_requests) == ([], [])
        assert second.skip_message == f"nothing new before document {FIRST + 2}"


def test_archives_are_asked_for_until_dagster_has_the_run(feed: Feed) -> None:
    """A process that dies before Dagster knows of the request asks again; one that dies after does not."""
    sensor = build_feed_sensor(feed.follower, "land_days")
    publish(feed.folder, documents(1))
    feed.begin()
    feed.ticks()
    feed.now += timedelta(days=4)
    publish(feed.folder, [None] * 700 + documents(*range(2, 102)), first=FIRST + 1)
    with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance) as context:
        asked = [sensor.evaluate_tick(context).run_requests or [] for _ in range(3)]
        [request] = asked[0]
        assert [[again.run_key for again in requests] for requests in asked] == [[request.run_key]] * 3
        assert {tag: request.tags[tag] for tag in tags_of_days(DAY, DAY)} == tags_of_days(DAY, DAY + timedelta(days=4))
        job = dg.GraphDefinition(name="land_days").to_job()
        instance.create_run_for_job(job, tags={RUN_KEY_TAG: f"{request.run_key}"})
        assert sensor.evaluate_tick(context).run_requests == []
        with feed.warehouse.transaction() as connection:
            state = read_state(connection)
        assert state is not None
        assert state.skipped_since is None


def test_a_mail_has_its_hash_whichever_came_first_the_feed_or_an_archive_without_it(feed: Feed) -> None:
    archive = Source(str(feed.folder), "tests", feed.folder / "cache")
    bodies = {i: {name: value for name, value in mail(i).items() if name != "killmail_hash"} for i in (1, 2, 3)}
    from_feed = [(i, f"{i:040x}") for i in (1, 2)]
    write_archive_bytes(feed.folder, DAY, archive_of({"killmails/1.json": encoded(bodies[1])}))
    land_day(DAY, None, archive, feed.warehouse, 2**20)
    publish(feed.folder, [document_of(bodies[i], UPLOADED_AT) for i in (1, 2)])
    feed.begin()
    feed.ticks()
    assert feed.rows("select killmail_id, killmail_hash from raw.killmails order by 1") == from_feed
    archived = {f"killmails/{i}.json": encoded(body) for i, body in bodies.items()}
    write_archive_bytes(feed.folder, DAY, archive_of(archived))
    land_day(DAY, None, archive, feed.warehouse, 2**20)
    assert feed.rows("select killmail_id, killmail_hash from raw.killmails order by 1") == [*from_feed, (3, None)]
