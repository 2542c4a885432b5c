"""Re-clustering against PostgreSQL: late mails, merges, splits, midnight, repeats; each changes what it touches."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from battlescope_assets.assets.battles import recluster
from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.killmail import (
    ATTACKER_COLUMNS,
    ITEM_COLUMNS,
    KILLMAIL_COLUMNS,
    Killmail,
    killmail_rows,
    parse,
)
from battlescope_assets.domain.linking import Evidence
from battlescope_assets.domain.universe import CombatWorld
from battlescope_assets.domain.window import ONE_DAY, Window
from battlescope_assets.io.battles import EVIDENCES, BattleChange, close_ended
from battlescope_assets.io.warehouse import Rows, Warehouse, replace_days
from tests.bodies import body, encoded

MONDAY, TUESDAY = date(2026, 9, 14), date(2026, 9, 15)
WORLD = CombatWorld(np.array([[1, 2], [2, 1]]), {587: 25, 670: 29}, {587: 6, 670: 6})
PARAMS = BattleParams()
NOW = datetime(2026, 9, 20, tzinfo=UTC)
RED, BLUE = 99000001, 99000002


def mail(killmail_id: int, at: str, loser: int = RED, killer: int = BLUE, system: int = 30002187) -> Killmail:
    """A pilot of one alliance lost to two of the other, at `at` ("Mon 23:50") in a system."""
    weekday, clock = at.split()
    day = {"Mon": MONDAY, "Tue": TUESDAY}[weekday]
    parsed = parse(
        encoded(
            body(
                killmail_id=killmail_id,
                killmail_time=f"{day}T{clock}:00Z",
                solar_system_id=system,
                victim={
                    "character_id": loser * 10 + killmail_id % 10,
                    "corporation_id": loser - 1_000_000,
                    "alliance_id": loser,
                    "ship_type_id": 587,
                    "damage_taken": 100,
                    "items": [],
                },
                attackers=[
                    {
                        "character_id": killer * 10 + i,
                        "corporation_id": killer - 1_000_000,
                        "alliance_id": killer,
                        "damage_done": 50,
                        "final_blow": i == 0,
                        "security_status": 0.0,
                        "ship_type_id": 587,
                    }
                    for i in range(2)
                ],
            )
        ),
        Window.of_days(MONDAY, TUESDAY),
        killmail_id,
    )
    assert isinstance(parsed, Killmail), parsed
    return parsed


class Days:
    """Mails stored by day, and their battles."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse

    def hold(self, *mails: Killmail) -> None:
        """Makes the two days hold exactly these mails."""
        for day in (MONDAY, TUESDAY):
            rows = killmail_rows([m for m in mails if m.killmail_time.date() == day])
            with self.warehouse.transaction() as connection:
                replace_days(
                    connection,
                    Window.of_day(day),
                    {
                        "raw.killmails": Rows(KILLMAIL_COLUMNS, rows.killmails),
                        "raw.killmail_attackers": Rows(ATTACKER_COLUMNS, rows.attackers),
                        "raw.killmail_items": Rows(ITEM_COLUMNS, rows.items),
                    },
                )

    def recluster(self, day: date, now: datetime = NOW) -> BattleChange:
        with self.warehouse.transaction() as connection:
            return recluster(connection, Window.of_day(day), WORLD, PARAMS, now)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.warehouse.transaction() as connection:
            return connection.execute(query.encode()).fetchall()

    def battles(self) -> dict[str, list[int]]:
        """Slug → its mails."""
        found = self.rows("select slug, killmail_ids from core.battles join core.battle_details using (battle_id)")
        return {slug: sorted(ids) for slug, ids in sorted(found)}

    def ids(self) -> dict[str, Any]:
        return dict(self.rows("select slug, battle_id from core.battles"))

    def events(self) -> list[str]:
        return [event for (event,) in self.rows("select event_type from app.battle_outbox order by event_id")]

    def versions(self) -> list[list[tuple[Any, ...]]]:
        """Row versions of everything below battles: any rewrite changes them."""
        tables = ("battles", "battle_details")
        return [self.rows(f"select t.*::text, xmin::text from core.{table} t order by 1") for table in tables]


