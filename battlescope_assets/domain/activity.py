"""When players fight: the prime time in counts by hour of day; what is counted and where does not belong here."""

from collections.abc import Sequence
from dataclasses import dataclass

HOURS = 24
BANDS = {"AUTZ": (2, 3), "EUTZ": (18, 4), "USTZ": (0, 3)}
"""Prime times by the names players know: first hour (UTC) and how many hours, as in the War Room's design."""


@dataclass(frozen=True)
class PrimeTime:
    """The fewest hours of day in a row, around midnight if need be, that hold at least half of what was counted."""

    from_hour: int
    hours: int
    band: str | None
    """The band with the largest share of its hours in it, at least half of them."""


def hours_from(first_hour: int, hours: int) -> set[int]:
    """So many hours of day from one on, around midnight."""
    return {(first_hour + hour) % HOURS for hour in range(hours)}


def prime_time(counts: Sequence[int]) -> PrimeTime | None:
    """The prime time of 24 counts, one for each hour of day (UTC); None where nothing was counted.

    Of several stretches as short, the one that holds the most, then the earliest. The marts have the same rule for
    regions (`int_region_hours__profiled`); a test holds the two together.
    """
    total = sum(counts)
    if total == 0:
        return None
    for hours in range(1, HOURS + 1):
        held = [sum(counts[hour] for hour in hours_from(first, hours)) for first in range(HOURS)]
        if 2 * max(held) >= total:
            break
    from_hour = held.index(max(held))
    return PrimeTime(from_hour, hours, _band(hours_from(from_hour, hours)))


def _band(prime_hours: set[int]) -> str | None:
    shares = []
    for band, (first_hour, hours) in BANDS.items():
        shared = len(prime_hours & hours_from(first_hour, hours))
        if 2 * shared >= hours:
            shares.append((-shared / hours, -shared, band))
    return min(shares)[2] if shares else None
