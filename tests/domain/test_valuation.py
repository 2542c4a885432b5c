"""Values of mails: zKillboard's price rule, the fixed prices, and the laws of the sums."""

from datetime import date
from decimal import Decimal
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.domain.prices import Market
from battlescope_assets.domain.universe import CombatWorld
from battlescope_assets.domain.valuation import VALUE_COLUMNS, Losses, Stacks, Values, value_mails, value_rows
from tests.domain.markets import DAY, ago, esi_of, points_of

RIFTER, CAPSULE, GENOLUTION_CAPSULE, AUTOCANNON, SKIN, GOLDEN_IMPLANT, UNTRADED = (
    587,
    670,
    33328,
    485,
    45000,
    33329,
    11567,
)
WORLD = CombatWorld(
    stargates=np.zeros((0, 2), np.int64),
    group_of_type={RIFTER: 25, CAPSULE: 29, GENOLUTION_CAPSULE: 29, AUTOCANNON: 55, SKIN: 1950, GOLDEN_IMPLANT: 300},
    category_of_type={RIFTER: 6, CAPSULE: 6, GENOLUTION_CAPSULE: 6, AUTOCANNON: 7, SKIN: 91, GOLDEN_IMPLANT: 20},
)
Stack = tuple[int, int, int, int, int, int]
HIGH_SLOT, CARGO, DRONE_BAY, IMPLANT, SERVICE_SLOT, ESCAPE_BAY = 27, 5, 87, 89, 164, 179


NO_ESI = esi_of({})
MARKET = Market(
    points_of(
        (RIFTER, ago(1), 400_000),
        (AUTOCANNON, ago(3), 5_000),
        (CAPSULE, ago(1), 77),
        (SKIN, ago(1), 1_000_000),
        (GOLDEN_IMPLANT, ago(1), 900_000_000),
    ),
    NO_ESI,
)


def losses_of(*ships: int, day: date = DAY) -> Losses:
    """A mail per ship, with ids from 1."""
    return Losses(
        np.arange(1, len(ships) + 1), np.full(len(ships), np.datetime64(day)), np.array(ships, np.int64).reshape(-1)
    )


def stacks_of(*stacks: tuple[int, int, int, int, int, int]) -> Stacks:
    """Stacks of (killmail, type, flag, singleton, destroyed, dropped)."""
    return Stacks(*np.array(stacks, np.int64).reshape(-1, 6).T)


def valued(stacks: Stacks, *ships: int, market: Market = MARKET) -> list[dict[str, object]]:
    """The rows of the mails by column, money as numbers."""
    rows = value_rows(value_mails(losses_of(*ships), stacks, market, WORLD))
    return [dict(zip(VALUE_COLUMNS, row, strict=True)) for row in rows]


def test_a_mail_is_worth_its_hull_and_its_items() -> None:
    [row] = valued(
        stacks_of((1, AUTOCANNON, HIGH_SLOT, 0, 2, 0), (1, AUTOCANNON, CARGO, 0, 0, 3), (1, UNTRADED, CARGO, 0, 1, 0)),
        RIFTER,
    )
    assert row == {
        "day": DAY,
        "killmail_id": 1,
        "destroyed_isk": 410_000,
        "dropped_isk": 15_000,
        "fitted_isk": 410_000,
        "total_isk": 425_000,
        "total_low_isk": 425_000,
        "total_high_isk": 425_000,
        "hull_isk": 400_000,
        "hull_price_source": "market_history",
        "hull_price_date": ago(1),
        "oldest_price_date": ago(3),
        "unpriced_types": 1,
    }


