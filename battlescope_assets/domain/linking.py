"""Which pairs of mails belong together, and by what evidence; what follows for sets of mails is `engagements`' business.

A link is made from two mails and the static data alone, never from what else a set of mails holds, so links do not
depend on order, duplicates, or which days are read together. Mails that share a fact (a *key*) are sorted by time and
only neighbours are linked: the connected components are those of all pairs within the time limit, at the cost of a sort.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import numpy as np
from scipy.sparse import csr_array

from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.groups import attacker_groups, npc_only, victim_groups
from battlescope_assets.domain.mails import NO_ID, Bool, Int64, Mails
from battlescope_assets.domain.ships import is_capsule
from battlescope_assets.domain.universe import CombatWorld

CONCORD_CORPORATION_ID = 1_000_125


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
    """Both wrecks lie at one place, at nearly one time, and a group is on both."""
    RUNNING = 6
    """The same crew fights the same enemy on in another system."""
    SESSION = 7
    """The same group hunts at the same place: a camp, or a gank squad's round."""


@dataclass(frozen=True)
class Links:
    """Pairs of mails, as indexes into the mails, strongest first; each pair once, by its strongest evidence."""

    earlier: Int64
    later: Int64
    evidence: Int64
    """Values of `Evidence`."""
    seconds: Int64
    entity_ids: Int64
    """Shape (links, 2): the pilot or group both share, and the enemy group where one is part of the evidence, else `NO_ID`."""

    def __len__(self) -> int:
        return len(self.earlier)

    def take(self, index: Int64 | Bool) -> Self:
        """The links at `index`."""
        return type(self)(
            self.earlier[index], self.later[index], self.evidence[index], self.seconds[index], self.entity_ids[index]
        )


def joined(*parts: Links) -> Links:
    """All links of the parts, strongest first, each pair by its strongest evidence."""
    earlier, later, evidence, seconds, entities = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("earlier", "later", "evidence", "seconds", "entity_ids")
    )
    order = np.lexsort((entities[:, 1], entities[:, 0], evidence, packed(earlier, later)))
    pair = packed(earlier, later)[order]
    order = order[np.concatenate(([True], pair[1:] != pair[:-1]))] if len(order) else order
    order = order[np.lexsort((later[order], earlier[order], seconds[order], evidence[order]))]
    return Links(earlier[order], later[order], evidence[order], seconds[order], entities[order])


def fight_links(mails: Mails, world: CombatWorld, params: BattleParams) -> Links:
    """Links by every evidence but `SESSION`."""
    players = _players(mails)
    return joined(
        _capsules(mails, world, params),
        _reversals(mails, players, params),
        _same_enemy(mails, players, world, params),
        _oppositions(mails, players, params),
        _places(mails, players, params),
    )


def session_links(mails: Mails, hunted: Bool, params: BattleParams) -> Links:
    """Links between hunts by one group at one place, `gap_max_minutes` apart at most.

    Args:
        hunted: which mails are one-sided, so that a camp does not swallow the fights at its place.
    """
    players = _players(mails)
    use = hunted[players.mail]
    return _place_links(
        mails, players.mail[use], players.group[use], params.gap_max_minutes, params.place_km, Evidence.SESSION
    )


@dataclass(frozen=True)
class _Players:
    """Players as attackers, one row per attacker, and the mails' victims and kinds."""

    mail: Int64
    pilot: Int64
    """`NO_ID` for a structure's guns."""
    group: Int64
    victim_group: Int64
    """Per mail; `NO_ID` where the mail is no endpoint of links."""
    npc_only: Bool
    """Per mail."""
    by_concord: Bool
    """Per mail: lost to CONCORD alone."""


def _players(mails: Mails) -> _Players:
    group = attacker_groups(mails)
    use = np.flatnonzero(group != NO_ID)
    npcs = npc_only(mails)
    police = np.zeros(len(mails), np.bool_)
    police[mails.attacker_mail[mails.attacker_corporation_id == CONCORD_CORPORATION_ID]] = True
    return _Players(
        mails.attacker_mail[use],
        mails.attacker_character_id[use],
        group[use],
        np.where(npcs, NO_ID, victim_groups(mails)),
        npcs,
        npcs & police,
    )


