"""From mails to engagements: sides, shares, outcome; ids and slugs are `identity`'s, what one mail says is the mail's.

`reconstruct` is the one entry to battle reconstruction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import floor
from typing import TypedDict, TypeVar

import numpy as np

from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.engagements import Kind, Membership, Standing, kind_of, memberships
from battlescope_assets.domain.groups import FIRST_PLAYER_CORPORATION_ID, npc_only
from battlescope_assets.domain.keys import distinct_rows, numbered, sums
from battlescope_assets.domain.linking import Evidence
from battlescope_assets.domain.mails import NO_ID, Bool, Float64, Int64, ItemLosses, Mails
from battlescope_assets.domain.ships import is_capsule, is_structure
from battlescope_assets.domain.sides import NO_ROW, UNALIGNED, Sides, find_sides
from battlescope_assets.domain.universe import CombatWorld

__all__ = ["BattleParams", "Engagement", "Kind", "engagements_of", "reconstruct"]

LONGEST_LIST = 20
"""Rows kept of a side's groups, ships and items, so that a battle stays small."""
MOST_ISK = 9e18
"""More than was ever destroyed in the game; absurd quantities on a mail must not break what counts in 64 bits."""
FIGURE_ERROR = 1e-6
"""So much may a sum of shares lack of the whole that it is."""
Row = TypeVar("Row")


class SystemShare(TypedDict):
    """A solar system of an engagement."""

    solar_system_id: int
    killmails: int


class SideGroup(TypedDict):
    """A group on a side; `group_kind` is alliance, corporation or character."""

    group_id: int
    group_kind: str
    pilots: int
    isk_destroyed: int
    isk_lost: int
    confidence: float


class SideShip(TypedDict):
    """A ship type on a side: pilots seen in it, and how many were lost."""

    type_id: int
    fielded: int
    lost: int


class SideItem(TypedDict):
    """Items of one type that a side lost."""

    type_id: int
    destroyed: int
    dropped: int


@dataclass(frozen=True)
class EngagementSide:
    """One side of an engagement; side 0 gathers the unaligned."""

    side: int
    pilots: int
    ships_lost: int
    """Structures and deployables included, capsules not."""
    ships_destroyed: float
    """Shares, by damage, of the ships that others lost."""
    isk_lost: float
    isk_destroyed: float
    efficiency: float | None
    """isk_destroyed / (isk_destroyed + isk_lost); None where both are 0."""
    groups: tuple[SideGroup, ...]
    ship_types: tuple[SideShip, ...]
    items_lost: tuple[SideItem, ...]


@dataclass(frozen=True)
class Participant:
    """A pilot in an engagement; what he flew, shot and lost is on its mails."""

    character_id: int
    side: int
    side_confidence: float
    second_best_side: int | None
    isk_destroyed: int
    """Shares, by damage, of what others lost; whole ISK, at most `MOST_ISK`."""


@dataclass(frozen=True)
class EngagementKillmail:
    """A mail of an engagement, and the link that ties it towards the first; the first has none."""

    killmail_id: int
    killmail_time: datetime
    solar_system_id: int
    victim_side: int
    link_evidence: str | None
    linked_killmail_id: int | None
    link_seconds: int | None
    link_entity_ids: tuple[int, ...]


@dataclass(frozen=True)
class FriendlyFire:
    """Someone shot a mail's victim who is on his own side."""

    killmail_id: int
    character_id: int | None
    """None for a structure."""
    damage_done: int


@dataclass(frozen=True)
class Engagement:
    """A connected set of mails with what is known of it; fields are named as the columns of core.battles."""

    kind: Kind
    started_at: datetime
    ended_at: datetime
    solar_system_id: int
    """Where most mails are; of several, the one fought in first."""
    first_killmail_id: int
    total_killmails: int
    total_pilots: int
    total_ships_lost: int
    destroyed_isk: float
    dropped_isk: float
    is_decisive: bool
    winning_side: int | None
    outcome_reason: str
    systems: tuple[SystemShare, ...]
    alliance_ids: tuple[int, ...]
    """Of everybody on its mails, smallest first."""
    corporation_ids: tuple[int, ...]
    """Of everybody on its mails, smallest first."""
    sides: tuple[EngagementSide, ...]
    participants: tuple[Participant, ...]
    """By side, within it by confidence, within that by id."""
    killmails: tuple[EngagementKillmail, ...]
    """By (time, id)."""
    friendly_fire: tuple[FriendlyFire, ...]


