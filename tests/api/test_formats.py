"""How numbers look to people."""

import pytest

from api.web.formats import code, duration, isk, percent, security


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "0"),
        (950, "950"),
        (1_000, "1.00 k"),
        (45_600_000, "45.6 m"),
        (1_234_567_890, "1.23 b"),
        (2 * 10**12, "2.00 t"),
    ],
)
def test_isk(amount: int, shown: str) -> None:
    assert isk(amount) == shown


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
