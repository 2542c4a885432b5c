"""Which pairs of mails belong together, and by what evidence; what follows for sets of mails is in `engagements`.

A link is made from two mails and the facts they share, never from what else a set of mails holds, so links do not
depend on order, duplicates, or which days are read together. Mails that share a fact are sorted by time and only
neighbours are linked: the connected components are those of all pairs within the time limit, at the cost of a sort.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import numpy as np
from scipy.sparse import csr_array

from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.groups import attacker_groups, npc_only, victim_groups
from battlescope_assets.domain.keys import distinct, distinct_rows, numbered, packed, ranges, starts
from battlescope_assets.domain.mails import NO_ID, Bool, Int64, Mails
from battlescope_assets.domain.ships import is_capsule
from battlescope_assets.domain.universe import CombatWorld

CONCORD_CORPORATION_ID = 1_000_125
BLOCK_MAILS = 100_000
"""Mails linked at once: bounds memory and keeps sorts in the processor's cache; changes no result."""


class Evidence(IntEnum):
    """Why two mails belong together, strongest first."""

    CAPSULE = 0
    """A capsule follows its pilot's ship."""
    REVERSAL = 1
    """A pilot is victim of one and attacker on the other."""
    CREW_AND_VICTIM = 2
    """A pilot fights the same enemy group on both."""
    CONCORD = 3
    """A ship lost to CONCORD is the consequence of an attack."""
    OPPOSITION = 4
    """The same two groups fight each other on both."""
    PLACE = 5
    """The wrecks lie at one place and a group is on both."""
    RUNNING = 6
    """The same crew fights the same enemy on in another system."""
    SESSION = 7
    """The same group hunts at the same place: a camp, or a gank squad's round."""


@dataclass(frozen=True)
class Links:
    """Pairs of mails, as indexes into the mails, the earlier first; each pair once, by its strongest evidence."""

    earlier: Int64
    later: Int64
    evidence: Int64
    """Values of `Evidence`."""
    seconds: Int64
    entity_ids: Int64
    """Shape (links, 2): who is on both mails, and the enemy group where it is part of the evidence, else `NO_ID`."""

    def __len__(self) -> int:
        return len(self.earlier)

    def take(self, index: Int64 | Bool) -> Self:
        """The links at `index`."""
        return type(self)(
            self.earlier[index], self.later[index], self.evidence[index], self.seconds[index], self.entity_ids[index]
        )


def concatenated(*parts: Links) -> Links:
    """The links of parts that have no pair in common."""
    return Links(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("earlier", "later", "evidence", "seconds", "entity_ids")
        )
    )


def fight_links(mails: Mails, world: CombatWorld, params: BattleParams) -> Links:
    """Links by every evidence but `SESSION`."""
    reach = _Reach(world, params)

    def links(block: Mails, _: Int64) -> Iterator[Links]:
        cast = _Cast(block)
        yield _capsules(cast, world, params)
        yield from _reversals(cast, params)
        yield from _same_enemy(cast, reach, params)
        yield _oppositions(cast, params)
        yield from _places(cast, params)

    return _in_blocks(mails, links, params)


def session_links(mails: Mails, is_hunt: Bool, params: BattleParams) -> Links:
    """Links between hunts by one group at one place.

    `is_hunt` tells which mails are of one-sided fights, so that a camp does not swallow the battles at its place.
    """

    def links(block: Mails, index: Int64) -> Iterator[Links]:
        cast = _Cast(block)
        hunting = is_hunt[index][cast.mail]
        (mail, group), _ = distinct_rows(cast.mail[hunting], cast.group[hunting])
        for place in _places_of(block, params):
            first, second = _neighbours(block, mail, group, place, params.gap_max_minutes)
            yield _linked(block, mail[first], mail[second], Evidence.SESSION, cast.group_ids[group[first]])

    return _in_blocks(mails, links, params)


def _in_blocks(mails: Mails, links: Callable[[Mails, Int64], Iterator[Links]], params: BattleParams) -> Links:
    """The links of all mails, found block by block; a block reads on as far as a link can reach."""
    nothing = np.zeros(0, np.int64)
    parts = [_linked(mails, nothing, nothing, Evidence.CAPSULE)]
    for start in range(0, len(mails), BLOCK_MAILS):
        stop = min(start + BLOCK_MAILS, len(mails))
        latest = mails.time_seconds[stop - 1] + params.longest_link_minutes * 60
        index = np.arange(start, np.searchsorted(mails.time_seconds, latest, side="right"))
        part = _strongest(concatenated(*links(mails.take(index), index)))
        part = part.take(part.earlier < stop - start)
        parts.append(Links(part.earlier + start, part.later + start, part.evidence, part.seconds, part.entity_ids))
    return concatenated(*parts)