def reconstruct(mails: Mails, items: ItemLosses, world: CombatWorld, params: BattleParams) -> list[Engagement]:
    """Every engagement of at least `params.min_kills` mails, ordered by (first mail's time, its id).

    The result for an engagement depends on its own mails and their neighbourhood only: reading a longer time, in any
    order, changes nothing as long as at least `params.longest_link_minutes` around its mails are read.

    Items lost on other mails are ignored.
    """
    member = memberships(mails, world, params)
    size = np.bincount(member.engagement, minlength=1)
    kept = np.flatnonzero(size[member.engagement] >= params.min_kills)
    return engagements_of(mails, items, member, kept, world, params)


def engagements_of(
    mails: Mails, items: ItemLosses, member: Membership, kept: Int64, world: CombatWorld, params: BattleParams
) -> list[Engagement]:
    """The engagements of some mails, as `reconstruct` gives them.

    Args:
        mails: what was read.
        items: lost on them; those of other mails are ignored.
        member: of all the mails.
        kept: indexes of the mails to describe: all of an engagement or none.
        world: the map and types.
        params: thresholds.
    """
    if not len(kept):
        return []
    engagement = numbered(member.engagement[kept])
    fights = _fights(mails.take(kept), engagement, world, params)
    return [
        _engagement(*parts, params)
        for parts in zip(
            _killmails(fights, mails, member, kept),
            _friendly_fire(fights),
            _participants(fights),
            _sides(fights, items),
            _overviews(fights),
            strict=True,
        )
    ]


@dataclass(frozen=True)
class _Fights:
    """The mails of all engagements and who stood where; columns are per mail unless they say otherwise."""

    mails: Mails
    engagement: Int64
    """From 0 in the order of first mails, without gaps."""
    count: int
    """Engagements."""
    sides: Sides
    is_ship: Bool
    """Whether anything but a capsule was lost."""
    is_structure: Bool
    value_isk: Float64
    victim_side: Int64
    attacker_side: Int64
    """Per attacker row; `NO_ROW` for NPCs."""
    credit: Float64
    """Per attacker row: his share, by damage, of what others lost; nobody is credited with a loss of his own side."""


def _fights(mails: Mails, engagement: Int64, world: CombatWorld, params: BattleParams) -> _Fights:
    sides = find_sides(mails, engagement, params)
    victim_side = np.where(sides.victim_row == NO_ROW, UNALIGNED, sides.side[sides.victim_row])
    attacker_side = np.where(sides.attacker_row == NO_ROW, NO_ROW, sides.side[sides.attacker_row])
    mail = mails.attacker_mail
    hostile = (attacker_side != victim_side[mail]) | (attacker_side == UNALIGNED)
    hostile &= (attacker_side != NO_ROW) & ~_own_loss(mails)
    return _Fights(
        mails,
        engagement,
        int(engagement.max()) + 1,
        sides,
        ~is_capsule(mails, world),
        is_structure(mails, world),
        mails.destroyed_isk + mails.dropped_isk,
        victim_side,
        attacker_side,
        _credit(mails, hostile),
    )


def _own_loss(mails: Mails) -> Bool:
    """Which attacker rows are the victim himself."""
    character = mails.attacker_character_id
    own: Bool = (character != NO_ID) & (character == mails.victim_character_id[mails.attacker_mail])
    return own


def _credit(mails: Mails, hostile: Bool) -> Float64:
    """The mail shared out over hostile attackers by damage, or by heads where none did any."""
    mail = mails.attacker_mail
    damage = np.maximum(mails.damage_done, 0) * hostile
    total = sums(mail, damage, len(mails))[mail]
    heads = sums(mail, hostile, len(mails))[mail]
    return np.where(total > 0, damage / np.maximum(total, 1), hostile / np.maximum(heads, 1))


def _split(owner: Int64, count: int, rows: Sequence[Row]) -> list[tuple[Row, ...]]:
    """The rows of each owner from 0 to `count`; rows are ordered by owner."""
    bounds = np.searchsorted(owner, np.arange(count + 1)).tolist()
    return [tuple(rows[start:end]) for start, end in pairwise(bounds)]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _isk(values: Float64) -> list[float]:
    cents: list[float] = np.round(values, 2).tolist()
    return cents


