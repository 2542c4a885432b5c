"""Reads stored battles and writes reconstructed ones, with lineage and outbox, in one transaction; no rules here."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from battlescope_assets.domain.battles import Engagement
from battlescope_assets.domain.identity import (
    Draft,
    Identity,
    Lineage,
    Published,
    Reason,
    candidate_ids,
    candidate_slugs,
    identify,
)
from battlescope_assets.domain.window import Window
from battlescope_assets.io.warehouse import Connection, Rows, replace_rows

BACKFILL_AGE = timedelta(days=2)
"""Changes to battles of older days are marked as backfill: nobody is alerted of them."""

MOST_CANDIDATES = 50
"""Ids and slugs of an engagement looked up before they are given; more fights than that never began in one minute."""

BATTLE = (
    "kind", "started_at", "ended_at", "solar_system_id", "first_killmail_id", "total_killmails", "total_pilots",
    "total_ships_lost", "destroyed_isk", "dropped_isk", "is_decisive", "winning_side", "outcome_reason", "systems",
    "top_killers", "top_losers",
)  # fmt: skip
SIDE = (
    "side", "pilots", "ships_lost", "ships_destroyed", "isk_lost", "isk_destroyed", "efficiency", "groups",
    "ship_types", "items_lost",
)  # fmt: skip
PARTICIPANT = (
    "character_id", "corporation_id", "alliance_id", "side", "side_confidence", "second_best_side", "kills",
    "final_blows", "losses", "damage_done", "damage_received", "isk_destroyed", "isk_lost", "ship_type_ids",
    "first_seen_at", "last_seen_at",
)  # fmt: skip
KILLMAIL = (
    "killmail_id", "killmail_time", "solar_system_id", "victim_side", "is_friendly_fire", "link_evidence",
    "linked_killmail_id", "link_seconds", "link_entity_ids",
)  # fmt: skip
ENTITY = ("entity_kind", "entity_id")
JSON = {"systems", "top_killers", "top_losers", "groups", "ship_types", "items_lost"}
"""Columns of type jsonb."""

STORED_TOUCHING = """
select b.battle_id, b.slug, b.day, b.started_at, b.ended_at, b.content_sha256, b.created_at, b.updated_at,
    array(select m.killmail_id from core.battle_killmails m where m.day = b.day and m.battle_id = b.battle_id)
