"""Reads stored battles and writes reconstructed ones, with lineage and outbox, in one transaction; no rules here."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec
from psycopg.types.json import Json, Jsonb

from battlescope_assets.domain.battles import Engagement, EngagementSide
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
from battlescope_assets.io.warehouse import Connection, Rows, lock, replace_rows

BACKFILL_AGE = timedelta(days=2)
"""Changes to battles of older days are marked as backfill: nobody is alerted of them."""

HISTORICAL_AGE = timedelta(days=30)
"""A battle that has been closed for so long is historical."""

MOST_CANDIDATES = 50
"""Ids and slugs of an engagement looked up before they are given; more fights than that never began in one minute."""

BATTLE = (
    "kind", "started_at", "ended_at", "solar_system_id", "first_killmail_id", "total_killmails", "total_pilots",
    "total_ships_lost", "destroyed_isk", "dropped_isk", "is_decisive", "winning_side", "outcome_reason", "systems",
    "alliance_ids", "corporation_ids", "sides",
)  # fmt: skip
TOP_GROUPS = 3
"""Of a side, stored beside the battle for lists to show."""
DETAILS = (
    "battle_id", "character_ids", "character_sides", "side_confidences", "second_best_sides", "isk_destroyed",
    "killmail_ids", "victim_sides", "link_evidences", "linked_positions", "link_seconds", "link_entity_ids",
    "link_enemy_ids", "friendly_fire", "sides",
)  # fmt: skip
EVIDENCES = ("capsule", "reversal", "crew_and_victim", "concord", "opposition", "place", "running", "session")
"""Stored as their numbers, from 1 on; `core.link_evidence` has their names."""
STORED_TOUCHING = """
select b.battle_id, b.slug, b.day, b.started_at, b.ended_at, b.content_digest, b.created_at, b.updated_at,
    m.killmail_ids
