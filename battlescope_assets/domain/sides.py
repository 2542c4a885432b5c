"""Who stood on which side of an engagement: a signed graph over groups, and the partition that fits it best."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.groups import attacker_groups, victim_groups
from battlescope_assets.domain.keys import distinct, distinct_rows, numbered, starts, sums
from battlescope_assets.domain.mails import NO_ID, Bool, Float64, Int64, Mails

UNALIGNED = 0
"""The side of groups that nothing ties to a side."""
NO_ROW = -1
LEAST_GAIN = 1e-9
"""A smaller gain is rounding."""


@dataclass(frozen=True)
class Sides:
    """The groups of every engagement with their sides, ordered by (engagement, group id).

    A group has one row, or one per pilot if it fought on several sides.
    """

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
class _Rows:
    """Groups by engagement, as in `Sides`, and who belongs to them."""

    engagement: Int64
    group_id: Int64
    attacker_row: Int64
    victim_row: Int64

    def __len__(self) -> int:
        return len(self.engagement)


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
    attacker's weight, and groups shot by the same groups attract each other too. Sides are where attraction less
    repulsion within is greatest (correlation clustering): the two sets that attract each other most are joined until
    none do, then groups move one at a time while that gains anything. An accident between friends weighs no more than
    the one mail it is on, so it does not part them. Groups that still fight themselves or their own side, or fight both
    with and against the same sides, are no unit: their pilots are then looked at one by one, and sides are sought once
    more.

    Sides are numbered by pilots, then ISK lost, then smallest group id. `engagement` is per mail.
    """
    nobody = np.zeros(len(mails.damage_done), np.int64), np.zeros(len(mails), np.int64)
    sides, divided = _sides(mails, engagement, *nobody, params)
    again = np.zeros(int(engagement.max(initial=-1)) + 1, np.bool_)
    again[sides.engagement[divided]] = True
    members = np.flatnonzero(again[engagement])
    if not len(members):
        return sides
    attackers = np.flatnonzero(again[engagement][mails.attacker_mail])
    attacker_apart = np.where(divided[sides.attacker_row], mails.attacker_character_id, NO_ID)[attackers]
    victim_apart = np.where(divided[sides.victim_row], mails.victim_character_id, NO_ID)[members]
    better, _ = _sides(mails.take(members), engagement[members], attacker_apart, victim_apart, params)
    return _replaced(sides, better, again, attackers, members)


def _sides(
    mails: Mails, engagement: Int64, attacker_apart: Int64, victim_apart: Int64, params: BattleParams
) -> tuple[Sides, Bool]:
    """Sides, and which of their rows are no unit."""
    rows = _rows(mails, engagement, attacker_apart, victim_apart)
    hostile, joint, ties = _ties(mails, rows, params)
    cluster = _improved(rows.engagement, _agglomerated(rows.engagement, ties), ties)
    tied = np.zeros(len(rows), np.bool_)
    tied[ties.first] = True
    side = np.where(tied, _numbered(mails, rows, cluster, tied), UNALIGNED)
    confidence, second_best = _margins(side, ties)
    sides = Sides(rows.engagement, rows.group_id, side, confidence, second_best, rows.attacker_row, rows.victim_row)
    return sides, _fights_its_own(cluster, hostile, params) | _is_torn(cluster, hostile, joint, params)


def _replaced(sides: Sides, better: Sides, again: Bool, attackers: Int64, members: Int64) -> Sides:
    """The sides with those of some engagements replaced.

    `again` tells per engagement whether it is; `attackers` and `members` are their attacker rows and mails.
    """
    kept = np.flatnonzero(~again[sides.engagement])
    columns = (
        np.concatenate((getattr(sides, name)[kept], getattr(better, name)))
        for name in ("engagement", "group_id", "side", "confidence", "second_best_side")
    )
    engagement, *others = columns
    order = np.argsort(engagement, kind="stable")
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    old = np.full(len(sides.engagement), NO_ROW, np.int64)
    old[kept] = number[: len(kept)]
    new = number[len(kept) :]

    def renumbered(rows: Int64, replaced: Int64, replacement: Int64) -> Int64:
        result = np.where(rows == NO_ROW, NO_ROW, old[rows])
        result[replaced] = np.where(replacement == NO_ROW, NO_ROW, new[replacement])
        return result

    group_id, side, confidence, second_best = (column[order] for column in others)
    return Sides(
        engagement[order],
        group_id,
        side,
        confidence,
        second_best,
        renumbered(sides.attacker_row, attackers, better.attacker_row),
        renumbered(sides.victim_row, members, better.victim_row),
    )


