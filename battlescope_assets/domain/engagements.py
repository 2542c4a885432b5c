"""Sets of mails that links hold together, where such a set is cut, and its kind; who stood on which side is `sides`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, minimum_spanning_tree

from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.groups import attacker_groups, npc_only, victim_groups
from battlescope_assets.domain.keys import distinct, numbered, packed, ranges, starts
from battlescope_assets.domain.linking import Links, concatenated, fight_links, session_links
from battlescope_assets.domain.mails import NO_ID, Bool, Int64, Mails
from battlescope_assets.domain.universe import CombatWorld


class Kind(StrEnum):
    """What sort of fight an engagement is."""

    BATTLE = "battle"
    SKIRMISH = "skirmish"
    CAMP = "camp"
    GANK = "gank"
    STRUCTURE_BASH = "structure_bash"


@dataclass(frozen=True)
class Membership:
    """Which engagement each mail belongs to, and why."""

    engagement: Int64
    """Per mail: a number from 0, in the order of engagements' first mails."""
    component: Int64
    """Per mail: what it was part of before cuts. What an engagement is depends on its whole component."""
    links: Links
    """The links that hold engagements together."""
    cause: Int64
    """Per mail: index in `links` of the one that ties it towards its engagement's first mail; -1 for that mail."""


def memberships(mails: Mails, world: CombatWorld, params: BattleParams) -> Membership:
    """Connected components of the links, hunts gathered into sessions, and cut where nothing but a pause joins them."""
    links = fight_links(mails, world, params)
    fights = _components(len(mails), links)
    content = _content(mails)
    sessions = session_links(mails, ~_two_sided(content, fights)[fights], params)
    links = concatenated(links, sessions.take(fights[sessions.earlier] != fights[sessions.later]))
    component = _components(len(mails), links)
    engagement = _cut(mails, content, component, params)
    links = links.take(engagement[links.earlier] == engagement[links.later])
    engagement = _components(len(mails), links)
    return Membership(engagement, component, links, _causes(engagement, links))


def _components(count: int, links: Links) -> Int64:
    graph = csr_array((np.ones(len(links), np.int8), (links.earlier, links.later)), shape=(count, count))
    labels = connected_components(graph, directed=False)[1].astype(np.int64)
    return _numbered(labels)