from core.battles b join core.battle_details m using (battle_id)
where tstzrange(b.started_at, b.ended_at, '[]') && tstzrange(%s, %s)
"""


class Stored(NamedTuple):
    """A row of core.battles as far as replacing it depends on it, with its members."""

    battle_id: UUID
    slug: str
    day: date
    started_at: datetime
    ended_at: datetime
    content_digest: bytes
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
    """Stored battles that last into the window."""
    found = connection.execute(STORED_TOUCHING, [window.start, window.end]).fetchall()
    return [Stored(*row) for row in cast("list[tuple[Any, ...]]", found)]


def write(
    connection: Connection,
    engagements: Sequence[Engagement],
    stored: Collection[Stored],
    open_time: timedelta,
    now: datetime,
) -> BattleChange:
    """Replaces the stored battles by the engagements; a battle whose content and slug stay is not touched.

    Args:
        connection: whose transaction this runs in; it must hold the lock on core.battles.
        engagements: share no mail with any stored battle but the given ones.
        stored: the battles to replace.
        open_time: how long after its last mail a battle is open.
        now: written as the time of change.
    """
    known = {old.battle_id: old for old in stored}
    drafts = [_draft(engagement) for engagement in engagements]
    named = identify(
        drafts,
        [Published(old.battle_id, old.slug, frozenset(old.killmail_ids)) for old in stored],
        *_taken(connection, drafts, known),
    )
    contents = [_content_digest(engagement) for engagement in engagements]
    changed = [
        _Publication(engagement, identity, content, known.get(identity.battle_id))
        for engagement, identity, content in zip(engagements, named.identities, contents, strict=True)
        if identity.battle_id not in known
        or (known[identity.battle_id].content_digest, known[identity.battle_id].slug) != (content, identity.slug)
    ]
    if changed or named.retired:
        retired = [known[battle_id] for battle_id in named.retired]
        # Ids lead on before their rows go.
        _replace_battles(connection, changed, now)
        _record_lineage(connection, named.lineage, now)
        _replace_details(connection, changed, retired)
        _forget_lineage_of_the_living(connection, changed)
        _open(connection, changed, open_time, now)
        _announce_changes(connection, changed, retired, open_time, now)
    created = sum(publication.old is None for publication in changed)
    return BattleChange(created, len(changed) - created, len(named.retired), len(engagements) - len(changed))


def record_clustering(connection: Connection, duration_seconds: float, change: BattleChange) -> None:
    """Notes that a window was reconstructed, how long that took, and what it changed."""
    connection.execute(
        """
        insert into core.clusterings (duration_seconds, battles_created, battles_updated, battles_deleted)
        values (%s, %s, %s, %s)
        """,
        [duration_seconds, change.created, change.updated, change.deleted],
    )


def close_ended(connection: Connection, open_time: timedelta, now: datetime) -> int:
    """Announces battles whose last mail is `open_time` old as ended, each once; returns how many."""
    lock(connection, "core.battles")
    closed = connection.execute(
        """
        delete from app.open_battles o using core.battles b
        where o.battle_id = b.battle_id and b.ended_at <= %s returning o.battle_id
        """,
        [now - open_time],
    ).fetchall()
    _announce(
        connection, "battle.ended", [battle_id for (battle_id,) in cast("list[tuple[UUID]]", closed)], open_time, now
    )
    return len(closed)


class _Publication(NamedTuple):
    """An engagement with what it is published as."""

    engagement: Engagement
    identity: Identity
    content_digest: bytes
    old: Stored | None

    @property
    def day(self) -> date:
        return self.engagement.started_at.astimezone(UTC).date()


def _draft(engagement: Engagement) -> Draft:
    return Draft(
        engagement.started_at, engagement.solar_system_id, frozenset(mail.killmail_id for mail in engagement.killmails)
    )


def _content_digest(engagement: Engagement) -> bytes:
    """By which a battle is known to be as it was stored; it is compared with one other, so 8 bytes are enough."""
    return hashlib.sha256(msgspec.json.encode(engagement, order="deterministic")).digest()[:8]


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


def _open(connection: Connection, changed: Sequence[_Publication], open_time: timedelta, now: datetime) -> None:
    """The end of new battles, and of those that a later mail opens again, is to be announced."""
    connection.execute(
        "insert into app.open_battles select unnest(%s::uuid[]) on conflict do nothing",
        [
            [
                p.identity.battle_id
                for p in changed
                if not p.old or p.engagement.ended_at > max(p.old.ended_at, now - open_time)
            ]
        ],
    )


def _replace_battles(connection: Connection, changed: Sequence[_Publication], now: datetime) -> None:
    columns = ("battle_id", "slug", "day", *BATTLE, "content_digest", "created_at", "updated_at")
    rows = [
        (
            publication.identity.battle_id,
            publication.identity.slug,
            publication.day,
            *_fields(publication.engagement, BATTLE),
            publication.content_digest,
            publication.old.created_at if publication.old else now,
            now,
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
    """Rows below the changed battles; those of retired ones go with them."""
    if changed:
        ids = [publication.identity.battle_id for publication in changed]
        details = [(p.identity.battle_id, *_details(p.engagement)) for p in changed]
        replace_rows(connection, "core.battle_details", Rows(DETAILS, details), "battle_id", ids)
    connection.execute("delete from core.battles where battle_id = any(%s)", [[old.battle_id for old in retired]])


def _details(engagement: Engagement) -> Iterator[object]:
    """Fields of core.battle_details after the id."""
    pilots, mails = engagement.participants, engagement.killmails
    position = {mail.killmail_id: number for number, mail in enumerate(mails, 1)}
    yield [pilot.character_id for pilot in pilots]
    yield [pilot.side for pilot in pilots]
    yield [pilot.side_confidence for pilot in pilots]
    yield [pilot.second_best_side for pilot in pilots]
    yield [pilot.isk_destroyed for pilot in pilots]
    yield [mail.killmail_id for mail in mails]
    yield [mail.victim_side for mail in mails]
    yield [mail.link_evidence and EVIDENCES.index(mail.link_evidence) + 1 for mail in mails]
    yield [mail.linked_killmail_id and position[mail.linked_killmail_id] for mail in mails]
    yield [mail.link_seconds for mail in mails]
    yield [mail.link_entity_ids[0] if mail.link_entity_ids else None for mail in mails]
    yield [mail.link_entity_ids[1] if len(mail.link_entity_ids) > 1 else None for mail in mails]
    yield _records(engagement.friendly_fire)
    yield Json(
        [(_values(side.groups), _values(side.ship_types), _values(side.items_lost)) for side in engagement.sides],
        dumps=msgspec.json.encode,
    )


def _totals(side: EngagementSide) -> tuple[float, ...]:
    return (side.side, side.pilots, side.ships_lost, side.ships_destroyed, side.isk_lost, side.isk_destroyed)


def _top(side: EngagementSide) -> Iterator[list[tuple[int, int]]]:
    """Id and pilots of the largest alliances, or that there are none and those of the largest corporations."""
    for group_kind in ("alliance", "corporation"):
        groups = [(group["group_id"], group["pilots"]) for group in side.groups if group["group_kind"] == group_kind]
        yield groups[:TOP_GROUPS]  # `groups` runs from the largest on
        if groups:
            return


def _announce_changes(
    connection: Connection,
    changed: Sequence[_Publication],
    retired: Sequence[Stored],
    open_time: timedelta,
    now: datetime,
) -> None:
    for event_type, is_known in (("battle.created", False), ("battle.updated", True)):
        ids = [publication.identity.battle_id for publication in changed if bool(publication.old) == is_known]
        _announce(connection, event_type, ids, open_time, now)
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into app.battle_outbox (event_type, battle_id, is_backfill, payload, created_at)
            values ('battle.deleted', %s, %s, %s, %s)
            """,
            [
                (
                    old.battle_id,
                    old.day < (now - BACKFILL_AGE).date(),
                    Jsonb({"battle_id": str(old.battle_id), "slug": old.slug}),
                    now,
                )
                for old in retired
            ],
        )