def packed(*columns: Int64) -> Int64:
    """One integer per row that orders and distinguishes rows as the columns do."""
    key = columns[0]
    for column in columns[1:]:
        if len(column) == 0:
            return np.zeros(0, np.int64)
        low, high = int(column.min()), int(column.max())
        width = (high - low).bit_length()
        if (int(key.max()) - int(key.min())).bit_length() + width > 62:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
        if (int(key.max()) - int(key.min())).bit_length() + width > 62:
            column = np.unique(column, return_inverse=True)[1].astype(np.int64)
            low, width = 0, int(column.max()).bit_length()
        key = ((key - key.min()) << width) | (column - low)
    return key


def _neighbours(mails: Mails, mail: Int64, key: Int64, most_minutes: float) -> tuple[Int64, Int64]:
    """Rows that follow one another among the rows of their key, on different mails at most so far apart."""
    order = np.argsort(packed(key, mail), kind="stable")
    first, second = order[:-1], order[1:]
    apart = mails.time_seconds[mail[second]] - mails.time_seconds[mail[first]]
    keep = (key[first] == key[second]) & (mail[first] != mail[second]) & (apart <= most_minutes * 60)
    return first[keep], second[keep]


def _turns(mail: Int64, key: Int64, is_loss: Bool) -> tuple[Int64, Int64]:
    """For each row, the last row before it and the next after it, of the same key, that are of the other role."""
    order = np.argsort(packed(key, mail, is_loss.astype(np.int64)), kind="stable")
    loss = is_loss[order]
    position = np.arange(len(order))
    changes = np.flatnonzero(loss[1:] != loss[:-1])
    run = np.concatenate(([0], np.cumsum(loss[1:] != loss[:-1])))[: len(order)]
    before = np.concatenate(([-1], changes))[run]
    after = np.concatenate((changes + 1, [len(order)]))[run]
    first, second = np.concatenate((before, position)), np.concatenate((position, after))
    inside = (first >= 0) & (second < len(order))
    first, second = order[first[inside]], order[second[inside]]
    same = key[first] == key[second]
    return first[same], second[same]


def _links(mails: Mails, earlier: Int64, later: Int64, evidence: Evidence | Int64, *entities: Int64) -> Links:
    shared = np.zeros((len(earlier), 2), np.int64)
    for column, ids in enumerate(entities):
        shared[:, column] = ids
    return Links(
        earlier,
        later,
        np.broadcast_to(np.asarray(evidence, np.int64), earlier.shape),
        mails.time_seconds[later] - mails.time_seconds[earlier],
        shared,
    )


def _capsules(mails: Mails, world: CombatWorld, params: BattleParams) -> Links:
    """Each capsule with its pilot's last ship before it."""
    mail = np.flatnonzero(mails.victim_character_id != NO_ID)
    key = packed(mails.solar_system_id[mail], mails.victim_character_id[mail])
    first, second = _neighbours(mails, mail, key, params.capsule_minutes)
    capsule = is_capsule(mails, world)
    follows = capsule[mail[second]] & ~capsule[mail[first]]
    earlier, later = mail[first[follows]], mail[second[follows]]
    return _links(mails, earlier, later, Evidence.CAPSULE, mails.victim_character_id[later])


def _reversals(mails: Mails, players: _Players, params: BattleParams) -> Links:
    """Pilots who attack on one mail and are the victim of the next or last one, to players or to CONCORD."""
    attacks = players.pilot != NO_ID
    losses = np.flatnonzero((mails.victim_character_id != NO_ID) & (~players.npc_only | players.by_concord))
    mail = np.concatenate((players.mail[attacks], losses))
    pilot = np.concatenate((players.pilot[attacks], mails.victim_character_id[losses]))
    is_loss = np.arange(len(mail)) >= attacks.sum()
    first, second = _turns(mail, packed(mails.solar_system_id[mail], pilot), is_loss)
    police = players.by_concord[mail[first]] | players.by_concord[mail[second]]
    limit = np.where(police, params.concord_minutes, params.gap_max_minutes) * 60
    apart = mails.time_seconds[mail[second]] - mails.time_seconds[mail[first]]
    keep = (mail[first] != mail[second]) & (apart <= limit)
    earlier, later = mail[first[keep]], mail[second[keep]]
    evidence = np.where(police[keep], Evidence.CONCORD, Evidence.REVERSAL)
    return _links(mails, earlier, later, evidence, pilot[first[keep]])


