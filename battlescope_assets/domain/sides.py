"""Who stood on which side of an engagement: a signed graph over groups, and the partition that fits it best."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.groups import attacker_groups, victim_groups
from battlescope_assets.domain.mails import NO_ID, Float64, Int64, Mails

UNALIGNED = 0
"""The side of groups that nothing ties to a side."""
NO_ROW = -1
LEAST_GAIN = 1e-9
"""A smaller gain is rounding."""


@dataclass(frozen=True)
class Sides:
    """The groups of every engagement with their sides, one row per engagement and group, ordered by both."""

    engagement: Int64
    group_id: Int64
    side: Int64
    """From 1; `UNALIGNED` for groups without ties."""
    confidence: Float64
    """0-1: by what share of all its ties the group fits its side better than the next best."""
    second_best_side: Int64
    """`UNALIGNED` where there is no other side."""
    attacker_row: Int64
    """For each attacker row of the mails, the row of its group here; `NO_ROW` for NPCs."""
    victim_row: Int64
    """For each mail, the row of its victim's group here; `NO_ROW` for what no player lost."""


@dataclass(frozen=True)
class _Ties:
    """Weights between rows of the same engagement, each pair in both directions, ordered by (first, second)."""

    first: Int64
    second: Int64
    weight: Float64
    """Positive attracts, negative repels."""


def find_sides(mails: Mails, engagement: Int64, params: BattleParams) -> Sides:
    """Splits the groups of every engagement into sides, any number of them.

    Each mail spreads a weight of one over its attackers, half by heads and half by damage. Groups that attack together
    attract each other by the product of their weights on the mail, attacker and victim repel each other by the
    attacker's weight, and groups shot by the same groups attract each other a little. Sides are where attraction less
    repulsion within is greatest (correlation clustering): the two sets that attract each other most are joined until
    none do, then groups move one at a time while that gains anything. An accident between friends weighs no more than
    the one mail it is on, so it does not part them.

    Args:
        engagement: per mail.

    Returns:
        Sides numbered by pilots, then ISK lost, then smallest group id.
    """
    rows, attacker_row, victim_row = _rows(mails, engagement)
    ties = _ties(mails, attacker_row, victim_row, len(rows), params)
    cluster = _improved(rows[:, 0], _agglomerated(len(rows), ties), ties)
    side = _numbered(mails, rows, cluster, attacker_row, victim_row)
    tied = np.zeros(len(rows), np.bool_)
    tied[ties.first] = True
    side = np.where(tied, side, UNALIGNED)
    confidence, second_best = _margins(side, ties)
    return Sides(rows[:, 0], rows[:, 1], side, confidence, second_best, attacker_row, victim_row)


