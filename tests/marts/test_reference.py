"""What other marts refer to: the days that windows are of, and the map."""

from datetime import timedelta

from battlescope_assets.io.static_data import read_snapshot
from tests.marts.conftest import Frames, Query


def test_windows_end_with_the_newest_day(frames: Frames, query: Query) -> None:
    found = query("select window_days, first_day, end_day from marts.rpt_windows order by window_days")
    end_day = max(frames.killmails["day"]) + timedelta(days=1)
    assert found.to_numpy().tolist() == [[days, end_day - timedelta(days=days), end_day] for days in (1, 7, 30)]


def test_stargates_are_those_of_the_map(query: Query) -> None:
    found = query("select from_solar_system_id, to_solar_system_id from marts.dim_stargates")
    assert sorted(found.to_numpy().tolist()) == sorted(read_snapshot().stargates.tolist())