def _same_enemy(mails: Mails, players: _Players, world: CombatWorld, params: BattleParams) -> Links:
    """Pilots who fight one enemy group again: in the same system, or as a crew in another."""
    attacks = (players.pilot != NO_ID) & (players.victim_group[players.mail] != NO_ID)
    losses = (mails.victim_character_id[players.mail] != NO_ID) & (players.victim_group[players.mail] != NO_ID)
    mail = np.concatenate((players.mail[attacks], players.mail[losses]))
    pilot = np.concatenate((players.pilot[attacks], mails.victim_character_id[players.mail[losses]]))
    enemy = np.concatenate((players.victim_group[players.mail[attacks]], players.group[losses]))
    is_loss = np.arange(len(mail)) >= attacks.sum()
    key = packed(pilot, enemy)
    first, second = _neighbours(mails, mail, packed(key, mails.solar_system_id[mail]), params.window_minutes)
    evidence = np.where(is_loss[first] != is_loss[second], Evidence.REVERSAL, Evidence.CREW_AND_VICTIM)
    here = _links(mails, mail[first], mail[second], evidence, pilot[first], enemy[first])
    first, second = _neighbours(mails, mail, key, params.gap_max_minutes + params.running_minutes_per_jump * params.running_most_jumps)
    moved = mails.solar_system_id[mail[first]] != mails.solar_system_id[mail[second]]
    first, second = first[moved], second[moved]
    keep = _is_within_reach(mails, mail[first], mail[second], world, params)
    first, second = first[keep], second[keep]
    there = _links(mails, mail[first], mail[second], Evidence.RUNNING, pilot[first], enemy[first])
    return joined(here, there.take(_shares_crew(mails, players, there.earlier, there.later, params)))


def _is_within_reach(mails: Mails, earlier: Int64, later: Int64, world: CombatWorld, params: BattleParams) -> Bool:
    """Whether a fleet can have come from the one mail's system to the other's; without stargates, as if by one jump."""
    if not len(earlier):  # sparse arrays do not take empty indexes
        return np.zeros(0, np.bool_)
    system_ids = np.unique(np.concatenate((world.stargates.ravel(), mails.solar_system_id)))
    gates = np.searchsorted(system_ids, world.stargates)
    size = len(system_ids)
    step = csr_array((np.ones(len(gates), np.int64), (gates[:, 0], gates[:, 1])), shape=(size, size))
    start = np.searchsorted(system_ids, mails.solar_system_id[earlier])
    end = np.searchsorted(system_ids, mails.solar_system_id[later])
    gated = np.zeros(size, np.bool_)
    gated[gates] = True
    jumps = np.where(gated[start] & gated[end], 0, 1)
    reached = step
    for count in range(1, params.running_most_jumps + 1):
        arrived = np.asarray(reached[start, end]).ravel() > 0
        jumps = np.where((jumps == 0) & arrived, count, jumps)
        reached = reached @ step
    minutes = params.gap_max_minutes + params.running_minutes_per_jump * jumps
    apart = mails.time_seconds[later] - mails.time_seconds[earlier]
    return (jumps > 0) & (apart <= minutes * 60)


def _shares_crew(mails: Mails, players: _Players, earlier: Int64, later: Int64, params: BattleParams) -> Bool:
    """Whether enough pilots are on both mails, as attackers or victims."""
    pilots = players.pilot != NO_ID
    victims = np.flatnonzero(mails.victim_character_id != NO_ID)
    mail = np.concatenate((players.mail[pilots], victims))
    pilot = np.unique(
        np.concatenate((players.pilot[pilots], mails.victim_character_id[victims])), return_inverse=True
    )[1].astype(np.int64)
    width = int(pilot.max(initial=0)).bit_length()
    present = np.unique((mail << width) | pilot)
    offset = np.searchsorted(present >> width, np.arange(len(mails) + 1))
    crew = np.diff(offset)
    rows = crew[earlier]
    link = np.repeat(np.arange(len(earlier)), rows)
    row = np.arange(rows.sum()) - np.repeat(np.cumsum(rows) - rows, rows) + np.repeat(offset[earlier], rows)
    wanted = (later[link] << width) | (present[row] & ((1 << width) - 1))
    found = np.searchsorted(present, wanted)
    both = present[np.minimum(found, len(present) - 1)] == wanted if len(present) else wanted > 0
    shared = np.bincount(link[both], minlength=len(earlier))
    smaller = np.minimum(crew[earlier], crew[later])
    return (shared >= params.running_least_pilots) | (shared >= params.running_least_share * smaller)


