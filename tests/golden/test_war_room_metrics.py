"""What the War Room promises, on the golden war: each figure it is judged by is there and adds up."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import Golden
from tests.golden.test_golden_days import rows

TOP = 10


def test_every_region_has_its_ten_most_destroyed_ships(golden: Golden) -> None:
    listed = rows(
        golden.warehouse,
        f"select region_id, ship_type_id, ships_lost from marts.rpt_ship_loss_trends "
        f"where window_days = 7 and category_name = 'Ship' and ships_lost > 0 and rank_by_units <= {TOP} "
        f"order by region_id, rank_by_units",
    )
    lost = rows(
        golden.warehouse,
        "select region_id, ship_type_id, sum(ships_lost) from marts.fct_ship_losses "
        "join (select distinct first_day, end_day from marts.rpt_ship_loss_trends where window_days = 7) as week "
        "on day >= first_day and day < end_day where category_name = 'Ship' and group_name <> 'Capsule' "
        "group by region_id, ship_type_id order by region_id, sum(ships_lost) desc, ship_type_id",
    )
    by_region: dict[int, list[tuple[object, ...]]] = {}
    for row in lost:
        by_region.setdefault(row[0], []).append(row)
    assert listed == [row for region in by_region.values() for row in region[:TOP]]
    assert any(len(region) > TOP for region in by_region.values())


def test_at_least_one_doctrine_is_found(golden: Golden) -> None:
    ((doctrines, fewest),) = rows(golden.warehouse, "select count(*), min(losses) from marts.dim_doctrines")
    assert doctrines >= 1
    assert fewest >= golden.settings.war_doctrine_min_fleet_size


def test_gaps_are_losses_that_no_stock_covers(golden: Golden) -> None:
    gaps = rows(
        golden.warehouse,
        "select losses_7d, stock, gap_units, demand_score, "
        "coalesce(is_short, false) or coalesce(is_in_demand, false), recommendation "
        "from marts.rpt_region_demand where gap_units > 0",
    )
    assert gaps
    for losses, stock, gap, score, is_flagged, recommendation in gaps:
        assert gap == losses - stock > 0
        assert score is None or score > 0
        assert (recommendation is not None) == is_flagged


def test_timers_ahead_count_down(golden: Golden) -> None:
    ahead = rows(
        golden.warehouse,
        "select starts_at, extract(epoch from seconds_until_start * interval '1 second')::float8, resolved_at, now() "
        "from marts.fct_sovereignty_campaigns where starts_at > now()",
    )
    assert ahead
    for starts_at, seconds, resolved_at, now in ahead:
        assert seconds == pytest.approx((starts_at - now).total_seconds(), abs=5)
        assert resolved_at is None


def test_faction_warfare_is_half_an_hour_old_at_most_when_it_is_read(golden: Golden) -> None:
    ((systems, oldest, newest),) = rows(
        golden.warehouse, "select count(*), min(as_of), max(as_of) from marts.rpt_fw_systems"
    )
    ((read_at,),) = rows(
        golden.warehouse, "select last_success_at from marts.rpt_source_freshness where source = 'faction_warfare'"
    )
    assert systems > 0
    assert oldest == newest
    assert read_at - newest <= timedelta(minutes=30)
    assert read_at <= datetime.now(UTC)
    contested = rows(golden.warehouse, "select contested_percent from marts.rpt_fw_systems")
    assert all(0 <= percent <= 100 for (percent,) in contested)