def _strongest(links: Links) -> Links:
    """Of the links of one pair, the one by the strongest evidence; of equal ones the first."""
    pair = packed(links.earlier, links.later)
    order = np.argsort(packed(pair, links.evidence), kind="stable")
    return links.take(order[starts(pair[order])])


def _linked(mails: Mails, earlier: Int64, later: Int64, evidence: Evidence | Int64, *entity_ids: Int64) -> Links:
    shared = np.full((len(earlier), 2), NO_ID)
    for column, ids in enumerate(entity_ids):
        shared[:, column] = ids
    return Links(
        earlier,
        later,
        np.array(np.broadcast_to(evidence, earlier.shape), np.int64),
        mails.time_seconds[later] - mails.time_seconds[earlier],
        shared,
    )


class _Cast:
    """Who is on the mails: players who attack, one row each, and victims, one per mail, by numbers; 0 is nobody."""

    def __init__(self, mails: Mails) -> None:
        self.mails = mails
        groups = attacker_groups(mails)
        players = np.flatnonzero(groups != NO_ID)
        self.mail = mails.attacker_mail[players]
        self.pilot_ids, self.pilot, self.victim = _numbers(
            mails.attacker_character_id[players], mails.victim_character_id
        )
        self.group_ids, self.group, self.victim_group = _numbers(groups[players], victim_groups(mails))
        self.npc_only = npc_only(mails)
        police = np.zeros(len(mails), np.bool_)
        police[mails.attacker_mail[mails.attacker_corporation_id == CONCORD_CORPORATION_ID]] = True
        self.by_concord = self.npc_only & police
        """Lost to CONCORD alone; other mails without players are no endpoint of links."""


def _numbers(attackers: Int64, victims: Int64) -> tuple[Int64, Int64, Int64]:
    """All ids, `NO_ID` first, and the numbers in them of the attackers' and the victims'."""
    ids, number = np.unique(np.concatenate(([NO_ID], attackers, victims)), return_inverse=True)
    return ids, number[1 : len(attackers) + 1], number[len(attackers) + 1 :]


def _neighbours(
    mails: Mails, mail: Int64, key: Int64, within: Int64, most_minutes: float, role: Int64 | None = None
) -> tuple[Int64, Int64]:
    """Rows that follow one another among the rows of one key, on different mails so far apart at most.

    `mail`, `key` and `role`, the order of a key's rows on one mail, are per row; `within` is per mail, its system or
    place: mails of different ones are not linked.
    """
    columns = (key, _rank(within)[mail]) if role is None else (key, _rank(within)[mail], role)
    order = np.argsort(packed(*columns))
    first, second = order[:-1], order[1:]
    same = (key[first] == key[second]) & (within[mail[first]] == within[mail[second]])
    return _close(mails, mail, first[same], second[same], most_minutes)


def _rank(within: Int64) -> Int64:
    """Of each mail in the order of (within, time)."""
    rank = np.empty(len(within), np.int64)
    rank[np.argsort(within, kind="stable")] = np.arange(len(within))
    return rank


def _turns(
    mails: Mails, mail: Int64, key: Int64, is_loss: Bool, within: Int64, most_minutes: float
) -> tuple[Int64, Int64]:
    """Like `_neighbours`, but each row with the last before it and the next after it that is of the other role."""
    order = np.argsort(packed(key, _rank(within)[mail], is_loss.astype(np.int64)), kind="stable")
    changes = np.flatnonzero(is_loss[order[1:]] != is_loss[order[:-1]])
    run = np.searchsorted(changes, np.arange(len(order)))
    before, after = np.append(-1, changes)[run], np.append(changes + 1, len(order))[run]
    position = np.arange(len(order))
    first, second = np.concatenate((before, position)), np.concatenate((position, after))
    inside = (first >= 0) & (second < len(order))
    first, second = order[first[inside]], order[second[inside]]
    same = (key[first] == key[second]) & (within[mail[first]] == within[mail[second]])
    return _close(mails, mail, first[same], second[same], most_minutes)


def _close(mails: Mails, mail: Int64, first: Int64, second: Int64, most_minutes: float) -> tuple[Int64, Int64]:
    apart = mails.time_seconds[mail[second]] - mails.time_seconds[mail[first]]
    keep = (mail[first] != mail[second]) & (apart <= most_minutes * 60)
    return first[keep], second[keep]