def _whole_isk(values: Float64) -> list[int]:
    whole: list[int] = np.round(np.minimum(values, MOST_ISK)).astype(np.int64).tolist()
    return whole


def _killmails(fights: _Fights, mails: Mails, member: Membership, kept: Int64) -> list[tuple[EngagementKillmail, ...]]:
    own, links = fights.mails, member.links
    cause = member.cause[kept]
    order = np.argsort(fights.engagement, kind="stable")
    rows = []
    names = [evidence.name.lower() for evidence in Evidence]
    evidences, seconds, entities = links.evidence.tolist(), links.seconds.tolist(), links.entity_ids.tolist()
    ends = (mails.killmail_id[links.earlier].tolist(), mails.killmail_id[links.later].tolist())
    columns = (own.killmail_id, own.time_seconds, own.solar_system_id, fights.victim_side, cause)
    for killmail_id, time, system, side, link in zip(*(c[order].tolist() for c in columns), strict=True):
        linked = link >= 0
        rows.append(
            EngagementKillmail(
                killmail_id,
                _moment(time),
                system,
                side,
                names[evidences[link]] if linked else None,
                ends[ends[0][link] == killmail_id][link] if linked else None,
                seconds[link] if linked else None,
                tuple(entity for entity in entities[link] if entity != NO_ID) if linked else (),
            )
        )
    return _split(fights.engagement[order], fights.count, rows)


def _friendly_fire(fights: _Fights) -> list[tuple[FriendlyFire, ...]]:
    mails = fights.mails
    same_side = (fights.attacker_side == fights.victim_side[mails.attacker_mail]) & (fights.attacker_side > UNALIGNED)
    shots = np.flatnonzero(same_side & ~_own_loss(mails))
    mail = mails.attacker_mail[shots]
    order = np.argsort(fights.engagement[mail], kind="stable")
    columns = (mails.killmail_id[mail], mails.attacker_character_id[shots], mails.damage_done[shots])
    rows = [
        FriendlyFire(killmail_id, character or None, damage)
        for killmail_id, character, damage in zip(*(column[order].tolist() for column in columns), strict=True)
    ]
    return _split(fights.engagement[mail][order], fights.count, rows)


def _participants(fights: _Fights) -> list[tuple[Participant, ...]]:
    mails, sides = fights.mails, fights.sides
    attacks = np.flatnonzero((mails.attacker_character_id != NO_ID) & ~_own_loss(mails))
    losses = np.flatnonzero(mails.victim_character_id != NO_ID)
    attacked = mails.attacker_mail[attacks]
    mail = np.concatenate((attacked, losses))
    people, person = distinct_rows(
        fights.engagement[mail],
        np.concatenate((mails.attacker_character_id[attacks], mails.victim_character_id[losses])),
    )
    count = people.shape[1]
    # Who changes corporation in a fight may be on two sides: his first mail says.
    by_mail = np.lexsort((mail, person))
    first = by_mail[np.searchsorted(person[by_mail], np.arange(count))]
    row = np.concatenate((sides.attacker_row[attacks], sides.victim_row[losses]))[first]
    shares = sums(person[: len(attacks)], fights.credit[attacks] * fights.value_isk[attacked], count)
    order = np.lexsort((people[1], -sides.confidence[row], sides.side[row], people[0]))
    columns = (
        people[1, order].tolist(),
        sides.side[row][order].tolist(),
        np.round(sides.confidence[row][order], 4).tolist(),
        sides.second_best_side[row][order].tolist(),
        _whole_isk(shares[order]),
    )
    rows = [
        Participant(character, side, confidence, second or None, share)
        for character, side, confidence, second, share in zip(*columns, strict=True)
    ]
    return _split(people[0, order], fights.count, rows)


