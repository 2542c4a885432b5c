"""Scores clusters of mails and pilots' sides against truth; where truth and answers come from does not belong here.

Truth has two nested readings: two mails belong together where they share `battle` (narrow), apart where their
`battle_wide` differs, and a pair between the two is not judged. A mail of no battle stands alone. Mails that are not
`strict` are not judged at all.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from battlescope_assets.domain.engagements import Kind

Int64 = NDArray[np.int64]

KINDS_OF_STRANGERS = frozenset({"camp", "gank", "roam", "noise"})
"""Truth's kinds whose victims are strangers to one another: all that can be asked is who was on side 0 and who not."""
THREE_SIDED = "three"
"""Truth's kind of fights between three groups."""
FIGHTS = frozenset({Kind.BATTLE, Kind.SKIRMISH})
KINDS_EXPECTED = {
    "camp": frozenset({Kind.CAMP, Kind.GANK}),  # a camp with one victim cannot be told from a gank
    "gank": frozenset({Kind.GANK}),
    "structure": frozenset({Kind.STRUCTURE_BASH}),
    "roam": FIGHTS | {Kind.CAMP, Kind.GANK},  # what it meets decides
}
"""Kinds an engagement may have by truth's kind; a scenario not named here is a fight between sides: `FIGHTS`."""


class TrueMail(msgspec.Struct, frozen=True, gc=False):
    """What is true of a mail; the row of a truth file has further fields."""

    killmail_id: int
    kind: str
    battle: str | None
    battle_wide: str | None
    strict: bool
    sides: dict[int, int]
    """Side by character id; -1 is neutral."""


@dataclass(frozen=True)
class Answer:
    """What a method makes of mails."""

    clusters: Mapping[int, int]
    """Cluster by killmail id; a mail in none is left out."""
    sides: Mapping[int, Mapping[int, int]] | None = None
    """Side by character id, by cluster; None of a method that tells no sides."""
    kinds: Mapping[int, str] = field(default_factory=dict)
    """Kind by cluster, where the method names one."""


@dataclass(frozen=True)
class ClusterScore:
    """How well mails were put together."""

    mails: int
    battles: int
    """Of the narrow reading, of two mails and more."""
    precision: float
    """Of the pairs put together, the share that may be."""
    recall: float
    """Of the pairs that must be together, the share that is."""
    precision_per_mail: float
    """Mean share of a mail's cluster that may be with it (B-cubed)."""
    recall_per_mail: float
    """Mean share of a mail's battle that is with it (B-cubed)."""
    exact: int
    """Battles that are whole in a cluster with nothing in it that must be apart."""
    split: int
    """Battles in several clusters."""
    joined: int
    """Battles with a mail in a cluster that also has what must be apart from it."""
    astray: int
    """Mails outside the cluster that has most of their battle."""

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall over pairs; None without battles."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9) if self.battles else None

    @property
    def exact_share(self) -> float | None:
        """Share of battles that are exact; None without battles."""
        return self.exact / self.battles if self.battles else None


@dataclass(frozen=True)
class SideScore:
    """How many pilots are on their true side, when sides are matched as well as can be."""

    right: int
    pilots: int

    @property
    def accuracy(self) -> float:
        """Share of pilots who are on their side."""
        return self.right / self.pilots


@dataclass(frozen=True)
class Score:
    """Everything scored of one answer."""

    all_mails: ClusterScore
    by_kind: Mapping[str, ClusterScore]
    """By truth's kind, sorted."""
    sides: Mapping[str, SideScore] | None
    """By truth's kind, sorted; None of a method that tells no sides."""
    kinds: Mapping[str, Mapping[str, int]]
    """By truth's kind: how many battles got which kind; "" stands for none."""

    def kinds_as_expected(self, scenario: str) -> int:
        """How many battles of a kind of scenario got a kind that it may have."""
        expected = KINDS_EXPECTED.get(scenario, FIGHTS)
        return sum(number for kind, number in self.kinds[scenario].items() if kind in expected)

    @property
    def two_sided(self) -> SideScore | None:
        """Sides of all battles but those of strangers, as the shared scorer has it: three-sided ones are among them."""
        if self.sides is None:
            return None
        asked = [score for kind, score in self.sides.items() if kind not in KINDS_OF_STRANGERS]
        return SideScore(sum(s.right for s in asked), sum(s.pilots for s in asked)) if asked else None

    @property
    def three_sided(self) -> SideScore | None:
        """Sides of battles between three groups."""
        return self.sides.get(THREE_SIDED) if self.sides is not None else None


def score(truth: Sequence[TrueMail], answer: Answer) -> Score:
    """Scores an answer.

    Args:
        truth: at least one strict mail.
        answer: mails that truth does not have are not looked at.
    """
    strict = [mail for mail in truth if mail.strict]
    table = _Table.of(strict, answer.clusters)
    kinds = np.array([mail.kind for mail in strict])
    battles = _battles(truth)
    named: dict[str, Counter[str]] = defaultdict(Counter)
    for mails in battles:
        home = _home(mails, answer.clusters)
        named[mails[0].kind][answer.kinds.get(home, "") if home is not None else ""] += 1
    return Score(
        all_mails=table.scored(np.ones(len(strict), np.bool_)),
        by_kind={kind: table.scored(kinds == kind) for kind in np.unique(kinds).tolist()},
        sides=_sides(battles, answer) if answer.sides is not None else None,
        kinds={kind: named[kind] for kind in sorted(named)},
    )


