"""When the items of a day's mails have outlived their retention; deleting them belongs elsewhere."""

from datetime import date


def outlived(day: date, today: date, retention_days: int) -> bool:
    """Whether a day is more than `retention_days` before today; none ever is where that is 0."""
    return retention_days > 0 and (today - day).days > retention_days
