"""Ids and slugs over re-clusterings: who keeps, who gets a new one, and where the old ones lead."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.domain.identity import Draft, Identities, Published, candidate_ids, identify

START = datetime(2026, 9, 15, 20, 0, tzinfo=UTC)
SYSTEM = 30002187


def draft(*killmail_ids: int) -> Draft:
    """An engagement that begins with its lowest mail, one minute per id."""
    return Draft(START + timedelta(minutes=min(killmail_ids)), SYSTEM, frozenset(killmail_ids))


def published(found: Identities, drafts: list[Draft]) -> list[Published]:
    pairs = zip(found.identities, drafts, strict=True)
    return [Published(one.battle_id, one.slug, one_draft.killmail_ids) for one, one_draft in pairs]


def first_time(*drafts: Draft) -> list[Published]:
    return published(identify(drafts, [], [], []), list(drafts))


def shown(before: list[Draft], after: list[Draft]) -> tuple[list[str], list[str]]:
    """Per draft of `after` whose id it has ("1" = the first of `before`), and per lineage row what became of whom."""
    old = first_time(*before)
    found = identify(after, old, [], [])
    name = {one.battle_id: str(number) for number, one in enumerate(old, 1)}
    keeps = [name.get(one.battle_id, "new") for one in found.identities]
    index = {one.battle_id: number for number, one in enumerate(found.identities)}
    lineage = [
        f"{name[row.old_battle_id]} {row.reason}"
        + (f" into {index[row.battle_id]}" if row.battle_id and row.reason in {"merged", "split"} else "")
        for row in found.lineage
    ]
    return keeps, sorted(lineage)


@pytest.mark.parametrize(
    ("what", "before", "after", "keeps", "lineage"),
    [
        ("nothing changed", [(1, 2, 3)], [(1, 2, 3)], ["1"], []),
        ("a late mail", [(1, 2)], [(1, 2, 3)], ["1"], []),
        ("a mail before the first", [(2, 3)], [(1, 2, 3)], ["1"], ["1 renamed"]),
        (
            "a merge, the larger stays",
            [(1, 2), (5, 6, 7)],
            [(1, 2, 3, 5, 6, 7)],
            ["2"],
            ["1 merged into 0", "2 renamed"],
        ),
        ("a merge of equals", [(1, 2), (5, 6)], [(1, 2, 3, 5, 6)], ["either"], ["merged"]),
        ("a split, the larger part stays", [(1, 2, 3, 7, 8)], [(1, 2, 3), (7, 8)], ["1", "new"], []),
        ("a split, the later part is larger", [(1, 2, 6, 7, 8)], [(1, 2), (6, 7, 8)], ["new", "1"], ["1 renamed"]),
        ("a split of equals", [(1, 2, 7, 8)], [(1, 2), (7, 8)], ["1", "new"], []),
        ("gone", [(1, 2)], [], [], ["1 vanished"]),
        ("other mails altogether", [(1, 2)], [(5, 6)], ["new"], ["1 vanished"]),
        (
            "two swap most of their mails",
            [(1, 2, 3), (5, 6, 7)],
            [(1, 6, 7), (2, 3, 5)],
            ["2", "1"],
            ["1 renamed", "2 renamed"],
        ),
    ],
)
def test_examples(
    what: str,
    before: list[tuple[int, ...]],
    after: list[tuple[int, ...]],
    keeps: list[str],
    lineage: list[str],
) -> None:
    found_keeps, found_lineage = shown([draft(*ids) for ids in before], [draft(*ids) for ids in after])
    if keeps == ["either"]:
        assert found_keeps[0] in {"1", "2"}
        assert any("merged" in row for row in found_lineage)
        return
    assert (found_keeps, found_lineage) == (keeps, lineage)


def test_fights_of_one_system_and_minute_are_numbered_by_their_lowest_mails() -> None:
    drafts = [Draft(START, SYSTEM, frozenset(ids)) for ids in ((7, 8), (1, 2), (4, 5))]
    slugs = [one.slug for one in identify(drafts, [], [], []).identities]
    assert slugs == ["BR-30002187-202609152000-3", "BR-30002187-202609152000", "BR-30002187-202609152000-2"]


def test_ids_and_slugs_of_others_are_not_given_again() -> None:
    one = draft(1, 2)
    (first,) = first_time(one)
    (found,) = identify([one], [], [first.battle_id], [first.slug]).identities
    assert found.battle_id != first.battle_id
    assert found.slug == f"{first.slug}-2"
    assert found.battle_id == list(zip(candidate_ids(one), range(2), strict=False))[1][0]


PARTITIONS = st.lists(st.integers(0, 3), min_size=8, max_size=8)
"""For each of eight mails the engagement it is in; 0: none."""


def drafts_of(labels: list[int]) -> list[Draft]:
    return [
        draft(*(mail for mail, label in enumerate(labels, 1) if label == number))
        for number in (1, 2, 3)
        if number in labels
    ]


@given(PARTITIONS, PARTITIONS, st.randoms())
def test_whatever_changes_ids_stay_unique_lead_on_and_do_not_depend_on_order(
    before: list[int], after: list[int], random: st.DataObject
) -> None:
    old = first_time(*drafts_of(before))
    drafts = drafts_of(after)
    found = identify(drafts, old, [], [])
    ids = [one.battle_id for one in found.identities]
    assert len(set(ids)) == len(ids)
    assert len({one.slug for one in found.identities}) == len(ids)
    # Every published id and slug is either still in use or leads to a battle, or nowhere if no mail of it is left.
    live = set(found.identities)
    leads = {(row.old_battle_id, row.old_slug): row.battle_id for row in found.lineage}
    mails = {mail for one in drafts for mail in one.killmail_ids}
    for one in old:
        if (one.battle_id, one.slug) not in live:
            assert (leads[one.battle_id, one.slug] in ids) == bool(one.killmail_ids & mails)
    # And the sets given decide, not their order.
    shuffled = list(old)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' type says less than it has
    assert identify(drafts, shuffled, [], []) == found


@given(PARTITIONS)
def test_identifying_again_changes_nothing(labels: list[int]) -> None:
    drafts = drafts_of(labels)
    old = first_time(*drafts)
    found = identify(drafts, old, [], [])
    assert published(found, drafts) == old
    assert (found.lineage, found.retired) == ((), ())