def _sides(fights: _Fights, items: ItemLosses) -> list[tuple[EngagementSide, ...]]:
    mails, engagement = fights.mails, fights.engagement
    mail = mails.attacker_mail
    players = np.flatnonzero(fights.attacker_side != NO_ROW)
    table, side = distinct_rows(
        np.concatenate((engagement, engagement[mail[players]])),
        np.concatenate((fights.victim_side, fights.attacker_side[players])),
    )
    count = table.shape[1]
    victim, attacker = side[: len(mails)], side[len(mails) :]
    credit = fights.credit[players]
    lost_isk = sums(victim, fights.value_isk, count)
    destroyed_isk = sums(attacker, credit * fights.value_isk[mail[players]], count)
    ships_lost = np.bincount(victim[fights.is_ship], minlength=count)
    ships_destroyed = sums(attacker, credit * fights.is_ship[mail[players]], count)
    flying = np.flatnonzero(mails.attacker_character_id[players] != NO_ID)
    losing = np.flatnonzero(mails.victim_character_id != NO_ID)
    pilots, _ = distinct_rows(
        np.concatenate((attacker[flying], victim[losing])),
        np.concatenate((mails.attacker_character_id[players[flying]], mails.victim_character_id[losing])),
    )
    traded = lost_isk + destroyed_isk
    efficiency = destroyed_isk / np.where(traded > 0, traded, 1)
    columns = (
        table[1].tolist(),
        np.bincount(pilots[0], minlength=count).tolist(),
        ships_lost.tolist(),
        np.round(ships_destroyed, 3).tolist(),
        _isk(lost_isk),
        _isk(destroyed_isk),
        [share if worth > 0 else None for share, worth in zip(np.round(efficiency, 4).tolist(), traded, strict=True)],
        _groups(fights, players, attacker, victim, count),
        _ships(fights, players, attacker, victim, count),
        _items(fights, items, victim, count),
    )
    return _split(table[0], fights.count, [EngagementSide(*row) for row in zip(*columns, strict=True)])


def _largest(owner: Int64, *sizes: Float64 | Int64) -> Int64:
    """Indexes of the largest rows of each owner, ordered by owner; equal ones in the order they have."""
    order = np.lexsort((*(-size for size in reversed(sizes)), owner))
    rank = np.arange(len(order)) - np.searchsorted(owner[order], owner[order])
    return order[rank < LONGEST_LIST]


def _groups(fights: _Fights, players: Int64, attacker: Int64, victim: Int64, count: int) -> list[tuple[SideGroup, ...]]:
    mails, sides, mail = fights.mails, fights.sides, fights.mails.attacker_mail
    losing = np.flatnonzero(sides.victim_row != NO_ROW)
    row = np.concatenate((sides.attacker_row[players], sides.victim_row[losing]))
    table, group = distinct_rows(np.concatenate((attacker, victim[losing])), sides.group_id[row])
    rows = table.shape[1]
    confidence, kind = np.zeros(rows), np.zeros(rows, np.int64)
    confidence[group] = sides.confidence[row]
    alliance = np.concatenate((mails.attacker_alliance_id[players], mails.victim_alliance_id[losing]))
    corporation = np.concatenate((mails.attacker_corporation_id[players], mails.victim_corporation_id[losing]))
    kind[group] = np.where(alliance != NO_ID, 2, corporation >= FIRST_PLAYER_CORPORATION_ID)
    character = np.concatenate((mails.attacker_character_id[players], mails.victim_character_id[losing]))
    pilots, _ = distinct_rows(group[character != NO_ID], character[character != NO_ID])
    heads = np.bincount(pilots[0], minlength=rows)
    killed = fights.credit[players] * fights.value_isk[mail[players]]
    destroyed = sums(group[: len(players)], killed, rows)
    lost = sums(group[len(players) :], fights.value_isk[losing], rows)
    best = _largest(table[0], heads, destroyed + lost)
    kinds = ("character", "corporation", "alliance")
    listed = [
        SideGroup(
            group_id=group_id, group_kind=kinds[code], pilots=n, isk_destroyed=up, isk_lost=down, confidence=share
        )
        for group_id, code, n, up, down, share in zip(
            table[1, best].tolist(),
            kind[best].tolist(),
            heads[best].tolist(),
            _whole_isk(destroyed[best]),
            _whole_isk(lost[best]),
            np.round(confidence[best], 4).tolist(),
            strict=True,
        )
    ]
    return _split(table[0, best], count, listed)


