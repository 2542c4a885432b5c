"""How numbers and moments look to people; no page and no query belongs here."""

import re
from datetime import datetime

from markupsafe import Markup, escape

MINUTE_SECONDS = 60
HOUR_MINUTES = 60
ISK_UNITS = ((10**12, "t"), (10**9, "b"), (10**6, "m"), (10**3, "k"))


def isk(amount: int) -> str:
    """ISK as players write it, in three digits: 950, 1.23 b, 45.6 m."""
    for size, unit in ISK_UNITS:
        if amount >= size:
            return f"{_three_digits(amount / size)} {unit}"
    return str(amount)


def _three_digits(value: float) -> str:
    decimals = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{decimals}f}"


def security(status: float) -> str:
    """Security as the game shows it: one decimal, but nothing above 0.0 is shown as 0.0."""
    shown = 0.1 if 0 < status < 0.05 else round(status, 1)
    return f"{shown + 0.0:.1f}".replace("-0.0", "0.0").replace("-", "\N{MINUS SIGN}")


def duration(seconds: int) -> str:
    """Hours and minutes: `1 h 05 min`, `48 min`, `< 1 min`."""
    hours, minutes = divmod(seconds // MINUTE_SECONDS, HOUR_MINUTES)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min" if minutes else "< 1 min"


def eve_time(moment: datetime) -> str:
    """Date and minute in EVE time, which is UTC."""
    return f"{moment:%Y-%m-%d %H:%M}"


def percent(share: float) -> str:
    """A share as a percentage, rounded down so that only a whole is 100.0 %."""
    tenths = int(share * 1000)
    return f"{tenths // 10}.{tenths % 10} %"


def label(side: str) -> str:
    """A side's label in words: `team_a` is Team A."""
    return side.replace("_", " ").title()


def code(text: str) -> Markup:
    """Text with what stands in backticks as code; everything in it escaped."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped before
