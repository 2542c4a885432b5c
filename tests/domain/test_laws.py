"""Laws of battle reconstruction over generated mails: order, duplicates, windows, idempotence, sums, reasons."""

from dataclasses import replace
from itertools import combinations
from random import Random

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from battlescope_assets.domain.battles import Engagement, reconstruct
from battlescope_assets.domain.engagements import memberships
from battlescope_assets.domain.groups import attacker_groups, npc_only, victim_groups
from battlescope_assets.domain.linking import Evidence
from battlescope_assets.domain.mails import Mails
from tests.domain.tables import NO_ITEMS, PARAMS, SYSTEMS, WORLD, Row, engagements, mails, rows
from tests.domain.wars import SYSTEMS as FOUGHT_IN
from tests.domain.wars import wars

MARGIN_SECONDS = PARAMS.longest_link_minutes * 60


def ids(found: list[Engagement]) -> list[list[int]]:
    return [[mail.killmail_id for mail in one.killmails] for one in found]


@given(wars(), st.randoms(use_true_random=False))
def test_order_and_duplicates_change_nothing(war: list[Row], random: Random) -> None:
    shuffled = [*war, *war[:5]]
    random.shuffle(shuffled)
    assert engagements(shuffled) == engagements(war)


@given(wars(most=40, minutes=420), st.integers(0, 420 * 60), st.integers(0, 420 * 60))
def test_a_window_reads_what_all_days_read(war: list[Row], one: int, other: int) -> None:
    """An engagement whose component stays a margin away from the ends of what was read is that of all mails."""
    start, end = sorted((one, other))
    part = [row for row in war if start <= row.seconds < end]
    columns = mails(part)
    component = memberships(columns, WORLD, PARAMS).component
    time = columns.time_seconds - columns.time_seconds.min(initial=0) + min((r.seconds for r in part), default=0)
    near = (time < start + MARGIN_SECONDS) | (time >= end - MARGIN_SECONDS)
    whole = {
        int(mail_id)
        for mail_id, label in zip(columns.killmail_id, component, strict=True)
        if not near[component == label].any()
    }
    everything = engagements(war)
    for engagement in engagements(part):
        if {mail.killmail_id for mail in engagement.killmails} <= whole:
            assert engagement in everything
    # And what all mails say of these, the window says too.
    assert [e for e in everything if {m.killmail_id for m in e.killmails} & whole] == [
        e for e in engagements(part) if {m.killmail_id for m in e.killmails} & whole
    ]


@given(wars())
def test_far_mails_and_later_weeks_change_nothing(war: list[Row]) -> None:
    far = [
        Row(900, 12 * 3600, "h", "C9", ["B9"]),
        Row(901, 12 * 3600 + 60, "h", "C9/pod", ["B9"]),
    ]
    assert ids(engagements([*war, *far])) == [*ids(engagements(war)), [900, 901]]
    week = [row._replace(seconds=row.seconds + 7 * 86_400) for row in war]
    assert ids(engagements(week)) == ids(engagements(war))


@given(wars(most=6, most_fights=2), wars(most=6, most_fights=2))
def test_fights_of_strangers_are_what_they_are_alone(war: list[Row], other: list[Row]) -> None:
    """Two wars of different people in the same systems at the same time: everything of either stays as it is."""
    names = str.maketrans("ABCDx", "EFGHy")
    strangers = [
        row._replace(
            killmail_id=500 + row.killmail_id,
            victim=row.victim.translate(names),
            attackers=[name.translate(names) for name in row.attackers],
        )
        for row in other
    ]
    alone = [*engagements(war), *engagements(strangers)]
    assert engagements([*war, *strangers]) == sorted(alone, key=lambda one: (one.started_at, first_mail(one)))