def _ships(fights: _Fights, players: Int64, attacker: Int64, victim: Int64, count: int) -> list[tuple[SideShip, ...]]:
    mails = fights.mails
    flying = np.flatnonzero(
        (mails.attacker_character_id[players] != NO_ID) & (mails.attacker_ship_type_id[players] != NO_ID)
    )
    lost = np.flatnonzero(fights.is_ship)
    character = np.concatenate((mails.attacker_character_id[players[flying]], mails.victim_character_id[lost]))
    ship = np.concatenate((mails.attacker_ship_type_id[players[flying]], mails.victim_ship_type_id[lost]))
    side = np.concatenate((attacker[flying], victim[lost]))
    hulls, hull = distinct_rows(side, ship, character)
    hulls_lost = np.bincount(hull[len(flying) :], minlength=hulls.shape[1])
    table, which = distinct_rows(hulls[0], hulls[1])
    # Who lost three flew three; who lost none flew one.
    fielded = sums(which, np.maximum(hulls_lost, 1), table.shape[1]).astype(np.int64)
    losses = sums(which, hulls_lost, table.shape[1]).astype(np.int64)
    best = _largest(table[0], fielded, losses)
    listed = [
        SideShip(type_id=type_id, fielded=flown, lost=gone)
        for type_id, flown, gone in zip(
            table[1, best].tolist(), fielded[best].tolist(), losses[best].tolist(), strict=True
        )
    ]
    return _split(table[0, best], count, listed)


def _items(fights: _Fights, items: ItemLosses, victim: Int64, count: int) -> list[tuple[SideItem, ...]]:
    mail_ids = fights.mails.killmail_id
    by_id = np.argsort(mail_ids)
    found = np.minimum(np.searchsorted(mail_ids[by_id], items.killmail_id), len(by_id) - 1)
    mail = by_id[found]
    use = np.flatnonzero(mail_ids[mail] == items.killmail_id)
    table, which = distinct_rows(victim[mail[use]], items.item_type_id[use])
    destroyed, dropped = (
        sums(which, quantity[use], table.shape[1]).astype(np.int64)
        for quantity in (items.quantity_destroyed, items.quantity_dropped)
    )
    best = _largest(table[0], destroyed + dropped)
    listed = [
        SideItem(type_id=type_id, destroyed=gone, dropped=left)
        for type_id, gone, left in zip(
            table[1, best].tolist(), destroyed[best].tolist(), dropped[best].tolist(), strict=True
        )
    ]
    return _split(table[0, best], count, listed)


@dataclass(frozen=True)
class _Overview:
    """What an engagement is judged by besides its parts."""

    destroyed_isk: float
    dropped_isk: float
    structures_lost: int
    police_losses: int
    """Mails without players among the attackers: losses to CONCORD."""
    standings: tuple[Standing, ...]
    systems: tuple[SystemShare, ...]
    alliance_ids: tuple[int, ...]
    corporation_ids: tuple[int, ...]


def _overviews(fights: _Fights) -> list[_Overview]:
    mails, engagement, count = fights.mails, fights.engagement, fights.count
    table, system = distinct_rows(engagement, mails.solar_system_id)
    share = np.bincount(system)
    first = np.full(len(share), len(mails))
    np.minimum.at(first, system, np.arange(len(mails)))
    order = np.lexsort((first, -share, table[0]))
    systems = [
        SystemShare(solar_system_id=solar_system_id, killmails=killmails)
        for solar_system_id, killmails in zip(table[1, order].tolist(), share[order].tolist(), strict=True)
    ]
    columns = (
        _isk(sums(engagement, mails.destroyed_isk, count)),
        _isk(sums(engagement, mails.dropped_isk, count)),
        np.bincount(engagement[fights.is_structure], minlength=count).tolist(),
        np.bincount(engagement[npc_only(mails)], minlength=count).tolist(),
        _standings(fights),
        _split(table[0], count, systems),
        _present(fights, mails.attacker_alliance_id, mails.victim_alliance_id),
        _present(fights, mails.attacker_corporation_id, mails.victim_corporation_id),
    )
    return [_Overview(*row) for row in zip(*columns, strict=True)]


def _present(fights: _Fights, attackers: Int64, victims: Int64) -> list[tuple[int, ...]]:
    """For each engagement the ids on its mails, smallest first."""
    engagement = fights.engagement
    table, _ = distinct_rows(
        np.concatenate((engagement[fights.mails.attacker_mail], engagement)), np.concatenate((attackers, victims))
    )
    table = table[:, table[1] != NO_ID]
    return _split(table[0], fights.count, table[1].tolist())


