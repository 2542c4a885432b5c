"""When items have outlived their retention."""

from datetime import date

import pytest

from battlescope_assets.domain.retention import outlived

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("day", "retention_days", "expected"),
    [
        (date(2026, 3, 1), 30, False),
        (date(2026, 1, 30), 30, False),
        (date(2026, 1, 29), 30, True),
        (date(2026, 2, 28), 1, False),
        (date(2026, 2, 27), 1, True),
        (date(2007, 12, 5), 0, False),
        (date(2026, 3, 2), 1, False),
    ],
)
def test_days_older_than_the_retention_have_outlived_it(day: date, retention_days: int, *, expected: bool) -> None:
    assert outlived(day, TODAY, retention_days) is expected