def test_a_cut_does_not_depend_on_the_pace_of_others() -> None:
    """A fight goes on against others after a pause of less than three of its own: no cut, however fast others die."""
    slow = "\n".join(f"{2 * i} | a | {'AB'[i % 2]}{i} | {'BA'[i % 2]}{i + 1} {'BA'[i % 2]}{i + 2}" for i in range(8))
    moved = "\n".join(
        f"{21 + 2 * i} | a | {'CD'[i % 2]}{i} | {'DC'[i % 2]}{i + 1} {'DC'[i % 2]}{i + 2}" for i in range(8)
    )
    bridge = "16 | a | C2 | A6"
    war = rows(f"{slow}\n{bridge}\n{moved}")
    fast = [Row(100 + i, 300 + i, "b", f"{'EF'[i % 2]}1", [f"{'FE'[i % 2]}1"]) for i in range(60)]
    assert ids(engagements(war)) == [[row.killmail_id for row in war]]
    assert ids(engagements([*war, *fast])) == [ids(engagements(war))[0], ids(engagements(fast))[0]]


def first_mail(one: Engagement) -> int:
    return one.killmails[0].killmail_id


@given(wars())
def test_mails_of_npcs_hold_nothing_together(war: list[Row]) -> None:
    """Without what NPCs alone destroyed, players' mails stay together as they were."""
    police = [row for row in war if {*row.attackers} <= {"npc", "concord"}]
    assume(not any("concord" in row.attackers or row.victim.endswith("/pod") for row in police))
    left = [row for row in war if row not in police]
    alone = {row.killmail_id for row in police}
    kept = [[mail for mail in fight if mail not in alone] for fight in ids(engagements(war))]
    assert [fight for fight in kept if len(fight) > 1] == ids(engagements(left))


@given(wars())
def test_mails_of_npcs_are_linked_as_capsules_or_by_concord_only(war: list[Row]) -> None:
    columns = mails(war)
    links, npcs = memberships(columns, WORLD, PARAMS).links, npc_only(columns)
    ends = npcs[links.earlier] | npcs[links.later]
    assert {*links.evidence[ends].tolist()} <= {Evidence.CAPSULE, Evidence.CONCORD}


@given(wars())
def test_other_names_same_fights(war: list[Row]) -> None:
    """Ids say nothing: with groups renamed the mails still belong together."""
    names = str.maketrans("ABC", "CAB")
    renamed = [
        row._replace(victim=row.victim.translate(names), attackers=[name.translate(names) for name in row.attackers])
        for row in war
    ]
    assert ids(engagements(renamed)) == ids(engagements(war))


@given(wars(most=14))
def test_evidence_within_its_time_always_holds(war: list[Row]) -> None:
    """Stated for every pair, not neighbours: the same two enemies, or the same pilot against one, are one component."""
    columns = mails(war)
    component = memberships(columns, WORLD, PARAMS).component
    hostile, faced = _hostile_pairs(columns)
    for one, other in combinations(range(len(columns)), 2):
        apart = columns.time_seconds[other] - columns.time_seconds[one]
        if (
            columns.solar_system_id[one] == columns.solar_system_id[other]
            and apart <= PARAMS.window_minutes * 60
            and (hostile[one] & hostile[other] or faced[one] & faced[other])
        ):
            assert component[one] == component[other]


def _hostile_pairs(columns: Mails) -> tuple[list[set[frozenset[int]]], list[set[tuple[int, int]]]]:
    """Per mail the pairs of groups that fight, and the pilots with the groups they face."""
    groups, victims, npcs = attacker_groups(columns), victim_groups(columns), npc_only(columns)
    hostile: list[set[frozenset[int]]] = [set() for _ in range(len(columns))]
    faced: list[set[tuple[int, int]]] = [set() for _ in range(len(columns))]
    for row, mail in enumerate(columns.attacker_mail.tolist()):
        if groups[row] and victims[mail] and not npcs[mail]:
            if groups[row] != victims[mail]:
                hostile[mail].add(frozenset((int(groups[row]), int(victims[mail]))))
            if columns.attacker_character_id[row]:
                faced[mail].add((int(columns.attacker_character_id[row]), int(victims[mail])))
            if columns.victim_character_id[mail]:
                faced[mail].add((int(columns.victim_character_id[mail]), int(groups[row])))
    return hostile, faced