@pytest.mark.parametrize(
    ("type_id", "flag", "singleton", "each"),
    [
        pytest.param(AUTOCANNON, CARGO, 0, "5000", id="market"),
        pytest.param(AUTOCANNON, CARGO, 1, "5000", id="assembled"),
        pytest.param(AUTOCANNON, CARGO, 2, "0.01", id="blueprint copy"),
        pytest.param(RIFTER, ESCAPE_BAY, 0, "0.01", id="frigate escape bay"),
        pytest.param(SKIN, CARGO, 0, "0.01", id="SKIN"),
        pytest.param(GOLDEN_IMPLANT, IMPLANT, 0, "0.01", id="implant of a golden pod"),
        pytest.param(GOLDEN_IMPLANT, CARGO, 0, "900000000", id="the same implant as cargo"),
        pytest.param(CAPSULE, CARGO, 0, "10000", id="capsule, whatever the market says"),
        pytest.param(GENOLUTION_CAPSULE, CARGO, 0, "10000", id="golden capsule"),
        pytest.param(UNTRADED, CARGO, 0, "0", id="no price"),
    ],
)
def test_what_one_thing_costs(type_id: int, flag: int, singleton: int, each: str) -> None:
    [row] = valued(stacks_of((1, type_id, flag, singleton, 3, 4)), RIFTER)
    assert row["destroyed_isk"] == 400_000 + 3 * Decimal(each)
    assert row["dropped_isk"] == 4 * Decimal(each)
    assert row["unpriced_types"] == (each == "0")


@pytest.mark.parametrize(
    ("ship", "hull", "source", "hull_day"),
    [
        (RIFTER, 400_000, "market_history", ago(1)),
        (CAPSULE, 10_000, "fixed", None),
        (UNTRADED, 0, "none", None),
    ],
)
def test_a_hull_says_where_its_price_comes_from(ship: int, hull: int, source: str, hull_day: date | None) -> None:
    [row] = valued(stacks_of(), ship)
    assert (row["hull_isk"], row["destroyed_isk"], row["fitted_isk"]) == (hull, hull, hull)
    assert (row["hull_price_source"], row["hull_price_date"], row["oldest_price_date"]) == (source, hull_day, hull_day)
    assert row["unpriced_types"] == (source == "none")


@pytest.mark.parametrize(
    ("flags", "is_fitted"),
    [
        ((11, 18, 19, 26, HIGH_SLOT, 34), True),
        ((92, 99, 125, 132, 159, 163, SERVICE_SLOT, 171), True),
        ((DRONE_BAY, IMPLANT, 158, 172), True),
        ((0, CARGO, 10, 35, 88, 90, 91, 100, 124, 133, 155, 157, 173, ESCAPE_BAY), False),
    ],
)
def test_what_counts_as_fitted(flags: tuple[int, ...], is_fitted: bool) -> None:
    for flag in flags:
        [row] = valued(stacks_of((1, GOLDEN_IMPLANT if flag != IMPLANT else AUTOCANNON, flag, 0, 1, 1)), UNTRADED)
        assert row["fitted_isk"] == (row["total_isk"] if is_fitted else 0)


def test_a_mail_is_as_uncertain_as_its_guesses() -> None:
    market = Market(
        points_of((RIFTER, ago(1), 10), (RIFTER, ago(2), 30), (AUTOCANNON, ago(1), 5)), esi_of({SKIN: (1, 9)})
    )
    [row] = valued(stacks_of((1, RIFTER, CARGO, 0, 0, 2), (1, AUTOCANNON, CARGO, 0, 1, 0)), RIFTER, market=market)
    assert (row["total_low_isk"], row["total_isk"], row["total_high_isk"]) == (35, 65, 95)


def test_an_unbelievable_stack_counts_nothing_and_says_so() -> None:
    [row] = valued(
        stacks_of((1, AUTOCANNON, HIGH_SLOT, 0, 2**63 - 1, 2**63 - 1), (1, SKIN, CARGO, 0, 2**62, 0)), RIFTER
    )
    assert (row["destroyed_isk"], row["dropped_isk"], row["fitted_isk"]) == (400_000, 0, 400_000)
    assert row["unpriced_types"] == 2


def test_types_without_price_are_counted_once_and_only_where_something_was_lost() -> None:
    rows = valued(
        stacks_of((1, UNTRADED, 5, 0, 1, 0), (1, UNTRADED, 5, 0, 0, 1), (1, 42, 5, 0, 0, 0), (2, 43, 5, 0, 1, 0)),
        UNTRADED,
        RIFTER,
        RIFTER,
    )
    assert [row["unpriced_types"] for row in rows] == [1, 1, 0]


