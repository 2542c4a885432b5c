"""Asset raw/killmails: EVE Ref's daily killmail archives as rows; what a killmail is belongs to the domain."""

from datetime import UTC, date, datetime

import dagster as dg
import msgspec

from battlescope_assets.assets.archive_days import LANDED, archive_totals, land_days
from battlescope_assets.domain.freshness import PROMISES
from battlescope_assets.domain.killmail import (
    ATTACKER_COLUMNS,
    ITEM_COLUMNS,
    KILLMAIL_COLUMNS,
    Reason,
    killmail_rows,
)
from battlescope_assets.domain.retention import outlived
from battlescope_assets.domain.ruleset import EVERY_MAIL, Ruleset
from battlescope_assets.domain.window import Window
from battlescope_assets.io import ledgers
from battlescope_assets.io.archive import ArchiveError
from battlescope_assets.io.killmail_archives import QUARANTINE_COLUMNS, ArchiveDay, read_archive, read_history
from battlescope_assets.io.killmails import days_of_ids, hashes_from_feed
from battlescope_assets.io.ledgers import KillmailDay
from battlescope_assets.io.sources import Fetched, Source, SourceError
from battlescope_assets.io.universe import read_security_classes, stored_build
from battlescope_assets.io.warehouse import Connection, Rows, Warehouse, lock, replace_days
from battlescope_assets.partitions import BACKFILL_POLICY, is_asked_for
from battlescope_assets.settings import Settings


