"""The score of doctrines, on tables small enough to check by eye."""

from datetime import UTC, datetime, timedelta

import pytest

from battlescope_assets.evaluation.doctrines import DoctrineScore, TrueLoss, score_doctrines

EVENING = datetime(2026, 9, 14, 23, 30, tzinfo=UTC)


def losses(first_id: int, number: int, fit: str | None, role: str = "mainline", minutes: int = 10) -> list[TrueLoss]:
    """So many losses of one fleet, the given minutes apart, in one system and battle."""
    return [
        TrueLoss(first_id + i, EVENING + i * timedelta(minutes=minutes), 30000142, "battle", "fleet", fit, role)
        for i in range(number)
    ]


TRUTH = [
    *losses(1, 6, "rail"),
    *losses(11, 6, "blaster"),
    *losses(21, 6, "logistics", "logistics"),
    *losses(31, 3, "tackle"),
]
RAIL, BLASTER, LOGISTICS, TACKLE = (range(first, first + 6) for first in (1, 11, 21, 31))


@pytest.mark.parametrize(
    ("fits", "score"),
    [
        ({}, DoctrineScore(2, 0, 0, 0, 0)),
        (dict.fromkeys(RAIL, 1) | dict.fromkeys(BLASTER, 2), DoctrineScore(2, 2, 2, 2, 0)),
        (dict.fromkeys(RAIL, 1) | dict.fromkeys(LOGISTICS, 2), DoctrineScore(2, 1, 1, 1, 1)),
        (dict.fromkeys([*RAIL, *BLASTER], 1), DoctrineScore(2, 0, 1, 0, 0)),  # two as one
        ({i: i % 3 for i in RAIL}, DoctrineScore(2, 0, 3, 0, 0)),  # one as three
        (dict.fromkeys(RAIL[:3], 1), DoctrineScore(2, 1, 1, 1, 0)),  # half of it
        (dict.fromkeys(TACKLE[:3], 1), DoctrineScore(2, 0, 1, 0, 0)),  # too few to be one
        ({**dict.fromkeys(RAIL, 1), 11: 1}, DoctrineScore(2, 0, 1, 0, 0)),  # not pure
    ],
)
def test_fits_against_templates(fits: dict[int, int], score: DoctrineScore) -> None:
    assert score_doctrines(TRUTH, fits, fewest=5) == score


def test_a_bulk_is_within_an_hour_or_a_battle() -> None:
    slow = losses(1, 6, "rail", minutes=16)  # five in 64 minutes
    found = dict.fromkeys(RAIL, 1)
    assert score_doctrines(slow, found, fewest=5) == DoctrineScore(0, 0, 1, 1, 0)
    assert score_doctrines(losses(1, 6, "rail", minutes=15), found, fewest=5) == DoctrineScore(1, 1, 1, 1, 0)


def test_shares() -> None:
    score = DoctrineScore(templates=4, templates_found=3, fits=2, fits_right=1, fits_not_judged=5)
    assert (score.precision, score.recall) == (0.5, 0.75)
    assert (DoctrineScore(0, 0, 0, 0, 0).precision, DoctrineScore(0, 0, 0, 0, 0).recall) == (0.0, 0.0)