def _announce(
    connection: Connection, event_type: str, battle_ids: Sequence[UUID], open_time: timedelta, now: datetime
) -> None:
    """Writes an event about stored battles to the outbox."""
    connection.execute(
        """
        insert into app.battle_outbox (event_type, battle_id, is_backfill, payload, created_at)
        select %(event_type)s, b.battle_id, b.day < %(backfill_before)s,
            jsonb_build_object(
                'battle_id', b.battle_id, 'slug', b.slug, 'kind', b.kind,
                'status', case
                    when b.ended_at > %(open_since)s then 'open'
                    when b.ended_at > %(historical_before)s then 'closed'
                    else 'historical'
                end,
                'started_at', b.started_at, 'ended_at', b.ended_at,
                'solar_system_id', b.solar_system_id, 'solar_system_name', s.solar_system_name,
                'region_id', s.region_id, 'region_name', r.region_name,
                'total_killmails', b.total_killmails, 'total_pilots', b.total_pilots,
                'total_isk_destroyed', round(b.destroyed_isk)
            ),
            %(now)s
        from core.battles b
        left join core.solar_systems s using (solar_system_id)
        left join core.regions r using (region_id)
        where b.battle_id = any(%(battle_ids)s)
        order by b.started_at, b.battle_id
        """,
        {
            "event_type": event_type,
            "battle_ids": battle_ids,
            "backfill_before": (now - BACKFILL_AGE).date(),
            "open_since": now - open_time,
            "historical_before": now - open_time - HISTORICAL_AGE,
            "now": now,
        },
    )


def _fields(record: object, columns: Iterable[str]) -> list[object]:
    """The record's fields as the database takes them."""
    values = []
    for column in columns:
        value = getattr(record, column)
        if column == "systems":
            value = _records(value)
        elif column == "sides":
            value = Json([(*_totals(side), *_top(side)) for side in value], dumps=msgspec.json.encode)
        elif column.endswith(("isk", "isk_lost", "isk_destroyed")):
            value = Decimal(f"{value:.2f}")
        elif isinstance(value, tuple):
            value = list(value)  # psycopg takes tuples for composite types
        values.append(value)
    return values


def _records(records: Iterable[object]) -> Json:
    """Records as JSON arrays without keys, as `_values` gives them."""
    return Json(_values(records), dumps=msgspec.json.encode)


def _values(records: Iterable[object]) -> list[list[object]]:
    """The fields of each record in the order they are declared."""
    return [list(msgspec.to_builtins(record).values()) for record in records]
