"""Sets of mails that links hold together, where such a set is cut, and its kind; who stood on which side is `sides`."""

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
    """For each fight, whether two of its groups have shot each other."""
    group = attacker_groups(mails)
    enemy = np.where(npc_only(mails), NO_ID, victim_groups(mails))[mails.attacker_mail]
    use = (group != NO_ID) & (enemy != NO_ID) & (group != enemy)
    fight, group, enemy = fights[mails.attacker_mail[use]], group[use], enemy[use]
    mail = mails.attacker_mail[use]
    shots = np.unique(np.stack((fight, np.minimum(group, enemy), np.maximum(group, enemy), group < enemy, mail), axis=1), axis=0)
    pairs, kills = np.unique(shots[:, :4], axis=0, return_counts=True)
    pairs = pairs[kills >= 2]
    both = (pairs[1:, :3] == pairs[:-1, :3]).all(axis=1)
    two_sided = np.zeros(int(fights.max(initial=-1)) + 1, np.bool_)
    two_sided[pairs[1:][both][:, 0]] = True
    return two_sided


def _cut(mails: Mails, engagement: Int64, params: BattleParams) -> Int64:
    return engagement


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


def kind_of(
    ships_lost: tuple[tuple[int, int, float, int], ...],
    pilots: int,
    structures_lost: int,
    police_losses: int,
    params: BattleParams,
) -> Kind:
    return Kind.SKIRMISH
