"""How numbers look to people."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.formats import ago, change, code, duration, initials, isk, percent, security


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "0"),
        (950, "950"),
        (999, "999"),
        (1_000, "1.00 k"),
        (9_996_000, "10.0 m"),
        (99_960_000, "100 m"),
        (999_600_000, "1.00 b"),
        (45_600_000, "45.6 m"),
        (1_234_567_890, "1.23 b"),
        (2 * 10**12, "2.00 t"),
        (-45_600_000, "\N{MINUS SIGN}45.6 m"),
        (-950, "\N{MINUS SIGN}950"),
        (-0.3, "0"),
        (999.4, "999"),
        (999.6, "1.00 k"),
        (999_400_000, "999 m"),
        (12_345 * 10**12, "12,300 t"),
    ],
)
def test_isk(amount: float, shown: str) -> None:
    assert isk(amount) == shown


def amount_of(shown: str) -> Decimal:
    """What `isk` says, in ISK."""
    value, _, unit = shown.replace("\N{MINUS SIGN}", "-").partition(" ")
    return Decimal(value) * {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}[unit]


BELOW_A_THOUSAND_TRILLION = st.integers(-(10**15) + 10**12, 10**15 - 10**12)
NEAR_BORDERS = st.builds(lambda power, step: 10**power + step, st.integers(3, 14), st.integers(-2_000, 2_000))
AMOUNTS = BELOW_A_THOUSAND_TRILLION | NEAR_BORDERS


@given(AMOUNTS)
def test_isk_has_three_true_digits(amount: int) -> None:
    shown = isk(amount)
    digits = sum(character.isdigit() for character in shown)
    assert digits == (3 if abs(amount) >= 1_000 else len(f"{abs(amount)}"))
    assert abs(amount_of(shown) - amount) <= Decimal(10) ** (len(f"{abs(amount)}") - 3) / 2


@given(AMOUNTS, AMOUNTS)
def test_isk_never_shows_more_as_less(one: int, other: int) -> None:
    assert (amount_of(isk(one)) <= amount_of(isk(other))) or one > other


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (0.9459, "0.9"),
        (0.45, "0.5"),
        (0.04, "0.1"),
        (0.001, "0.1"),
        (0.0, "0.0"),
        (-0.04, "0.0"),
        (-0.385, "\N{MINUS SIGN}0.4"),
        (-1, "\N{MINUS SIGN}1.0"),
    ],
)
def test_security(status: float, shown: str) -> None:
    assert security(status) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "< 1 min"), (59, "< 1 min"), (2_874, "47 min"), (3_900, "1 h 05 min")]
)
def test_duration(seconds: int, shown: str) -> None:
    assert duration(seconds) == shown


@pytest.mark.parametrize(("share", "shown"), [(0, "0.0 %"), (0.70364, "70.3 %"), (0.99999, "99.9 %"), (1, "100.0 %")])
def test_percent(share: float, shown: str) -> None:
    assert percent(share) == shown


def test_code_escapes_what_it_marks() -> None:
    assert code("`<b>` & <i>") == "<code>&lt;b&gt;</code> &amp; &lt;i&gt;"


NOW = datetime(2026, 6, 5, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "just now"),
        (-59, "just now"),
        (-60, "1 min ago"),
        (11_100, "in 3 h 05 min"),
        (-47 * 3600, "47 h 00 min ago"),
        (-5 * 86_400, "5 days ago"),
        (6_000 * 86_400, "in 6,000 days"),
    ],
)
def test_ago(seconds: int, shown: str) -> None:
    assert ago(NOW + timedelta(seconds=seconds), NOW) == shown


@pytest.mark.parametrize(
    ("trend", "before", "shown"),
    [
        (None, None, "nothing before to compare"),
        (1.0, None, "as before"),
        (1.004, 250, "as before"),
        (1.338, 80, "34 % more"),
        (0.6, 5, "40 % less"),
        (0.0, 3, "100 % less"),
        (16.2, 5, "16 times as many"),
        (16_200, 5, "16,200 times as many"),
        (16.0, 0, "none before"),
        (0.0, 0, "as before"),
    ],
)
def test_change(trend: float | None, before: float | None, shown: str) -> None:
    assert change(trend, before) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Goonswarm Federation", "GF"),
        ("The Initiative.", "TI"),
        ("Pandemic Horde Inc And More", "PHI"),
        ("TEST", "TES"),
        ("-=[ARRIBA]=-", "ARR"),
        ("...", "?"),
        (None, "?"),
    ],
)
def test_initials(name: str | None, shown: str) -> None:
    assert initials(name) == shown