@pytest.fixture
def days(warehouse: Warehouse) -> Days:
    with warehouse.transaction() as connection:
        connection.execute(
            "truncate core.battles, core.battle_details, core.battle_lineage, app.battle_outbox, app.open_battles"
        )
    return Days(warehouse)


EVENING = [mail(i, f"Mon 20:0{i}") for i in range(1, 5)]
NIGHT = [mail(10 + i, f"Mon 20:3{i}") for i in range(1, 5)]
"""26 minutes after the evening's fight: too long for the same two alliances with other victims and no shared pilots."""
MIDNIGHT = [mail(21, "Mon 23:50"), mail(22, "Mon 23:58"), mail(23, "Tue 00:04"), mail(24, "Tue 00:12")]


def apart(mails: list[Killmail]) -> list[Killmail]:
    """The same mails by other pilots, so that only the alliances link them to others."""
    changed = []
    for m in mails:
        bodies = body(
            killmail_id=m.killmail_id,
            killmail_time=f"{m.killmail_time:%Y-%m-%dT%H:%M:%SZ}",
            victim={
                "character_id": 80_000_000 + m.killmail_id,
                "alliance_id": RED,
                "ship_type_id": 587,
                "damage_taken": 1,
            },
            attackers=[
                {"character_id": 81_000_000, "alliance_id": BLUE, "damage_done": 1, "final_blow": True},
                {"character_id": 81_000_001, "alliance_id": BLUE, "damage_done": 0, "final_blow": False},
            ],
        )
        parsed = parse(encoded(bodies), Window.of_days(MONDAY, TUESDAY), m.killmail_id)
        assert isinstance(parsed, Killmail)
        changed.append(parsed)
    return changed


LATER = apart(NIGHT)


def test_battles_are_stored_whole(days: Days) -> None:
    days.hold(*EVENING)
    assert days.recluster(MONDAY) == BattleChange(created=1, updated=0, deleted=0, unchanged=0)
    assert days.battles() == {"BR-30002187-202609142001": [1, 2, 3, 4]}
    assert days.rows("select total_killmails, total_pilots from core.battles") == [(4, 6)]
    assert days.rows(
        "select b.sides -> 0 ->> 0, json_array_length(b.sides), json_array_length(d.sides) "
        "from core.battles b join core.battle_details d using (battle_id)"
    ) == [("1", 2, 2)]
    assert days.rows(
        "select cardinality(character_ids), killmail_ids, linked_positions[1], linked_positions[2:] <@ '{1,2,3,4}' "
        "from core.battle_details"
    ) == [(6, [1, 2, 3, 4], None, True)]
    assert days.events() == ["battle.created"]


def test_evidences_have_one_number_here_and_in_the_database(days: Days) -> None:
    named = days.rows("select core.link_evidence(number::smallint) from generate_series(1, 9) as number")
    assert [name for (name,) in named] == [*EVIDENCES, None]
    assert {*EVIDENCES} == {evidence.name.lower() for evidence in Evidence}


def test_reclustering_again_rewrites_no_row_and_says_nothing(days: Days) -> None:
    days.hold(*EVENING, *LATER, *MIDNIGHT)
    days.recluster(MONDAY)
    days.recluster(TUESDAY)
    before, events = days.versions(), days.events()
    for day in (TUESDAY, MONDAY, TUESDAY):
        change = days.recluster(day, NOW + timedelta(hours=1))
        assert (change.created, change.updated, change.deleted) == (0, 0, 0)
    assert days.versions() == before
    assert days.events() == events


