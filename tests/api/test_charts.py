"""Charts show what their answers say."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.schemas.battles import BattleSide, Losses, Timeline
from api.schemas.lists import DataStatus
from api.web.charts import battle_timeline

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
