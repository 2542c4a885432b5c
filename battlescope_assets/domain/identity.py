"""Which published id and slug each engagement keeps or gets, and what became of the others; no storing here."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count
from typing import NamedTuple
from uuid import UUID, uuid5

NAMESPACE = UUID("a2c9b7ae-5c0f-5b7e-9d3c-6f2f0d1e4b10")
"""Of BattleScope's battle ids; arbitrary, fixed for ever."""


class Reason(StrEnum):
    """Why an id or slug that was published leads elsewhere now."""

    MERGED = "merged"
    """Its mails are in a battle that had an id of its own."""
    SPLIT = "split"
    """Its mails are in several battles; it leads to the one with most of them."""
    RENAMED = "renamed"
    """The same battle begins at another minute or system, so its slug changed."""
    VANISHED = "vanished"
    """No battle holds any of its mails."""


@dataclass(frozen=True)
class Published:
    """A battle as it is stored."""

    battle_id: UUID
    slug: str
    killmail_ids: frozenset[int]


@dataclass(frozen=True)
class Draft:
    """What identity depends on of a reconstructed engagement."""

    started_at: datetime
    solar_system_id: int
    killmail_ids: frozenset[int]


class Identity(NamedTuple):
    """An engagement's id and slug."""

    battle_id: UUID
    slug: str


@dataclass(frozen=True)
class Lineage:
    """Where an id and slug once published lead now; None: nowhere."""

    old_battle_id: UUID
    old_slug: str
    battle_id: UUID | None
    reason: Reason


@dataclass(frozen=True)
class Identities:
    """One identity per draft, in their order, and what happened to the published."""

    identities: tuple[Identity, ...]
    lineage: tuple[Lineage, ...]
    retired: tuple[UUID, ...]
    """Published ids that no draft keeps."""


def identify(
    drafts: Sequence[Draft], published: Collection[Published], taken_ids: Collection[UUID], taken_slugs: Collection[str]
) -> Identities:
    """Gives every draft an id and a slug.

    A published id stays with the draft that holds most of its mails (ties: the draft with the lowest mail); a draft
    that is first choice of several keeps the id of which it holds most (ties: the smallest id). Others get a new id
    from their lowest mail. The result depends on nothing but the sets given.

    Args:
        drafts: engagements that share no mail.
        published: stored battles that share a mail with a draft, or have lost theirs.
        taken_ids: ids that may not be given anew: of battles not among `published`, and retired ones.
        taken_slugs: the same for slugs.
    """
    kept = _kept(drafts, published)
    ids = _ids(drafts, kept, {*taken_ids, *(old.battle_id for old in published)})
    slugs = _slugs(drafts, kept, taken_slugs)
    return Identities(
        tuple(Identity(*pair) for pair in zip(ids, slugs, strict=True)),
        tuple(_lineage(drafts, published, kept, ids, slugs)),
        tuple(sorted({old.battle_id for old in published} - set(ids))),
    )


def _overlaps(drafts: Sequence[Draft], published: Collection[Published]) -> dict[UUID, Counter[int]]:
    """For each published id, how many of its mails each draft (by index) holds."""
    holder = {mail: i for i, draft in enumerate(drafts) for mail in draft.killmail_ids}
    return {old.battle_id: Counter(holder[mail] for mail in old.killmail_ids if mail in holder) for old in published}


def _favourite(drafts: Sequence[Draft], overlap: Counter[int]) -> int | None:
    """The draft with most of a published battle's mails."""
    return min(overlap, key=lambda i: (-overlap[i], min(drafts[i].killmail_ids)), default=None)


def _kept(drafts: Sequence[Draft], published: Collection[Published]) -> dict[int, Published]:
    """The published battle whose identity each draft keeps."""
    overlaps = _overlaps(drafts, published)
    claims: dict[int, list[Published]] = {}
    for old in published:
        favourite = _favourite(drafts, overlaps[old.battle_id])
        if favourite is not None:
            claims.setdefault(favourite, []).append(old)
    return {i: min(olds, key=lambda old: (-overlaps[old.battle_id][i], old.battle_id)) for i, olds in claims.items()}


def candidate_ids(draft: Draft) -> Iterator[UUID]:
    """Ids the draft may get, best first: from its lowest mail, then, should that be taken, from that and a number."""
    lowest = min(draft.killmail_ids)
    yield uuid5(NAMESPACE, f"{lowest}")
    yield from (uuid5(NAMESPACE, f"{lowest}-{number}") for number in count(2))


def candidate_slugs(draft: Draft) -> Iterator[str]:
    """Slugs the draft may get, best first: system and start minute, then the same with a number."""
    base = f"BR-{draft.solar_system_id}-{draft.started_at.astimezone(UTC):%Y%m%d%H%M}"
    yield base
    yield from (f"{base}-{number}" for number in count(2))


def _ids(drafts: Sequence[Draft], kept: Mapping[int, Published], taken: Collection[UUID]) -> list[UUID]:
    unavailable = set(taken)
    ids = []
    for i, draft in enumerate(drafts):
        fresh = (new for new in candidate_ids(draft) if new not in unavailable)
        ids.append(kept[i].battle_id if i in kept else next(fresh))
        unavailable.add(ids[-1])
    return ids


def _slugs(drafts: Sequence[Draft], kept: Mapping[int, Published], taken: Collection[str]) -> list[str]:
    """Fights that share system and minute are numbered by their lowest mails; one that has a fitting slug keeps it."""
    bases = [next(candidate_slugs(draft)) for draft in drafts]
    slugs = {i: old.slug for i, old in kept.items() if old.slug == bases[i] or old.slug.startswith(f"{bases[i]}-")}
    unavailable = {*taken, *slugs.values()}
    for i in sorted(set(range(len(drafts))) - set(slugs), key=lambda i: min(drafts[i].killmail_ids)):
        slugs[i] = next(slug for slug in candidate_slugs(drafts[i]) if slug not in unavailable)
        unavailable.add(slugs[i])
    return [slugs[i] for i in range(len(drafts))]


def _lineage(
    drafts: Sequence[Draft],
    published: Collection[Published],
    kept: Mapping[int, Published],
    ids: Sequence[UUID],
    slugs: Sequence[str],
) -> Iterator[Lineage]:
    overlaps = _overlaps(drafts, published)
    keeper = {old.battle_id: i for i, old in kept.items()}
    for old in sorted(published, key=lambda old: old.battle_id):
        if (i := keeper.get(old.battle_id)) is not None:
            if slugs[i] != old.slug:
                yield Lineage(old.battle_id, old.slug, old.battle_id, Reason.RENAMED)
            continue
        overlap = overlaps[old.battle_id]
        favourite = _favourite(drafts, overlap)
        if favourite is None:
            yield Lineage(old.battle_id, old.slug, None, Reason.VANISHED)
        else:
            reason = Reason.SPLIT if len(overlap) > 1 else Reason.MERGED
            yield Lineage(old.battle_id, old.slug, ids[favourite], reason)