def test_each_mail_is_valued_at_its_own_day() -> None:
    points = points_of((RIFTER, ago(60), 10), (RIFTER, ago(1), 30))
    losses = Losses(np.array([9, 8, 7]), np.array([DAY, ago(30), ago(60)], "datetime64[D]"), np.full(3, RIFTER))
    values = value_mails(losses, stacks_of(), Market(points, NO_ESI), WORLD)
    assert values.hull_centi_isk.tolist() == [2000, 1000, 1000]
    assert values.hull_price_date.tolist() == [ago(1), ago(60), ago(60)]


def test_nothing_is_worth_nothing() -> None:
    assert valued(stacks_of()) == []
    assert valued(stacks_of((1, RIFTER, CARGO, 0, 1, 0)), market=Market(points_of(), NO_ESI)) == []
    [row] = valued(stacks_of(), RIFTER, market=Market(points_of(), NO_ESI))
    assert (row["total_isk"], row["hull_price_source"]) == (0, "none")


TYPES = [RIFTER, CAPSULE, AUTOCANNON, SKIN, GOLDEN_IMPLANT, UNTRADED]
SHIPS = st.lists(st.sampled_from(TYPES), min_size=1, max_size=6)
STACKS = st.lists(
    st.tuples(
        st.integers(1, 8),
        st.sampled_from(TYPES),
        st.sampled_from([HIGH_SLOT, CARGO, DRONE_BAY, IMPLANT, ESCAPE_BAY]),
        st.integers(0, 2),
        st.integers(0, 5_000),
        st.integers(0, 5_000),
    ),
    max_size=20,
)


@given(SHIPS, STACKS)
def test_destroyed_dropped_fitted_and_hull_bound_each_other(ships: list[int], stacks: list[Stack]) -> None:
    for row in valued(stacks_of(*stacks), *ships):
        money = {name: value for name, value in row.items() if isinstance(value, Decimal)}
        assert money["total_isk"] == money["destroyed_isk"] + money["dropped_isk"]
        assert money["total_low_isk"] <= money["total_isk"] <= money["total_high_isk"]
        assert 0 <= money["hull_isk"] <= money["destroyed_isk"]
        assert money["hull_isk"] <= money["fitted_isk"] <= money["total_isk"]


@given(SHIPS, STACKS, st.randoms(use_true_random=False))
def test_values_do_not_depend_on_any_order(ships: list[int], stacks: list[Stack], random: Random) -> None:
    losses = losses_of(*ships)
    order = np.array(random.sample(range(len(ships)), len(ships)))
    shuffled = Losses(losses.killmail_id[order], losses.day[order], losses.ship_type_id[order])
    expected = value_rows(value_mails(losses, stacks_of(*stacks), MARKET, WORLD))
    again = value_rows(value_mails(shuffled, stacks_of(*random.sample(stacks, len(stacks))), MARKET, WORLD))
    assert again == [expected[place] for place in order]


@given(SHIPS, STACKS)
def test_mails_are_valued_alone_as_among_others(ships: list[int], stacks: list[Stack]) -> None:
    alone = [
        row
        for mail, ship in enumerate(ships, 1)
        for row in valued(stacks_of(*((1, *stack[1:]) for stack in stacks if stack[0] == mail)), ship)
    ]
    together = valued(stacks_of(*stacks), *ships)
    assert [row | {"killmail_id": 0} for row in alone] == [row | {"killmail_id": 0} for row in together]


@given(SHIPS, STACKS)
def test_splitting_a_stack_changes_nothing(ships: list[int], stacks: list[Stack]) -> None:
    split = [
        part
        for mail, type_id, flag, singleton, destroyed, dropped in stacks
        for part in ((mail, type_id, flag, singleton, destroyed, 0), (mail, type_id, flag, singleton, 0, dropped))
    ]
    assert valued(stacks_of(*split), *ships) == valued(stacks_of(*stacks), *ships)


def test_rows_keep_every_hundredth_of_an_isk() -> None:
    most = 9_007_199_254_740_993  # the first whole number a float cannot hold
    day = np.array([DAY], "datetime64[D]")
    amount = np.array([most], np.int64)
    values = Values(
        np.array([1]),
        day,
        amount,
        amount,
        amount,
        amount,
        amount,
        amount,
        np.array(["none"]),
        day,
        day,
        np.zeros(1, np.int64),
    )
    [row] = value_rows(values)
    assert dict(zip(VALUE_COLUMNS, row, strict=True))["total_isk"] == Decimal("180143985094819.86")
