"""Charts show what their answers say."""

from datetime import UTC, datetime, timedelta
from math import isclose, sqrt

from hypothesis import given
from hypothesis import strategies as st

from api.schemas.activity import Band, MapRegion, MapSystem, PlaceActivity, PlaceHourOfDay, PrimeTimeHours, StarMap
from api.schemas.battles import BattleSide, Losses, Timeline
from api.schemas.conflicts import ConflictMatrix
from api.schemas.fields import DayWindow, Group, Named
from api.schemas.lists import DataStatus
from api.schemas.places import FactionWarfare, RegionDetail, Timer
from api.web.charts import battle_timeline, compared, hours_of_day, matrix, region_map
from api.web.formats import side_name
from battlescope_assets.domain.activity import BANDS, hours_from, prime_time
from battlescope_assets.domain.universe import SecurityClass

START = datetime(2026, 6, 5, 18, tzinfo=UTC)
UNKNOWN = DataStatus(as_of=None, completeness=None, mails_quarantined=0, stale_sources=[], failed_tests=[])
SIDES = [
    BattleSide(
        side=number,
        label=f"side_{number}",
        pilots=10,
        ships_lost=2,
        ships_destroyed=3.5,
        isk_lost=5,
        isk_destroyed=7,
        efficiency=None,
        top_alliances=[],
        top_corporations=[],
    )
    for number in range(8)
]


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 300), st.integers(0, 7)), st.tuples(st.integers(1, 40), st.integers(0, 10**12))
    )
)
def test_a_timeline_adds_up_and_stacks(lost: dict[tuple[int, int], tuple[int, int]]) -> None:
    losses = [
        Losses(minute_at=START + timedelta(minutes=minute), side=side, killmails=mails, ships_lost=mails, isk_lost=isk)
        for (minute, side), (mails, isk) in sorted(lost.items())
    ]
    option = battle_timeline(Timeline(items=losses, next_cursor=None, data_status=UNKNOWN), SIDES)
    assert bool(option) == bool(losses)
    if not losses:
        return
    series = {(one["name"], one["type"]): one["data"] for one in option["series"]}
    minutes = {one.minute_at for one in losses}
    for side in SIDES:
        own = [loss for loss in losses if loss.side == side.side]
        name = side_name(side.side)
        assert series[name, "line"][0][1] == 0
        assert series[name, "line"][-1][1] == sum(loss.isk_lost for loss in own)
        assert sum(value for _, value in series[name, "bar"]) == sum(loss.killmails for loss in own)
        # Bars of one minute stack only where every side has a bar at the same place of its list.
        assert [moment for moment, _ in series[name, "bar"]] == sorted(
            int(minute.timestamp() * 1000) for minute in minutes
        )


HERE, THERE = 10, 11
"""Regions: the one on the map, and one beyond its border."""


def region_of(*, timer_at: int | None, contested: int | None) -> RegionDetail:
    return RegionDetail(
        id=HERE,
        name="Here",
        systems={},
        neighbours=[],
        activity=[],
        window=DayWindow(start=START, end=START, days_stored=0),
        hours=[],
        hot_systems=[],
        ships_lost=[],
        battles={},
        timers=[]
        if timer_at is None
        else [
            Timer(
                campaign_id=1,
                event_type="ihub_defense",
                system=Named(id=timer_at, name="X"),
                defender=None,
                starts_at=START,
            )
        ],
        faction_warfare=[]
        if contested is None
        else [
            FactionWarfare(
                system=Named(id=contested, name="X"),
                occupier=Named(id=1, name="X"),
                attacker=None,
                contested="contested",
                contested_percent=50,
                expected_flip_at=None,
            )
        ],
        data_status=UNKNOWN,
    )