def _oppositions(mails: Mails, players: _Players, params: BattleParams) -> Links:
    """The same two groups against each other in the same system."""
    enemy = players.victim_group[players.mail]
    hostile = (enemy != NO_ID) & (enemy != players.group)
    mail, group, enemy = players.mail[hostile], players.group[hostile], enemy[hostile]
    low, high = np.minimum(group, enemy), np.maximum(group, enemy)
    key = packed(packed(low, high), mails.solar_system_id[mail])
    first, second = _neighbours(mails, mail, key, params.gap_max_minutes)
    return _links(mails, mail[first], mail[second], Evidence.OPPOSITION, low[first], high[first])


def _places(mails: Mails, players: _Players, params: BattleParams) -> Links:
    """Wrecks at one place with a group in common, losses to CONCORD included.

    At nearly one time any common group will do; over a longer pause one that lost a ship, for a group that only attacks
    on both is a camp's.
    """
    victims = victim_groups(mails)
    losses = np.flatnonzero((victims != NO_ID) & (~players.npc_only | players.by_concord))
    rows = packed(np.concatenate((players.mail, losses)), np.concatenate((players.group, victims[losses])))
    mail = np.concatenate((players.mail, losses))
    group = np.concatenate((players.group, victims[losses]))
    is_loss = np.arange(len(mail)) >= len(players.mail)
    parts = []
    for place in _places_of(mails, params):
        use = np.isfinite(mails.position_m).all(axis=1)[mail]
        m, g, l = mail[use], group[use], is_loss[use]
        key = packed(place[m], g)
        first, second = _neighbours(mails, m, key, params.place_minutes)
        parts.append(_links(mails, m[first], m[second], Evidence.PLACE, g[first]))
        first, second = _turns(m, key, l)
        notp = ~players.by_concord[m[first]] & ~players.by_concord[m[second]]
        first, second = first[notp], second[notp]
        keep = (m[first] != m[second]) & (mails.time_seconds[m[second]] - mails.time_seconds[m[first]] <= params.gap_max_minutes * 60)
        first, second = first[keep], second[keep]
        parts.append(_links(mails, m[first], m[second], Evidence.PLACE, g[first]))
    links = joined(*parts)
    police = players.by_concord[links.earlier] | players.by_concord[links.later]
    return Links(
        links.earlier,
        links.later,
        np.where(police, Evidence.CONCORD, links.evidence),
        links.seconds,
        links.entity_ids,
    )

def _places_of(mails, params):
    for shift in (0.0, 0.5):
        cube = np.floor(np.nan_to_num(mails.position_m) / (params.place_km * 1e3) + shift).astype(np.int64)
        yield packed(mails.solar_system_id, *cube.T)

def _place_links(
    mails: Mails, mail: Int64, group: Int64, most_minutes: float, place_km: int, evidence: Evidence
) -> Links:
    """Mails whose wrecks lie in one cube, with a group in common; two grids of cubes, so that no wall splits a place."""
    placed = np.isfinite(mails.position_m).all(axis=1)[mail]
    mail, group = mail[placed], group[placed]
    one = np.unique(packed(mail, group), return_index=True)[1]
    mail, group = mail[one], group[one]
    parts = []
    for shift in (0.0, 0.5):
        cube = np.floor(np.nan_to_num(mails.position_m) / (place_km * 1e3) + shift).astype(np.int64)
        place = packed(mails.solar_system_id, *cube.T)
        first, second = _neighbours(mails, mail, packed(place[mail], group), most_minutes)
        parts.append(_links(mails, mail[first], mail[second], evidence, group[first]))
    return joined(*parts)