def _standings(fights: _Fights) -> list[tuple[Standing, ...]]:
    mails = fights.mails
    players = np.flatnonzero(fights.attacker_side != NO_ROW)
    lost = np.flatnonzero(fights.is_ship & ~npc_only(mails) & (fights.sides.victim_row != NO_ROW))
    mail = mails.attacker_mail[players]
    table, side = distinct_rows(
        np.concatenate((fights.engagement[mail], fights.engagement[lost])),
        np.concatenate((fights.attacker_side[players], fights.victim_side[lost])),
    )
    count = table.shape[1]
    attacker, victim = side[: len(players)], side[len(players) :]
    character = np.concatenate((mails.attacker_character_id[players], mails.victim_character_id[lost]))
    pilots, _ = distinct_rows(side[character != NO_ID], character[character != NO_ID])
    groups, _ = distinct_rows(victim, fights.sides.victim_row[lost])
    destroyed = sums(attacker, fights.credit[players] * fights.is_ship[mail], count)
    columns = (
        np.bincount(pilots[0], minlength=count).tolist(),
        np.bincount(victim, minlength=count).tolist(),
        np.round(destroyed, 3).tolist(),
        np.bincount(groups[0], minlength=count).tolist(),
    )
    return _split(table[0], fights.count, [Standing(*row) for row in zip(*columns, strict=True)])


def _engagement(
    killmails: tuple[EngagementKillmail, ...],
    friendly_fire: tuple[FriendlyFire, ...],
    participants: tuple[Participant, ...],
    sides: tuple[EngagementSide, ...],
    overview: _Overview,
    params: BattleParams,
) -> Engagement:
    is_decisive, winning_side, reason = _outcome(sides, params)
    ships_lost = sum(side.ships_lost for side in sides)
    return Engagement(
        kind=kind_of(overview.standings, overview.structures_lost, overview.police_losses, params),
        started_at=killmails[0].killmail_time,
        ended_at=killmails[-1].killmail_time,
        solar_system_id=overview.systems[0]["solar_system_id"],
        first_killmail_id=min(mail.killmail_id for mail in killmails),
        total_killmails=len(killmails),
        total_pilots=len(participants),
        total_ships_lost=ships_lost,
        destroyed_isk=overview.destroyed_isk,
        dropped_isk=overview.dropped_isk,
        is_decisive=is_decisive,
        winning_side=winning_side,
        outcome_reason=reason,
        systems=overview.systems,
        alliance_ids=overview.alliance_ids,
        corporation_ids=overview.corporation_ids,
        sides=sides,
        participants=participants,
        killmails=killmails,
        friendly_fire=friendly_fire,
    )


def _tenths(figure: float) -> str:
    """In tenths, a whole number whole; rounded down: what falls short of a threshold must not seem to reach it."""
    return f"{floor(10 * figure + FIGURE_ERROR) / 10:g}"


def _outcome(sides: Sequence[EngagementSide], params: BattleParams) -> tuple[bool, int | None, str]:
    """Whether a side won, which, and why in words."""
    ranked = sorted(
        (side for side in sides if side.side != UNALIGNED and side.efficiency is not None),
        key=lambda side: (-(side.efficiency or 0.0), -side.isk_destroyed, side.side),
    )
    if not ranked:
        was_lost = any(side.isk_lost for side in sides)
        return False, None, "Nobody took a side." if was_lost else "Nothing of known worth was lost."
    best = ranked[0]
    efficiency, ships = best.efficiency or 0.0, best.ships_destroyed
    tenths = _tenths(ships)  # shares by damage: a tenth is worth saying
    stands = (
        f"Side {best.side} destroyed {tenths} ship{'' if tenths == '1' else 's'} "
        f"at {_tenths(100 * efficiency)}% ISK efficiency"
    )
    if efficiency < params.decisive_least_efficiency:
        return False, None, f"{stands}; {100 * params.decisive_least_efficiency:g}% would decide."
    if ships < params.decisive_least_ships_destroyed:
        return False, None, f"{stands}; {params.decisive_least_ships_destroyed} ships would decide."
    return True, best.side, f"{stands}."