@given(
    st.lists(st.tuples(st.floats(-60, 60), st.floats(-60, 60), st.booleans()), min_size=1, max_size=12),
    st.data(),
)
def test_a_regions_map_has_every_system_with_its_shape_and_link(
    places: list[tuple[float, float, bool]], data: st.DataObject
) -> None:
    systems = [
        MapSystem(
            id=number,
            name=f"S{number}",
            region_id=HERE if is_inside or not number else THERE,
            security_status=0.3,
            security_class=SecurityClass.LOWSEC,
            map_x_ly=x,
            map_y_ly=y,
        )
        for number, (x, y, is_inside) in enumerate(places)
    ]
    inside = [one.id for one in systems if one.region_id == HERE]
    gates = [(min(inside), one.id) for one in systems if one.region_id == THERE]
    regions = [MapRegion(id=one, name=str(one), map_x_ly=0, map_y_ly=0) for one in (HERE, THERE)]
    timer_at, contested = (data.draw(st.none() | st.sampled_from(inside)) for _ in range(2))
    lost = data.draw(st.dictionaries(st.sampled_from([one.id for one in systems]), st.integers(0, 1000)))
    option = region_map(
        StarMap(regions=regions, systems=systems, stargates=gates),
        region_of(timer_at=timer_at, contested=contested),
        lost,
    )
    (series,) = option["series"]
    nodes = {int(node["id"]): node for node in series["data"]}
    assert nodes.keys() == {one.id for one in systems}
    for system in systems:
        node = nodes[system.id]
        is_inside = system.region_id == HERE
        assert node["link"] == (f"/systems/{system.id}" if is_inside else f"/regions/{THERE}")
        if is_inside:
            assert (node["x"], node["y"]) == (round(1000 * system.map_x_ly), -round(1000 * system.map_y_ly))
        shape = "diamond" if system.id == timer_at else "rect" if system.id == contested else "circle"
        assert node["symbol"] == shape
        assert f"{lost.get(system.id, 0):,} ships lost" in node["tooltip"]["formatter"]
    sizes = sorted((lost.get(one, 0), node["symbolSize"]) for one, node in nodes.items())
    assert sizes == sorted(sizes, key=lambda one: one[1])
    assert len(series["links"]) == len(gates)


@given(st.lists(st.integers(0, 10**6), min_size=24, max_size=24))
def test_each_hour_of_the_day_is_in_prime_time_or_not(counts: list[int]) -> None:
    prime = prime_time(counts)
    within = hours_from(prime.from_hour, prime.hours) if prime else set()
    activity = PlaceActivity(
        window=DayWindow(start=START, end=START + timedelta(days=7), days_stored=7),
        prime_time=PrimeTimeHours(from_hour=prime.from_hour, hours=prime.hours, band=prime.band) if prime else None,
        bands=[Band(name=name, from_hour=first, hours=hours, share=None) for name, (first, hours) in BANDS.items()],
        data_status=UNKNOWN,
        region=None,
        hours_of_day=[
            PlaceHourOfDay(
                hour_of_day=hour,
                share=None,
                is_prime_time=hour in within,
                killmails=count,
                ships_lost_to_players=count,
                isk_destroyed=0,
            )
            for hour, count in enumerate(counts)
        ],
        hours=[],
    )
    in_prime, others = hours_of_day(counts, activity)["series"]
    assert {hour for hour, count in enumerate(in_prime["data"]) if count is not None} == within
    merged = [
        other if prime_ is None else prime_ for prime_, other in zip(in_prime["data"], others["data"], strict=True)
    ]
    assert merged == counts


@given(
    st.integers(2, 12).flatmap(
        lambda size: st.lists(
            st.lists(st.integers(0, 10**15), min_size=size, max_size=size), min_size=size, max_size=size
        )
    )
)
def test_a_matrix_has_every_pair_once_and_nobody_with_itself(amounts: list[list[int]]) -> None:
    size = len(amounts)
    amounts = [[0 if row == column else amounts[row][column] for column in range(size)] for row in range(size)]
    conflicts = ConflictMatrix(
        groups=[Group(id=number, name=f"Alliance {number}", kind="alliance") for number in range(1, size + 1)],
        isk_destroyed=amounts,
        kills=amounts,
        window=DayWindow(start=START, end=START + timedelta(days=7), days_stored=7),
        data_status=UNKNOWN,
    )
    option = matrix(conflicts)
    most = max(map(max, amounts))
    assert bool(option) == bool(most)
    if option:
        (series,) = option["series"]
        cells = {(row, column): root for column, row, root in (one["value"] for one in series["data"])}
        assert set(cells) == {(row, column) for row in range(size) for column in range(size) if row != column}
        assert max(cells.values()) == option["visualMap"]["max"]
        assert all(isclose(root, sqrt(amounts[row][column]), abs_tol=0.5) for (row, column), root in cells.items())


def test_losses_are_compared_where_both_windows_are_known() -> None:
    names = ("Now", "Before")
    assert [series["data"] for series in compared(names, ["Rifter", "Loki"], [(3, 1), (2, 0)])["series"]] == [
        (3, 2),
        (1, 0),
    ]
    assert [series["data"] for series in compared(names, ["Rifter"], [(3, None)])["series"]] == [(3,)]
    assert compared(names, [], []) == {}