@pytest.mark.parametrize("order", [(MONDAY,), (TUESDAY,), (MONDAY, TUESDAY), (TUESDAY, MONDAY)])
def test_a_fight_across_midnight_is_whole_whichever_day_is_materialised(days: Days, order: tuple[date, ...]) -> None:
    days.hold(*MIDNIGHT)
    for day in order:
        days.recluster(day)
    assert days.battles() == {"BR-30002187-202609142350": [21, 22, 23, 24]}
    assert days.rows("select day from core.battles") == [(MONDAY,)]


def test_a_fight_is_found_whole_though_too_little_of_it_lies_near_the_day(days: Days) -> None:
    """Of five mails 24 minutes apart a margin of 30 minutes around Tuesday holds three: fewer than asked for."""
    clocks = ("Mon 22:50", "Mon 23:14", "Mon 23:38", "Tue 00:02", "Tue 00:26")
    days.hold(*(mail(61 + i, at) for i, at in enumerate(clocks)))
    with days.warehouse.transaction() as connection:
        recluster(connection, Window.of_day(TUESDAY), WORLD, BattleParams(min_kills=5), NOW)
    assert days.battles() == {"BR-30002187-202609142250": [61, 62, 63, 64, 65]}


def test_a_late_mail_changes_only_what_it_touches(days: Days) -> None:
    days.hold(*EVENING, *MIDNIGHT)
    days.recluster(MONDAY)
    untouched = days.rows("select t.*::text, xmin::text from core.battles t where slug like '%2350'")
    days.hold(*EVENING, mail(5, "Mon 20:09"), *MIDNIGHT)
    assert days.recluster(MONDAY) == BattleChange(created=0, updated=1, deleted=0, unchanged=1)
    assert days.battles()["BR-30002187-202609142001"] == [1, 2, 3, 4, 5]
    assert days.rows("select t.*::text, xmin::text from core.battles t where slug like '%2350'") == untouched


def test_a_late_mail_between_two_fights_merges_them_and_the_old_id_leads_on(days: Days) -> None:
    days.hold(*EVENING, *LATER)
    days.recluster(MONDAY)
    assert days.battles() == {"BR-30002187-202609142001": [1, 2, 3, 4], "BR-30002187-202609142031": [11, 12, 13, 14]}
    old = days.ids()
    days.hold(*EVENING, mail(9, "Mon 20:18"), *LATER)
    assert days.recluster(MONDAY) == BattleChange(created=0, updated=1, deleted=1, unchanged=0)
    assert days.battles() == {"BR-30002187-202609142001": [1, 2, 3, 4, 9, 11, 12, 13, 14]}
    assert days.ids() == {"BR-30002187-202609142001": old["BR-30002187-202609142001"]}
    assert days.rows("select old_battle_id, old_slug, battle_id, reason from core.battle_lineage") == [
        (old["BR-30002187-202609142031"], "BR-30002187-202609142031", old["BR-30002187-202609142001"], "merged")
    ]
    assert days.events() == ["battle.created", "battle.created", "battle.updated", "battle.deleted"]


def test_a_mail_that_vanishes_splits_and_the_larger_part_keeps_the_id(days: Days) -> None:
    days.hold(*EVENING, mail(9, "Mon 20:18"), *LATER[:3])
    days.recluster(MONDAY)
    (battle_id,) = days.ids().values()
    days.hold(*EVENING, *LATER[:3])
    assert days.recluster(MONDAY) == BattleChange(created=1, updated=1, deleted=0, unchanged=0)
    assert days.ids()["BR-30002187-202609142001"] == battle_id
    assert days.battles()["BR-30002187-202609142031"] == [11, 12, 13]