from core.battles b
where b.battle_id in (
    select battle_id from core.battle_killmails where killmail_time >= %s and killmail_time < %s
)
"""


class Stored(NamedTuple):
    """A row of core.battles as far as replacing it depends on it, with its members."""

    battle_id: UUID
    slug: str
    day: date
    started_at: datetime
    ended_at: datetime
    content_sha256: str
    created_at: datetime
    updated_at: datetime
    killmail_ids: Sequence[int]


@dataclass(frozen=True)
class BattleChange:
    """How many battles a re-clustering touched."""

    created: int
    updated: int
    deleted: int
    unchanged: int


def read_touching(connection: Connection, window: Window) -> list[Stored]:
    """Stored battles with a mail in the window."""
    found = connection.execute(STORED_TOUCHING, [window.start, window.end]).fetchall()
    return [Stored(*row) for row in cast("list[tuple[Any, ...]]", found)]


def write(
    connection: Connection, engagements: Sequence[Engagement], stored: Collection[Stored], now: datetime
) -> BattleChange:
    """Replaces the stored battles by the engagements; a battle whose content and slug stay is not touched.

    Args:
        connection: whose transaction this runs in; it must hold the lock on core.battles.
        engagements: share no mail with any stored battle but the given ones.
        stored: the battles to replace.
        now: written as the time of change.
    """
    known = {old.battle_id: old for old in stored}
    drafts = [_draft(engagement) for engagement in engagements]
    named = identify(
        drafts,
        [Published(old.battle_id, old.slug, frozenset(old.killmail_ids)) for old in stored],
        *_taken(connection, drafts, known),
    )
    contents = [_content_sha256(engagement) for engagement in engagements]
    changed = [
        _Publication(engagement, identity, content, known.get(identity.battle_id), now)
        for engagement, identity, content in zip(engagements, named.identities, contents, strict=True)
        if identity.battle_id not in known
        or (known[identity.battle_id].content_sha256, known[identity.battle_id].slug) != (content, identity.slug)
    ]
    if changed or named.retired:
        retired = [known[battle_id] for battle_id in named.retired]
        # Ids lead on before their rows go.
        _replace_battles(connection, changed)
        _record_lineage(connection, named.lineage, now)
        _replace_details(connection, changed, retired)
        _forget_lineage_of_the_living(connection, changed)
        _announce(connection, changed, retired, now)
    created = sum(publication.old is None for publication in changed)
    return BattleChange(created, len(changed) - created, len(named.retired), len(engagements) - len(changed))


class _Publication(NamedTuple):
    """An engagement with what it is published as."""

    engagement: Engagement
    identity: Identity
    content_sha256: str
    old: Stored | None
    now: datetime

    @property
    def day(self) -> date:
        return self.engagement.started_at.astimezone(UTC).date()

    @property
    def key(self) -> tuple[date, UUID]:
        return self.day, self.identity.battle_id


def _draft(engagement: Engagement) -> Draft:
    return Draft(
        engagement.started_at, engagement.solar_system_id, frozenset(mail.killmail_id for mail in engagement.killmails)
    )


def _content_sha256(engagement: Engagement) -> str:
    return hashlib.sha256(msgspec.json.encode(engagement, order="deterministic")).hexdigest()


def _taken(connection: Connection, drafts: Sequence[Draft], known: Collection[UUID]) -> tuple[set[UUID], set[str]]:
    """Which of the ids and slugs the drafts may get are other battles' or lead on; what vanished may come back."""
    found = connection.execute(
        """
        select battle_id, slug from core.battles
        where not battle_id = any(%(known)s) and (battle_id = any(%(ids)s) or slug = any(%(slugs)s))
        union all
        select old_battle_id, old_slug from core.battle_lineage
        where battle_id is not null and not battle_id = any(%(known)s)
            and (old_battle_id = any(%(ids)s) or old_slug = any(%(slugs)s))
        """,
        {
            "known": list(known),
            "ids": [i for draft in drafts for i in islice(candidate_ids(draft), MOST_CANDIDATES)],
            "slugs": [slug for draft in drafts for slug in islice(candidate_slugs(draft), MOST_CANDIDATES)],
        },
    ).fetchall()
    rows = cast("list[tuple[UUID, str]]", found)
    return {battle_id for battle_id, _ in rows}, {slug for _, slug in rows}


def _replace_battles(connection: Connection, changed: Sequence[_Publication]) -> None:
    columns = ("battle_id", "slug", "day", *BATTLE, "content_sha256", "created_at", "updated_at")
    rows = [
        (
            publication.identity.battle_id,
            publication.identity.slug,
            publication.day,
            *_fields(publication.engagement, BATTLE),
            publication.content_sha256,
            publication.old.created_at if publication.old else publication.now,
            publication.now,
        )
        for publication in changed
    ]
    if rows:
        replace_rows(connection, "core.battles", Rows(columns, rows), "battle_id", [row[0] for row in rows])


def _record_lineage(connection: Connection, lineage: Iterable[Lineage], now: datetime) -> None:
    """Leads retired ids on, and what led to them before; what led to a vanished battle waits for it to come back."""
    rows = list(lineage)
    with connection.cursor() as cursor:
        cursor.executemany(
            "update core.battle_lineage set battle_id = %s where battle_id = %s",
            [(row.battle_id, row.old_battle_id) for row in rows if row.battle_id not in {None, row.old_battle_id}],
        )
        cursor.executemany(
            """
            insert into core.battle_lineage (old_battle_id, old_slug, battle_id, reason, happened_at)
            values (%s, %s, %s, %s, %s)
            on conflict (old_battle_id, old_slug) do update
            set battle_id = excluded.battle_id, reason = excluded.reason, happened_at = excluded.happened_at
            """,
            [(row.old_battle_id, row.old_slug, row.battle_id, row.reason.value, now) for row in rows],
        )


