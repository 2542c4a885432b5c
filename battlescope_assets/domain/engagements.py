"""Sets of mails that links hold together, where such a set is cut, and its kind; who stood on which side is `sides`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, minimum_spanning_tree

from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.groups import attacker_groups, npc_only, victim_groups
from battlescope_assets.domain.linking import Links, fight_links, joined, session_links
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
    links: Links
    """The links that hold engagements together."""
    cause: Int64
    """Per mail: index of the link in `links` that ties it towards its engagement's first mail; -1 for that mail itself."""


def memberships(mails: Mails, world: CombatWorld, params: BattleParams) -> Membership:
    """Connected components of the links, hunts gathered into sessions, and cut where nothing but a pause joins them."""
    links = fight_links(mails, world, params)
    fights = _components(len(mails), links)
    links = joined(links, session_links(mails, ~_two_sided(mails, fights)[fights], params))
    engagement = _cut(mails, _components(len(mails), links), params)
    links = links.take(engagement[links.earlier] == engagement[links.later])
    engagement = _components(len(mails), links)
    return Membership(engagement, links, _causes(engagement, links))


def _components(count: int, links: Links) -> Int64:
    graph = csr_array((np.ones(len(links), np.int8), (links.earlier, links.later)), shape=(count, count))
    labels = connected_components(graph, directed=False)[1]
    return _numbered(labels)


def _numbered(labels: Int64) -> Int64:
    """The same sets, numbered in the order of their first members."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _two_sided(mails: Mails, fights: Int64) -> Bool:
    """For each fight, whether two of its groups shot each other, on two mails either way."""
    fight, low, high, low_shot, _ = _hostilities(mails, fights)
    sides, kills = np.unique(np.stack((fight, low, high, low_shot)), axis=1, return_counts=True)
    sides = sides[:, kills >= 2]
    mutual = (sides[:3, 1:] == sides[:3, :-1]).all(axis=0)
    two_sided = np.zeros(int(fights.max(initial=-1)) + 1, np.bool_)
    two_sided[sides[0, 1:][mutual]] = True
    return two_sided


def _hostilities(mails: Mails, fights: Int64) -> Int64:
    """Distinct (fight, smaller group, larger group, whether the smaller shot, mail) as columns of shape (5, rows)."""
    group = attacker_groups(mails)
    enemy = np.where(npc_only(mails), NO_ID, victim_groups(mails))[mails.attacker_mail]
    use = (group != NO_ID) & (enemy != NO_ID) & (group != enemy)
    mail, group, enemy = mails.attacker_mail[use], group[use], enemy[use]
    columns = (fights[mail], np.minimum(group, enemy), np.maximum(group, enemy), (group < enemy).astype(np.int64), mail)
    return np.unique(np.stack(columns), axis=1)


def _cut(mails: Mails, engagement: Int64, params: BattleParams) -> Int64:
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
        position = _weakest_pause(mails, members, params)
        if position is not None:
            work += [members[:position], members[position:]]
            cut[members[position:]] = free
            free += 1
    return _numbered(cut)


def _weakest_pause(mails: Mails, members: Int64, params: BattleParams) -> int | None:
    """The position after the longest pause that cuts these mails (of equal ones the first); None: nothing cuts them."""
    pause = np.diff(mails.time_seconds[members])
    least = max(params.cut_least_minutes * 60, params.cut_median_pauses * float(np.median(pause)))
    inner = np.arange(1, len(members))
    fits = (pause >= least) & (np.minimum(inner, len(members) - inner) >= params.cut_least_mails)
    for position in inner[fits][np.argsort(-pause[fits], kind="stable")].tolist():
        before, after = mails.take(members[:position]), mails.take(members[position:])
        long = pause[position - 1] >= params.gap_max_minutes * 60
        if (long and _few_shared_pilots(before, after, params)) or _other_enemies(before, after):
            return int(position)
    return None


def _few_shared_pilots(before: Mails, after: Mails, params: BattleParams) -> bool:
    pilots = [np.unique(np.concatenate((part.attacker_character_id, part.victim_character_id))) for part in (before, after)]
    shared = np.intersect1d(*(ids[ids != NO_ID] for ids in pilots), assume_unique=True)
    return len(shared) < params.cut_most_shared_pilots * min(map(len, pilots))


def _other_enemies(before: Mails, after: Mails) -> bool:
    """Whether both are fights of two sides, and no two groups fight in both."""
    pairs = []
    for part in (before, after):
        one = np.zeros(len(part), np.int64)
        if not _two_sided(part, one)[0]:
            return False
        pairs.append({*zip(*_hostilities(part, one)[1:3].tolist(), strict=True)})
    return pairs[0].isdisjoint(pairs[1])


def _causes(engagement: Int64, links: Links) -> Int64:
    """For each mail the link towards its engagement's first mail, along the tree of strongest links."""
    count = len(engagement)
    cause = np.full(count, -1, np.int64)
    if not len(links):
        return cause
    # Weights are ranks, so that the tree is the same whatever other engagements are present.
    shape = (count + 1, count + 1)
    weight = np.arange(1, len(links) + 1, dtype=np.float64)
    tree = minimum_spanning_tree(csr_array((weight, (links.earlier, links.later)), shape=shape)).tocoo()
    first = np.unique(engagement, return_index=True)[1]
    # A root above all first mails lets one search answer for all engagements.
    rows, columns = np.concatenate((tree.row, np.full(len(first), count))), np.concatenate((tree.col, first))
    rooted = csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    _, parent = breadth_first_order(rooted, count, directed=False)
    rank = csr_array((weight, (links.earlier, links.later)), shape=shape)
    child = np.flatnonzero(parent[:count] != count)
    above = parent[child]
    cause[child] = np.asarray(rank[np.minimum(child, above), np.maximum(child, above)]).ravel().astype(np.int64) - 1
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
    * camp: one-sided, several ships lost, and most of the victims are strangers to each other.
    * structure_bash: a structure was lost, and one side had twice the pilots of all others.
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
    if one_sided and strangers >= 2 and strangers >= params.camp_least_strangers * prey:
        return Kind.CAMP
    if structures_lost and max(side.pilots for side in sides) * 3 > pilots * 2:
        return Kind.STRUCTURE_BASH
    mutual = sum(side.ships_lost > 0 and side.ships_destroyed > 0 for side in sides) >= 2
    if mutual and ships_lost >= params.battle_least_ships_lost and pilots >= params.battle_least_pilots:
        return Kind.BATTLE
    return Kind.GANK if one_sided and prey <= 1 else Kind.SKIRMISH
