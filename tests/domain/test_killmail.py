"""Parsing a killmail: what is accepted, what is refused, and why."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.domain.killmail import (
    ATTACKER_COLUMNS,
    ITEM_COLUMNS,
    KILLMAIL_COLUMNS,
    Killmail,
    Rejection,
    as_columns,
    killmail_rows,
    parse,
)
from battlescope_assets.domain.window import Window
from tests.bodies import DAY, KILLMAIL_ID, MALFORMED, SOUND, body, encoded, with_attacker, with_item, with_victim

WINDOW = Window.of_day(date.fromisoformat(DAY))


def parsed(content: bytes) -> Killmail:
    mail = parse(content, WINDOW, KILLMAIL_ID)
    assert isinstance(mail, Killmail), mail
    return mail


def test_there_are_at_least_thirty_kinds_of_malformed_mails() -> None:
    assert len(MALFORMED) >= 30


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_mail_is_refused_with_its_reason(name: str) -> None:
    content, reason = MALFORMED[name]
    refused = parse(content, WINDOW, KILLMAIL_ID)
    assert isinstance(refused, Rejection)
    assert refused.reason == reason
    assert refused.detail


@pytest.mark.parametrize(
    "content",
    [
        SOUND,
        encoded(body(killmail_hash=None)),
        encoded(body(war_id=None, moon_id=0)),
        encoded(body(unheard_of={"a": [1, None]})),
        with_victim(character_id=None),
        with_victim(items=None),
        with_victim(items=[]),
        with_victim(position=None),
        with_victim(damage_taken=-20),
        with_attacker(damage_done=-3),
        with_attacker(final_blow=False),
        with_attacker(character_id=None, corporation_id=None, faction_id=500010, ship_type_id=None),
        with_item(quantity_destroyed=None, quantity_dropped=3),
        with_item(items=None),
        encoded(body(killmail_time=f"{DAY}T00:00:00Z")),
        encoded(body(killmail_time=f"{DAY}T23:59:59Z")),
    ],
)
def test_what_real_mails_do_is_accepted(content: bytes) -> None:
    parsed(content)


def test_rows_follow_their_columns() -> None:
    rows = killmail_rows([parsed(SOUND)])
    (killmail,), attackers, items = rows
    assert dict(zip(KILLMAIL_COLUMNS, killmail, strict=True)) == {
        "day": date(2026, 9, 15),
        "killmail_id": KILLMAIL_ID,
        "killmail_time": parsed(SOUND).killmail_time,
        "killmail_hash": "0123456789abcdef0123456789abcdef01234567",
        "solar_system_id": 30002187,
        "war_id": None,
        "moon_id": None,
        "victim_character_id": 90000001,
        "victim_corporation_id": 98000001,
        "victim_alliance_id": 99000001,
        "victim_faction_id": None,
        "victim_ship_type_id": 587,
        "damage_taken": 100,
        "position_x_m": 1.0,
        "position_y_m": 2.0,
        "position_z_m": 3.0,
        "attacker_count": 2,
    }
    assert [dict(zip(ATTACKER_COLUMNS, row, strict=True))["attacker_index"] for row in attackers] == [0, 1]
    shown = [
        (
            row["item_index"],
            row["container_index"],
            row["item_type_id"],
            row["quantity_destroyed"],
            row["quantity_dropped"],
        )
        for row in (dict(zip(ITEM_COLUMNS, item, strict=True)) for item in items)
    ]
    assert shown == [
        (0, None, 3520, 1, 0),
        (1, None, 3467, 0, 1),
        (2, 1, 34, 0, 7),
    ]


def test_columns_hold_the_same_mail() -> None:
    mails, items = as_columns([parsed(SOUND)])
    assert mails.killmail_id.tolist() == [KILLMAIL_ID]
    assert mails.attacker_character_id.tolist() == [90000002, 0]
    assert mails.attacker_offset.tolist() == [0, 2]
    assert mails.final_blow.tolist() == [True, False]
    assert mails.position_m.tolist() == [[1.0, 2.0, 3.0]]
    assert items.item_type_id.tolist() == [3520, 3467, 34]
    assert items.quantity_dropped.tolist() == [0, 1, 7]


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_parser(content: bytes) -> None:
    assert isinstance(parse(content, WINDOW, None), Rejection)


@given(st.integers(0, len(SOUND) - 1), st.integers(0, 255))
def test_one_damaged_byte_never_crashes_the_parser(position: int, value: int) -> None:
    damaged = SOUND[:position] + bytes([value]) + SOUND[position + 1 :]
    assert isinstance(parse(damaged, WINDOW, KILLMAIL_ID), Killmail | Rejection)