def build_killmails(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset over the given days."""

    @dg.asset(
        key=["raw", "killmails"],
        partitions_def=partitions,
        backfill_policy=BACKFILL_POLICY,
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=PROMISES["killmails"].fresh_for),
        group_name="killmails",
        kinds={"python", "postgres"},
        check_specs=[dg.AssetCheckSpec(LANDED, asset=["raw", "killmails"])],
        pool="raw_killmails",
    )
    def killmails(
        context: dg.AssetExecutionContext,
        everef: dg.ResourceParam[Source],
        zkillboard: dg.ResourceParam[Source],
        warehouse: dg.ResourceParam[Warehouse],
        settings: dg.ResourceParam[Settings],
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows the type by its bare name only
        """One row per killmail reference, attacker and item stack of the day, from EVE Ref's archive.

        A day that EVE Ref has no file of is taken from zKillboard's history; one that neither has is recorded as
        absent. A malformed mail goes to quarantine, the day still lands. A day whose archive is damaged or cannot be
        had stays as it was.
        """
        with warehouse.transaction() as connection:
            if stored_build(connection) is None:
                # Rulesets, values and battles would be wrong, and nothing would do these days again.
                raise dg.Failure("no static data is stored yet: materialise core/static_data first")
        most_bytes = settings.archive_max_megabytes * 2**20
        today = datetime.now(UTC).date()
        asked_for = is_asked_for(context.run.tags)
        try:
            totals = archive_totals(everef, "killmails")
        except SourceError as error:
            context.log.warning("nothing is known of how many mails to expect: %s", error)
            totals = {}

        def land(day: date) -> KillmailDay:
            return land_day(
                day,
                totals.get(day),
                everef,
                warehouse,
                most_bytes,
                settings.ruleset,
                zkillboard,
                items_stay=asked_for and outlived(day, today, settings.war_data_retention_days),
            )

        return land_days(context, warehouse, "killmails", land, _facts)

    return killmails


def _facts(landed: KillmailDay) -> dict[str, str | int]:
    return {
        "dagster/row_count": landed.mails_stored,
        "mails_expected": landed.mails_expected if landed.mails_expected is not None else "unknown",
        "mails_quarantined": landed.mails_quarantined,
        "mails_filtered": landed.mails_filtered,
    }


def land_day(
    day: date,
    expected: int | None,
    everef: Source,
    warehouse: Warehouse,
    most_bytes: int,
    ruleset: Ruleset = EVERY_MAIL,
    zkillboard: Source | None = None,
    *,
    items_stay: bool = False,
) -> KillmailDay:
    """Makes the warehouse hold what the day's archive holds and the ruleset accepts, and what else the feed brought.

    Of a mail that both have, the archive's body counts. An archive stored before changes nothing, unless `items_stay`:
    then items that were pruned come back, and no schedule prunes them.
    Where EVE Ref has no archive (yet), zKillboard's history stands in, if given.

    Raises:
        ArchiveError, SourceError: the archive is damaged or cannot be had; the day stays as it was.
    """
    source, path, read = everef, f"killmails/{day:%Y}/killmails-{day}.tar.bz2", read_archive
    fetched = everef.fetch(path)
    with warehouse.transaction() as connection:
        known = ledgers.killmail_day(connection, day)
    if fetched is None and known is not None and known.status == "stored":
        return known  # an upstream that lost a file is no reason to lose its mails here
    if fetched is None and zkillboard is not None:
        source, path, read = zkillboard, f"history/raw/{day:%Y%m%d}.json", read_history
        fetched = zkillboard.fetch(path)
    if fetched is None:
        now = KillmailDay(day, f"{source.url}/{path}", "absent", None, expected, 0, 0, 1, datetime.now(UTC))
        with warehouse.transaction() as connection:
            ledgers.record(connection, known, now)
            return ledgers.killmail_day(connection, day) or now
    if (
        known is not None
        and (known.content_sha256, known.mails_expected) == (fetched.sha256, expected)
        and known.ruleset == f"{ruleset}"
        and (not items_stay or known.items_stay)
    ):
        return known
    try:
        archive = read(fetched.path, fetched.source, day, most_bytes)
    except ArchiveError:
        source.forget(path)
        raise
    with warehouse.transaction() as connection:
        return _store(connection, day, expected, fetched, archive, ruleset, items_stay=items_stay)


def _store(
    connection: Connection,
    day: date,
    expected: int | None,
    fetched: Fetched,
    archive: ArchiveDay,
    ruleset: Ruleset,
    *,
    items_stay: bool,
) -> KillmailDay:
    lock(connection, "raw.killmails")  # the feed may be bringing mails of this day
    known = ledgers.killmail_day(connection, day)
    elsewhere = days_of_ids(connection, list(archive.mails), other_than=day)
    quarantined = archive.quarantined + [
        (
            day,
            f"killmails/{mail_id}.json",
            mail_id,
            fetched.source,
            Reason.REPEATED_ID.value,
            f"already stored on {other}",
        )
        for mail_id, other in elsewhere.items()
    ]
    classes = read_security_classes(connection) if ruleset.security_classes else {}
    sound = [mail for mail_id, mail in archive.mails.items() if mail_id not in elsewhere]
    from_feed = hashes_from_feed(connection, day)
    mails = [
        mail if mail.killmail_hash else msgspec.structs.replace(mail, killmail_hash=from_feed.get(mail.killmail_id))
        for mail in sound
        if ruleset.accepts(mail, classes)
    ]
    rows = killmail_rows(mails)
    window = Window.of_day(day)
    replace_days(
        connection,
        window,
        {
            "raw.killmails": Rows(KILLMAIL_COLUMNS, rows.killmails),
            "raw.killmail_attackers": Rows(ATTACKER_COLUMNS, rows.attackers),
            "raw.killmail_items": Rows(ITEM_COLUMNS, rows.items),
            "raw.killmail_index": Rows(("killmail_id", "day"), [(mail.killmail_id, day) for mail in mails]),
        },
        kept=sorted(from_feed.keys() - archive.mails.keys()),
    )
    replace_days(connection, window, {"raw.quarantined_mails": Rows(QUARANTINE_COLUMNS, quarantined)})
    now = KillmailDay(
        day,
        fetched.source,
        "stored",
        fetched.sha256,
        expected,
        len(mails),
        len(quarantined),
        1,
        datetime.now(UTC),
        len(sound) - len(mails),
        f"{ruleset}",
        items_stay or (known is not None and known.items_stay),
    )
    ledgers.record(connection, known, now)
    return ledgers.killmail_day(connection, day) or now