def test_a_battle_whose_mails_vanish_is_gone_and_comes_back_under_its_id(days: Days) -> None:
    days.hold(*EVENING)
    days.recluster(MONDAY)
    first = days.ids()
    days.hold()
    assert days.recluster(MONDAY) == BattleChange(created=0, updated=0, deleted=1, unchanged=0)
    assert days.battles() == {}
    assert days.rows("select count(*) from core.battle_details") == [(0,)]
    assert days.rows("select battle_id, reason from core.battle_lineage") == [(None, "vanished")]
    days.hold(*EVENING)
    days.recluster(MONDAY)
    assert days.ids() == first
    assert days.rows("select count(*) from core.battle_lineage") == [(0,)]


def test_a_fight_that_is_renamed_and_back_has_its_first_slug_again(days: Days) -> None:
    for _ in range(2):
        days.hold(*EVENING)
        days.recluster(MONDAY)
        assert list(days.battles()) == ["BR-30002187-202609142001"]
        days.hold(mail(7, "Mon 19:58"), *EVENING)
        days.recluster(MONDAY)
        assert list(days.battles()) == ["BR-30002187-202609141958"]


def test_a_merge_that_is_undone_gives_both_their_ids_back(days: Days) -> None:
    days.hold(*EVENING, *LATER)
    days.recluster(MONDAY)
    before = days.ids()
    days.hold(*EVENING, mail(9, "Mon 20:18"), *LATER)
    days.recluster(MONDAY)
    days.hold(*EVENING, *LATER)
    days.recluster(MONDAY)
    assert days.ids() == before
    assert days.rows("select count(*) from core.battle_lineage") == [(0,)]


def test_what_led_to_a_battle_that_vanished_leads_to_it_again(days: Days) -> None:
    merged = (*EVENING, mail(9, "Mon 20:18"), *LATER)
    days.hold(*EVENING, *LATER)
    days.recluster(MONDAY)
    days.hold(*merged)
    days.recluster(MONDAY)
    ((survivor, leads),) = days.rows(
        "select b.battle_id, l.battle_id from core.battles b, core.battle_lineage l where l.reason = 'merged'"
    )
    assert survivor == leads
    days.hold()
    days.recluster(MONDAY)
    days.hold(*merged)
    days.recluster(MONDAY)
    assert days.rows("select b.battle_id, l.battle_id from core.battles b, core.battle_lineage l") == [
        (survivor, leads)
    ]


def test_ids_lead_on_over_several_merges(days: Days) -> None:
    third = apart([mail(31 + i, f"Mon 21:0{i}") for i in range(4)])
    days.hold(*EVENING, *LATER, *third)
    days.recluster(MONDAY)
    old = days.ids()
    days.hold(*EVENING, *LATER, *apart([mail(19, "Mon 20:45")]), *third)
    days.recluster(MONDAY)
    days.hold(*EVENING, mail(9, "Mon 20:18"), *LATER, *apart([mail(19, "Mon 20:45")]), *third)
    days.recluster(MONDAY)
    ((survivor,),) = days.rows("select battle_id from core.battles")
    leads = dict(days.rows("select old_battle_id, battle_id from core.battle_lineage"))
    assert {leads.get(battle_id, battle_id) for battle_id in old.values()} == {survivor}


def test_a_fight_that_begins_earlier_gets_a_new_slug_and_the_old_one_leads_on(days: Days) -> None:
    days.hold(*EVENING)
    days.recluster(MONDAY)
    old = days.ids()
    days.hold(mail(7, "Mon 19:58"), *EVENING)
    days.recluster(MONDAY)
    assert days.ids() == {"BR-30002187-202609141958": old["BR-30002187-202609142001"]}
    assert days.rows("select old_slug, reason from core.battle_lineage") == [("BR-30002187-202609142001", "renamed")]


def test_two_fights_in_one_system_and_minute_have_slugs_of_their_own(days: Days) -> None:
    others = [mail(40 + i, f"Mon 20:0{i}", loser=99000003, killer=99000004) for i in range(1, 4)]
    days.hold(*EVENING, *others)
    days.recluster(MONDAY)
    assert days.battles() == {"BR-30002187-202609142001": [1, 2, 3, 4], "BR-30002187-202609142001-2": [41, 42, 43]}