def _capsules(cast: _Cast, world: CombatWorld, params: BattleParams) -> Links:
    """Each capsule with its pilot's last ship before it."""
    mails = cast.mails
    mail = np.flatnonzero(cast.victim)
    first, second = _neighbours(mails, mail, cast.victim[mail], mails.solar_system_id, params.capsule_minutes)
    capsule = is_capsule(mails, world)
    follows = capsule[mail[second]] & ~capsule[mail[first]]
    earlier, later = mail[first[follows]], mail[second[follows]]
    return _linked(mails, earlier, later, Evidence.CAPSULE, mails.victim_character_id[later])


def _reversals(cast: _Cast, params: BattleParams) -> Iterator[Links]:
    """Pilots who attack on one mail and are the victim of another, of players or of CONCORD."""
    mails = cast.mails
    for evidence, lost, most_minutes in (
        (Evidence.REVERSAL, ~cast.npc_only, params.gap_max_minutes),
        (Evidence.CONCORD, cast.by_concord, params.concord_minutes),
    ):
        losses = np.flatnonzero(lost & (cast.victim != 0))
        has_lost = np.zeros(len(cast.pilot_ids), np.bool_)
        has_lost[cast.victim[losses]] = True
        attacks = np.flatnonzero(has_lost[cast.pilot])
        mail = np.concatenate((cast.mail[attacks], losses))
        pilot = np.concatenate((cast.pilot[attacks], cast.victim[losses]))
        is_loss = np.arange(len(mail)) >= len(attacks)
        first, second = _turns(mails, mail, pilot, is_loss, mails.solar_system_id, most_minutes)
        yield _linked(mails, mail[first], mail[second], evidence, cast.pilot_ids[pilot[first]])


def _same_enemy(cast: _Cast, reach: "_Reach", params: BattleParams) -> Iterator[Links]:
    """Pilots who fight one enemy group again: in the same system, or as a crew in another."""
    mails = cast.mails
    hostile = cast.victim_group[cast.mail] != 0
    attacks = np.flatnonzero(hostile & (cast.pilot != 0))
    losses = np.flatnonzero(hostile & (cast.victim[cast.mail] != 0))
    mail = cast.mail[np.concatenate((attacks, losses))]
    pilot = np.concatenate((cast.pilot[attacks], cast.victim[cast.mail[losses]]))
    enemy = np.concatenate((cast.victim_group[cast.mail[attacks]], cast.group[losses]))
    role = (np.arange(len(mail)) >= len(attacks)).astype(np.int64)
    key = packed(pilot, enemy)

    first, second = _neighbours(mails, mail, key, mails.solar_system_id, params.window_minutes, role)
    evidence = np.where(role[first] != role[second], Evidence.REVERSAL, Evidence.CREW_AND_VICTIM)
    yield _linked(
        mails, mail[first], mail[second], evidence, cast.pilot_ids[pilot[first]], cast.group_ids[enemy[first]]
    )

    nowhere = np.zeros(len(mails), np.int64)
    first, second = _neighbours(mails, mail, key, nowhere, params.longest_run_minutes)
    jumps = reach.jumps(mails, mail[first], mail[second])
    first, second, jumps = first[jumps > 0], second[jumps > 0], jumps[jumps > 0]
    crew = _share_crew(cast, mail[first], mail[second], params)
    minutes = np.where(crew, params.window_minutes, params.gap_max_minutes) + params.running_minutes_per_jump * jumps
    keep = mails.time_seconds[mail[second]] - mails.time_seconds[mail[first]] <= minutes * 60
    first, second = first[keep], second[keep]
    yield _linked(
        mails, mail[first], mail[second], Evidence.RUNNING, cast.pilot_ids[pilot[first]], cast.group_ids[enemy[first]]
    )


class _Reach:
    """How far a fleet can come in a time."""

    def __init__(self, world: CombatWorld, params: BattleParams) -> None:
        self.gated, gates = np.unique(world.stargates, return_inverse=True)
        shape = (len(self.gated), len(self.gated))
        origin, destination = gates.reshape(-1, 2).T
        step = csr_array((np.ones(len(origin), np.int64), (origin, destination)), shape=shape)
        self.within_jumps = [step]
        """For each number of jumps, from where to where so many lead."""
        for _ in range(1, params.running_most_jumps):
            self.within_jumps.append(csr_array(self.within_jumps[-1] @ step))

    def jumps(self, mails: Mails, earlier: Int64, later: Int64) -> Int64:
        """Fewest jumps from the one mail's system to the other's; 0 in the same system and where it is too far.

        Where a system has no stargates the way is unknown: it counts as one jump, and the pilots prove it.
        """
        origin, destination = mails.solar_system_id[earlier], mails.solar_system_id[later]
        jumps = np.zeros(len(earlier), np.int64)
        on_map = np.isin(origin, self.gated) & np.isin(destination, self.gated)
        jumps[~on_map] = 1
        start, end = np.searchsorted(self.gated, origin[on_map]), np.searchsorted(self.gated, destination[on_map])
        if len(start):  # sparse arrays take no empty index
            for number, ways in reversed([*enumerate(self.within_jumps, 1)]):
                jumps[np.flatnonzero(on_map)[np.asarray(ways[start, end]).ravel() > 0]] = number
        jumps[origin == destination] = 0
        return jumps


