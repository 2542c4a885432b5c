"""Asset raw/killmail_feed: the live feed, followed by a sensor that does the work in its tick; rules are the domain's.

A run through the daemon takes seconds to start; a tick takes the time of its work. Everything a tick changes is one
transaction: mails, zKillboard's values, our values, battles and the position. A tick that dies has done nothing, and
the next one does it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import dagster as dg
from dagster._core.storage.tags import RUN_KEY_TAG  # the only place Dagster publishes it

from battlescope_assets.assets.battles import battle_params, recluster
from battlescope_assets.assets.values import revalue
from battlescope_assets.domain.freshness import PROMISES
from battlescope_assets.domain.killmail import Killmail
from battlescope_assets.domain.universe import CombatWorld, SecurityClass
from battlescope_assets.domain.window import ONE_DAY, Window, windows_of
from battlescope_assets.io.feed import (
    FeedState,
    Pace,
    forget_silence,
    read_batch,
    read_state,
    store_mails,
    store_rejections,
    try_lock,
    write_state,
)
from battlescope_assets.io.freshness import Attempt, record
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.universe import read_combat_world, read_security_classes, stored_build
from battlescope_assets.io.warehouse import Connection, Warehouse
from battlescope_assets.partitions import tags_of_days
from battlescope_assets.settings import Settings

SECONDS_BETWEEN_TICKS = 3
SOURCE = "killmail_feed"
REPORTED_EVERY = PROMISES[SOURCE].fresh_for / 3
"""A feed that was read and had nothing new is reported so often: Dagster tells by it that it is fresh."""
DAYS_PER_CATCH_UP = 31
"""Silence longer than that is a backfill's business; the sweep against EVE Ref's totals finds the rest."""

KILLMAIL_FEED = dg.AssetSpec(
    key=["raw", SOURCE],
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=PROMISES[SOURCE].fresh_for),
    group_name="killmails",
    kinds={"python", "postgres"},
    description=(
        "zKillboard's killmail feed, followed by the sensor of the same name: mails land in the tables of "
        "raw/killmails, are valued, and the battles they touch are reconstructed, all within the tick."
    ),
)


class World(NamedTuple):
    """What rules need of the static data, kept between ticks."""

    build_number: int | None
    combat: CombatWorld
    security_class_of: dict[int, SecurityClass]


class Tick(NamedTuple):
    """What one tick did."""

    read: int
    """Documents."""
    new: int
    """Mails stored that were not."""
    filtered: int
    rejected: int
    battles_changed: int
    state: FeedState
    trouble: str | None
    """What could not be read, in a sentence."""

    @property
    def changed(self) -> bool:
        """Whether anything of it shows in a table other than the position."""
        return self.new + self.rejected + self.battles_changed > 0


@dataclass
class Follower:
    """Follows one feed into one warehouse; keeps the static data of the newest build between ticks."""

    feed: Source
    warehouse: Warehouse
    settings: Settings
    pace: Pace = Pace()  # noqa: RUF009  # frozen
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    world: World | None = None

    def tick(self) -> Tick | str:
        """Reads a bounded batch and makes it visible, or says why there was nothing to read.

        Raises:
            SourceError: the feed cannot be asked, and never was before.
        """
        with self.warehouse.transaction() as connection:
            if not try_lock(connection):
                return "another tick reads the feed"
            if stored_build(connection) is None:
                return "no static data is stored yet, without which rulesets, values and battles would be wrong"
            state = read_state(connection)
            batch = read_batch(self.feed, state, self.pace, self.clock)
            if state is None:
                state = FeedState(batch.position, batch.read_at)
            world = self._world(connection)
            ruleset = self.settings.ruleset
            wanted = [mail for mail in batch.mails.values() if ruleset.accepts(mail.killmail, world.security_class_of)]
            new = store_mails(connection, wanted) if wanted else []
            store_rejections(connection, batch.mails, batch.rejections, batch.read_at)
            revalued = _value(connection, new, world.combat)
            battles_changed = self._recluster(connection, new, revalued, world.combat)
            uploads = [mail.uploaded_at for mail in batch.mails.values()]
            if state.newest_uploaded_at is not None:
                uploads.append(state.newest_uploaded_at)
            read, filtered = len(batch.mails) + len(batch.rejections), len(batch.mails) - len(wanted)
            state = replace(
                state,
                position=batch.position,
                read_at=batch.read_at,
                newest_uploaded_at=max(uploads, default=None),
                skipped_since=batch.skipped_since,
                documents_read=state.documents_read + read,
                mails_stored=state.mails_stored + len(new),
                mails_filtered=state.mails_filtered + filtered,
                documents_rejected=state.documents_rejected + len(batch.rejections),
            )
            write_state(connection, state)
            moments = [state.newest_uploaded_at] if read and state.newest_uploaded_at else []
            record(connection, SOURCE, Attempt(moments, [batch.trouble] if batch.trouble else []), batch.read_at)
        return Tick(read, len(new), filtered, len(batch.rejections), battles_changed, state, batch.trouble)

    def forget_silence(self, skipped_since: datetime) -> None:
        """Keeps that the archives of the days since were asked for."""
        with self.warehouse.transaction() as connection:
            forget_silence(connection, skipped_since)

    def _world(self, connection: Connection) -> World:
        build = stored_build(connection)
        if self.world is None or self.world.build_number != build:
            self.world = World(build, read_combat_world(connection), read_security_classes(connection))
        return self.world

    def _recluster(self, connection: Connection, new: list[Killmail], revalued: list[date], world: CombatWorld) -> int:
        params = battle_params(self.settings)
        around_new = windows_of((mail.killmail_time for mail in new), timedelta(minutes=params.longest_link_minutes))
        changes = [
            recluster(connection, window, world, params, self.clock())
            for window in (*around_new, *map(Window.of_day, revalued))
        ]
        return sum(change.created + change.updated + change.deleted for change in changes)


def _value(connection: Connection, new: list[Killmail], world: CombatWorld) -> list[date]:
    """Values new mails at the prices stored now; returns the days whose other mails changed their value by it."""
    revalued = []
    for day in sorted({mail.killmail_time.date() for mail in new}):
        ids = [mail.killmail_id for mail in new if mail.killmail_time.date() == day]
        _, change = revalue(connection, day, world, ids)
        if change.updated:
            revalued.append(day)
    return revalued


def build_feed_sensor(follower: Follower, land_days: str) -> dg.SensorDefinition:
    """The sensor; `land_days` is the job that brings days from archives."""

    @dg.sensor(
        name="killmail_feed",
        job_name=land_days,
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Follows zKillboard's feed: mails, their values and their battles are there when a tick ends.",
    )
    def killmail_feed(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        try:
            tick = follower.tick()
        except SourceError as error:
            with follower.warehouse.transaction() as connection:
                record(connection, SOURCE, Attempt(problems=[f"{error}"]), follower.clock())
            return dg.SkipReason(f"{error}")
        if isinstance(tick, str):
            return dg.SkipReason(tick)
        if tick.trouble:
            context.log.warning(tick.trouble)
        read_at = tick.state.read_at
        reported_at = datetime.fromisoformat(context.cursor) if context.cursor else None
        is_due = tick.trouble is None and (reported_at is None or read_at - reported_at >= REPORTED_EVERY)
        catch_up = None
        if (since := tick.state.skipped_since) is not None:
            catch_up = _catch_up(since, read_at, follower.settings.first_day)
            asked = dg.RunsFilter(tags={RUN_KEY_TAG: f"{catch_up.run_key}"}) if catch_up else None
            if asked is None or context.instance.get_run_ids(asked, limit=1):
                follower.forget_silence(since)
                catch_up = None
        if not tick.changed and not is_due and catch_up is None:
            return dg.SkipReason(tick.trouble or f"nothing new before document {tick.state.position.next_sequence_id}")
        reported = tick.changed or is_due
        return dg.SensorResult(
            asset_events=[_materialization(tick)] if reported else [],
            run_requests=[catch_up] if catch_up else [],
            cursor=read_at.isoformat() if reported else context.cursor,
        )

    return killmail_feed


def _materialization(tick: Tick) -> dg.AssetMaterialization:
    position = tick.state.position
    return dg.AssetMaterialization(
        KILLMAIL_FEED.key,
        metadata={
            "dagster/row_count": tick.state.mails_stored,
            "documents_read": tick.read,
            "mails_new": tick.new,
            "mails_filtered": tick.filtered,
            "documents_rejected": tick.rejected,
            "battles_changed": tick.battles_changed,
            "next_sequence_id": position.next_sequence_id,
            "documents_behind": max(0, position.newest_sequence_id + 1 - position.next_sequence_id),
            "documents_pending": len(position.pending),
        }
        | ({"trouble": tick.trouble} if tick.trouble else {}),
    )


def _catch_up(skipped_since: datetime, read_at: datetime, first_day: date) -> dg.RunRequest | None:
    """Archive days whose mails the feed no longer has; asked for in every tick until Dagster has a run of the key."""
    first, last = skipped_since.astimezone(UTC).date(), read_at.astimezone(UTC).date()
    first = max(first, last - DAYS_PER_CATCH_UP * ONE_DAY, first_day)
    if first > last:
        return None
    return dg.RunRequest(run_key=f"feed-silence-{skipped_since:%Y%m%dT%H%M%S}", tags=tags_of_days(first, last))