def _rows(mails: Mails, engagement: Int64) -> tuple[Int64, Int64, Int64]:
    """The (engagement, group) pairs in order, and which of them each attacker row and each victim is."""
    attackers, victims, mail = attacker_groups(mails), victim_groups(mails), mails.attacker_mail
    shooting, losing = np.flatnonzero(attackers != NO_ID), np.flatnonzero(victims != NO_ID)
    groups, group = np.unique(np.concatenate((attackers[shooting], victims[losing])), return_inverse=True)
    fight = np.concatenate((engagement[mail[shooting]], engagement[losing]))
    keys, row = np.unique(fight * len(groups) + group, return_inverse=True)
    attacker_row, victim_row = np.full(len(mail), NO_ROW, np.int64), np.full(len(mails), NO_ROW, np.int64)
    attacker_row[shooting], victim_row[losing] = row[: len(shooting)], row[len(shooting) :]
    return np.stack((keys // max(len(groups), 1), groups[keys % max(len(groups), 1)]), axis=1), attacker_row, victim_row


def _ties(mails: Mails, attacker_row: Int64, victim_row: Int64, count: int, params: BattleParams) -> _Ties:
    players = np.flatnonzero(attacker_row != NO_ROW)
    mail = mails.attacker_mail[players]
    damage = np.maximum(mails.damage_done[players], 0).astype(np.float64)
    heads = np.bincount(mail, minlength=len(mails))[mail]
    total = np.bincount(mail, damage, minlength=len(mails))[mail]
    weight = (1 / heads + np.where(total > 0, damage / np.maximum(total, 1), 1 / heads)) / 2
    shots = csr_array((weight, (mail, attacker_row[players])), shape=(len(mails), count))
    lost = np.flatnonzero(victim_row != NO_ROW)
    losses = csr_array((np.ones(len(lost)), (lost, victim_row[lost])), shape=(len(mails), count))
    hostile = csr_array(shots.T @ losses)
    given = np.asarray(hostile.sum(axis=1)).ravel()
    relative = hostile.multiply(1 / np.maximum(given, LEAST_GAIN)[:, None])
    attraction = shots.T @ shots + params.common_enemy_weight * (relative.T @ hostile)
    ties = csr_array(attraction - params.hostility_weight * (hostile + hostile.T)).tocoo()
    between = ties.row != ties.col
    first, second = ties.row[between].astype(np.int64), ties.col[between].astype(np.int64)
    order = np.lexsort((second, first))
    return _Ties(first[order], second[order], ties.data[between][order])


def _summed(first: Int64, second: Int64, weight: Float64, size: int) -> tuple[Int64, Int64, Float64]:
    """The sums of weights per pair, ordered by pair."""
    pairs, index = np.unique(first * size + second, return_inverse=True)
    return pairs // max(size, 1), pairs % max(size, 1), np.bincount(index, weight, minlength=len(pairs))


def _agglomerated(count: int, ties: _Ties) -> Int64:
    """For each row the smallest row of its set, after joining sets that attract each other most, in all engagements at once."""
    cluster = np.arange(count)
    first, second, weight = ties.first, ties.second, ties.weight
    while (weight > LEAST_GAIN).any():
        attracting = np.flatnonzero(weight > LEAST_GAIN)
        order = attracting[np.lexsort((second[attracting], -weight[attracting], first[attracting]))]
        leading = order[np.concatenate(([True], first[order][1:] != first[order][:-1]))]
        best = np.arange(count)
        best[first[leading]] = second[leading]
        mutual = best[best] == np.arange(count)
        merged = np.where(mutual, np.minimum(np.arange(count), best), np.arange(count))
        cluster = merged[cluster]
        first, second, weight = _summed(merged[first], merged[second], weight, count)
        between = first != second
        first, second, weight = first[between], second[between], weight[between]
    return cluster


def _improved(engagement: Int64, cluster: Int64, ties: _Ties) -> Int64:
    """Moves, in each engagement, the one row that gains most by joining another set or none, while any gains."""
    count = len(cluster)
    cluster = cluster.copy()
    active = np.ones(len(ties.first), np.bool_)
    # Every move raises the fit, so this ends; the bound is for sums so close that rounding decides.
    for _ in range(count):
        first, second, weight = ties.first[active], ties.second[active], ties.weight[active]
        row, target, fit = _summed(first, cluster[second], weight, 2 * count)
        stay = np.zeros(count)
        own = target == cluster[row]
        stay[row[own]] = fit[own]
        rows = np.unique(row)
        # Leaving for a set of one's own gains what staying costs; numbers from `count` on name such sets.
        alone = rows[np.isin(count + rows, cluster, invert=True)]
        row = np.concatenate((row[~own], alone))
        target = np.concatenate((target[~own], count + alone))
        gain = np.concatenate((fit[~own], np.zeros(len(alone)))) - stay[row]
        better = np.flatnonzero(gain > LEAST_GAIN)
        if not len(better):
            break
        order = better[np.lexsort((target[better], row[better], -gain[better], engagement[row[better]]))]
        fight = engagement[row[order]]
        chosen = order[np.concatenate(([True], fight[1:] != fight[:-1]))]
        cluster[row[chosen]] = target[chosen]
        active &= np.isin(engagement[ties.first], fight)
    return np.unique(cluster, return_inverse=True)[1]


def _numbered(mails: Mails, rows: Int64, cluster: Int64, attacker_row: Int64, victim_row: Int64) -> Int64:
    """Sides from 1 in each engagement, by pilots, then ISK lost, then smallest group id."""
    attacks = np.flatnonzero((attacker_row != NO_ROW) & (mails.attacker_character_id != NO_ID))
    losses = np.flatnonzero((victim_row != NO_ROW) & (mails.victim_character_id != NO_ID))
    pilots, pilot = np.unique(
        np.concatenate((mails.attacker_character_id[attacks], mails.victim_character_id[losses])), return_inverse=True
    )
    present = np.unique(np.concatenate((attacker_row[attacks], victim_row[losses])) * max(len(pilots), 1) + pilot)
    heads = np.bincount(cluster[present // max(len(pilots), 1)], minlength=len(rows))
    lost = np.flatnonzero(victim_row != NO_ROW)
    isk = np.bincount(cluster[victim_row[lost]], (mails.destroyed_isk + mails.dropped_isk)[lost], minlength=len(rows))
    first = np.unique(cluster, return_index=True)[1]
    sets = np.arange(len(first))
    order = np.lexsort((rows[first, 1], -isk[sets], -heads[sets], rows[first, 0]))
    start = np.searchsorted(rows[first, 0][order], rows[first, 0][order])
    number = np.empty(len(sets), np.int64)
    number[order] = np.arange(len(sets)) - start + 1
    return number[cluster]


def _margins(side: Int64, ties: _Ties) -> tuple[Float64, Int64]:
    """Confidence and second-best side of each row."""
    count = len(side)
    row, other, fit = _summed(ties.first, side[ties.second], ties.weight, max(count, int(side.max(initial=0)) + 1))
    own = other == side[row]
    stay = np.bincount(row[own], fit[own], minlength=count)
    rivals = np.flatnonzero(~own & (other != UNALIGNED))
    order = rivals[np.lexsort((other[rivals], -fit[rivals], row[rivals]))]
    best = order[np.concatenate(([True], row[order][1:] != row[order][:-1]))] if len(order) else order
    second_best, leave = np.zeros(count, np.int64), np.zeros(count)
    second_best[row[best]], leave[row[best]] = other[best], fit[best]
    all_ties = np.bincount(ties.first, np.abs(ties.weight), minlength=count)
    confidence = (stay - leave) / np.maximum(all_ties, LEAST_GAIN)
    return np.where(side == UNALIGNED, 0.0, np.clip(confidence, 0.0, 1.0)), second_best
