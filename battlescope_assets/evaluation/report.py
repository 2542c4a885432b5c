"""What was scored, in words and tables: docs/quality.md and what the command line shows; no figure is made here.

The same scores give the same bytes: no date, no duration, no machine.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import getdoc

from battlescope_assets.domain.engagements import Kind
from battlescope_assets.domain.universe import StaticData
from battlescope_assets.evaluation.baselines import BASELINES
from battlescope_assets.evaluation.profiles import Aims, Measure, Profile, measured
from battlescope_assets.evaluation.reconstruction import answer
from battlescope_assets.evaluation.scoring import KINDS_EXPECTED, Score, score

OURS = "BattleScope"
ABSENT = "—"
MOST_KINDS_NAMED = 4


@dataclass(frozen=True)
class Scored:
    """A profile with the score of every method, ours first."""

    name: str
    origin: str
    aims: Aims
    scores: Mapping[str, Score]


def scored(profile: Profile, static_data: StaticData, *, with_baselines: bool) -> Scored:
    """Lets BattleScope, and where asked the other methods, answer the same mails."""
    scores = {OURS: score(profile.truth, answer(profile.mails, static_data))}
    if with_baselines:
        regions = {system.solar_system_id: system.region_id for system in static_data.solar_systems}
        scores |= {name: score(profile.truth, method(profile.mails, regions)) for name, method in BASELINES.items()}
    return Scored(profile.name, profile.origin, profile.aims, scores)


def missed_aims(profile: Scored) -> Iterator[str]:
    """One sentence for every aim that BattleScope does not reach; a measure without a value misses its aim too."""
    figures = measured(profile.scores[OURS])
    for measure, least in profile.aims.items():
        figure = figures[measure]
        if figure is None:
            yield f"{profile.name}: there is no {measure} to score, the aim is {least}."
        elif figure < least:
            yield f"{profile.name}: {measure} is {figure:.4f}, the aim is {least}."


def summary(profile: Scored) -> str:
    """The scores and their aims as a table in Markdown, a method a row."""
    rows = [
        [name, *(_figure(value, profile.aims.get(measure, 0.0) * (name == OURS)) for measure, value in figures.items())]
        for name, figures in ((name, measured(found)) for name, found in profile.scores.items())
    ]
    rows.append(["*aim*", *(_share(profile.aims.get(measure)) for measure in Measure)])
    return _table(["method", *Measure], rows)


def markdown(profiles: Sequence[Scored]) -> str:
    """The whole report."""
    methods = METHODS.format(
        kinds="; ".join(f"{scenario}: {' or '.join(sorted(kinds))}" for scenario, kinds in KINDS_EXPECTED.items()),
        methods="\n".join(
            f"* **{name}**: {(getdoc(method) or '').splitlines()[0]}" for name, method in BASELINES.items()
        ),
    )
    return "\n\n".join((INTRODUCTION, methods, *map(_section, profiles), REST)) + "\n"


INTRODUCTION = """# Quality of reconstruction

How well BattleScope finds battles and sides on wars whose truth is known, next to five other ways of doing it. This
file is written by `make quality`, never by hand; `make evaluate` scores BattleScope alone, in about a minute. Both fail
where an aim is missed. The shared truth is scored only where `../shared/truth` lies beside the checkout."""

METHODS = """## What is measured

Truth has two nested readings, as experts differ: mails of one *narrow* battle belong together, mails of different
*wide* battles apart, and what lies between is not judged. Nor are mails whose truth is uncertain.

* **F1 over pairs**: of precision (pairs put together that may be) and recall (pairs put together of those that must
  be). A few huge battles dominate it.
* **precision and recall per mail**: the mean over mails of the share of its cluster that may be with it, and of its
  battle that is with it (B-cubed).
* **exact battles**: whole in one cluster, with nothing in it that must be apart.
* **two-sided pilots**, **three-sided pilots**: pilots on the right side of a battle under the best matching of sides;
  two-sided is over all battles but those of strangers (camps, ganks, roams), three-sided over those of three groups.
* **lowest F1 of a kind**: each kind of scenario by itself, the worst of them.
* **kinds as expected**: battles whose engagement has a kind that its scenario may have
  ({kinds}; any other: battle or skirmish).

