"""Files for spreadsheets: text stays text, and nothing of it is lost."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from api.schemas.fields import Answer, Named, Ship
from api.web.downloads import FORMULA, as_csv


class Line(Answer):
    pilot: Named
    alliance: Named | None
    ships: list[Ship]
    isk: int


@given(st.lists(st.tuples(st.text(), st.integers()), max_size=5))
def test_names_come_back_and_are_no_formulas(lines: list[tuple[str, int]]) -> None:
    items = [Line(pilot=Named(id=1, name=name), alliance=None, ships=[], isk=amount) for name, amount in lines]
    rows = list(csv.DictReader(io.StringIO(as_csv(Line, items), newline="")))
    assert [int(row["isk"]) for row in rows] == [amount for _, amount in lines]
    for row, (name, _) in zip(rows, lines, strict=True):
        assert not row["pilot_name"].startswith(FORMULA)
        assert row["pilot_name"] == (f"'{name}" if name.startswith(FORMULA) else name)


def test_columns_do_not_depend_on_what_is_known() -> None:
    ships = [Ship(id=587, name="Rifter", group="Frigate"), Ship(id=670, name=None, group=None)]
    line = Line(pilot=Named(id=1, name="=HYPERLINK()"), alliance=None, ships=ships, isk=-5)
    assert as_csv(Line, [line]).splitlines() == [
        "pilot_id,pilot_name,alliance_id,alliance_name,ships,isk",
        "1,'=HYPERLINK(),,,Rifter; 670,-5",
    ]