@dataclass(frozen=True)
class _Table:
    """Counts per mail; each counts the mail itself."""

    cluster: Int64
    battle: Int64
    in_cluster: Int64
    in_battle: Int64
    found: Int64
    """Mails of its battle in its cluster."""
    allowed: Int64
    """Mails of its wide battle in its cluster."""

    @classmethod
    def of(cls, mails: Sequence[TrueMail], clusters: Mapping[int, int]) -> "_Table":
        narrow = _numbered(mail.battle or mail.killmail_id for mail in mails)
        wide = _numbered(mail.battle_wide or mail.killmail_id for mail in mails)
        cluster = _numbered(
            ("cluster", clusters[mail.killmail_id]) if mail.killmail_id in clusters else mail.killmail_id
            for mail in mails
        )
        return cls(
            cluster=cluster,
            battle=np.where([mail.battle is not None for mail in mails], narrow, -1),
            in_cluster=_counts(cluster),
            in_battle=_counts(narrow),
            found=_counts(narrow, cluster),
            allowed=_counts(wide, cluster),
        )

    def scored(self, chosen: NDArray[np.bool_]) -> ClusterScore:
        """The score of the chosen mails, which are all of their battles' mails, among everything else."""
        fighting = chosen & (self.battle >= 0)
        must, hit = int((self.in_battle - 1)[fighting].sum()) // 2, int((self.found - 1)[fighting].sum()) // 2
        strangers = self.in_cluster - self.allowed
        _, cluster, own = np.unique(self.cluster[chosen], return_inverse=True, return_counts=True)
        # A wrong pair of two chosen mails is counted from both ends, one with another mail from one.
        wrong = int(strangers[chosen].sum() - (own[cluster] - self.allowed[chosen]).sum() // 2)
        battles, first, battle = np.unique(self.battle[fighting], return_index=True, return_inverse=True)
        whole = (self.found == self.in_battle)[fighting][first]
        most = np.zeros(len(battles), np.int64)
        np.maximum.at(most, battle, self.found[fighting])
        joined = np.bincount(battle, weights=strangers[fighting], minlength=len(battles)) > 0
        return ClusterScore(
            mails=int(chosen.sum()),
            battles=len(battles),
            precision=hit / (hit + wrong) if hit + wrong else 1.0,
            recall=hit / must if must else 1.0,
            precision_per_mail=float(np.mean((self.allowed / self.in_cluster)[chosen])),
            recall_per_mail=float(np.mean((self.found / self.in_battle)[fighting])) if len(battles) else 1.0,
            exact=int((whole & ~joined).sum()),
            split=int((~whole).sum()),
            joined=int(joined.sum()),
            astray=int((self.in_battle[fighting][first] - most).sum()),
        )


def _numbered(labels: Iterable[Hashable]) -> Int64:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], np.int64)


def _counts(*labels: Int64) -> Int64:
    """Per row, how many rows have the same labels."""
    _, row, counts = np.unique(np.stack(labels), axis=1, return_inverse=True, return_counts=True)
    return counts[row].astype(np.int64)


def _battles(truth: Iterable[TrueMail]) -> list[list[TrueMail]]:
    """The mails of each narrow battle, those not strict included."""
    battles: dict[str, list[TrueMail]] = defaultdict(list)
    for mail in truth:
        if mail.battle is not None:
            battles[mail.battle].append(mail)
    return list(battles.values())


def _home(mails: Iterable[TrueMail], clusters: Mapping[int, int]) -> int | None:
    """The cluster that has most of the mails; of several, the one met first; None if no mail is in any."""
    votes = Counter(clusters[mail.killmail_id] for mail in mails if mail.killmail_id in clusters)
    return max(votes, key=votes.__getitem__) if votes else None


def _sides(battles: Iterable[Sequence[TrueMail]], answer: Answer) -> dict[str, SideScore]:
    found: dict[str, list[SideScore]] = defaultdict(list)
    for mails in battles:
        truth = dict(_true_sides(mails))
        if not truth:
            continue
        home = _home(mails, answer.clusters)
        given = (answer.sides or {}).get(home, {}) if home is not None else {}
        match = _apart_from_side_0 if mails[0].kind in KINDS_OF_STRANGERS else _matched
        found[mails[0].kind].append(SideScore(match(truth, given), len(truth)))
    return {
        kind: SideScore(sum(s.right for s in scores), sum(s.pilots for s in scores))
        for kind, scores in sorted(found.items())
    }


def _true_sides(mails: Iterable[TrueMail]) -> Iterator[tuple[int, int]]:
    """(character, side) of everybody who has one; where a pilot changed sides the later mail tells."""
    for mail in mails:
        if mail.strict:
            yield from ((character, side) for character, side in mail.sides.items() if side >= 0)


def _matched(truth: Mapping[int, int], given: Mapping[int, int]) -> int:
    """Pilots on the right side under the best one-to-one matching of given to true sides."""
    counts = Counter((side, given[pilot]) for pilot, side in truth.items() if pilot in given)
    if not counts:
        return 0
    true_sides, given_sides = (sorted(set(sides)) for sides in zip(*counts, strict=True))
    table = np.array([[counts[true, given] for given in given_sides] for true in true_sides])
    return int(table[linear_sum_assignment(table, maximize=True)].sum())


def _apart_from_side_0(truth: Mapping[int, int], given: Mapping[int, int]) -> int:
    """Pilots on the right side if one given side, or none, is taken for side 0 and every other for the strangers."""
    counts = Counter((side == 0, given[pilot]) for pilot, side in truth.items() if pilot in given)
    strangers = sum(number for (is_side_0, _), number in counts.items() if not is_side_0)
    return max((strangers, *(strangers + counts[True, side] - counts[False, side] for _, side in counts)))