def test_neighbouring_days_at_once_end_as_one_after_the_other(days: Days) -> None:
    days.hold(*EVENING, *LATER, *MIDNIGHT, mail(50, "Tue 10:00"), mail(51, "Tue 10:02"))
    for _ in range(10):
        threads = [threading.Thread(target=days.recluster, args=(day,)) for day in (MONDAY, TUESDAY, MONDAY)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    assert list(days.battles().values()) == [[1, 2, 3, 4], [11, 12, 13, 14], [21, 22, 23, 24], [50, 51]]
    assert days.events() == ["battle.created"] * 4


def test_a_change_of_an_old_day_is_marked_as_backfill(days: Days) -> None:
    days.hold(*EVENING, *MIDNIGHT[2:])
    days.recluster(MONDAY, datetime(2026, 9, 16, 12, tzinfo=UTC))
    days.recluster(TUESDAY, datetime(2026, 9, 17, 12, tzinfo=UTC) - ONE_DAY)
    found = days.rows("select payload->>'slug', is_backfill from app.battle_outbox order by 1")
    assert found == [("BR-30002187-202609142001", False), ("BR-30002187-202609150004", False)]
    days.hold(*EVENING[:3], *MIDNIGHT[2:])
    days.recluster(MONDAY, datetime(2026, 9, 18, tzinfo=UTC))
    assert days.rows("select is_backfill from app.battle_outbox order by event_id desc limit 1") == [(True,)]


OPEN = timedelta(minutes=PARAMS.window_minutes)


def test_a_battle_ends_once_and_again_when_a_late_mail_reopens_it(days: Days) -> None:
    def close(at: datetime) -> int:
        with days.warehouse.transaction() as connection:
            return close_ended(connection, OPEN, at)

    days.hold(*EVENING)
    last = EVENING[-1].killmail_time
    days.recluster(MONDAY, last + timedelta(minutes=1))
    assert days.rows("select payload->>'status' from app.battle_outbox") == [("open",)]
    assert close(last + OPEN - timedelta(seconds=1)) == 0
    assert close(last + OPEN) == 1
    assert close(last + OPEN + timedelta(days=40)) == 0
    assert days.events() == ["battle.created", "battle.ended"]
    # Nothing new: re-materialising says nothing, and the battle stays ended.
    days.recluster(MONDAY, last + 2 * OPEN)
    assert close(last + 2 * OPEN) == 0
    # A mail of back then changes the battle, which stays ended.
    days.hold(*EVENING, mail(5, "Mon 20:02"))
    days.recluster(MONDAY, last + 2 * OPEN)
    assert close(last + 2 * OPEN) == 0
    # One after its end opens it again.
    days.hold(*EVENING, mail(5, "Mon 20:02"), mail(6, "Mon 20:28"))
    days.recluster(MONDAY, last + OPEN)
    assert close(last + OPEN) == 0
    assert close(last + 2 * OPEN) == 1
    assert days.events() == [
        "battle.created",
        "battle.ended",
        "battle.updated",
        "battle.updated",
        "battle.ended",
    ]


def test_an_event_says_what_a_consumer_needs(days: Days) -> None:
    days.hold(*EVENING)
    days.recluster(MONDAY)
    ((payload,),) = days.rows("select payload from app.battle_outbox")
    ((battle_id,),) = days.rows("select battle_id::text from core.battles")
    assert payload == {
        "battle_id": battle_id,
        "slug": "BR-30002187-202609142001",
        "kind": "skirmish",
        "status": "closed",
        "started_at": "2026-09-14T20:01:00+00:00",
        "ended_at": "2026-09-14T20:04:00+00:00",
        "solar_system_id": 30002187,
        "solar_system_name": None,
        "region_id": None,
        "region_name": None,
        "total_killmails": 4,
        "total_pilots": 6,
        "total_isk_destroyed": 0,
    }
