"""How numbers, moments and names look to people; no page and no query belongs here."""

import re
from datetime import datetime, timedelta

from markupsafe import Markup, escape

MINUTE_SECONDS = 60
DAY_SECONDS = 86_400
HOUR_MINUTES = 60
ISK_UNITS = ((10**12, "t"), (10**9, "b"), (10**6, "m"), (10**3, "k"))


def isk(amount: float) -> str:
    """ISK as players write it, in three digits: 950, 1.23 b, 45.6 m."""
    rounded = float(f"{amount:.3g}")  # first, since 999.6 m is 1.00 b
    for size, unit in ISK_UNITS:
        value = rounded / size
        if abs(value) >= 1:
            decimals = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
            return f"{value:,.{decimals}f} {unit}".replace("-", "\N{MINUS SIGN}")
    return f"{round(amount)}".replace("-", "\N{MINUS SIGN}")


def security(status: float) -> str:
    """Security as the game shows it: one decimal, but nothing above 0.0 is shown as 0.0."""
    shown = 0.1 if 0 < status < 0.05 else round(status, 1)
    return f"{shown + 0.0:.1f}".replace("-0.0", "0.0").replace("-", "\N{MINUS SIGN}")


def duration(seconds: float) -> str:
    """Hours and minutes: `1 h 05 min`, `48 min`, `< 1 min`."""
    hours, minutes = divmod(int(seconds) // MINUTE_SECONDS, HOUR_MINUTES)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min" if minutes else "< 1 min"


def eve_time(moment: datetime) -> str:
    """Date and minute in EVE time, which is UTC."""
    return f"{moment:%Y-%m-%d %H:%M}"


def last_day(end: datetime) -> str:
    """The last of the days before a midnight that ends them."""
    return f"{end - timedelta(days=1):%Y-%m-%d}"


def ago(moment: datetime, now: datetime) -> str:
    """How far a moment is from now: `12 min ago`, `in 3 h 05 min`, `5 days ago`, `just now`."""
    seconds = (now - moment).total_seconds()
    distance = abs(seconds)
    if distance < MINUTE_SECONDS:
        return "just now"
    length = duration(distance) if distance < 2 * DAY_SECONDS else f"{int(distance // DAY_SECONDS):,} days"
    return f"{length} ago" if seconds > 0 else f"in {length}"


def percent(share: float) -> str:
    """A share as a percentage, rounded down so that only a whole is 100.0 %."""
    tenths = int(share * 1000)
    return f"{tenths // 10}.{tenths % 10} %"


def odds(risk: float | None) -> str:
    """A chance, 0 to 1, as players weigh it: `1 in 240`, `none`; where it is not known, so."""
    if risk is None:
        return "unknown"
    return f"1 in {1 / risk:,.0f}" if risk else "none"


def change(trend: float | None, before: float | None = None) -> str:
    """A trend (now / before) in words: `34 % more`; where there is no trend, so.

    `before` is what was before, where that is known: the API's trends take one for none.
    """
    if trend is None:
        return "nothing before to compare"
    if before == 0:
        return "none before" if trend else "as before"
    if trend >= 10:
        return f"{trend:,.0f} times as many"
    points = round(100 * (trend - 1))
    if points == 0:
        return "as before"
    return f"{points} % more" if points > 0 else f"{-points} % less"


def initials(name: str | None) -> str:
    """At most three letters that stand for a name: those its words begin with, else its first ones."""
    words_ = re.findall(r"[^\W_]+", name or "")
    letters = "".join(word[0] for word in words_) if len(words_) > 1 else "".join(words_)
    return letters[:3].upper() or "?"


def side_name(side: int) -> str:
    """A side as pages name it, and as the reason of a battle's outcome does: Side 1; 0 is Unaligned."""
    return f"Side {side}" if side else "Unaligned"


def words(value: str) -> str:
    """A name of our vocabulary as text: `structure_bash` is structure bash."""
    return value.replace("_", " ")


def code(text: str) -> Markup:
    """Text with what stands in backticks as code; everything in it escaped."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped before