def _rows(mails: Mails, engagement: Int64, attacker_apart: Int64, victim_apart: Int64) -> _Rows:
    """One row per engagement, group, and pilot looked at apart from his group (`NO_ID` for the rest of the group)."""
    attackers, victims, mail = attacker_groups(mails), victim_groups(mails), mails.attacker_mail
    shooting, losing = np.flatnonzero(attackers != NO_ID), np.flatnonzero(victims != NO_ID)
    fight = np.concatenate((engagement[mail[shooting]], engagement[losing]))
    group = np.concatenate((attackers[shooting], victims[losing]))
    apart = np.concatenate((attacker_apart[shooting], victim_apart[losing]))
    (fight, group, _), row = distinct_rows(fight, group, apart)
    attacker_row, victim_row = np.full(len(mail), NO_ROW, np.int64), np.full(len(mails), NO_ROW, np.int64)
    attacker_row[shooting], victim_row[losing] = row[: len(shooting)], row[len(shooting) :]
    return _Rows(fight, group, attacker_row, victim_row)


def _attacker_weight(mails: Mails, rows: _Rows) -> Float64:
    """Each attacker's share of his mail, half by heads and half by damage; 0 for NPCs and the victim himself."""
    mail, character = mails.attacker_mail, mails.attacker_character_id
    himself = (character != NO_ID) & (character == mails.victim_character_id[mail])
    player = ((rows.attacker_row != NO_ROW) & ~himself).astype(np.float64)
    damage = np.maximum(mails.damage_done, 0) * player
    heads = sums(mail, player, len(mails))[mail]
    total = sums(mail, damage, len(mails))[mail]
    by_heads = player / np.maximum(heads, 1)
    weight: Float64 = (by_heads + np.where(total > 0, damage / np.maximum(total, 1), by_heads)) / 2
    return weight


def _matrix(mail: Int64, column: Int64, weight: Float64, shape: tuple[int, int]) -> csr_array:
    use = column != NO_ROW
    return csr_array((weight[use], (mail[use], column[use])), shape=shape)


def _ties(mails: Mails, rows: _Rows, params: BattleParams) -> tuple[csr_array, csr_array, _Ties]:
    """Who shot whom (attacker, victim) and who shot together, in mails, and the ties that follow from it."""
    shape = (len(mails), len(rows))
    weight = _attacker_weight(mails, rows)
    shots = _matrix(mails.attacker_mail, rows.attacker_row, weight, shape)
    losses = _matrix(np.arange(len(mails)), rows.victim_row, np.ones(len(mails)), shape)
    hostile = csr_array(shots.T @ losses)
    given = np.asarray(hostile.sum(axis=1)).ravel()
    relative = csr_array(hostile.multiply(1 / np.maximum(given, LEAST_GAIN)[:, None]))
    joint = csr_array(shots.T @ shots)
    attraction = joint + params.common_enemy_weight * (relative.T @ hostile)
    ties = csr_array(attraction - params.hostility_weight * (hostile + hostile.T))
    ties.sort_indices()
    listed = ties.tocoo()
    between = listed.row != listed.col
    first, second = listed.row[between].astype(np.int64), listed.col[between].astype(np.int64)
    return hostile, joint, _Ties(first, second, listed.data[between])


def _summed(first: Int64, second: Int64, weight: Float64, size: int) -> tuple[Int64, Int64, Float64]:
    """The sums of weights per pair, ordered by pair; numbers in `second` are below `size`."""
    pairs, index = np.unique(first * size + second, return_inverse=True)
    return pairs // max(size, 1), pairs % max(size, 1), sums(index, weight, len(pairs))


def _agglomerated(engagement: Int64, ties: _Ties) -> Int64:
    """For each row the smallest row of its set, after joining sets that attract each other most, everywhere at once."""
    numbers = np.arange(len(engagement))
    cluster = numbers
    first, second, weight = ties.first, ties.second, ties.weight
    while (attracting := weight > LEAST_GAIN).any():
        unfinished = np.zeros(int(engagement[-1]) + 1, np.bool_)
        unfinished[engagement[first[attracting]]] = True
        use = unfinished[engagement[first]]
        first, second, weight = first[use], second[use], weight[use]
        begin = starts(first)
        most = np.maximum.reduceat(weight, begin)
        chosen = np.flatnonzero(weight == np.repeat(most, np.diff(np.append(begin, len(first)))))
        chosen = chosen[starts(first[chosen])]
        chosen = chosen[weight[chosen] > LEAST_GAIN]
        best = numbers.copy()
        best[first[chosen]] = second[chosen]
        paired = best[best] == numbers
        merged = np.where(paired, np.minimum(numbers, best), numbers)
        # Whoever is drawn most to one of a pair joins as well, or a large set would draw in its own one by one.
        merged = np.where(paired[best], merged[best], merged)
        cluster = merged[cluster]
        first, second, weight = _summed(merged[first], merged[second], weight, len(numbers))
        between = first != second
        first, second, weight = first[between], second[between], weight[between]
    return cluster