@given(wars())
def test_sums_are_kept(war: list[Row]) -> None:
    values = {row.killmail_id: row.isk for row in war}
    seen: set[int] = set()
    for one in engagements(war):
        members = {mail.killmail_id for mail in one.killmails}
        assert len(members) == one.total_killmails >= PARAMS.min_kills
        assert not members & seen
        seen |= members
        worth = sum(values[mail] for mail in members)
        assert abs(one.destroyed_isk + one.dropped_isk - worth) < 0.02
        assert abs(sum(side.isk_lost for side in one.sides) - worth) < 0.01 * (len(one.sides) + 1)
        assert sum(side.isk_destroyed for side in one.sides) <= worth + 0.01 * (len(one.sides) + 1)
        assert sum(side.pilots for side in one.sides) >= one.total_pilots
        assert sum(side.ships_lost for side in one.sides) == one.total_ships_lost
        assert sum(share["killmails"] for share in one.systems) == one.total_killmails
        assert [side.side for side in one.sides if side.side] == list(
            range(1, len({s.side for s in one.sides} - {0}) + 1)
        )
        assert {pilot.side for pilot in one.participants} <= {side.side for side in one.sides}


@given(wars())
def test_every_mail_but_the_first_has_a_reason(war: list[Row]) -> None:
    for one in engagements(war):
        above = {mail.killmail_id: mail.linked_killmail_id for mail in one.killmails}
        root = one.killmails[0].killmail_id
        assert [mail for mail, linked in above.items() if linked is None] == [root]
        for mail in above:
            path = [mail]
            while (linked := above[path[-1]]) is not None:
                assert linked not in path
                path.append(linked)
            assert path[-1] == root


@given(wars(most=16), wars(most=6))
def test_later_mails_change_no_content(war: list[Row], late: list[Row]) -> None:
    """Mails of the same people in the same systems, two days on, change nothing of the earlier engagements."""
    moved = [row._replace(killmail_id=500 + row.killmail_id, seconds=row.seconds + 2 * 86_400) for row in late]
    found = engagements(war)
    assert engagements([*war, *moved])[: len(found)] == found


@given(wars(), st.integers(0, 23))
def test_a_late_mail_changes_only_what_it_touches(war: list[Row], number: int) -> None:
    """Withheld and then added, a mail leaves every engagement alone that is not within a link of its component."""
    assume(number < len(war))
    late = war[number]
    columns = mails(war)
    component = memberships(columns, WORLD, PARAMS).component
    label = component[columns.killmail_id == late.killmail_id]
    time = columns.time_seconds[component == label]
    near = (columns.time_seconds >= time.min() - MARGIN_SECONDS) & (columns.time_seconds <= time.max() + MARGIN_SECONDS)
    touched = {*columns.killmail_id[np.isin(component, component[near])].tolist()}
    before, after = engagements([row for row in war if row != late]), engagements(war)
    assert [e for e in before if touched.isdisjoint(m.killmail_id for m in e.killmails)] == [
        e for e in after if touched.isdisjoint(m.killmail_id for m in e.killmails)
    ]


@given(wars())
def test_items_of_other_mails_are_ignored(war: list[Row]) -> None:
    strange = replace(NO_ITEMS, **{name: np.array([999]) for name in vars(NO_ITEMS)})
    assert reconstruct(mails(war), strange, WORLD, PARAMS) == engagements(war)


def test_systems_of_the_wars_exist() -> None:
    assert SYSTEMS.keys() >= {*FOUGHT_IN}


@given(wars(), st.integers(1, 90), st.integers(1, 90))
def test_no_link_is_longer_than_the_longest(war: list[Row], window_minutes: int, gap_max_minutes: int) -> None:
    """Whatever is set: re-clustering reads so far around a day."""
    params = replace(PARAMS, window_minutes=window_minutes, gap_max_minutes=gap_max_minutes)
    member = memberships(mails(war), WORLD, params)
    assert member.links.seconds.max(initial=0) <= params.longest_link_minutes * 60
