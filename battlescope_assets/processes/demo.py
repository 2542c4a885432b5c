"""What the demo serves: its home, its days, its local upstream; how things are started belongs to the supervisor."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from battlescope_assets.domain.window import ONE_DAY
from battlescope_assets.settings import Settings

DEMO = "demo"
"""The folder of its home."""
DAYS = 15
"""Two whole weeks and a day, so that week-on-week trends show."""
SEED = 20260601
MAILS_PER_DAY = 1_500


class Demo(NamedTuple):
    """One demo."""

    settings: Settings
    first_day: date
    last_day: date


def prepare_demo(settings: Settings) -> Demo:
    """The demo of these settings' home; its first day is chosen once, so that a later start continues the same war."""
    home = settings.home / DEMO
    home.mkdir(parents=True, exist_ok=True)
    yesterday = datetime.now(UTC).date() - ONE_DAY
    remembered = home / "first_day"
    try:
        first_day = date.fromisoformat(remembered.read_text().strip())
    except (FileNotFoundError, ValueError):
        first_day = yesterday - (DAYS - 1) * ONE_DAY
        remembered.write_text(f"{first_day}\n")
    return Demo(settings.model_copy(update={"home": home, "first_day": first_day}), first_day, yesterday)