def _share_crew(cast: _Cast, earlier: Int64, later: Int64, params: BattleParams) -> Bool:
    """Whether enough pilots are on both mails, as attackers or victims."""
    mail = np.concatenate((cast.mail, np.arange(len(cast.victim))))
    pilot = np.concatenate((cast.pilot, cast.victim))
    wanted = np.zeros(len(cast.victim), np.bool_)
    wanted[earlier], wanted[later] = True, True
    use = (pilot != 0) & wanted[mail]
    width = len(cast.pilot_ids)
    present = distinct(mail[use] * width + pilot[use])
    offset = np.searchsorted(present, np.arange(len(cast.victim) + 1) * width)
    crew = np.diff(offset)
    link = np.repeat(np.arange(len(earlier)), crew[earlier])
    sought = later[link] * width + present[ranges(offset[earlier], crew[earlier])] % width
    found = np.minimum(np.searchsorted(present, sought), max(len(present) - 1, 0))
    shared = np.bincount(link[present[found] == sought], minlength=len(earlier))
    smaller = np.minimum(crew[earlier], crew[later])
    enough: Bool = (shared >= params.running_least_pilots) | (shared >= params.running_least_share * smaller)
    return enough


def _oppositions(cast: _Cast, params: BattleParams) -> Links:
    """The same two groups against each other in the same system."""
    enemy = cast.victim_group[cast.mail]
    hostile = np.flatnonzero((enemy != 0) & (enemy != cast.group))
    mail, group, enemy = cast.mail[hostile], cast.group[hostile], enemy[hostile]
    low, high = np.minimum(group, enemy), np.maximum(group, enemy)
    system = cast.mails.solar_system_id
    first, second = _neighbours(cast.mails, mail, packed(low, high), system, params.window_minutes)
    ids = cast.group_ids[low[first]], cast.group_ids[high[first]]
    return _linked(cast.mails, mail[first], mail[second], Evidence.OPPOSITION, *ids)


def _places(cast: _Cast, params: BattleParams) -> Iterator[Links]:
    """Wrecks at one place with a group on both mails, losses to CONCORD included.

    At nearly one time any common group will do. Over a longer pause it must attack on one mail and lose on the other:
    one that attacks on both may be camping.
    """
    mails = cast.mails
    losses = np.flatnonzero((cast.victim_group != 0) & (~cast.npc_only | cast.by_concord))
    (mail, group, role), _ = distinct_rows(
        np.concatenate((cast.mail, losses)),
        np.concatenate((cast.group, cast.victim_group[losses])),
        np.repeat([0, 1], [len(cast.mail), len(losses)]),
    )
    to_players = np.flatnonzero(~cast.by_concord[mail])
    for place in _places_of(mails, params):
        first, second = _neighbours(mails, mail, group, place, params.place_minutes)
        police = cast.by_concord[mail[first]] | cast.by_concord[mail[second]]
        evidence = np.where(police, Evidence.CONCORD, Evidence.PLACE)
        yield _linked(mails, mail[first], mail[second], evidence, cast.group_ids[group[first]])

        m, g, is_loss = mail[to_players], group[to_players], role[to_players] == 1
        first, second = _turns(mails, m, g, is_loss, place, params.gap_max_minutes)
        yield _linked(mails, m[first], m[second], Evidence.PLACE, cast.group_ids[g[first]])


def _places_of(mails: Mails, params: BattleParams) -> Iterator[Int64]:
    """For each mail the number of the cube its wreck lies in, twice: half a side apart, so that no wall splits a place.

    A wreck whose position is unknown has a place of its own.
    """
    known = np.isfinite(mails.position_m.sum(axis=1))
    position = np.where(known[:, None], mails.position_m, 0.0) / (params.place_km * 1e3)
    own = np.where(known, 0, np.arange(1, len(mails) + 1))
    for shift in (0.0, 0.5):
        cube = np.floor(position + shift).astype(np.int64)
        yield numbered(packed(mails.solar_system_id, *cube.T, own))
