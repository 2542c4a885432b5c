"""Asset core/battles: the battles of a day, reconstructed from stored mails; how, belongs to the domain."""

import time
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import dagster as dg
import numpy as np

from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.battles import engagements_of
from battlescope_assets.domain.engagements import Membership, memberships
from battlescope_assets.domain.mails import Mails
from battlescope_assets.domain.universe import CombatWorld
from battlescope_assets.domain.window import Window
from battlescope_assets.io.battles import BattleChange, Stored, close_ended, read_touching, record_clustering, write
from battlescope_assets.io.killmails import count_of, read_items, read_mails
from battlescope_assets.io.ledgers import record_clustered
from battlescope_assets.io.universe import read_combat_world
from battlescope_assets.io.warehouse import Connection, Warehouse, lock
from battlescope_assets.partitions import BACKFILL_POLICY, days_of
from battlescope_assets.settings import Settings


def build_battles(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset over the given days."""

    @dg.asset(
        key=["core", "battles"],
        deps=[
            dg.AssetDep(
                ["raw", "killmails"],
                partition_mapping=dg.TimeWindowPartitionMapping(
                    start_offset=-1, allow_nonexistent_upstream_partitions=True
                ),
            ),
            dg.AssetDep(["core", "killmail_values"]),
            dg.AssetDep(["core", "static_data"]),
        ],
        partitions_def=partitions,
        backfill_policy=BACKFILL_POLICY,
        group_name="battles",
        kinds={"python", "postgres"},
        pool="core_battles",
    )
    def battles(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse], settings: dg.ResourceParam[Settings]
    ) -> None:
        """Engagements of at least MIN_KILLS mails with sides, pilots, statistics, and why each mail belongs.

        A fight across midnight stays whole, whichever of its days is materialised; unchanged battles are not touched.
        """
        params = battle_params(settings)
        with warehouse.transaction() as connection:
            world = read_combat_world(connection)
        for day in days_of(context):
            with warehouse.transaction() as connection:
                now = datetime.now(UTC)
                change = recluster(connection, Window.of_day(day), world, params, now)
                record_clustered(connection, day, now)
                killmails = count_of(connection, day)
            context.add_asset_metadata(
                {
                    "killmails_processed": killmails,
                    "battles_created": change.created,
                    "battles_updated": change.updated,
                    "battles_deleted": change.deleted,
                    "battles_unchanged": change.unchanged,
                },
                partition_key=day.isoformat(),
            )

    return battles


@dg.sensor(minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def ended_battles(warehouse: dg.ResourceParam[Warehouse], settings: dg.ResourceParam[Settings]) -> dg.SkipReason:
    """Announces battles whose last mail is WINDOW_MINUTES old; it works in its tick, since a run would cost seconds."""
    with warehouse.transaction() as connection:
        ended = close_ended(connection, timedelta(minutes=settings.window_minutes), datetime.now(UTC))
    return dg.SkipReason(f"{ended} battles ended.")


def battle_params(settings: Settings) -> BattleParams:
    """The thresholds of reconstruction that settings decide."""
    return BattleParams(
        gap_max_minutes=settings.gap_max_minutes,
        window_minutes=settings.window_minutes,
        min_kills=settings.min_kills,
        battle_least_ships_lost=settings.battle_least_ships_lost,
        battle_least_pilots=settings.battle_least_pilots,
        decisive_least_efficiency=settings.decisive_least_efficiency,
        decisive_least_ships_destroyed=settings.decisive_least_ships_destroyed,
    )


def recluster(
    connection: Connection, window: Window, world: CombatWorld, params: BattleParams, now: datetime
) -> BattleChange:
    """Makes the stored battles that touch the window equal to what the stored mails say.

    Touched are engagements with a mail in the window, stored battles that last into it, and whatever shares a mail
    with one of them. Mails are read as far around the window as these reach, and a margin beyond, so the result is
    that of a run over all days. What only mails outside the margin hold together cannot touch the window: no link is
    longer.
    """
    # Mails, attackers and items are read one after the other; and first, as a tick of the feed has them first.
    lock(connection, "raw.killmails")
    lock(connection, "core.battles")
    began_at = time.monotonic()
    margin = timedelta(minutes=params.longest_link_minutes)
    region = window.padded(margin)
    before = {mail_id for battle in read_touching(connection, window) for mail_id in battle.killmail_ids}
    while True:
        mails = read_mails(connection, region)
        member = memberships(mails, world, params)
        found = _members_of_engagements(mails, member, params)
        stored = read_touching(connection, region)
        reached = before | _ids_in(mails, window)
        engaged, replaced = touched(found, stored, reached)
        kept = np.flatnonzero(np.isin(mails.killmail_id, list(engaged)))
        needed = _span([window, *map(_reach, replaced), *_components(mails, member, reached | engaged)]).padded(margin)
        if region.start <= needed.start and needed.end <= region.end:
            items = read_items(connection, region, mails.killmail_id[kept].tolist())
            engagements = engagements_of(mails, items, member, kept, world, params)
            change = write(connection, engagements, replaced, timedelta(minutes=params.window_minutes), now)
            record_clustering(connection, time.monotonic() - began_at, change)
            return change
        region = _span([region, needed])


def touched(
    engagements: Sequence[Collection[int]], stored: Sequence[Stored], killmail_ids: set[int]
) -> tuple[set[int], list[Stored]]:
    """What shares a mail with `killmail_ids`, directly or through others that do.

    Returns the mails of such engagements, each of which is given by its mails, and such stored battles in their order.
    """
    members = [set(ids) for ids in engagements] + [set(battle.killmail_ids) for battle in stored]
    reached, chosen = set(killmail_ids), set[int]()
    while found := {i for i, ids in enumerate(members) if i not in chosen and not reached.isdisjoint(ids)}:
        chosen |= found
        reached.update(*(members[i] for i in found))
    return (
        set().union(*(ids for i, ids in enumerate(members[: len(engagements)]) if i in chosen)),
        [battle for i, battle in enumerate(stored, len(engagements)) if i in chosen],
    )


def _members_of_engagements(mails: Mails, member: Membership, params: BattleParams) -> list[list[int]]:
    """The mails of each engagement that is large enough."""
    order = np.argsort(member.engagement, kind="stable")
    bounds = np.flatnonzero(np.diff(member.engagement[order], prepend=-1, append=-1))
    ids = mails.killmail_id[order].tolist()
    return [ids[start:end] for start, end in pairwise(bounds.tolist()) if end - start >= params.min_kills]


def _ids_in(mails: Mails, window: Window) -> set[int]:
    inside = (mails.time_seconds >= window.start.timestamp()) & (mails.time_seconds < window.end.timestamp())
    return set(mails.killmail_id[inside].tolist())


def _components(mails: Mails, member: Membership, killmail_ids: set[int]) -> Iterator[Window]:
    """From when to when the components of these mails reach: they decide cuts, and whether there is an engagement."""
    component = member.component
    members = np.isin(component, component[np.isin(mails.killmail_id, list(killmail_ids))])
    if members.any():
        first, last = (datetime.fromtimestamp(int(seconds), UTC) for seconds in mails.time_seconds[members][[0, -1]])
        yield Window(first, last + timedelta(seconds=1))


def _reach(battle: Stored) -> Window:
    return Window(battle.started_at, battle.ended_at + timedelta(seconds=1))


def _span(windows: Sequence[Window]) -> Window:
    return Window(min(window.start for window in windows), max(window.end for window in windows))
