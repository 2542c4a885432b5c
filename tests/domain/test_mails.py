"""The column form of mails: order, duplicates, selection."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.tables import Row, mails, rows

TABLE = rows("0 | a | A1 | B1 B2\n 0 | b | B1 | A1\n 5 | a | C1 | A1 A2 A3\n 3 | a | C2 | npc")


def test_order_is_time_then_id() -> None:
    assert mails(TABLE).killmail_id.tolist() == [1, 2, 4, 3]
    assert mails(reversed(TABLE)).killmail_id.tolist() == [1, 2, 4, 3]


def test_attackers_stay_with_their_mails() -> None:
    columns = mails(reversed(TABLE))
    assert columns.attacker_offset.tolist() == [0, 2, 3, 4, 7]
    assert columns.attacker_mail.tolist() == [0, 0, 1, 2, 3, 3, 3]
    assert columns.final_blow.tolist() == [False, True, True, True, False, False, True]


def test_the_first_of_repeated_mails_stays() -> None:
    again = [*TABLE, TABLE[0]._replace(victim="C9")]
    assert mails(again).victim_character_id.tolist() == mails(TABLE).victim_character_id.tolist()


@given(st.sets(st.integers(0, 3)))
def test_taking_keeps_order(index: set[int]) -> None:
    columns = mails(TABLE)
    taken = columns.take(np.array(sorted(index, reverse=True), np.int64))
    kept: list[Row] = [TABLE[[0, 1, 3, 2][i]] for i in sorted(index)]
    assert taken.killmail_id.tolist() == [row.killmail_id for row in kept]
    assert taken.attacker_character_id.tolist() == mails(kept).attacker_character_id.tolist()
    assert taken.position_m.shape == (len(index), 3)


def test_no_mails() -> None:
    assert len(mails([])) == 0
    assert mails([]).attacker_mail.tolist() == []
