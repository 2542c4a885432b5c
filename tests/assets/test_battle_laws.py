"""Laws of stored battles over generated wars: days in any order, repeats, late and vanished mails, runs at once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from battlescope_assets.domain.killmail import Killmail
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.universe import read_combat_world, write_static_data
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.simulator.war import War
from tests.assets.stored import (
    FIRST_DAY,
    Battle,
    battles,
    content,
    day_of,
    forget_battles,
    land,
    land_mails,
    lineage,
    rebuild,
    versions,
)
from tests.domain.tables import Row, rows
from tests.domain.wars import wars

DAYS = [FIRST_DAY + timedelta(days=number) for number in range(3)]
LATE_SECONDS = 23 * 3_600
bounded = settings(
    max_examples=settings().max_examples // 8, suppress_health_check=[*HealthCheck], deadline=None
)  # each example writes to PostgreSQL a dozen times


class Arrival(NamedTuple):
    """A mail that is there from one stage of history on, and up to another."""

    row: Row
    first_stage: int
    last_stage: int

    def is_there(self, stage: int) -> bool:
        return self.first_stage <= stage <= self.last_stage


STAGES = 3
STAYS = st.sampled_from([*[(0, STAGES)] * 6, (1, STAGES), (1, STAGES), (2, STAGES), (0, 0), (0, 1), (1, 1)])


@st.composite
def around_midnights(draw: st.DrawFn) -> list[Row]:
    """Wars that begin in the hour before a midnight or just after it, so that most of them lie across it."""
    found = [
        row._replace(seconds=row.seconds + LATE_SECONDS + night * 86_400)
        for night, most in enumerate((8, 3))
        for row in draw(wars(most=most, minutes=75, most_fights=2 - night))
    ]
    found = [row for row in found if day_of(row) in DAYS]
    return [row._replace(killmail_id=number) for number, row in enumerate(found, 1)]


@st.composite
def histories(draw: st.DrawFn) -> list[Arrival]:
    """A war whose mails come and go: most are there from the start, some late, some are withdrawn, or a whole day."""
    emptied, stage = draw(st.sampled_from([None, None, *DAYS])), draw(st.integers(0, STAGES - 2))
    found = [Arrival(row, *draw(STAYS)) for row in draw(around_midnights())]
    return [mail._replace(last_stage=stage) if day_of(mail.row) == emptied else mail for mail in found]


def land_all(warehouse: Warehouse, rows: Sequence[Row]) -> None:
    for day in DAYS:
        land(warehouse, day, rows)


def days_in_some_order(draw: st.DataObject, needed: Sequence[date]) -> list[date]:
    """The days needed in any order, with others and repeats between."""
    extra = draw.draw(st.lists(st.sampled_from(DAYS), max_size=2), label="more days")
    return draw.draw(st.permutations([*needed, *extra]), label="order")


@bounded
@given(war=around_midnights(), draw=st.data())
def test_days_in_any_order_are_the_range_at_once(warehouse: Warehouse, war: list[Row], draw: st.DataObject) -> None:
    """Content, ids and why each mail belongs; and then any day again touches no row."""
    land_all(warehouse, war)
    forget_battles(warehouse)
    rebuild(warehouse, DAYS[0], DAYS[-1])
    expected, expected_ids = content(warehouse), ids(battles(warehouse))
    forget_battles(warehouse)
    for day in days_in_some_order(draw, DAYS):
        rebuild(warehouse, day, day)
    assert content(warehouse) == expected
    assert ids(battles(warehouse)) == expected_ids
    before = versions(warehouse)
    for day in DAYS:
        change = rebuild(warehouse, day, day)
        assert (change.created, change.updated, change.deleted) == (0, 0, 0)
    assert versions(warehouse) == before


def ids(found: Sequence[Battle]) -> dict[UUID, frozenset[int]]:
    return {battle.battle_id: battle.killmail_ids for battle in found}


@bounded
@given(history=histories(), draw=st.data())
def test_late_and_withdrawn_mails_end_as_if_all_had_been_known(
    warehouse: Warehouse, history: list[Arrival], draw: st.DataObject
) -> None:
    """After every stage only the days whose mails changed are materialised, and every id ever published leads on."""
    forget_battles(warehouse)
    published: dict[tuple[UUID, str], frozenset[int]] = {}
    for stage in range(STAGES):
        changed = DAYS if stage == 0 else sorted({day_of(row) for row in changes(history, stage)})
        for day in changed:
            land(warehouse, day, [mail.row for mail in history if mail.is_there(stage)])
        for day in days_in_some_order(draw, changed):
            rebuild(warehouse, day, day)
            published |= {(battle.battle_id, battle.slug): battle.killmail_ids for battle in battles(warehouse)}
    found, living, leads = content(warehouse), battles(warehouse), lineage(warehouse)
    for (battle_id, slug), mails in published.items():
        if leads_to(battle_id, slug, living, leads) is None:
            assert not any(mails <= battle.killmail_ids for battle in living)
    forget_battles(warehouse)
    rebuild(warehouse, DAYS[0], DAYS[-1])
    assert found == content(warehouse)


def leads_to(
    battle_id: UUID, slug: str, living: Sequence[Battle], leads: Mapping[tuple[UUID, str], tuple[UUID | None, str]]
) -> UUID | None:
    """The living battle that an id and slug lead to; None: it vanished, or led to one that did."""
    if (battle_id, slug) in {(battle.battle_id, battle.slug) for battle in living}:
        return battle_id
    now, _ = leads[battle_id, slug]
    if now is None or now in {battle.battle_id for battle in living}:
        return now
    assert {(None, "vanished")} == {leads[old] for old in leads if old[0] == now and leads[old][0] != now}
    return None


def test_a_late_mail_between_two_fights_changes_these_and_no_other_row(warehouse: Warehouse) -> None:
    war = rows("""
        1200 | a | A1 | C1
        1204 | a | C2 | A2
        1240 | a | A3 | C3
        1242 | a | C4 | A4
        1201 | a | B1 | D1   # another war, in the same system at the same time
        1225 | a | D1 | B2
        1215 | b | A6 | B6   # and next door
        1216 | b | B6 | A7
    """)
    forget_battles(warehouse)
    land_all(warehouse, war)
    rebuild(warehouse, DAYS[0], DAYS[-1])
    assert {battle.killmail_ids for battle in battles(warehouse)} == {*map(frozenset, ([1, 2], [3, 4], [5, 6], [7, 8]))}
    touched = [battle.battle_id for battle in battles(warehouse) if battle.killmail_ids & {1, 3}]
    before = versions(warehouse, but=touched)
    land(warehouse, DAYS[0], [*war, Row(99, 1_222 * 60, "a", "A5", ["C5"])])
    change = rebuild(warehouse, DAYS[0], DAYS[0])
    assert (change.created, change.updated, change.deleted) == (0, 1, 1)
    assert frozenset({1, 2, 3, 4, 99}) in {battle.killmail_ids for battle in battles(warehouse)}
    assert versions(warehouse, but=touched) == before


def test_a_late_mail_joins_a_fight_of_the_day_before_though_only_its_own_day_is_rebuilt(warehouse: Warehouse) -> None:
    """The longest link, 30 minutes: the same pilot against the same enemy at 23:34 and at 0:04."""
    fight = rows("1412 | a | A1 | B1\n 1414 | a | A2 | B1")
    late = Row(9, (24 * 60 + 4) * 60, "a", "A3", ["B1"])
    forget_battles(warehouse)
    land_all(warehouse, fight)
    rebuild(warehouse, DAYS[0], DAYS[-1])
    land(warehouse, DAYS[1], [late])
    rebuild(warehouse, DAYS[1], DAYS[1])
    assert [battle.killmail_ids for battle in battles(warehouse)] == [{1, 2, 9}]


def changes(history: Sequence[Arrival], stage: int) -> Iterator[Row]:
    """The mails that came or went with the stage."""
    return (mail.row for mail in history if mail.is_there(stage) != mail.is_there(stage - 1))


@pytest.mark.deep  # the golden days show it in every run
def test_any_single_day_of_the_demonstrations_war_again_changes_nothing(warehouse: Warehouse) -> None:
    """Fifteen days one after the other are the range at once, and any of them again touches no row."""
    static_data = read_snapshot()
    with warehouse.transaction() as connection:
        write_static_data(connection, static_data, "snapshot", datetime(2026, 9, 1, tzinfo=UTC))
        world = read_combat_world(connection)
    war = War(static_data, seed=1)
    span = [FIRST_DAY + timedelta(days=number) for number in range(15)]
    forget_battles(warehouse)
    for day in span:
        land_mails(warehouse, day, [msgspec.convert(body, Killmail) for body in war.killmails(day)])
        rebuild(warehouse, day, day, world)
    found, before = content(warehouse), versions(warehouse)
    assert len(found["battles"]) > 900
    for day in reversed(span):
        rebuild(warehouse, day, day, world)
        assert versions(warehouse) == before
    forget_battles(warehouse)
    rebuild(warehouse, span[0], span[-1], world)
    assert content(warehouse) == found
    for day in span:
        land_mails(warehouse, day, [])
