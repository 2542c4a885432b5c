"""Asset core/battles: the battles of a day, reconstructed from stored mails; how, belongs to the domain."""

from datetime import UTC, datetime

import dagster as dg

from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.battles import Engagement, reconstruct
from battlescope_assets.domain.universe import CombatWorld
from battlescope_assets.domain.window import Window
from battlescope_assets.io.battles import BattleChange, Stored, read_touching, write
from battlescope_assets.io.killmails import read_items, read_mails
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
                change = recluster(connection, Window.of_day(day), world, params, datetime.now(UTC))
            context.add_asset_metadata(
                {
                    "battles_created": change.created,
                    "battles_updated": change.updated,
                    "battles_deleted": change.deleted,
                    "battles_unchanged": change.unchanged,
                },
                partition_key=day.isoformat(),
            )

    return battles


def battle_params(settings: Settings) -> BattleParams:
    """The thresholds of reconstruction that settings decide."""
    return BattleParams(
        gap_max_minutes=settings.gap_max_minutes,
        window_minutes=settings.window_minutes,
        min_kills=settings.min_kills,
    )


def recluster(
    connection: Connection, window: Window, world: CombatWorld, params: BattleParams, now: datetime
) -> BattleChange:
    """Makes the stored battles that touch the window equal to what the stored mails say.

    Touched are: engagements with a mail in the window, stored battles with a mail in it, and whatever shares a mail
    with either. Mails are read as far around the window as that reaches, so the result is that of a run over all days.
    """
    lock(connection, "core.battles")
    stored = read_touching(connection, window)
    region = _around(window, stored, params)
    while True:
        mails = read_mails(connection, region)
        found = reconstruct(mails, read_items(connection, region), world, params)
        stored = read_touching(connection, region)
        engagements, replaced = touched(found.engagements, stored, _ids_in(mails, window))
        needed = _around(_reach(window, found, mails, engagements, replaced), [], params)
        if region.start <= needed.start and needed.end <= region.end:
            return write(connection, engagements, replaced, now)
        region = Window(min(region.start, needed.start), max(region.end, needed.end))


def touched(
    engagements: list[Engagement], stored: list[Stored], killmail_ids: set[int]
) -> tuple[list[Engagement], list[Stored]]:
    """What shares a mail with `killmail_ids`, directly or through what shares a mail with that."""
    chosen: dict[int, Engagement] = {}
    replaced: dict[int, Stored] = {}
    reached = set(killmail_ids)
    while True:
        before = len(chosen) + len(replaced)
        for i, engagement in enumerate(engagements):
            ids = {mail.killmail_id for mail in engagement.killmails}
            if i not in chosen and not reached.isdisjoint(ids):
                chosen[i] = engagement
                reached |= ids
        for i, old in enumerate(stored):
            if i not in replaced and not reached.isdisjoint(old.killmail_ids):
                replaced[i] = old
                reached |= set(old.killmail_ids)
        if len(chosen) + len(replaced) == before:
            return [chosen[i] for i in sorted(chosen)], [replaced[i] for i in sorted(replaced)]
