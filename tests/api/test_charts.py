"""Charts show what their answers say."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.schemas.activity import MapRegion, MapSystem, StarMap
from api.schemas.battles import BattleSide, Losses, Timeline
from api.schemas.fields import DayWindow, Named
from api.schemas.lists import DataStatus
from api.schemas.places import FactionWarfare, RegionDetail, Timer
from api.web.charts import battle_timeline, region_map
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
        name = f"Side {side.side}"
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