def _improved(engagement: Int64, cluster: Int64, ties: _Ties) -> Int64:
    """Moves, in each engagement, the one row that gains most by joining another set or none, while any gains."""
    count = len(cluster)
    cluster = cluster.copy()
    active = np.ones(len(ties.first), np.bool_)
    # Every move raises the fit by more than rounding, so this ends.
    while True:
        first, second, weight = ties.first[active], ties.second[active], ties.weight[active]
        row, target, fit = _summed(first, cluster[second], weight, 2 * count)
        own = target == cluster[row]
        stay = np.zeros(count)
        stay[row[own]] = fit[own]
        # Leaving for a set of one's own gains what staying costs; numbers from `count` on name such sets.
        alone = distinct(row)
        alone = alone[np.isin(count + alone, cluster, invert=True)]
        row, target = np.concatenate((row[~own], alone)), np.concatenate((target[~own], count + alone))
        gain = np.concatenate((fit[~own], np.zeros(len(alone)))) - stay[row]
        better = np.flatnonzero(gain > LEAST_GAIN)
        if not len(better):
            return numbered(cluster)
        order = better[np.lexsort((target[better], row[better], -gain[better], engagement[row[better]]))]
        fight = engagement[row[order]]
        chosen = order[np.concatenate(([True], fight[1:] != fight[:-1]))]
        cluster[row[chosen]] = target[chosen]
        active &= np.isin(engagement[ties.first], fight)


def _fights_its_own(cluster: Int64, hostile: csr_array, params: BattleParams) -> Bool:
    """Which rows fought themselves or their own set on too much of what they did and suffered."""
    shots = hostile.tocoo()
    rows = np.concatenate((shots.row, shots.col)).astype(np.int64)
    weight = np.tile(shots.data, 2)
    within = np.tile(cluster[shots.row] == cluster[shots.col], 2)
    every, own = sums(rows, weight, len(cluster)), sums(rows, weight * within, len(cluster))
    return (own >= params.divided_least_weight) & (own >= params.divided_least_share * every)


def _is_torn(cluster: Int64, hostile: csr_array, joint: csr_array, params: BattleParams) -> Bool:
    """Which rows fought with and against the same sets, themselves left out, on too much of what they did."""
    numbers = np.arange(len(cluster))

    def by_set(between: csr_array) -> csr_array:
        own = csr_array((between.diagonal(), (numbers, cluster)), shape=between.shape)
        return csr_array(between @ csr_array((np.ones(len(cluster)), (numbers, cluster)), shape=between.shape) - own)

    along, against = by_set(joint), by_set(csr_array(hostile + hostile.T))
    both = np.asarray(along.minimum(against).sum(axis=1)).ravel()
    every = np.asarray((along + against).sum(axis=1)).ravel()
    torn: Bool = (both >= params.torn_least_weight) & (both >= params.torn_least_share * every)
    return torn


def _numbered(mails: Mails, rows: _Rows, cluster: Int64, tied: Bool) -> Int64:
    """Sides from 1 in each engagement, by pilots, then ISK lost, then smallest group id."""
    attacks = (rows.attacker_row != NO_ROW) & (mails.attacker_character_id != NO_ID)
    losses = (rows.victim_row != NO_ROW) & (mails.victim_character_id != NO_ID)
    who = np.concatenate((mails.attacker_character_id[attacks], mails.victim_character_id[losses]))
    ids, number = np.unique(who, return_inverse=True)
    row = np.concatenate((rows.attacker_row[attacks], rows.victim_row[losses]))
    present = distinct(cluster[row] * max(len(ids), 1) + number)
    first = np.unique(cluster, return_index=True)[1]
    pilots = np.bincount(present // max(len(ids), 1), minlength=len(first))
    lost = rows.victim_row != NO_ROW
    value = (mails.destroyed_isk + mails.dropped_isk)[lost]
    isk = sums(cluster[rows.victim_row[lost]], value, len(first))
    fight = rows.engagement[first]
    # Who has no ties gets no side, and takes no number.
    order = np.lexsort((rows.group_id[first], -isk, -pilots, ~tied[first], fight))
    number_of = np.empty(len(first), np.int64)
    number_of[order] = np.arange(len(first)) - np.searchsorted(fight[order], fight[order]) + 1
    return number_of[cluster]


def _margins(side: Int64, ties: _Ties) -> tuple[Float64, Int64]:
    """Confidence and second-best side of each row."""
    count = len(side)
    row, other, fit = _summed(ties.first, side[ties.second], ties.weight, int(side.max(initial=0)) + 1)
    own = other == side[row]
    stay, leave = sums(row[own], fit[own], count), np.zeros(count)
    rivals = np.flatnonzero(~own & (other != UNALIGNED))
    order = rivals[np.lexsort((other[rivals], -fit[rivals], row[rivals]))]
    best = order[np.concatenate(([True], row[order][1:] != row[order][:-1]))[: len(order)]]
    second_best = np.full(count, UNALIGNED, np.int64)
    second_best[row[best]], leave[row[best]] = other[best], fit[best]
    all_ties = sums(ties.first, np.abs(ties.weight), count)
    confidence = np.clip((stay - leave) / np.maximum(all_ties, LEAST_GAIN), 0.0, 1.0)
    return np.where(side == UNALIGNED, 0.0, confidence), second_best
