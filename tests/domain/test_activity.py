"""Laws of the prime time, held against every stretch of hours there is."""

from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.domain.activity import BANDS, HOURS, hours_from, prime_time

COUNTS = st.lists(st.integers(0, 9), min_size=HOURS, max_size=HOURS)


@given(COUNTS)
def test_a_prime_time_is_the_shortest_stretch_with_half_of_everything(counts: list[int]) -> None:
    found = prime_time(counts)
    stretches = {
        (first, hours): sum(counts[(first + hour) % HOURS] for hour in range(hours))
        for first in range(HOURS)
        for hours in range(1, HOURS + 1)
    }
    enough = [(hours, -held, first) for (first, hours), held in stretches.items() if held and 2 * held >= sum(counts)]
    assert (found is None) == (not any(counts)) == (not enough)
    if found:
        hours, _, first = min(enough)
        assert (found.from_hour, found.hours) == (first, hours)


@given(COUNTS, st.integers(0, HOURS - 1))
def test_a_prime_time_moves_with_its_hours(counts: list[int], later: int) -> None:
    found, moved = prime_time(counts), prime_time(counts[-later:] + counts[:-later])
    assert (found and found.hours) == (moved and moved.hours)


@given(COUNTS)
def test_a_band_is_at_least_half_covered_and_the_most_covered(counts: list[int]) -> None:
    found = prime_time(counts)
    if found:
        prime = hours_from(found.from_hour, found.hours)
        shares = {band: len(prime & hours_from(*hours)) / hours[1] for band, hours in BANDS.items()}
        assert (found.band is None) == (max(shares.values()) < 0.5)
        assert found.band is None or shares[found.band] == max(shares.values())


def test_hours_go_around_midnight() -> None:
    evening = [0] * HOURS
    for hour, count in ((23, 4), (0, 1), (1, 3), (12, 6)):
        evening[hour] = count
    found = prime_time(evening)
    assert found is not None
    assert (found.from_hour, found.hours, found.band) == (23, 3, "USTZ")
    assert hours_from(23, 3) == {23, 0, 1}
