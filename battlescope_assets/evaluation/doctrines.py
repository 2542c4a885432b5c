"""Scores doctrines found against the fits that fleets were told to fly; finding them is the marts' business.

Truth labels ships of the main line with their fleet and fit template. A template that a fleet lost in bulk should be
found as one fit of one burst, and a fit that is mostly main line should be one template's. Fits of others (logistics,
tackle, gankers, strangers) are not judged, since truth does not say who of them flew together.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

ONE_HOUR = timedelta(hours=1)
PURE = 0.9
"""Share of a fit's losses that must be the template's ..."""
COVERED = 0.5
"""... and of the template's losses that must be the fit's: a fleet may fight twice."""
Template = tuple[str, str]
"""Fleet and fit template."""


class TrueLoss(msgspec.Struct, frozen=True, gc=False):
    """What is true of a loss; the row of a truth file has further fields."""

    killmail_id: int
    killmail_time: datetime
    solar_system_id: int
    battle: str | None
    fleet: str | None
    doctrine: str | None
    role: str | None


@dataclass(frozen=True)
class DoctrineScore:
    """How many were found of those there were, and were there of those found."""

    templates: int
    """Fleets' templates lost in bulk within an hour and system ..."""
    templates_found: int
    fits: int
    """Fits found that are mostly main line ..."""
    fits_right: int
    """... and that are one template's, lost in bulk within an hour and system or within a battle."""
    fits_not_judged: int

    @property
    def precision(self) -> float:
        """Of the fits found, the share that is right; 0 where nothing was found."""
        return self.fits_right / self.fits if self.fits else 0.0

    @property
    def recall(self) -> float:
        """Of the templates lost in bulk, the share that was found; 0 where there were none."""
        return self.templates_found / self.templates if self.templates else 0.0


def score_doctrines(truth: Iterable[TrueLoss], fits: Mapping[int, Hashable], fewest: int) -> DoctrineScore:
    """Lays fits and templates side by side.

    Args:
        truth: every loss.
        fits: the fit that a killmail was found to have, unique over bursts; a loss in none is left out.
        fewest: losses that are a bulk.
    """
    losses = {loss.killmail_id: loss for loss in truth}
    template_of = {
        killmail_id: (loss.fleet, loss.doctrine)
        for killmail_id, loss in losses.items()
        if loss.role == "mainline" and loss.fleet is not None and loss.doctrine is not None
    }
    templates: dict[Template, set[int]] = defaultdict(set)
    for killmail_id, template in template_of.items():
        templates[template].add(killmail_id)
    found: dict[Hashable, set[int]] = defaultdict(set)
    for killmail_id, fit in fits.items():
        found[fit].add(killmail_id)

    within_an_hour = {t for t, ids in templates.items() if _in_an_hour([losses[i] for i in ids], fewest)}
    within_a_battle = {
        template
        for template, ids in templates.items()
        if max(Counter(losses[i].battle for i in ids if losses[i].battle is not None).values(), default=0) >= fewest
    }
    judged = {fit: ids for fit, ids in found.items() if 2 * sum(i in template_of for i in ids) >= len(ids)}
    matches = {fit: _match(ids, template_of, templates) for fit, ids in judged.items()}
    right = [fit for fit, template in matches.items() if template in within_an_hour | within_a_battle]
    return DoctrineScore(
        templates=len(within_an_hour),
        templates_found=len(within_an_hour & set(matches.values())),
        fits=len(judged),
        fits_right=len(right),
        fits_not_judged=len(found) - len(judged),
    )


def _match(
    ids: Collection[int], template_of: Mapping[int, Template], templates: Mapping[Template, Collection[int]]
) -> Template | None:
    """The template that a fit is, if it is one."""
    (template, common), *_ = Counter(template_of[i] for i in ids if i in template_of).most_common(1)
    return template if common >= PURE * len(ids) and common >= COVERED * len(templates[template]) else None


def _in_an_hour(losses: Iterable[TrueLoss], fewest: int) -> bool:
    """Whether so many of the losses are of one system and within an hour, whichever."""
    moments: dict[int, list[datetime]] = defaultdict(list)
    for loss in losses:
        moments[loss.solar_system_id].append(loss.killmail_time)
    return any(
        bisect_right(there, moment + ONE_HOUR) - index >= fewest
        for there in map(sorted, moments.values())
        for index, moment in enumerate(there)
    )