def _numbered(labels: Int64) -> Int64:
    """The same sets, numbered in the order of their first members."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


@dataclass(frozen=True)
class _Content:
    """Who shot whom on each mail."""

    shot: Int64
    """Twice the number of a hostile pair of groups, plus one if its smaller group shot; each once per mail."""
    shot_offset: Int64
    """Rows `shot_offset[i]:shot_offset[i + 1]` are those of mail i."""

    def shots(self, members: Int64) -> Int64:
        """Of these mails."""
        start = self.shot_offset[members]
        return self.shot[ranges(start, self.shot_offset[members + 1] - start)]


def _content(mails: Mails) -> _Content:
    group, mail = attacker_groups(mails), mails.attacker_mail
    enemy = np.where(npc_only(mails), NO_ID, victim_groups(mails))[mail]
    hostile = np.flatnonzero((group != NO_ID) & (enemy != NO_ID) & (group != enemy))
    group, enemy = group[hostile], enemy[hostile]
    pair = numbered(packed(np.minimum(group, enemy), np.maximum(group, enemy)))
    size = 2 * int(pair.max(initial=0)) + 2
    rows = distinct(mail[hostile] * size + 2 * pair + (group < enemy))
    return _Content(rows % size, np.searchsorted(rows, np.arange(len(mails) + 1) * size))


def _two_sided(content: _Content, fights: Int64) -> Bool:
    """For each fight, whether two of its groups shot each other, each on two mails at least."""
    size = int(content.shot.max(initial=0)) + 2
    fight = np.repeat(fights, np.diff(content.shot_offset))
    # Even, so that the two directions of a pair differ in the last bit only.
    shots = np.sort(fight * (size + size % 2) + content.shot)
    first = starts(shots)
    pairs = shots[first[np.diff(np.append(first, len(shots))) >= 2]] // 2
    two_sided = np.zeros(int(fights.max(initial=-1)) + 1, np.bool_)
    two_sided[pairs[1:][pairs[1:] == pairs[:-1]] * 2 // (size + size % 2)] = True
    return two_sided


def _cut(mails: Mails, content: _Content, engagement: Int64, params: BattleParams) -> Int64:
    """Cuts engagements at pauses that hardly anything bridges, each part again, until none is left.

    Only the engagement's own mails decide, so the cut is the same whatever is read around it.
    """
    order = np.argsort(engagement, kind="stable")
    fight = engagement[order]
    pause = np.diff(mails.time_seconds[order])
    # Shorter pauses never cut, so only engagements with such a one are looked at.
    long = np.unique(fight[1:][(fight[1:] == fight[:-1]) & (pause >= params.cut_least_minutes * 60)])
    bounds = np.searchsorted(fight, np.stack((long, long + 1)))
    work = [order[start:end] for start, end in bounds.T.tolist() if end - start >= 2 * params.cut_least_mails]
    cut, free = engagement.copy(), int(engagement.max(initial=-1)) + 1
    while work:
        members = work.pop()
        position = _weakest_pause(mails, content, members, params)
        if position is not None:
            work += [members[:position], members[position:]]
            cut[members[position:]] = free
            free += 1
    return _numbered(cut)


def _weakest_pause(mails: Mails, content: _Content, members: Int64, params: BattleParams) -> int | None:
    """The position after the longest pause that cuts these mails (of equal ones the first); None: nothing cuts them."""
    if len(members) < 2 * params.cut_least_mails:
        return None
    pause = np.diff(mails.time_seconds[members])
    least = max(params.cut_least_minutes * 60, params.cut_median_pauses * _median(pause))
    inner = np.arange(1, len(members))
    fits = (pause >= least) & (np.minimum(inner, len(members) - inner) >= params.cut_least_mails)
    for position in inner[fits][np.argsort(-pause[fits], kind="stable")].tolist():
        before, after = members[:position], members[position:]
        long = pause[position - 1] >= params.cut_long_minutes * 60
        if (long and _few_shared_pilots(mails, before, after, params)) or _other_enemies(
            content, before, after, params
        ):
            return int(position)
    return None


def _few_shared_pilots(mails: Mails, before: Int64, after: Int64, params: BattleParams) -> bool:
    earlier, later = _pilots(mails, before), _pilots(mails, after)
    return _shared(earlier, later) < params.cut_most_shared_pilots * min(len(earlier), len(later))


def _pilots(mails: Mails, members: Int64) -> Int64:
    """The distinct pilots on these mails."""
    start = mails.attacker_offset[members]
    rows = ranges(start, mails.attacker_offset[members + 1] - start)
    pilots = distinct(np.concatenate((mails.attacker_character_id[rows], mails.victim_character_id[members])))
    return pilots[np.flatnonzero(pilots)]


def _other_enemies(content: _Content, before: Int64, after: Int64, params: BattleParams) -> bool:
    """Whether each is mostly a fight of two groups, and no two groups fight in both."""
    pairs = []
    for members in (before, after):
        shots = np.sort(content.shots(members) // 2)
        first = starts(shots)
        mails = np.diff(np.append(first, len(shots)))
        if mails.max(initial=0) < max(params.cut_least_mails, params.cut_least_duel * len(members)):
            return False
        pairs.append(shots[first])
    return not _shared(pairs[0], pairs[1])


# Tens of thousands of small arrays are looked at: NumPy's own median and intersect1d take four times as long on such.


def _median(values: Int64) -> float:
    ordered = np.sort(values)
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _shared(one: Int64, other: Int64) -> int:
    """How many values two arrays of distinct ones have in common."""
    both = np.sort(np.concatenate((one, other)))
    return int(np.count_nonzero(both[1:] == both[:-1]))


def _causes(engagement: Int64, links: Links) -> Int64:
    """For each mail the link towards its engagement's first mail, along the tree of strongest links."""
    count = len(engagement)
    cause = np.full(count, -1, np.int64)
    if not len(links):
        return cause
    # Weights are ranks, so that the tree is the same whatever other engagements are present.
    shape = (count + 1, count + 1)
    weight = np.empty(len(links))
    weight[np.argsort(packed(links.evidence, links.seconds, links.earlier, links.later))] = np.arange(1, len(links) + 1)
    index = csr_array((np.arange(1, len(links) + 1), (links.earlier, links.later)), shape=shape)
    tree = minimum_spanning_tree(csr_array((weight, (links.earlier, links.later)), shape=shape)).tocoo()
    first = np.unique(engagement, return_index=True)[1]
    # A root above all first mails lets one search answer for all engagements.
    rows = np.concatenate((tree.row, np.full(len(first), count))).astype(np.int64)
    columns = np.concatenate((tree.col, first)).astype(np.int64)
    ways = np.ones(len(rows), np.int8)
    _, parent = breadth_first_order(csr_array((ways, (rows, columns)), shape=shape), count, directed=False)
    child = np.flatnonzero(parent[:count] != count)
    above = parent[child]
    cause[child] = np.asarray(index[np.minimum(child, above), np.maximum(child, above)]).ravel() - 1
    return cause


@dataclass(frozen=True)
class Standing:
    """How a side of an engagement came out, as far as the engagement's kind depends on it."""

    pilots: int
    ships_lost: int
    """To players."""
    ships_destroyed: float
    groups_hit: int
    """Groups of the side that lost ships."""


def kind_of(sides: Sequence[Standing], structures_lost: int, police_losses: int, params: BattleParams) -> Kind:
    """What sort of fight it was; the first rule that fits.

    * one-sided: the side that destroyed most lost at most `hunt_most_own_losses` of what it destroyed, or one ship.
    * gank: one-sided, and CONCORD came.
    * structure_bash: a structure was lost, and it was one-sided or one side had twice the pilots of all others.
    * camp: one-sided, several ships lost, and most of the victims are strangers to each other.
    * battle: enough ships lost, enough pilots, and two sides that both lost and destroyed.
    * gank: one-sided, one ship.
    * skirmish: everything else.
    """
    pilots = sum(side.pilots for side in sides)
    ships_lost = sum(side.ships_lost for side in sides)
    hunters = max(sides, key=lambda side: side.ships_destroyed, default=Standing(0, 0, 0.0, 0))
    prey = ships_lost - hunters.ships_lost
    strangers = sum(side.groups_hit for side in sides) - hunters.groups_hit
    one_sided = hunters.ships_lost <= max(1, params.hunt_most_own_losses * prey) and hunters.ships_lost < max(prey, 1)
    if one_sided and police_losses:
        return Kind.GANK
    if structures_lost and (one_sided or max(side.pilots for side in sides) * 3 > pilots * 2):
        return Kind.STRUCTURE_BASH
    if one_sided and strangers >= 2 and strangers >= params.camp_least_strangers * prey:
        return Kind.CAMP
    mutual = sum(side.ships_lost > 0 and side.ships_destroyed > 0 for side in sides) >= 2
    if mutual and ships_lost >= params.battle_least_ships_lost and pilots >= params.battle_least_pilots:
        return Kind.BATTLE
    return Kind.GANK if one_sided and prey <= 1 else Kind.SKIRMISH