def _forget_lineage_of_the_living(connection: Connection, changed: Sequence[_Publication]) -> None:
    """An id or slug that came back leads nowhere any more."""
    connection.execute(
        """
        delete from core.battle_lineage l using core.battles b
        where b.battle_id = any(%s) and b.battle_id = l.old_battle_id and (l.reason = %s or b.slug = l.old_slug)
        """,
        [[publication.identity.battle_id for publication in changed], Reason.VANISHED.value],
    )


def _replace_details(connection: Connection, changed: Sequence[_Publication], retired: Sequence[Stored]) -> None:
    """Rows below the changed battles; those of retired ones go, and the battles themselves last."""
    ids = [publication.identity.battle_id for publication in changed] + [old.battle_id for old in retired]
    days = [publication.day for publication in changed] + [old.day for old in retired]
    days += [publication.old.day for publication in changed if publication.old]
    window = Window.of_days(min(days), max(days))

    sides = [(p.identity.battle_id, *_fields(side, SIDE)) for p in changed for side in p.engagement.sides]
    entities = [
        (p.identity.battle_id, p.engagement.started_at, *_fields(entity, ENTITY))
        for p in changed
        for entity in p.engagement.entities
    ]
    pilots = [(*p.key, *_fields(pilot, PARTICIPANT)) for p in changed for pilot in p.engagement.participants]
    mails = [
        (*p.key, mail.killmail_time.astimezone(UTC).date(), *_fields(mail, KILLMAIL))
        for p in changed
        for mail in p.engagement.killmails
    ]
    for name, columns, rows, days_of in (
        ("core.battle_sides", ("battle_id", *SIDE), sides, None),
        ("core.battle_entities", ("battle_id", "started_at", *ENTITY), entities, None),
        ("core.battle_participants", ("day", "battle_id", *PARTICIPANT), pilots, window),
        ("core.battle_killmails", ("day", "battle_id", "killmail_day", *KILLMAIL), mails, window),
    ):
        replace_rows(connection, name, Rows(columns, rows), "battle_id", ids, days_of)
    connection.execute("delete from core.battles where battle_id = any(%s)", [[old.battle_id for old in retired]])


def _announce(
    connection: Connection, changed: Sequence[_Publication], retired: Sequence[Stored], now: datetime
) -> None:
    events = [
        (
            "battle.updated" if publication.old else "battle.created",
            publication.identity.battle_id,
            publication.day < (now - BACKFILL_AGE).date(),
            Jsonb(_payload(publication)),
            now,
        )
        for publication in changed
    ] + [
        (
            "battle.deleted",
            old.battle_id,
            old.day < (now - BACKFILL_AGE).date(),
            Jsonb({"battle_id": str(old.battle_id), "slug": old.slug}),
            now,
        )
        for old in retired
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into app.battle_outbox (event_type, battle_id, is_backfill, payload, created_at) "
            "values (%s, %s, %s, %s, %s)",
            events,
        )


def _payload(publication: _Publication) -> dict[str, object]:
    engagement = publication.engagement
    return {
        "battle_id": str(publication.identity.battle_id),
        "slug": publication.identity.slug,
        "kind": str(engagement.kind),
        "started_at": engagement.started_at.isoformat(),
        "ended_at": engagement.ended_at.isoformat(),
        "solar_system_id": engagement.solar_system_id,
        "total_killmails": engagement.total_killmails,
        "total_pilots": engagement.total_pilots,
        "total_isk_destroyed": round(engagement.destroyed_isk),
    }


def _fields(record: object, columns: Iterable[str]) -> list[object]:
    """The record's fields as the database takes them."""
    values = []
    for column in columns:
        value = getattr(record, column)
        if column in JSON:
            value = Jsonb(msgspec.to_builtins(value))
        elif column.endswith(("isk", "isk_lost", "isk_destroyed")):
            value = Decimal(f"{value:.2f}")
        elif isinstance(value, tuple):
            value = list(value)  # psycopg takes tuples for composite types
        values.append(value)
    return values