A figure below its aim is **bold**. The other methods are written anew from what is public of them, get the same mails,
and have a dash where they tell no sides:

{methods}"""

REST = """## What this does not show

The wars are simulated: rates, minutes and habits are plausible, not observed, and no expert has judged real mails. A
method tuned to a simulator shows it on the other one. The other methods are restatements, not their authors' programs,
and zKillboard's page is meant to be opened by hand, not to part a day into battles."""


def _section(profile: Scored) -> str:
    ours = profile.scores[OURS]
    return "\n\n".join((
        f"## {profile.name[0].upper()}{profile.name[1:]}",
        profile.origin,
        summary(profile),
        "F1 over pairs by truth's kind of scenario:",
        _kinds_table(profile.scores),
        "Kinds that BattleScope gives the battles of each kind of scenario (`none`: in no engagement):",
        _confusion(ours),
        "Known limits, the kinds that err most:",
        "\n".join(_limits(ours)),
    ))  # fmt: skip


def _kinds_table(scores: Mapping[str, Score]) -> str:
    kinds = [(kind, found.battles) for kind, found in scores[OURS].by_kind.items() if found.battles]
    rows = [[kind, f"{battles}", *(_share(s.by_kind[kind].f1) for s in scores.values())] for kind, battles in kinds]
    return _table(["kind", "battles", *scores], rows)


def _confusion(ours: Score) -> str:
    rows = [
        [
            scenario,
            *(f"{named.get(kind, 0) or ABSENT}" for kind in (*Kind, "")),
            _share(ours.kinds_as_expected(scenario) / sum(named.values())),
        ]
        for scenario, named in ours.kinds.items()
    ]
    return _table(["scenario", *Kind, "none", "as expected"], rows)


def _limits(ours: Score) -> Iterator[str]:
    """List items that say what is wrong, most frequent first."""
    total = ours.all_mails
    inexact = {kind: found.battles - found.exact for kind, found in ours.by_kind.items()}
    yield (
        f"* {total.battles - total.exact:,} of {total.battles:,} battles are not exact: {total.split:,} are in several "
        f"parts, {total.joined:,} in an engagement with what must be apart. {total.astray:,} mails are astray: outside "
        "the part that has most of their battle."
    )
    for kind in _most(inexact):
        found = ours.by_kind[kind]
        faults = ((found.split, "in several parts"), (found.joined, "with what must be apart"))
        what = ", ".join(f"{number} {fault}" for number, fault in faults if number)
        yield f"  * `{kind}`, {inexact[kind]} of {found.battles}: {what}; {found.astray} mails astray."
    named = {scenario: sum(kinds.values()) for scenario, kinds in ours.kinds.items()}
    odd = {scenario: number - ours.kinds_as_expected(scenario) for scenario, number in named.items()}
    yield f"* {sum(odd.values()):,} of {sum(named.values()):,} battles have a kind that is not expected."
    for scenario in _most(odd):
        yield f"  * `{scenario}`, {odd[scenario]} of {named[scenario]}."
    if ours.sides is not None:
        wrong = {kind: found.pilots - found.right for kind, found in ours.sides.items()}
        pilots = sum(found.pilots for found in ours.sides.values())
        yield f"* {sum(wrong.values()):,} of {pilots:,} pilots are on another side than their own or in no engagement."
        for kind in _most(wrong):
            yield f"  * `{kind}`, {wrong[kind]:,} of {ours.sides[kind].pilots:,}."


def _most(wrong: Mapping[str, int]) -> list[str]:
    """The kinds with most that is wrong."""
    return sorted((kind for kind in wrong if wrong[kind]), key=lambda kind: (-wrong[kind], kind))[:MOST_KINDS_NAMED]


def _figure(value: float | None, least: float) -> str:
    shown = _share(value)
    return f"**{shown}**" if value is not None and value < least else shown


def _share(value: float | None) -> str:
    """Three decimals, cut and not rounded: what is shown as 1.000 is perfect."""
    return ABSENT if value is None else f"{int(value * 1000 + 1e-9) / 1000:.3f}"


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(header), *map(list, rows)]
    ruled = [lines[0], ["---", *("---:" for _ in lines[0][1:])], *lines[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in ruled)
